namespace CarrierOptimization.Pipeline.GetDevices;

/// <summary>How much a sync reads.</summary>
public enum SyncKind
{
    /// <summary>Every SIM of the account: what is not in the list is not there any more.</summary>
    Full,

    /// <summary>The SIMs changed within a year: the carrier lists no older ones.</summary>
    FullOfOneYear,

    /// <summary>What changed since the last sync.</summary>
    Incremental,
}

/// <summary>What earlier syncs left behind; all <c>null</c> before the first one that went well.</summary>
public sealed record SyncState
{
    public DateTimeOffset? LastFullAt { get; init; }

    /// <summary>Everything changed before this is known.</summary>
    public DateTimeOffset? HighWaterAt { get; init; }
}

/// <summary>What a sync will read.</summary>
/// <param name="Why">A few words for people.</param>
public sealed record SyncPlan(SyncKind Kind, string Why, DateTimeOffset ModifiedSince);

/// <summary>Decides between a full and an incremental sync. Pure.</summary>
/// <remarks>Rule: docs/pipeline.md, "Full or incremental".</remarks>
public static class SyncDecision
{
    /// <summary>Before every SIM there is.</summary>
    public static readonly DateTimeOffset Beginning = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The carrier lists nothing that changed longer ago than a year.</summary>
    public const string OlderThanOneYearCode = "10000045";

    /// <summary>The carrier's clock is behind ours.</summary>
    public const string InTheFutureCode = "10002119";

    private static readonly TimeSpan Overlap = TimeSpan.FromDays(1);

    /// <param name="fullSyncAfterDays">A full sync when the last one is older.</param>
    public static SyncPlan Decide(SyncState state, bool isFullAsked, int fullSyncAfterDays, DateTimeOffset now) =>
        isFullAsked ? Full("asked for")
        : state.HighWaterAt is not { } highWater || state.LastFullAt is not { } lastFull ? Full("no earlier sync")
        : lastFull > now || highWater > now ? Full("the last sync lies in the future")
        : now - lastFull > TimeSpan.FromDays(fullSyncAfterDays)
            ? Full($"the last full one is older than {fullSyncAfterDays} days")
        : new SyncPlan(SyncKind.Incremental, $"changes since {highWater - Overlap:yyyy-MM-dd HH:mm} UTC", highWater - Overlap);

    /// <summary>What is read when the carrier refuses a list with <see cref="OlderThanOneYearCode"/>.</summary>
    public static SyncPlan OfOneYear(string why, DateTimeOffset now) => new(
        SyncKind.FullOfOneYear, $"{why}; the carrier lists one year only", now.AddYears(-1).AddDays(1));

    /// <summary>From when on changes are read again after the list.</summary>
    public static DateTimeOffset ReconcileSince(DateTimeOffset startedAt, TimeSpan clockDifference) => startedAt - clockDifference;

    /// <summary>The same when the carrier says that it lies in the future: its clock is behind by more than was allowed for.</summary>
    public static DateTimeOffset Earlier(DateTimeOffset since) => since - Overlap;

    private static SyncPlan Full(string why) => new(SyncKind.Full, why, Beginning);
}
