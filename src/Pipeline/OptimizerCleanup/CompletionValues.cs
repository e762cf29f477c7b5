namespace CarrierOptimization.Pipeline.OptimizerCleanup;

/// <summary>What the last trigger of a session says about the result; amounts in units of the currency.</summary>
internal static class CompletionValues
{
    public static Dictionary<string, object?> Of(InstanceResult result, ChangeSelection changes, string reportLink)
    {
        ReportCosts costs = result.Costs;
        return new Dictionary<string, object?>
        {
            ["OptimisedDeviceCount"] = result.Counts.Optimised,
            ["ExcludedDeviceCount"] = result.Counts.Excluded,
            ["Currency"] = costs.Currency,
            ["CurrentCost"] = costs.Current.ToDecimal(),
            ["BaseCost"] = costs.Base?.ToDecimal(),
            ["OptimalCost"] = costs.Optimal.ToDecimal(),
            ["LowerBoundCost"] = costs.LowerBound.ToDecimal(),
            ["ProvenOptimal"] = costs.ProvenOptimal,
            ["Savings"] = costs.Saving.ToDecimal(),
            ["SavingsPercent"] = Math.Round(costs.SavingShare * 100, 4),
            ["RatePlanChanges"] = result.Counts.Changed,
            ["RatePlanChangesProposed"] = changes.Changes,
            ["RatePlanChangesDecision"] = changes.Decision.Decision.ToString(),
            ["ReportLink"] = reportLink,
        };
    }
}
