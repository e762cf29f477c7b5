using System.Numerics;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Pipeline.GroupDevices;
using CarrierOptimization.Pipeline.Providers;
using CsCheck;
using Xunit;

namespace CarrierOptimization.Pipeline.Tests.Decisions;

public sealed class UsageProjectionDecisionTests
{
    private const long Hour = 3_600_000;
    private const long Day = 24 * Hour;

    private static readonly BillingPeriod May = new(
        new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 5, 31, 0, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("half of the period is over", 1_000, 15 * Day, null, 2_020)]
    [InlineData("a day of it is over", 1_000, Day, null, 30_300)]
    [InlineData("an hour counts as a day", 1_000, Hour, null, 30_300)]
    [InlineData("activated before the period", 1_000, 15 * Day, -5 * Day, 2_020)]
    [InlineData("activated within it: its own part counts", 1_000, 25 * Day, 20 * Day, 2_020)]
    [InlineData("activated on the last day: never below the measured usage", 1_000, (29 * Day) + (13 * Hour), (29 * Day) + (12 * Hour), 1_000)]
    [InlineData("activated after the usage was measured", 1_000, 10 * Day, 20 * Day, 10_100)]
    [InlineData("activated at its end", 1_000, 10 * Day, 30 * Day, 1_000)]
    [InlineData("measured before the period", 1_000, -1, null, 1_000)]
    [InlineData("measured at its end", 1_000, 30 * Day, null, 1_000)]
    [InlineData("nothing used", 0, Day, null, 0)]
    [InlineData("half a byte rounds up", 50, 15 * Day, null, 101)]
    public void Usage_is_projected_to_the_end_of_the_period(string why, long usage, long at, long? activated, long expected)
    {
        Assert.NotEmpty(why);
        Assert.Equal(expected, Decision().Project(Measured(usage, at, activated)));
    }

    [Fact]
    public void Usage_stays_as_it_is_when_nothing_is_to_be_projected()
    {
        MeasuredUsage usage = Measured(1_000, 15 * Day, null);

        Assert.Equal(1_000, Decision(method: UsageProjection.None).Project(usage));
        Assert.Equal(1_000, Decision(asOf: May.End).Project(usage));
        Assert.Equal(1_000, Decision().Project(usage with { IsActive = false }));
        Assert.Equal(1_000, Decision().Project(usage with { UsageAt = null }));
    }

    [Fact]
    public void Absurd_usage_is_projected_to_the_limit_and_not_beyond() =>
        Assert.Equal(Limits.UsageBytesMax, Decision().Project(Measured(Limits.UsageBytesMax - 1, Day, null)));

    [Fact]
    public void The_result_is_the_exact_fraction_rounded_half_up() =>
        Gen.Select(Gen.Long[1, 1L << 50], Gen.Long[0, (30 * Day) - 1], Gen.Int[0, 1_000_000]).Sample(
            (usage, at, safety) =>
            {
                long projected = Decision(safety: safety / 10_000m).Project(Measured(usage, at, null));

                BigInteger numerator = (BigInteger)usage * 30 * Day * (1_000_000 + safety);
                BigInteger denominator = (BigInteger)Math.Max(at, Day) * 1_000_000;
                BigInteger exact = ((2 * numerator) + denominator) / (2 * denominator);
                Assert.Equal(BigInteger.Min(exact, Limits.UsageBytesMax), projected);
                Assert.True(projected >= usage);
            },
            iter: 2_000, seed: "0N0XIzNsQ0O2", threads: 1);

    private static UsageProjectionDecision Decision(
        UsageProjection method = UsageProjection.Linear, DateTimeOffset? asOf = null, decimal safety = 1) =>
        new(new UsageProjectionRule(method, May, asOf ?? May.Start.AddDays(20), safety));

    private static MeasuredUsage Measured(long usage, long at, long? activated)
    {
        long start = May.Start.ToUnixTimeMilliseconds();
        return new MeasuredUsage(usage, true, start + at, start + activated);
    }
}
