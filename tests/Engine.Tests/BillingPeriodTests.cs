using CarrierOptimization.Engine.Model;
using CsCheck;
using Xunit;

namespace CarrierOptimization.Engine.Tests;

public sealed class BillingPeriodTests
{
    private static readonly DateTimeOffset Start = new(2026, 4, 15, 0, 0, 0, TimeSpan.Zero);
    private static readonly BillingPeriod ThirtyDays = new(Start, Start.AddDays(30));

    [Theory]
    [InlineData(-1, 30)]
    [InlineData(0, 30)]
    [InlineData(1, 30)] // one second after the start: 29.99 days are left
    [InlineData(86_400, 29)]
    [InlineData(86_401, 29)]
    [InlineData(29 * 86_400, 1)]
    [InlineData((30 * 86_400) - 1, 1)]
    [InlineData(30 * 86_400, 1)] // at or after the end: billed one day at least
    [InlineData(40 * 86_400, 1)]
    public void A_started_day_counts_and_one_day_is_the_least(int secondsAfterStart, int days) =>
        Assert.Equal(days, ThirtyDays.ActiveDays(Start.AddSeconds(secondsAfterStart)));

    [Fact]
    public void A_period_of_a_started_day_more_has_a_day_more() =>
        Assert.Equal(31, new BillingPeriod(Start, Start.AddDays(30).AddSeconds(1)).Days);

    [Fact]
    public void An_instant_is_the_same_in_every_time_zone() =>
        Gen.Select(Gen.Int[0, 30 * 86_400], Gen.Int[-12, 14]).Sample((seconds, hours) =>
        {
            DateTimeOffset activation = Start.AddSeconds(seconds);
            Assert.Equal(ThirtyDays.ActiveDays(activation), ThirtyDays.ActiveDays(activation.ToOffset(TimeSpan.FromHours(hours))));
        });

    [Fact]
    public void Days_are_whole_for_every_second_of_a_period() =>
        Gen.Int[1, 30 * 86_400].Sample(
            left => Assert.Equal((left + 86_399) / 86_400, ThirtyDays.ActiveDays(ThirtyDays.End.AddSeconds(-left))),
            iter: Instances.Iterations(10_000));
}
