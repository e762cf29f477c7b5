using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using Xunit;

namespace CarrierOptimization.Engine.Tests;

public sealed class PlanValidationTests
{
    private static readonly RatePlan Good = new()
    {
        Name = "5MB",
        MonthlyRate = new Money(1),
        IncludedData = new DataVolume(5),
        OverageRate = new Money(1),
        OverageBlock = new DataVolume(1),
        IsPooled = true,
    };

    /// <summary>Each rule broken by one plan, and what the message must say was found.</summary>
    public static TheoryData<string, RatePlan> BadPlans => new()
    {
        { "monthly rate is -0.000001", Good with { MonthlyRate = new Money(-1) } },
        { "is 1,000,000,000.000001; it must be 0 to 1,000,000,000", Good with { MonthlyRate = new Money(Limits.PriceMicroUnitsMax + 1) } },
        { "included data is -0.000001 MB", Good with { IncludedData = new DataVolume(-1) } },
        { "it must be 0 to 1,099,511,627,776 MB", Good with { IncludedData = new DataVolume(Limits.IncludedBytesMax + 1) } },
        { "overage rate is 0", Good with { OverageRate = Money.Zero } },
        { "overage rate is -0.000001", Good with { OverageRate = new Money(-1) } },
        { "overage block is 0 MB; it must be above 0. Correct", Good with { OverageBlock = DataVolume.Zero } },
        { "overage block is -0.000005 MB; it must be above 0", Good with { OverageBlock = new DataVolume(-5) } },
        { "it must be at most 1,099,511,627,776 MB", Good with { OverageBlock = new DataVolume(Limits.IncludedBytesMax + 1) } },
        { "SMS rate is -0.000001", Good with { SmsRate = new Money(-1) } },
        { "included SMS is -1", Good with { IncludedSms = -1 } },
        { "currency is \"usd\"", Good with { Currency = "usd" } },
        { "currency is \"\"", Good with { Currency = "" } },
        { "is not pooled", Good with { IsPooled = false, PoolName = "A" } },
        { "is unlimited", Good with { IncludedData = null, PoolName = "A" } },
        { "name is empty", Good with { Name = " " } },
    };

    [Theory]
    [MemberData(nameof(BadPlans), DisableDiscoveryEnumeration = true)]
    public void Every_broken_rule_is_named_with_what_was_found(string found, RatePlan plan)
    {
        ModelMistake mistake = Assert.Single(PlanValidation.Validate([plan], new BillRules()));
        Assert.Contains(found, mistake.Message, StringComparison.Ordinal);
        Assert.Equal(plan.Name, mistake.Subject);
    }

    [Fact]
    public void Plans_at_the_limits_are_good() => Assert.Empty(PlanValidation.Validate(
        [
            Good,
            Good with
            {
                Name = "most",
                MonthlyRate = new Money(Limits.PriceMicroUnitsMax),
                IncludedData = new DataVolume(Limits.IncludedBytesMax),
                OverageRate = new Money(Limits.PriceMicroUnitsMax),
                OverageBlock = new DataVolume(Limits.IncludedBytesMax),
                SmsRate = new Money(Limits.PriceMicroUnitsMax),
                IncludedSms = Limits.SmsMax,
            },
            Good with { Name = "least", MonthlyRate = Money.Zero, IncludedData = DataVolume.Zero },
            new RatePlan { Name = "unlimited needs no overage", MonthlyRate = Money.Zero },
        ],
        new BillRules { PeriodDays = Limits.PeriodDaysMax }));

    [Fact]
    public void All_mistakes_of_all_plans_are_named_at_once()
    {
        ModelException refusal = Assert.Throws<ModelException>(() => PlanCatalog.Create(
            [
                Good with { MonthlyRate = new Money(-1), OverageRate = Money.Zero, OverageBlock = DataVolume.Zero },
                Good with { Name = "other", Currency = "EUR", IncludedSms = -1 },
            ],
            new BillRules { PeriodDays = 0 }));
        Assert.Equal(["period", "5MB", "5MB", "5MB", "other", "other"], refusal.Mistakes.Select(mistake => mistake.Subject));
        Assert.All(refusal.Mistakes, mistake => Assert.Contains(mistake.Message, refusal.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Two_plans_of_one_name_are_refused() => Assert.Contains(
        "names must be unique", Assert.Single(PlanValidation.Validate([Good, Good], new BillRules())).Message, StringComparison.Ordinal);

    [Fact]
    public void Currencies_never_mix() => Assert.Contains(
        "EUR",
        Assert.Single(PlanValidation.Validate([Good, Good with { Name = "b", Currency = "EUR" }], new BillRules())).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData(2, 1)]
    [InlineData(1, 2)]
    public void Plans_of_one_pool_must_agree_on_overage_and_the_message_names_both(long rate, long block)
    {
        RatePlan first = Good with { PoolName = "A" };
        RatePlan second = first with { Name = "10MB", OverageRate = new Money(rate), OverageBlock = new DataVolume(block) };
        ModelMistake mistake = Assert.Single(PlanValidation.Validate([first, second], new BillRules()));
        Assert.Contains("\"5MB\"", mistake.Message, StringComparison.Ordinal);
        Assert.Contains("\"10MB\"", mistake.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Limits.PeriodDaysMax + 1)]
    public void A_period_of_no_days_or_too_many_is_refused(int days) => Assert.Equal(
        "period", Assert.Single(PlanValidation.Validate([Good], new BillRules { PeriodDays = days })).Subject);

    [Fact]
    public void More_plans_than_the_limit_are_refused()
    {
        RatePlan[] plans = [.. Enumerable.Range(0, Limits.PlansMax + 1).Select(i => Good with { Name = $"P{i}" })];
        Assert.Equal("plans", Assert.Single(PlanValidation.Validate(plans, new BillRules())).Subject);
    }

    [Fact]
    public void Pools_are_formed_of_plans_with_an_allowance_by_name_or_each_alone()
    {
        PlanCatalog catalog = PlanCatalog.Create([
            Good with { Name = "a" },
            Good with { Name = "b", PoolName = "X" },
            Good with { Name = "c", IsPooled = false },
            Good with { Name = "d", IncludedData = null },
            Good with { Name = "e", PoolName = "X" },
        ]);
        Assert.Equal([0, 1, -1, -1, 1], catalog.PoolOfPlan);
        Assert.Equal(["a", "X"], catalog.Pools.Select(pool => pool.Name));
        Assert.Equal([1, 4], catalog.Pools[1].PlanIndexes);
        Assert.Equal((4, -1), (catalog.IndexOf("e"), catalog.IndexOf("E")));
    }

    [Fact]
    public void The_order_in_which_a_plan_set_is_written_does_not_matter()
    {
        Assert.Equal(new PlanSet([1, 2]), new PlanSet([2, 1, 2]));
        Assert.Equal(new PlanSet([1, 2]).GetHashCode(), new PlanSet([2, 1]).GetHashCode());
        Assert.NotEqual(new PlanSet([1, 2]), new PlanSet([1, 3]));
        Assert.True(new PlanSet([1, 2]).Contains(2));
        Assert.False(new PlanSet([1, 2]).Contains(0));
    }
}
