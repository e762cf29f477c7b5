using CarrierOptimization.Engine.Certificates;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using Xunit;

namespace CarrierOptimization.Engine.Tests;

/// <summary>Fleets at the edge of what there can be, each with its cost worked out by hand.</summary>
public sealed class OptimizerSpecialCaseTests
{
    private const long TenPetabytes = 10L << 50;

    [Fact]
    public void No_devices_cost_nothing() => AssertCost(0, [Pooled("A", 5, 10)], []);

    [Fact]
    public void No_devices_and_no_plans_cost_nothing() => AssertCost(0, [], [], sets: []);

    [Fact]
    public void One_device_takes_its_cheapest_plan() => AssertCost(7, [Pooled("A", 5, 10), Pooled("B", 7, 20)], [15]);

    [Fact]
    public void One_plan_leaves_no_choice() => AssertCost(15 + 6, [Pooled("A", 5, 10)], [15, 15, 15]);

    [Fact]
    public void Usage_of_zero_takes_the_lowest_rate() => AssertCost(6, [Pooled("A", 5, 10), Pooled("B", 2, 0)], [0, 0, 0]);

    [Fact]
    public void Plans_without_an_allowance_are_pay_per_use() =>
        AssertCost(1 + 1 + 3, [Pooled("A", 1, 0), Pooled("B", 9, 100)], [4, 6]);

    [Fact]
    public void An_unlimited_plan_takes_the_heavy_one() => AssertCost(
        2 + 50, [Pooled("A", 2, 10), new RatePlan { Name = "U", MonthlyRate = new Money(50) }], [5, 1_000_000]);

    [Fact]
    public void Only_unlimited_plans_cost_their_rates() => AssertCost(
        14, [new RatePlan { Name = "U", MonthlyRate = new Money(7) }, new RatePlan { Name = "V", MonthlyRate = new Money(8) }], [1, 2]);

    [Fact]
    public void Identical_plans_are_as_good_as_one() =>
        AssertCost(10, [Pooled("A", 5, 10), Pooled("B", 5, 10), Pooled("C", 5, 10)], [12, 8]);

    [Fact]
    public void Equal_usages_share_out_by_sums_not_by_ties() =>
        AssertCost((3 * 4) + 14, [Pooled("A", 4, 0) with { PoolName = "X" }, Pooled("B", 14, 40) with { PoolName = "X" }], [10, 10, 10, 10]);

    [Fact]
    public void Ten_petabytes_on_one_SIM_are_priced_exactly() => AssertCost(
        5 + (3 * ((TenPetabytes - 10 + 9) / 10)), [Pooled("A", 5, 10)], [TenPetabytes]);

    [Fact]
    public void Ten_petabytes_on_one_SIM_do_not_blur_the_small_ones() => AssertCost(
        1_000_000 + 2, [Pooled("A", 2, 10), new RatePlan { Name = "U", MonthlyRate = new Money(1_000_000) }], [TenPetabytes, 10]);

    [Fact]
    public void A_block_larger_than_all_usage_is_charged_once_for_everybody() => AssertCost(
        1 + 1 + 1 + 3, [Pooled("A", 1, 0) with { OverageBlock = new DataVolume(1L << 50) }, Pooled("B", 4, 100)], [90, 80, 70]);

    [Fact]
    public void The_largest_block_and_the_highest_price_are_avoided_exactly() => AssertCost(
        12,
        [
            Pooled("A", 1, 0) with
            {
                OverageRate = new Money(Limits.PriceMicroUnitsMax), OverageBlock = new DataVolume(Limits.IncludedBytesMax),
            },
            Pooled("B", 4, 10),
        ],
        [10, 10, 10]);

    [Fact]
    public void The_highest_prices_are_paid_where_there_is_no_other_way() => AssertCost(
        3 * Limits.PriceMicroUnitsMax,
        [
            Pooled("A", Limits.PriceMicroUnitsMax, 5) with
            {
                OverageRate = new Money(Limits.PriceMicroUnitsMax), OverageBlock = new DataVolume(Limits.IncludedBytesMax),
            },
        ],
        [10, 10]);

    [Fact]
    public void A_block_of_one_byte_at_the_lowest_price_is_counted_byte_by_byte() => AssertCost(
        990, [Pooled("A", 0, 10) with { OverageRate = new Money(1), OverageBlock = new DataVolume(1) }, Pooled("B", 991, 1000)], [1000]);

