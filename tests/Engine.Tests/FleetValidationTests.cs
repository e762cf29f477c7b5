using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using Xunit;

namespace CarrierOptimization.Engine.Tests;

public sealed class FleetValidationTests
{
    private static readonly RatePlan Plan = new()
    {
        Name = "P",
        MonthlyRate = new Money(1),
        IncludedData = new DataVolume(1),
        OverageRate = new Money(1),
        OverageBlock = new DataVolume(1L << 30),
        IsPooled = true,
    };

    private static readonly PlanCatalog Catalog = PlanCatalog.Create([Plan, Plan with { Name = "Q" }]);

    /// <summary>A fleet with one thing wrong, the subject of the mistake, and a word of its message.</summary>
    public static TheoryData<string, string, Fleet> BadFleets => new()
    {
        { "PlanSetOf", "has 1 places; expected 2", Of([1, 2], planSetOf: [0]) },
        { "CurrentPlan", "has 3 places; expected 2", Of([1, 2], currentPlan: [0, 0, 0]) },
        { "ActiveDays", "has 1 places; expected 2", Of([1, 2], activeDays: [1]) },
        { "SmsCount", "has 0 places; expected 2", Of([1, 2], smsCount: []) },
        { "CommGroup", "has 0 places; expected 2", Of([1, 2], commGroup: []) },
        { "SIM 1", "usage -1 bytes", Of([1, -1]) },
        { "SIM 0", "usage 1152921504606846977 bytes", Of([Limits.UsageBytesMax + 1, 1]) },
        { "SIM 1", "0 active days of 30", Of([1, 2], activeDays: [30, 0]) },
        { "SIM 1", "31 active days of 30", Of([1, 2], activeDays: [30, 31]) },
        { "SIM 0", "-1 SMS", Of([1, 2], smsCount: [-1, 0]) },
        { "SIM 0", "1000000001 SMS", Of([1, 2], smsCount: [Limits.SmsMax + 1, 0]) },
        { "SIM 1", "plan set 1 of 1", Of([1, 2], planSetOf: [0, 1]) },
        { "SIM 1", "current plan 2 of 2", Of([1, 2], currentPlan: [0, 2]) },
        { "plan sets", "names plan 2; the catalog has 2 plans", Of([1, 2], planSets: [new PlanSet([0, 2])]) },
        { "usage", "5,497,558,138,880 MB; at most 4,398,046,511,104 MB", Of([.. Enumerable.Repeat(Limits.UsageBytesMax, 5)]) },
    };

    [Theory]
    [MemberData(nameof(BadFleets), DisableDiscoveryEnumeration = true)]
    public void A_wrong_fleet_is_refused_by_name_and_number(string subject, string found, Fleet fleet)
    {
        ModelException refusal = Assert.Throws<ModelException>(() => FleetValidation.Validate(fleet, Catalog));
        ModelMistake mistake = Assert.Single(refusal.Mistakes);
        Assert.Equal(subject, mistake.Subject);
        Assert.Contains(found, mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fleet_at_the_limits_is_good()
    {
        FleetValidation.Validate(Of([.. Enumerable.Repeat(Limits.UsageBytesMax, 4)]), Catalog);
        FleetValidation.Validate(
            Of([0, 1], [PlanSet.All(Catalog), PlanSet.Empty], [0, 1], [Fleet.NoPlan, 1], [1, 30], [0, Limits.SmsMax]), Catalog);
        FleetValidation.Validate(Of([]), Catalog);
    }

    [Fact]
    public void Allowances_that_could_overflow_are_refused()
    {
        PlanCatalog vast = PlanCatalog.Create([Plan with { IncludedData = new DataVolume(Limits.IncludedBytesMax) }]);
        Fleet five = Of([0, 0, 0, 0, 0], planSets: [new PlanSet([0])]);
        ModelException refusal = Assert.Throws<ModelException>(() => FleetValidation.Validate(five, vast));
        Assert.Equal("allowance", Assert.Single(refusal.Mistakes).Subject);
        Assert.Contains("5,497,558,138,880 MB", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Limits.PriceMicroUnitsMax, 0, 5_000)]
    [InlineData(0, Limits.PriceMicroUnitsMax, 1)]
    public void A_bill_that_could_overflow_is_refused(long rate, long smsRate, int sims)
    {
        PlanCatalog dear = PlanCatalog.Create([Plan with { MonthlyRate = new Money(rate), SmsRate = new Money(smsRate) }]);
        Fleet fleet = Of(new long[sims], planSets: [new PlanSet([0])], smsCount: [.. Enumerable.Repeat(100_000, sims)]);
        ModelException refusal = Assert.Throws<ModelException>(() => FleetValidation.Validate(fleet, dear));
        Assert.Equal("bill", Assert.Single(refusal.Mistakes).Subject);
    }

    [Fact]
    public void Overage_that_could_overflow_is_refused()
    {
        PlanCatalog steep = PlanCatalog.Create([
            Plan with { OverageRate = new Money(Limits.PriceMicroUnitsMax), OverageBlock = new DataVolume(1) },
        ]);
        ModelException refusal = Assert.Throws<ModelException>(
            () => FleetValidation.Validate(Of([1_000_000], planSets: [new PlanSet([0])]), steep));
        Assert.Equal("bill", Assert.Single(refusal.Mistakes).Subject);
    }

    [Fact]
    public void Many_wrong_SIMs_are_listed_up_to_twenty_and_then_counted()
    {
        ModelException refusal = Assert.Throws<ModelException>(
            () => FleetValidation.Validate(Of([.. Enumerable.Repeat(-1L, 50)]), Catalog));
        Assert.Equal(21, refusal.Mistakes.Count);
        Assert.Equal("... and 30 more SIMs out of range.", refusal.Mistakes[^1].Message);
    }

    [Fact]
    public void Wrong_lengths_are_all_named_at_once()
    {
        ModelException refusal = Assert.Throws<ModelException>(
            () => FleetValidation.Validate(Of([1, 2], planSetOf: [], activeDays: [], smsCount: []), Catalog));
        Assert.Equal(["PlanSetOf", "ActiveDays", "SmsCount"], refusal.Mistakes.Select(mistake => mistake.Subject));
    }

    [Fact]
    public void Pools_per_comm_group_need_comm_groups()
    {
        PlanCatalog perGroup = PlanCatalog.Create([Plan, Plan with { Name = "Q" }], new BillRules { PoolScope = PoolScope.CommGroup });
        ModelException refusal = Assert.Throws<ModelException>(() => FleetValidation.Validate(Of([1]), perGroup));
        Assert.Equal("comm group", Assert.Single(refusal.Mistakes).Subject);
        FleetValidation.Validate(Of([1], commGroup: [3]), perGroup);
    }

    private static Fleet Of(
        long[] usages, PlanSet[]? planSets = null, ushort[]? planSetOf = null, ushort[]? currentPlan = null,
        ushort[]? activeDays = null, int[]? smsCount = null, ushort[]? commGroup = null) => new()
        {
            UsageBytes = usages,
            PlanSets = planSets ?? [PlanSet.All(Catalog)],
            PlanSetOf = planSetOf ?? new ushort[usages.Length],
            CurrentPlan = currentPlan,
            ActiveDays = activeDays,
            SmsCount = smsCount,
            CommGroup = commGroup,
        };
}
