using CarrierOptimization.Pipeline.Running;

namespace CarrierOptimization.Pipeline.QueueCarrierPlanOptimization;

/// <summary>"Start a session for this provider", from the schedule or a person.</summary>
public sealed record StartOptimization : StageMessage
{
    public required long ProviderId { get; init; }

    /// <summary>Made by whoever asks, so that the session can be found before it has a number.</summary>
    public required Guid SessionGuid { get; init; }

    /// <summary>For example <c>schedule</c> or the name of a person.</summary>
    public required string StartedBy { get; init; }

    /// <summary>True to run now, whatever the schedule says.</summary>
    public bool IsOverride { get; init; }

    /// <summary>True to end a session that still runs (in stage 4 or before) in favour of this one; last day only.</summary>
    public bool Supersedes { get; init; }

    /// <summary>True to read all SIMs again.</summary>
    public bool FullSync { get; init; }

    public override string Key => $"start/{SessionGuid}";
}
