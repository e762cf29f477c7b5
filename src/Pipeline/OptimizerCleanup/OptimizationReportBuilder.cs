using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Pipeline.OptimizerCleanup;

/// <summary>Computes the report from what the engine found. Pure; one pass over the SIMs.</summary>
public static class OptimizationReportBuilder
{
    /// <summary>Builds the report and checks that its parts add up to the totals.</summary>
    /// <exception cref="ArgumentException">Arrays of different lengths, or exclusions that do not add up to the SIMs read.</exception>
    /// <exception cref="InvalidOperationException">A table does not add up to its bill: the bill belongs to another assignment.</exception>
    public static OptimizationReport Build(ReportInput input)
    {
        CheckLengths(input);
        var sums = new ReportSums(input);
        var rows = new AssignmentRows(input);
        ReportCounts counts = Counts(input, sums.Changed);
        var report = new OptimizationReport
        {
            Header = input.Header,
            Counts = counts,
            Costs = new ReportCosts(
                input.Catalog.Currency, input.Current.Bill.Total, input.BaseCost, input.Optimal.Bill.Total,
                input.ChangeCosts, input.LowerBound, input.ProvenOptimal),
            Declined = input.Declined,
            MaxChanges = input.MaxChanges,
            BytesPerMegabyte = input.BytesPerMegabyte,
            HasProjectedUsage = input.RawUsageBytes is not null,
            HasSmsCharges = input.Current.Bill.SmsCharge > Money.Zero || input.Optimal.Bill.SmsCharge > Money.Zero,
            CommGroups = sums.CommGroups(),
            Pools = sums.Pools(),
            Plans = sums.Plans(),
            Items = [.. input.Items.OrderBy(item => item.Kind).ThenByDescending(item => item.Count)
                .ThenBy(item => item.Reason, StringComparer.Ordinal)],
            Assignments = rows,
            RatePlanChanges = rows.LargestSavingFirst(sums.Changed),
        };
        CheckSums(report);
        return report;
    }

    private static ReportCounts Counts(ReportInput input, int changed)
    {
        int excluded = input.Items.Where(item => item.Kind == ReportItemKind.Exclusion).Sum(item => item.Count);
        int withoutPlan = 0;
        for (int device = 0; device < input.Fleet.Count; device++)
        {
            withoutPlan += input.Current.Assignment[device] == Fleet.NoPlan
                && input.Optimal.Assignment[device] != Fleet.NoPlan ? 1 : 0;
        }

        return new ReportCounts(input.DevicesRead, input.DevicesRead - excluded, excluded, changed, withoutPlan);
    }

    private static void CheckLengths(ReportInput input)
    {
        int count = input.Fleet.Count;
        Check("current assignment", input.Current.Assignment.Length);
        Check("optimal assignment", input.Optimal.Assignment.Length);
        Check("comm groups", input.CommGroupOf.Length);
        Check("raw usage", input.RawUsageBytes?.Length ?? count);
        int excluded = input.Items.Where(item => item.Kind == ReportItemKind.Exclusion).Sum(item => item.Count);
        if (input.DevicesRead < count || excluded < input.DevicesRead - count || excluded > input.DevicesRead)
        {
            throw new ArgumentException(
                $"{input.DevicesRead} SIMs were read, {count} are in the fleet and {excluded} are excluded with a reason; "
                + "expected every SIM outside the fleet among the excluded. Report each exclusion.");
        }

        void Check(string what, int length)
        {
            if (length != count)
            {
                throw new ArgumentException($"The {what} has {length} places; expected {count}, one per SIM.");
            }
        }
    }

    private static void CheckSums(OptimizationReport report)
    {
        Check("comm groups, before", report.CommGroups.Sum(group => group.Current.MicroUnits), report.Costs.Current);
        Check("comm groups, after", report.CommGroups.Sum(group => group.Optimal.MicroUnits), report.Costs.Optimal);
        IEnumerable<PoolRow> whole = report.Pools.Where(row => row.Kind != PoolRowKind.PlanOfPool);
        Check("rate pools, before", whole.Sum(row => row.Before.Total.MicroUnits), report.Costs.Current);
        Check("rate pools, after", whole.Sum(row => row.After.Total.MicroUnits), report.Costs.Optimal);

        static void Check(string what, long sum, Money total)
        {
            if (sum != total.MicroUnits)
            {
                throw new InvalidOperationException(
                    $"Report: the {what} add up to {new Money(sum)}; expected the bill's {total}.");
            }
        }
    }
}
