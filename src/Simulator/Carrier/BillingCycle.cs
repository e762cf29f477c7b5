using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Simulator.Carrier;

/// <summary>When the periods of an account begin: a day of the month and an hour, in the carrier's time zone.</summary>
/// <param name="Day">1 to 28, so that every month has it.</param>
/// <param name="Hour">0 to 23, local time.</param>
public sealed record BillingCycle(int Day, int Hour, TimeZoneInfo Zone)
{
    public static BillingCycle FirstOfMonth { get; } = new(1, 0, TimeZoneInfo.Utc);

    /// <summary>The period that <paramref name="instant"/> lies in.</summary>
    public BillingPeriod PeriodOf(DateTimeOffset instant)
    {
        DateTime local = TimeZoneInfo.ConvertTime(instant, Zone).DateTime;
        var month = new DateTime(local.Year, local.Month, 1);
        DateTimeOffset start = StartIn(month);
        if (start > instant)
        {
            month = month.AddMonths(-1);
            start = StartIn(month);
        }

        return new BillingPeriod(start, StartIn(month.AddMonths(1)));
    }

    /// <summary>The period <paramref name="periods"/> before <paramref name="period"/>.</summary>
    public BillingPeriod Before(BillingPeriod period, int periods)
    {
        for (int step = 0; step < periods; step++)
        {
            period = PeriodOf(period.Start.AddTicks(-1));
        }

        return period;
    }

    private DateTimeOffset StartIn(DateTime month)
    {
        var local = new DateTime(month.Year, month.Month, Day, Hour, 0, 0, DateTimeKind.Unspecified);
        if (Zone.IsInvalidTime(local))
        {
            local = local.AddHours(1);
        }

        return new DateTimeOffset(local, Zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
