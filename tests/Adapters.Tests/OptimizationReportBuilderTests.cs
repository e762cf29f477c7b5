using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.OptimizerCleanup;
using CsCheck;
using Xunit;

namespace CarrierOptimization.Adapters.Tests;

public sealed class OptimizationReportBuilderTests
{
    [Fact]
    public void Every_table_adds_up_to_the_bill_whatever_the_fleet_and_the_rules()
    {
        Gen.Select(Gen.Int[1, 400], Gen.Int[0, 10_000], Gen.Bool, Gen.Enum<PoolScope>(), Gen.Enum<ChargeType>()).Sample(
            (devices, seed, withSms, scope, charges) =>
            {
                ReportInput input = SampleReport.Input(
                    devices, seed, withSms, new BillRules { PoolScope = scope, ChargeType = charges });
                OptimizationReport report = OptimizationReportBuilder.Build(input);
                AssignmentRow[] rows = [.. report.Assignments];
                PoolRow[] whole = [.. report.Pools.Where(row => row.Kind != PoolRowKind.PlanOfPool)];
                PoolRow[] plans = [.. report.Pools.Where(row => row.Kind != PoolRowKind.Pool)];

                Assert.Equal(input.Current.Bill.Total, report.Costs.Current);
                Assert.Equal(report.Costs.Current, Sum(rows.Select(row => row.CurrentTotal)));
                Assert.Equal(report.Costs.Optimal, Sum(rows.Select(row => row.Total)));
                Assert.Equal(report.Costs.Saving, Sum(rows.Select(row => row.Saving)));
                Assert.Equal(report.Costs.Saving, Sum(report.CommGroups.Select(group => group.Saving)));
                Assert.Equal(report.Costs.Saving, Sum(whole.Select(row => row.Saving)));
                Assert.Equal(report.Costs.Current, Sum(plans.Select(row => row.Before.Total)));
                Assert.Equal(report.Costs.Optimal, Sum(plans.Select(row => row.After.Total)));
                Assert.Equal(devices, report.CommGroups.Sum(group => group.Devices));
                Assert.Equal(input.Optimal.Bill.Devices, report.Plans.Sum(plan => plan.DevicesAfter));
                Assert.Equal(report.Counts.Read, report.Counts.Optimised + report.Counts.Excluded);
                Assert.Equal(report.Counts.Changed, rows.Count(row => row.Changed));
            },
            iter: 100, seed: "0N0XIzNsQ0O2", threads: 1);
    }

    [Fact]
    public void Changes_come_largest_saving_first_and_ties_in_the_order_of_the_fleet()
    {
        OptimizationReport report = SampleReport.Report(600);
        AssignmentRow[] changes = [.. report.RatePlanChanges];

        Assert.Equal(
            report.Assignments.Where(row => row.Changed).OrderByDescending(row => row.Saving).ThenBy(row => row.Device), changes);
        Assert.Equal(report.Counts.Changed, changes.Length);
        Assert.Equal(changes, report.RatePlanChanges);
    }

    [Fact]
    public void A_pool_row_is_the_sum_of_the_plan_rows_under_it()
    {
        IReadOnlyList<PoolRow> rows = SampleReport.Report(600).Pools;
        int large = rows.ToList().FindIndex(row => row is { Kind: PoolRowKind.Pool, Pool: "Large" });
        PoolRow[] plans = [.. rows.Skip(large + 1).TakeWhile(row => row.Kind == PoolRowKind.PlanOfPool)];

        Assert.Equal(2, plans.Length);
        Assert.Equal(rows[large].Before.Total, Sum(plans.Select(row => row.Before.Total)));
        Assert.Equal(rows[large].After.Overage, Sum(plans.Select(row => row.After.Overage)));
        Assert.Equal(rows[large].After.Devices, plans.Sum(row => row.After.Devices));
        Assert.Equal(rows[large].Before.AllowanceBytes, plans.Sum(row => row.Before.AllowanceBytes));
    }

    [Fact]
    public void A_sim_without_a_plan_today_counts_as_a_change_and_an_unbilled_one_does_not()
    {
        OptimizationReport report = SampleReport.Report(200);

        Assert.Equal(report.Assignments.Count(row => row.CurrentPlan is null && row.AssignedPlan is not null),
            report.Counts.WithoutCurrentPlan);
        Assert.True(report.Counts.WithoutCurrentPlan > 0);
        Assert.All(report.Assignments.Where(row => row.AssignedPlan is null), row => Assert.False(row.Changed));
    }

    [Fact]
    public void A_sim_read_but_neither_in_the_fleet_nor_excluded_is_refused()
    {
        ReportInput input = SampleReport.Input(100);

        ArgumentException refused = Assert.Throws<ArgumentException>(
            () => OptimizationReportBuilder.Build(input with { DevicesRead = 103, Items = [] }));
        Assert.Contains("103 SIMs were read, 100 are in the fleet and 0 are excluded", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_bill_of_another_assignment_is_refused()
    {
        ReportInput input = SampleReport.Input(100);

        Assert.Throws<InvalidOperationException>(() => OptimizationReportBuilder.Build(
            input with { Optimal = input.Optimal with { Bill = input.Current.Bill } }));
    }

    [Fact]
    public void Gap_and_saving_are_shares_of_their_costs()
    {
        var costs = new ReportCosts("USD", Usd(200), Usd(180), Usd(150), Usd(10), Usd(152), false);

        Assert.Equal(Usd(50), costs.Saving);
        Assert.Equal(0.25m, costs.SavingShare);
        Assert.Equal(Usd(8), costs.GapAmount);
        Assert.Equal(0.05m, costs.Gap);
        Assert.Equal(0m, new ReportCosts("USD", Usd(0), null, Usd(0), Usd(0), Usd(0), true).Gap);
    }

    private static Money Usd(decimal amount) => Money.FromDecimal(amount);

    private static Money Sum(IEnumerable<Money> amounts) => new(amounts.Sum(money => money.MicroUnits));
}
