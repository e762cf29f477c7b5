using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.GroupDevices;
using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.Snapshots;
using CarrierOptimization.Pipeline.Tests.Stages;
using Xunit;

namespace CarrierOptimization.Pipeline.Tests.Decisions;

public sealed class RatePlanDecisionTests
{
    private static readonly StoredRatePlan Good = Account.Pooled("Good", 2, 1);

    [Fact]
    public void Each_plan_is_judged_alone()
    {
        StoredRatePlan[] bad =
        [
            Good with { Name = "No block", OverageBlockBytes = 0 }, Good with { Name = "No overage", OverageRate = Money.Zero },
            Good with { Name = "Negative", MonthlyRate = new Money(-1) }, Good with { Name = "Money", Currency = "dollars" },
            Good with { Name = "Tiers", WhyInvalid = "It has tiers." },
        ];

        FrozenPlans plans = Plans([Good, .. bad]);

        Assert.Equal(["Good"], plans.Catalog.Plans.Select(plan => plan.Name));
        Assert.Equal(["Money", "Negative", "No block", "No overage", "Tiers"], plans.Invalid.Select(plan => plan.Name));
        Assert.All(plans.Invalid, plan => Assert.NotEmpty(plan.Why));
        Assert.Equal("It has tiers.", plans.Invalid[^1].Why);
    }

    [Fact]
    public void Plans_that_nobody_has_or_may_have_are_not_looked_at()
    {
        FrozenPlans plans = RatePlanDecision.Decide(
            new RatePlanInput(
                [Good, Good with { Name = "On it" }, Good with { Name = "Old", OverageBlockBytes = 0, Currency = "EUR" }],
                [.. Account.Map("Meter", "Good")], ["On it", "Unknown"]),
            new BillRules(), "USD").Plans!;

        Assert.Equal(["Good", "On it"], plans.Catalog.Plans.Select(plan => plan.Name));
        Assert.Empty(plans.Invalid);
        Assert.Equal(new PlanSet([0]), plans.CommunicationPlans.Single().AllowedPlans);
    }

    [Fact]
    public void An_unlimited_plan_needs_no_overage() =>
        Assert.Empty(Plans([Good with { IncludedBytes = null, OverageRate = Money.Zero, OverageBlockBytes = 0 }]).Invalid);

    [Fact]
    public void A_retired_plan_is_priced_but_in_no_group()
    {
        FrozenPlans plans = Plans([Good, Good with { Name = "Retired", IsRetired = true }]);

        Assert.Equal(2, plans.Catalog.Plans.Count);
        Assert.Equal(["Retired"], plans.Retired);
        Assert.Equal(new PlanSet([0]), plans.CommunicationPlans.Single().AllowedPlans);
    }

    [Fact]
    public void A_mapping_to_a_plan_the_carrier_does_not_list_is_a_note()
    {
        FrozenPlans plans = RatePlanDecision.Decide(
            new RatePlanInput([Good], [.. Account.Map("Meter", "Good", "Ghost")], []), new BillRules(), "USD").Plans!;

        Assert.Contains("\"Ghost\"", plans.Notes.Single());
    }

    [Theory]
    [InlineData("another currency", "EUR")]
    [InlineData("pool of a plan that is not pooled", "not pooled")]
    [InlineData("overage of a pool", "must agree")]
    public void What_plans_say_together_fails_as_a_whole(string about, string says)
    {
        StoredRatePlan other = about switch
        {
            "another currency" => Good with { Name = "Other", Currency = "EUR" },
            "pool of a plan that is not pooled" => Good with { Name = "Other", IsPooled = false, PoolName = "P" },
            _ => Good with { Name = "Other", OverageRate = Money.FromDecimal(7), PoolName = "P" },
        };

        RatePlanOutcome outcome = Decide([Good with { PoolName = about == "overage of a pool" ? "P" : null }, other]);

        Assert.Null(outcome.Plans);
        Assert.Contains(outcome.Mistakes, mistake => mistake.Contains(says, StringComparison.Ordinal));
    }

    [Fact]
    public void Frozen_plans_come_back_from_json_as_they_were()
    {
        FrozenPlans plans = Plans(
        [
            Good with { PoolName = "P", IncludedSms = 3, SmsRate = new Money(5) }, Good with { Name = "Other", PoolName = "P" },
            Good with { Name = "Endless", IsPooled = false, IncludedBytes = null }, Good with { Name = "Old", IsRetired = true },
            Good with { Name = "Bad", OverageBlockBytes = -1 },
        ]);

        FrozenPlans read = CatalogJson.Read(CatalogJson.Write(plans));

        Assert.Equal(plans.Catalog.Plans, read.Catalog.Plans);
        Assert.Equal(plans.Catalog.Rules, read.Catalog.Rules);
        Assert.Equal(plans.CommunicationPlans, read.CommunicationPlans);
        Assert.Equal(plans.Invalid, read.Invalid);
        Assert.Equal(plans.Retired, read.Retired);
        Assert.Equal(CatalogJson.Write(plans), CatalogJson.Write(read));
    }

    private static FrozenPlans Plans(IReadOnlyList<StoredRatePlan> plans) => Decide(plans).Plans!;

    private static RatePlanOutcome Decide(IReadOnlyList<StoredRatePlan> plans) => RatePlanDecision.Decide(
        new RatePlanInput(plans, [.. Account.Map("Meter", [.. plans.Select(plan => plan.Name)])], []),
        new BillRules { PeriodDays = 31, PoolScope = PoolScope.CommGroup }, "USD");
}
