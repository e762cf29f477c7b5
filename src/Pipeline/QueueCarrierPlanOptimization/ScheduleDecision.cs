using CarrierOptimization.Engine.Model;
using CarrierOptimization.Pipeline.Providers;

namespace CarrierOptimization.Pipeline.QueueCarrierPlanOptimization;

/// <summary>What the schedule must know of a provider.</summary>
/// <param name="LastEndedAt">End of its last session, however that ended; <c>null</c> when there was none.</param>
/// <param name="IsRunning">One of its sessions is open.</param>
public sealed record ScheduleFacts(
    ProviderSettings Settings, BillingPeriod Period, DateTimeOffset? LastEndedAt, bool IsRunning);

/// <summary>Whether a run is due.</summary>
/// <param name="Why">A sentence for people.</param>
public sealed record ScheduleAnswer(bool IsDue, string Why);

/// <summary>Decides when a provider's run starts by itself. Pure.</summary>
/// <remarks>Rule: docs/pipeline.md, "When a run starts".</remarks>
public static class ScheduleDecision
{
    /// <param name="now">Inside the period of the facts.</param>
    public static ScheduleAnswer Decide(ScheduleFacts facts, DateTimeOffset now)
    {
        ProviderSettings settings = facts.Settings;
        TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(settings.TimeZone);
        DateTime local = TimeZoneInfo.ConvertTime(now, zone).DateTime;
        DateTimeOffset opensAt = WindowOpensAt(settings, facts.Period, zone);
        if (facts.IsRunning)
        {
            return new ScheduleAnswer(false, "A session of this provider is open.");
        }

        if (now < opensAt)
        {
            return new ScheduleAnswer(
                false,
                $"Runs begin in the last {settings.OptimizationWindowDays} days of the period, from {Show(opensAt, zone)} on.");
        }

        bool isLastDay = IsLastDay(facts.Period, settings, now);
        bool isHour = local.Hour >= settings.OptimizationStartHour;
        bool ranToday = facts.LastEndedAt is { } ended && TimeZoneInfo.ConvertTime(ended, zone).DateTime.Date == local.Date;
        if (isHour && !ranToday)
        {
            return new ScheduleAnswer(true, "No run ended today yet.");
        }

        return isLastDay && settings.ContinuousLastDay && facts.LastEndedAt is { } last
            ? AgainOnLastDay(facts, zone, last, isHour, now)
            : new ScheduleAnswer(false, ranToday
                ? "A run ended today; the next one is tomorrow."
                : $"Runs begin at {settings.OptimizationStartHour:00}:00 ({settings.TimeZone}).");
    }

    /// <summary>True in the last 24 hours on the clocks of the provider.</summary>
    public static bool IsLastDay(BillingPeriod period, ProviderSettings settings, DateTimeOffset now) =>
        now >= DaysBeforeEnd(period, TimeZoneInfo.FindSystemTimeZoneById(settings.TimeZone), 1) && now < period.End;

    private static ScheduleAnswer AgainOnLastDay(
        ScheduleFacts facts, TimeZoneInfo zone, DateTimeOffset last, bool isHour, DateTimeOffset now)
    {
        // A last day that ends in the small hours goes on over midnight once it has begun.
        bool hasBegun = isHour || last >= DaysBeforeEnd(facts.Period, zone, 1);
        DateTimeOffset next = last.AddMinutes(facts.Settings.ContinuousIntervalMinutes);
        return hasBegun && now >= next
            ? new ScheduleAnswer(true, $"Last day: the last run ended at {Show(last, zone)}.")
            : new ScheduleAnswer(false, $"Last day: the next run is at {Show(next, zone)}.");
    }

    private static DateTimeOffset WindowOpensAt(ProviderSettings settings, BillingPeriod period, TimeZoneInfo zone)
    {
        DateTimeOffset opensAt = DaysBeforeEnd(period, zone, settings.OptimizationWindowDays);
        return opensAt > period.Start ? opensAt : period.Start;
    }

    /// <summary>The same time on the clock, days before.</summary>
    private static DateTimeOffset DaysBeforeEnd(BillingPeriod period, TimeZoneInfo zone, int days) =>
        BillingCycle.InstantOf(TimeZoneInfo.ConvertTime(period.End, zone).DateTime.AddDays(-days), zone);

    private static string Show(DateTimeOffset instant, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(instant, zone).ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);
}
