using CarrierOptimization.Engine;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.GroupDevices;
using CsCheck;
using Xunit;

namespace CarrierOptimization.Cli.Tests;

public sealed class GroupingDecisionTests
{
    private static readonly PlanCatalog Catalog = PlanCatalog.Create(
    [
        Pooled("Small", 2), Pooled("Large", 5), Pooled("Private", 3) with { IsPooled = false }, Pooled("Other", 4),
    ]);

    private static readonly CommunicationPlan[] CommunicationPlans =
    [
        new("Meter", new PlanSet([0, 1])), new("Meter 2", new PlanSet([1, 0])), new("Camera", new PlanSet([1, 2])),
        new("Alone", new PlanSet([2])), new("Far", new PlanSet([3])),
    ];

    [Theory]
    [InlineData("ACTIVATED", 0, 30, true)]
    [InlineData("activated", 0, 30, true)]
    [InlineData("", 0, 30, true)]
    [InlineData("RETIRED", 1, 30, true)]
    [InlineData("RETIRED", 0, 29, true)]
    [InlineData("RETIRED", 0, 30, false)]
    public void A_sim_is_eligible_by_status_usage_or_partial_period(string status, long usage, int days, bool isOptimised)
    {
        DeviceRecords records = Records(("Small", "Meter", status, usage)) with { ActiveDays = [(ushort)days] };

        DeviceGrouping grouping = Decide(records);

        Assert.Equal(isOptimised ? Exclusion.None : Exclusion.Inactive, grouping.ExclusionOf[0]);
        Assert.Equal(isOptimised ? 0 : Fleet.NoPlan, grouping.Fleet.CurrentPlan![0]);
        Assert.Equal(!isOptimised, SetOf(grouping, 0).IsEmpty);
    }

    [Fact]
    public void A_sim_without_mapping_is_billed_and_fixed()
    {
        DeviceGrouping grouping = Decide(Records(("Small", "Unheard of", "", 1), ("Large", "", "", 1), ("", "", "", 1)));

        Assert.All(grouping.ExclusionOf, exclusion => Assert.Equal(Exclusion.NoMapping, exclusion));
        Assert.Equal(new PlanSet([0]), SetOf(grouping, 0));
        Assert.Equal(new PlanSet([1]), SetOf(grouping, 1));
        Assert.Equal(PlanSet.Empty, SetOf(grouping, 2));
        Assert.Equal([0, 1, Fleet.NoPlan], grouping.Fleet.CurrentPlan!);
    }

    [Fact]
    public void A_sim_on_a_plan_without_price_is_not_billed()
    {
        DeviceGrouping grouping = Decide(Records(("Gone", "Meter", "", 1)));

        Assert.Equal(Exclusion.UnknownCurrentPlan, grouping.ExclusionOf[0]);
        Assert.Equal(PlanSet.Empty, SetOf(grouping, 0));
        Assert.Equal(Fleet.NoPlan, grouping.Fleet.CurrentPlan![0]);
    }

    [Fact]
    public void A_sim_without_a_plan_or_on_a_forbidden_one_is_optimised_and_current_is_no_candidate()
    {
        DeviceGrouping grouping = Decide(Records(("", "Meter", "", 1), ("Private", "Meter", "", 1), ("Small", "Meter", "", 1)));

        Assert.Equal(3, grouping.Optimised);
        Assert.Equal(1, grouping.WithoutCurrentPlan);
        Assert.Equal(1, grouping.OnForbiddenPlan);
        Assert.False(grouping.CurrentIsComplete);
    }

    [Fact]
    public void Communication_plans_with_the_same_set_are_one_group_and_common_pools_tie_groups()
    {
        DeviceRecords records = Records(
            ("Small", "Meter", "", 1), ("Small", "Meter 2", "", 1), ("Large", "Camera", "", 1), ("Private", "Alone", "", 1),
            ("Other", "Far", "", 1));

        DeviceGrouping grouping = Decide(records);

        Assert.Equal(grouping.CommGroupOf[0], grouping.CommGroupOf[1]);
        Assert.Equal("Meter, Meter 2", grouping.Groups[grouping.CommGroupOf[0]].Name);
        Assert.Equal(4, grouping.GroupsOptimised);

        // Meter and Camera share the pool of Large; Private is no pool, so Alone stands alone.
        Assert.Equal(3, grouping.Components);
    }

