using CarrierOptimization.Pipeline.Running;

namespace CarrierOptimization.Pipeline.GetDevices;

/// <summary>What a part of the sync reads.</summary>
public enum SyncStep
{
    /// <summary>Decides full or incremental, reads the rate plans.</summary>
    Begin,

    /// <summary>Pages of the list of SIMs, from the last to the first: rows move only towards the front or to the very end.</summary>
    Devices,

    /// <summary>What changed since the sync began, until nothing new comes: these rows moved while the list was read.</summary>
    Reconcile,

    /// <summary>Only where the carrier prorates: the SIMs changed since the period began may have been activated in it.</summary>
    Recent,

    /// <summary>Usage in bulk, plan by plan.</summary>
    Usage,

    /// <summary>SIM by SIM: usage of plans that offer none in bulk, details where they are needed.</summary>
    Singles,

    /// <summary>Staging becomes devices; checks; on to grouping.</summary>
    Merge,
}

/// <summary>"Read the next batch of this sync": one batch, one transaction, so that a crash resumes here.</summary>
public sealed record SyncDevices : StageMessage
{
    public required SyncStep Step { get; init; }

    /// <summary>
    /// For <see cref="SyncStep.Usage"/> the position in the sorted list of rate plan names; for
    /// <see cref="SyncStep.Reconcile"/> the round.
    /// </summary>
    public int Part { get; init; }

    /// <summary>
    /// Of a list that is read backwards the page to begin with, 0 to find the last one first. For
    /// <see cref="SyncStep.Usage"/> the page, 0 to choose the plans first. For <see cref="SyncStep.Singles"/> the batch, 0 to
    /// choose the SIMs first.
    /// </summary>
    public int Page { get; init; }

    /// <summary>
    /// Changed since when, for <see cref="SyncStep.Reconcile"/> and <see cref="SyncStep.Recent"/>; <c>null</c>: not chosen yet.
    /// </summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>True when an earlier batch of this round of <see cref="SyncStep.Reconcile"/> brought something new.</summary>
    public bool HasNews { get; init; }

    /// <summary>True when a person asked for a full sync.</summary>
    public bool FullSync { get; init; }

    public override string Key => $"sync/{SessionId}/{Step}/{Part}/{Page}";
}
