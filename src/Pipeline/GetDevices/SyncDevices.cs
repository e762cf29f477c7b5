using CarrierOptimization.Pipeline.Running;

namespace CarrierOptimization.Pipeline.GetDevices;

/// <summary>What a part of the sync reads.</summary>
public enum SyncStep
{
    /// <summary>Decides full or incremental, reads the rate plans.</summary>
    Begin,

    /// <summary>Pages of the list of SIMs.</summary>
    Devices,

    /// <summary>The last pages once more: rows move while the list is read.</summary>
    Reconcile,

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

    /// <summary>Position in the sorted list of rate plan names, for <see cref="SyncStep.Usage"/>.</summary>
    public int Plan { get; init; }

    /// <summary>The first page of the batch, from 1; for <see cref="SyncStep.Singles"/> the batch, from 1.</summary>
    public int Page { get; init; } = 1;

    /// <summary>True when a person asked for a full sync.</summary>
    public bool FullSync { get; init; }

    public override string Key => $"sync/{SessionId}/{Step}/{Plan}/{Page}";
}