    [Fact]
    public void Pools_billed_per_group_tie_nothing()
    {
        PlanCatalog perGroup = PlanCatalog.Create(Catalog.Plans, new BillRules { PoolScope = PoolScope.CommGroup });

        DeviceGrouping grouping = GroupingDecision.Decide(
            Records(("Small", "Meter", "", 1), ("Large", "Camera", "", 1)), perGroup, CommunicationPlans, new GroupingOptions());

        Assert.Equal(2, grouping.Components);
        Assert.Equal(grouping.CommGroupOf, grouping.Fleet.CommGroup);
    }

    [Fact]
    public void Groups_below_the_minimum_keep_their_plans()
    {
        DeviceGrouping grouping = GroupingDecision.Decide(
            Records(("Small", "Meter", "", 1), ("Small", "Meter 2", "", 1), ("Large", "Camera", "", 1)),
            Catalog, CommunicationPlans, new GroupingOptions { MinimumDevicesPerGroup = 2 });

        Assert.Equal([Exclusion.None, Exclusion.None, Exclusion.GroupTooSmall], grouping.ExclusionOf);
        Assert.Equal(new PlanSet([1]), SetOf(grouping, 2));
    }

    [Fact]
    public void Every_sim_is_optimised_or_excluded_and_the_fleet_is_valid() =>
        Gen.Select(
            Gen.Int[0, 5], Gen.Int[0, 6], Gen.Int[0, 2], Gen.Long[0, 2]).Array[0, 40].Sample(sims =>
        {
            string[] plans = ["", "Small", "Large", "Private", "Other", "Gone"];
            string[] communicationPlans = ["", "Meter", "Meter 2", "Camera", "Alone", "Far", "Unheard of"];
            string[] statuses = ["", "ACTIVATED", "RETIRED"];
            DeviceRecords records = Records([.. sims.Select(sim =>
                (plans[sim.Item1], communicationPlans[sim.Item2], statuses[sim.Item3], sim.Item4))]);

            DeviceGrouping grouping = Decide(records);

            Assert.Equal(sims.Length, grouping.Optimised + grouping.Excluded);
            Assert.Equal(grouping.Optimised, grouping.Groups.Sum(group => group.OptimisedDevices));
            Assert.Equal(sims.Length, grouping.Groups.Sum(group => group.Devices));
            FleetValidation.Validate(grouping.Fleet, Catalog);
            Assert.Equal(
                Enumerable.Range(0, sims.Length).Count(sim => !SetOf(grouping, sim).IsEmpty),
                Strategies.BaseAssignment(grouping.Fleet, Catalog).Bill.Devices);
        });

    private static DeviceGrouping Decide(DeviceRecords records) =>
        GroupingDecision.Decide(records, Catalog, CommunicationPlans, new GroupingOptions());

    private static PlanSet SetOf(DeviceGrouping grouping, int device) =>
        grouping.Fleet.PlanSets[grouping.Fleet.PlanSetOf[device]];

    private static DeviceRecords Records(params (string Plan, string CommunicationPlan, string Status, long Usage)[] sims)
    {
        string[] plans = [.. sims.Select(sim => sim.Plan).Where(name => name.Length > 0).Distinct()];
        string[] communicationPlans = [.. sims.Select(sim => sim.CommunicationPlan).Where(name => name.Length > 0).Distinct()];
        string[] statuses = [.. sims.Select(sim => sim.Status).Where(name => name.Length > 0).Distinct()];
        return new DeviceRecords
        {
            Iccids = [.. sims.Select((_, sim) => Iccid.Parse($"89010000000000{sim:D6}"))],
            UsageBytes = [.. sims.Select(sim => sim.Usage)],
            RatePlan = [.. sims.Select(sim => Index(plans, sim.Plan))],
            RatePlanNames = plans,
            CommunicationPlan = [.. sims.Select(sim => Index(communicationPlans, sim.CommunicationPlan))],
            CommunicationPlanNames = communicationPlans,
            Status = [.. sims.Select(sim => Index(statuses, sim.Status))],
            StatusNames = statuses,
        };
    }

    private static ushort Index(string[] names, string name) =>
        name.Length == 0 ? DeviceRecords.NoName : (ushort)Array.IndexOf(names, name);

    private static RatePlan Pooled(string name, decimal rate) => new()
    {
        Name = name,
        MonthlyRate = Money.FromDecimal(rate),
        IncludedData = DataVolume.FromMegabytes(rate),
        OverageRate = Money.FromDecimal(1),
        OverageBlock = DataVolume.FromMegabytes(1),
        IsPooled = true,
    };
}