    [Fact]
    public void An_allowance_nobody_can_use_does_not_help() => AssertCost(
        20 + 6, [Pooled("A", 10, 0), Pooled("Vast", 1, 1_000_000)], [10, 10], sets: [new PlanSet([0])]);

    [Fact]
    public void A_plan_from_which_every_SIM_is_excluded_is_as_if_it_were_not_there() => AssertCost(
        10, [Pooled("A", 5, 10), Pooled("Free", 0, 100)], [10, 10], sets: [new PlanSet([0])]);

    [Fact]
    public void A_fixed_SIM_keeps_its_plan_and_its_part_in_the_pool()
    {
        // The fixed SIM on B brings 100 and uses 10: the other one fits beside it, but only on B.
        PlanCatalog catalog = PlanCatalog.Create([Pooled("A", 5, 10), Pooled("B", 9, 100)]);
        var fleet = new Fleet
        {
            UsageBytes = [10, 150], PlanSets = [new PlanSet([1]), new PlanSet([0, 1])], PlanSetOf = [0, 1],
        };
        Assert.Equal([1, 1], SolveFor(18, fleet, catalog, new SolveOptions()).Assignment);
    }

    [Fact]
    public void A_SIM_that_is_not_billed_has_no_plan_and_no_part_in_the_pool()
    {
        PlanCatalog catalog = PlanCatalog.Create([Pooled("A", 5, 10)]);
        var fleet = new Fleet
        {
            UsageBytes = [1_000, 10], PlanSets = [PlanSet.Empty, new PlanSet([0])], PlanSetOf = [0, 1], CurrentPlan = [0, 0],
        };
        Assert.Equal([Fleet.NoPlan, 0], SolveFor(5, fleet, catalog, new SolveOptions { MaxChanges = 0 }).Assignment);
    }

    [Fact]
    public void A_fleet_in_which_nobody_is_billed_costs_nothing() =>
        AssertCost(0, [Pooled("A", 5, 10)], [10, 20], sets: [PlanSet.Empty]);

    [Fact]
    public void No_changes_allowed_leaves_everyone_where_they_are()
    {
        Fleet fleet = WithCurrent([100, 0, 50], [0, 1, 0]);
        Solution solution = SolveFor(10 + 1_000 + (13 * 3), fleet, TwoPlans, new SolveOptions { MaxChanges = 0 });
        Assert.Equal([0, 1, 0], solution.Assignment);
        Assert.Equal(0, solution.Changes);
    }

    [Fact]
    public void One_change_allowed_is_spent_where_it_saves_most()
    {
        Fleet fleet = WithCurrent([0, 0], [1, 1]);
        Assert.Equal(1, SolveFor(5 + 1_000, fleet, TwoPlans, new SolveOptions { MaxChanges = 1 }).Changes);
    }

    [Fact]
    public void A_SIM_without_a_current_plan_gets_one_even_when_no_changes_are_allowed()
    {
        Fleet fleet = WithCurrent([0, 0], [Fleet.NoPlan, 1]);
        Assert.Equal(0, SolveFor(5 + 1_000, fleet, TwoPlans, new SolveOptions { MaxChanges = 0 }).Changes);
    }

    [Fact]
    public void A_change_that_costs_more_than_it_saves_is_not_made()
    {
        Fleet fleet = WithCurrent([0], [1]);
        Assert.Equal(0, SolveFor(1_000, fleet, TwoPlans, new SolveOptions { ChangeCost = new Money(996) }).Changes);
        Assert.Equal(1, SolveFor(5 + 994, fleet, TwoPlans, new SolveOptions { ChangeCost = new Money(994) }).Changes);
    }

