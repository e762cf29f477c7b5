using System.Globalization;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Pipeline.Providers;
using CsCheck;
using Xunit;

namespace CarrierOptimization.Pipeline.Tests.Providers;

public sealed class BillingCycleTests
{
    private static readonly string[] Zones =
    [
        "UTC", "America/New_York", "America/Sao_Paulo", "America/Havana", "America/St_Johns", "Asia/Beirut", "Asia/Kathmandu",
        "Australia/Lord_Howe", "Europe/London", "Pacific/Apia", "Pacific/Chatham",
    ];

    private static readonly Gen<(BillingCycle Cycle, DateTimeOffset Instant)> Cases =
        from zone in Gen.Int[0, Zones.Length - 1].Select(index => Zones[index])
        from day in Gen.Int[1, 28]
        from hour in Gen.Int[0, 23]
        from minute in Gen.Long[0, 50L * 365 * 24 * 60]
        select (
            new BillingCycle(day, hour, TimeZoneInfo.FindSystemTimeZoneById(zone)),
            new DateTimeOffset(1990, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(minute));

    [Fact]
    public void A_period_holds_its_instant() => Cases.Sample(found =>
    {
        BillingPeriod period = found.Cycle.PeriodOf(found.Instant);
        return period.Start <= found.Instant && found.Instant < period.End;
    });

    [Fact]
    public void Periods_follow_each_other_without_gap_or_overlap() => Cases.Sample(found =>
    {
        BillingPeriod period = found.Cycle.PeriodOf(found.Instant);
        BillingPeriod next = found.Cycle.PeriodOf(period.End);
        BillingPeriod before = found.Cycle.PeriodOf(period.Start.AddTicks(-1));
        return next.Start == period.End && before.End == period.Start
            && found.Cycle.PeriodOf(period.Start) == period && found.Cycle.PeriodOf(period.End.AddTicks(-1)) == period;
    });

    [Fact]
    public void A_period_is_a_month_long_give_or_take_what_clocks_do() => Cases.Sample(found =>
    {
        BillingPeriod period = found.Cycle.PeriodOf(found.Instant);
        return (period.End - period.Start).TotalHours is >= (27 * 24) - 1 and <= (32 * 24) + 1;
    });

    [Fact]
    public void The_clock_shows_day_and_hour_at_the_start_unless_it_leaves_them_out() => Cases.Sample(found =>
    {
        DateTimeOffset start = found.Cycle.PeriodOf(found.Instant).Start;
        DateTime local = TimeZoneInfo.ConvertTime(start, found.Cycle.Zone).DateTime;
        var meant = new DateTime(local.Year, local.Month, found.Cycle.Day, found.Cycle.Hour, 0, 0);
        return local == meant
            || found.Cycle.Zone.IsInvalidTime(meant)
            || found.Cycle.Zone.IsInvalidTime(meant.AddDays(-1).Date.AddHours(found.Cycle.Hour));
    });

    [Theory]
    // Across months and years.
    [InlineData("UTC", 15, 6, "2026-01-03T00:00Z", "2025-12-15T06:00Z", "2026-01-15T06:00Z")]
    // 02:00 is left out on 8 March 2026: the first time after it is 03:00 summer time, 07:00 UTC.
    [InlineData("America/New_York", 8, 2, "2026-03-20T00:00Z", "2026-03-08T07:00Z", "2026-04-08T06:00Z")]
    // 01:00 comes twice on 1 November 2026: the first one counts.
    [InlineData("America/New_York", 1, 1, "2026-11-10T00:00Z", "2026-11-01T05:00Z", "2026-12-01T06:00Z")]
    // Samoa had no 30 December 2011.
    [InlineData("Pacific/Apia", 28, 0, "2011-12-29T00:00Z", "2011-12-28T10:00Z", "2012-01-27T10:00Z")]
    public void Known_periods(string zone, int day, int hour, string instant, string start, string end)
    {
        var cycle = new BillingCycle(day, hour, TimeZoneInfo.FindSystemTimeZoneById(zone));

        Assert.Equal(new BillingPeriod(Instant(start), Instant(end)), cycle.PeriodOf(Instant(instant)));
    }

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
