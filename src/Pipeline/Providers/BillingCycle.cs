using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Pipeline.Providers;

/// <summary>When the billing periods of a provider begin: a day of the month and an hour on the clocks of its time zone.</summary>
/// <param name="Day">1 to 28, so that every month has it.</param>
/// <param name="Hour">0 to 23, local time.</param>
/// <remarks>Periods follow each other without gap or overlap, whatever the clocks do: docs/pipeline.md, "Billing periods".</remarks>
public sealed record BillingCycle(int Day, int Hour, TimeZoneInfo Zone)
{
    private static readonly TimeSpan GapStep = TimeSpan.FromMinutes(1);

    /// <summary>The cycle that the settings describe.</summary>
    /// <exception cref="TimeZoneNotFoundException">The settings name no zone that this machine knows.</exception>
    public static BillingCycle Of(ProviderSettings settings) =>
        new(settings.CycleDay, settings.CycleHour, TimeZoneInfo.FindSystemTimeZoneById(settings.TimeZone));

    /// <summary>The period that <paramref name="instant"/> lies in.</summary>
    public BillingPeriod PeriodOf(DateTimeOffset instant)
    {
        DateTime local = TimeZoneInfo.ConvertTime(instant, Zone).DateTime;

        // Where clocks are put back over midnight, the local month can lag behind the period: so look at the next one, too.
        DateTime month = new DateTime(local.Year, local.Month, 1).AddMonths(1);
        DateTimeOffset end = StartIn(month.AddMonths(1));
        while (true)
        {
            DateTimeOffset start = StartIn(month);
            if (start <= instant)
            {
                return new BillingPeriod(start, end);
            }

            end = start;
            month = month.AddMonths(-1);
        }
    }

    /// <summary>The instant at which the clocks of the zone first show a time.</summary>
    /// <param name="local">Of no kind. A time that the clocks leave out becomes the first one they show after it.</param>
    public static DateTimeOffset InstantOf(DateTime local, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(local))
        {
            local += GapStep;
        }

        TimeSpan offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    private DateTimeOffset StartIn(DateTime month) =>
        InstantOf(new DateTime(month.Year, month.Month, Day, Hour, 0, 0, DateTimeKind.Unspecified), Zone);
}
