using CarrierOptimization.Pipeline.Providers;

namespace CarrierOptimization.Pipeline.GetDevices;

/// <summary>What stands in staging when everything was read.</summary>
public sealed record MergeFacts
{
    /// <summary>SIMs there will be after the merge.</summary>
    public long Devices { get; init; }

    /// <summary>Of these, SIMs in service.</summary>
    public long Active { get; init; }

    /// <summary>Of these, SIMs without usage.</summary>
    public long Missing { get; init; }

    /// <summary>SIMs known before.</summary>
    public long Known { get; init; }

    /// <summary>Of these, SIMs that are not at the carrier any more.</summary>
    public long Vanished { get; init; }

    /// <summary>SIMs that were not asked for alone because there are too many.</summary>
    public long OverLimit { get; init; }
}

/// <summary>Whether what was read is good enough to be merged.</summary>
/// <param name="WhyIncomplete">A sentence with what to do; <c>null</c> when it is.</param>
/// <param name="CountWarning">A sentence when the number of SIMs is not the expected one.</param>
public sealed record MergeAnswer(string? WhyIncomplete, string? CountWarning);

/// <summary>Decides whether a sync is whole: a run fails rather than optimise on holes. Pure.</summary>
public static class MergeDecision
{
    /// <param name="periodEnd">Of the session.</param>
    public static MergeAnswer Decide(
        MergeFacts facts, ProviderSettings settings, SyncOptions options, DateTimeOffset periodEnd, DateTimeOffset now)
    {
        string? why = now >= periodEnd
            ? $"The billing period ended at {periodEnd:yyyy-MM-dd HH:mm} UTC while the devices were read, so their usage may be of the "
                + "next one. Nothing is to be done: the next run belongs to the next period."
            : IsAbove(facts.Vanished, facts.Known, options.MaxVanishedPercent)
                ? $"{facts.Vanished} of {facts.Known} known SIMs are not in the carrier's list any more; at most "
                    + $"{options.MaxVanishedPercent} % are believed. If they are really gone, raise MaxVanishedPercent, then run again."
            : IsAbove(facts.Missing, facts.Active, settings.MaxMissingUsagePercent)
                ? MissingUsage(facts, settings)
            : null;
        string? warning = settings.ExpectedDevices is { } expected && expected != facts.Devices
            ? $"{facts.Devices} SIMs were found, {expected} are expected. Look for SIMs added or removed at the carrier, or correct "
                + "the provider's setting ExpectedDevices."
            : null;
        return new MergeAnswer(why, warning);
    }

    private static bool IsAbove(long part, long whole, decimal percent) => part * 100m > whole * percent;

    private static string MissingUsage(MergeFacts facts, ProviderSettings settings)
    {
        string overLimit = facts.OverLimit > 0
            ? $" {facts.OverLimit} SIMs were not asked for one by one because of the limit SinglesMax; raise it if the time allows."
            : " The data-quality items say which.";
        return string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{facts.Missing} of {facts.Active} active SIMs have no usage; at most {settings.MaxMissingUsagePercent} % may lack it.")
            + overLimit + " Run again later.";
    }
}
