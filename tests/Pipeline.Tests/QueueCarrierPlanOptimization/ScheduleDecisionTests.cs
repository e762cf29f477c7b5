using System.Globalization;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.QueueCarrierPlanOptimization;
using Xunit;

namespace CarrierOptimization.Pipeline.Tests.QueueCarrierPlanOptimization;

public sealed class ScheduleDecisionTests
{
    private static readonly ProviderSettings NewYork = SyncBench.Settings() with { TimeZone = "America/New_York" };

    [Theory]
    // The period ends on 1 June, 00:00 in New York, which is 04:00 UTC. The window opens on 24 May, runs begin at 02:00.
    [InlineData("2026-05-24T03:59Z", null, false)]
    [InlineData("2026-05-24T04:00Z", null, false)]
    [InlineData("2026-05-24T05:59Z", null, false)]
    [InlineData("2026-05-24T06:00Z", null, true)]
    [InlineData("2026-05-24T12:00Z", "2026-05-24T05:00Z", false)]
    [InlineData("2026-05-24T12:00Z", "2026-05-24T03:00Z", true)]
    [InlineData("2026-05-25T06:00Z", "2026-05-24T07:00Z", true)]
    [InlineData("2026-05-10T12:00Z", null, false)]
    // Last day: again an hour after the last run ended, until the period closes.
    [InlineData("2026-05-31T06:00Z", "2026-05-30T07:00Z", true)]
    [InlineData("2026-05-31T07:59Z", "2026-05-31T07:00Z", false)]
    [InlineData("2026-05-31T08:00Z", "2026-05-31T07:00Z", true)]
    [InlineData("2026-06-01T03:59Z", "2026-06-01T02:00Z", true)]
    [InlineData("2026-06-01T04:00Z", "2026-06-01T02:00Z", false)]
    public void A_run_is_due_in_the_window_from_the_hour_on_and_again_on_the_last_day(string now, string? lastEnded, bool isDue) =>
        Assert.Equal(isDue, Decide(NewYork, now, lastEnded).IsDue);

    [Fact]
    public void Without_the_continuous_last_day_there_is_one_run_a_day() => Assert.False(
        Decide(NewYork with { ContinuousLastDay = false }, "2026-05-31T12:00Z", "2026-05-31T07:00Z").IsDue);

    [Fact]
    public void While_a_session_is_open_none_is_due() =>
        Assert.False(Decide(NewYork, "2026-05-31T12:00Z", null, isRunning: true).IsDue);

    [Fact]
    public void A_last_day_that_ends_in_the_small_hours_goes_on_over_midnight() => Assert.True(
        Decide(NewYork with { CycleHour = 1 }, "2026-06-01T04:30Z", "2026-06-01T03:00Z").IsDue);

    /// <summary>The period ends at 10:00, so its last 24 hours begin at 10:00 the day before.</summary>
    [Theory]
    [InlineData("2026-05-31T13:59Z", "2026-05-31T07:00Z", false)]
    [InlineData("2026-05-31T14:00Z", "2026-05-31T07:00Z", true)]
    [InlineData("2026-06-01T13:59Z", "2026-06-01T12:30Z", true)]
    [InlineData("2026-06-01T14:00Z", "2026-06-01T12:30Z", false)]
    public void The_last_day_is_24_hours_on_the_clock_before_the_cycle_hour(string now, string lastEnded, bool isDue) =>
        Assert.Equal(isDue, Decide(NewYork with { CycleHour = 10 }, now, lastEnded).IsDue);

    [Fact]
    public void A_window_longer_than_the_period_opens_at_its_start() =>
        Assert.True(Decide(NewYork with { OptimizationWindowDays = 31 }, "2026-02-01T08:00Z", null).IsDue);

    /// <summary>Sixteen looks an hour through two periods: each day of the window has a run, and the last hour is never idle.</summary>
    [Theory]
    [InlineData("America/New_York", 1, 0)]
    [InlineData("Australia/Lord_Howe", 5, 2)]
    [InlineData("Pacific/Apia", 28, 23)]
    public void A_provider_that_is_looked_at_regularly_runs_each_day_and_hourly_at_the_end(string zone, int day, int hour)
    {
        ProviderSettings settings = SyncBench.Settings() with { TimeZone = zone, CycleDay = day, CycleHour = hour };
        BillingCycle cycle = BillingCycle.Of(settings);
        DateTimeOffset now = new(2026, 3, 10, 0, 7, 0, TimeSpan.Zero);
        BillingPeriod first = cycle.PeriodOf(now);
        DateTimeOffset? lastEnded = null;
        var runs = new List<DateTimeOffset>();
        for (; now < first.End; now = now.AddMinutes(15))
        {
            if (ScheduleDecision.Decide(new ScheduleFacts(settings, first, lastEnded, false), now).IsDue)
            {
                runs.Add(now);
                lastEnded = now.AddMinutes(10);
            }
        }

        Assert.All(runs, run => Assert.True(run >= first.End.AddDays(-9)));
        Assert.InRange(runs.Count, 8 + 15, 8 + 24);
        Assert.True(first.End - runs[^1] <= TimeSpan.FromMinutes(90));
    }

    private static ScheduleAnswer Decide(ProviderSettings settings, string now, string? lastEnded, bool isRunning = false)
    {
        DateTimeOffset at = Instant(now);
        BillingPeriod period = BillingCycle.Of(settings).PeriodOf(at);
        return ScheduleDecision.Decide(
            new ScheduleFacts(settings, period, lastEnded is null ? null : Instant(lastEnded), isRunning), at);
    }

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
