using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.Snapshots;

namespace CarrierOptimization.Pipeline.GroupDevices;

/// <summary>What is known of the plans of a provider before they are checked.</summary>
/// <param name="Plans">As the last sync read them, with the pool a person put each into.</param>
/// <param name="Mappings">Which rate plans each communication plan allows.</param>
/// <param name="CurrentPlans">Names of the plans that SIMs are on.</param>
public sealed record RatePlanInput(
    IReadOnlyList<StoredRatePlan> Plans, IReadOnlyList<PlanMapping> Mappings, IReadOnlyCollection<string> CurrentPlans);

/// <summary>The plans to work with, or why there are none.</summary>
/// <param name="Plans"><c>null</c> when there are mistakes.</param>
/// <param name="Mistakes">Sentences about the plans as a whole: currencies that mix, pools that disagree.</param>
public sealed record RatePlanOutcome(FrozenPlans? Plans, IReadOnlyList<string> Mistakes);

/// <summary>Checks plan by plan and takes the invalid ones out of everything. Pure.</summary>
/// <remarks>
/// Only plans that a communication plan allows or a SIM is on are looked at: an account has many others. Rules:
/// docs/pricing-rules.md, "Validation of rate plans".
/// </remarks>
public static class RatePlanDecision
{
    private const int NotesMax = 20;

    /// <param name="currency">Of the account: all prices must be in it.</param>
    public static RatePlanOutcome Decide(RatePlanInput input, BillRules rules, string currency)
    {
        var relevant = new HashSet<string>(input.CurrentPlans, StringComparer.Ordinal);
        relevant.UnionWith(input.Mappings.Select(mapping => mapping.RatePlan));
        StoredRatePlan[] stored = [.. input.Plans.Where(plan => relevant.Contains(plan.Name))
            .OrderBy(plan => plan.Name, StringComparer.Ordinal)];
        var priced = new List<RatePlan>();
        var invalid = new List<InvalidPlan>();
        foreach (StoredRatePlan plan in stored)
        {
            RatePlan ratePlan = PlanOf(plan);
            if (WhyInvalid(plan, ratePlan) is { } why)
            {
                invalid.Add(new InvalidPlan(plan.Name, why));
            }
            else
            {
                priced.Add(ratePlan);
            }
        }

        string[] mistakes = [.. OtherCurrencies(priced, currency),
            .. PlanValidation.Validate(priced, rules).Select(mistake => mistake.Message)];
        return mistakes.Length > 0
            ? new RatePlanOutcome(null, mistakes)
            : new RatePlanOutcome(Freeze(input, PlanCatalog.Create(priced, rules), stored, invalid), []);
    }

    /// <summary>
    /// It could not be read from the carrier, or it breaks a rule of its own; what a person said about pools is no such rule.
    /// </summary>
    private static string? WhyInvalid(StoredRatePlan stored, RatePlan plan)
    {
        if (stored.WhyInvalid is { } why)
        {
            return why;
        }

        IReadOnlyList<ModelMistake> mistakes = PlanValidation.Validate([plan with { PoolName = null }], new BillRules());
        return mistakes.Count == 0 ? null : string.Join(' ', mistakes.Select(mistake => mistake.Message));
    }

    private static IEnumerable<string> OtherCurrencies(IEnumerable<RatePlan> plans, string currency) =>
        plans.Where(plan => plan.Currency != currency).GroupBy(plan => plan.Currency).Select(other =>
            $"Rate plan \"{other.First().Name}\" is priced in {other.Key} and the account is in {currency}; one run has one currency. "
            + $"Make an account of its own for the plans in {other.Key}, or correct the currency of the account.");

    private static FrozenPlans Freeze(
        RatePlanInput input, PlanCatalog catalog, StoredRatePlan[] stored, IReadOnlyList<InvalidPlan> invalid)
    {
        HashSet<string> known = [.. stored.Select(plan => plan.Name)];
        HashSet<string> retired = [.. stored.Where(plan => plan.IsRetired && catalog.IndexOf(plan.Name) >= 0).Select(plan => plan.Name)];
        var communicationPlans = new List<CommunicationPlan>();
        var notes = new List<string>();
        foreach (IGrouping<string, PlanMapping> mapping in input.Mappings.GroupBy(mapping => mapping.CommunicationPlan)
            .OrderBy(mapping => mapping.Key, StringComparer.Ordinal))
        {
            string[] names = [.. mapping.Select(row => row.RatePlan).Order(StringComparer.Ordinal)];
            communicationPlans.Add(new CommunicationPlan(mapping.Key, new PlanSet(
                names.Where(name => !retired.Contains(name)).Select(catalog.IndexOf).Where(plan => plan >= 0))));
            notes.AddRange(names.Where(name => !known.Contains(name)).Select(name =>
                $"Communication plan \"{mapping.Key}\" allows rate plan \"{name}\", which the carrier does not list."));
        }

        return new FrozenPlans(
            catalog, communicationPlans, invalid, [.. retired.Order(StringComparer.Ordinal)], [.. notes.Take(NotesMax)]);
    }

    private static RatePlan PlanOf(StoredRatePlan plan) => new()
    {
        Name = plan.Name,
        MonthlyRate = plan.MonthlyRate,
        IncludedData = plan.IncludedBytes is { } bytes ? new DataVolume(bytes) : null,
        OverageRate = plan.OverageRate,
        OverageBlock = new DataVolume(plan.OverageBlockBytes),
        IsPooled = plan.IsPooled,
        PoolName = plan.PoolName,
        IncludedSms = plan.IncludedSms,
        SmsRate = plan.SmsRate,
        Currency = plan.Currency,
    };
}