    [Fact]
    public void More_forced_changes_than_allowed_are_refused_by_number()
    {
        var fleet = new Fleet
        {
            UsageBytes = [1, 2, 3], PlanSets = [new PlanSet([0])], PlanSetOf = [0, 0, 0], CurrentPlan = [1, 1, 0],
        };
        ModelException refusal = Assert.Throws<ModelException>(
            () => Optimizer.Solve(fleet, TwoPlans, new SolveOptions { MaxChanges = 1 }, TestContext.Current.CancellationToken));
        Assert.Contains("2", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("1", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_plans_than_SIMs_are_no_trouble() => AssertCost(
        1 + 1 + (2 * 3), [.. Enumerable.Range(1, 100).Select(i => Pooled($"P{i}", i, i))], [10, 10]);

    [Fact]
    public void Each_SIM_finds_its_plan_among_two_hundred()
    {
        RatePlan[] plans = [.. Enumerable.Range(0, 200).Select(i => Pooled($"P{i}", (2 * i) + 1, (long)i * i) with
        {
            IsPooled = false, OverageRate = new Money(1_000),
        })];
        int[] wanted = [.. Enumerable.Range(0, 50).Select(i => i * 4)];
        AssertCost(wanted.Sum(i => (2 * i) + 1), plans, [.. wanted.Select(i => (long)i * i)]);
    }

    [Fact]
    public void Pools_per_comm_group_do_not_help_each_other()
    {
        RatePlan[] plans = [Pooled("A", 5, 10)];
        PlanCatalog perGroup = PlanCatalog.Create(plans, new BillRules { PoolScope = PoolScope.CommGroup });
        var fleet = new Fleet { UsageBytes = [20, 0], PlanSets = [new PlanSet([0])], PlanSetOf = [0, 0], CommGroup = [0, 1] };
        SolveFor(10, fleet, PlanCatalog.Create(plans), new SolveOptions());
        SolveFor(10 + 3, fleet, perGroup, new SolveOptions());
    }

    [Fact]
    public void Only_rates_billed_takes_the_lowest_rate_whatever_the_usage() => AssertCost(
        4, [Pooled("A", 2, 0), Pooled("B", 9, 1_000)], [500, 1_000], rules: new BillRules { ChargeType = ChargeType.RateChargeOnly });

    [Fact]
    public void Only_overage_billed_takes_the_largest_allowance_whatever_its_rate() => AssertCost(
        3, [Pooled("A", 2, 0), Pooled("B", 900, 745)], [500, 1_000], rules: new BillRules { ChargeType = ChargeType.OverageOnly });

    [Fact]
    public void Messages_alone_can_decide_the_plan()
    {
        PlanCatalog catalog = PlanCatalog.Create([
            Pooled("A", 1, 10) with { SmsRate = new Money(1) }, Pooled("B", 4, 10) with { IncludedSms = 100, SmsRate = new Money(1) },
        ]);
        var fleet = new Fleet { UsageBytes = [1, 1], PlanSets = [PlanSet.All(catalog)], PlanSetOf = [0, 0], SmsCount = [2, 50] };
        Assert.Equal([0, 1], SolveFor(3 + 4, fleet, catalog, new SolveOptions()).Assignment);
    }

    private static PlanCatalog TwoPlans { get; } = PlanCatalog.Create([Pooled("Small", 5, 10), Pooled("Large", 1_000, 2_000)]);

    private static Fleet WithCurrent(long[] usages, ushort[] current) => new()
    {
        UsageBytes = usages, PlanSets = [new PlanSet([0, 1])], PlanSetOf = new ushort[usages.Length], CurrentPlan = current,
    };

    private static void AssertCost(
        long microUnits, RatePlan[] plans, long[] usages, PlanSet[]? sets = null, BillRules? rules = null)
    {
        PlanCatalog catalog = PlanCatalog.Create(plans, rules);
        var fleet = new Fleet
        {
            UsageBytes = usages, PlanSets = sets ?? [PlanSet.All(catalog)], PlanSetOf = new ushort[usages.Length],
        };
        SolveFor(microUnits, fleet, catalog, new SolveOptions());
    }

    /// <summary>Solves, checks, and expects the cost, proven; where all assignments can be tried, the cost itself is checked too.</summary>
    private static Solution SolveFor(long microUnits, Fleet fleet, PlanCatalog catalog, SolveOptions options)
    {
        if (Math.Pow(catalog.Plans.Count, fleet.Count) <= 20_000)
        {
            Assert.Equal(microUnits, BruteForce.Solve(new Instance(fleet, catalog, options)).LeastCost);
        }

        Solution solution = Optimizer.Solve(fleet, catalog, options, TestContext.Current.CancellationToken);
        CertificateChecker.Check(fleet, catalog, options, solution);
        Assert.Equal((microUnits, true), (solution.Cost.MicroUnits, solution.ProvenOptimal));
        return solution;
    }

    /// <summary>A pooled plan in micro-units and bytes, with overage of 3 per block of 10.</summary>
    private static RatePlan Pooled(string name, long rate, long included) => new()
    {
        Name = name,
        MonthlyRate = new Money(rate),
        IncludedData = new DataVolume(included),
        OverageRate = new Money(3),
        OverageBlock = new DataVolume(10),
        IsPooled = true,
    };
}
