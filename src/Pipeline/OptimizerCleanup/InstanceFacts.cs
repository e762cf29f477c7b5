using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Snapshots;

namespace CarrierOptimization.Pipeline.OptimizerCleanup;

/// <summary>A component as its optimization left it.</summary>
public sealed record ComponentFacts
{
    public int Number { get; init; }

    public CandidateStatus Status { get; init; }

    public int Devices { get; init; }

    public Money? CurrentCost { get; init; }

    public Money? BaseCost { get; init; }

    public Money? WinnerCost { get; init; }

    /// <summary>Of the candidate that the engine found; dearer or cheaper than the winner.</summary>
    public Money? OptimalCost { get; init; }

    public Money? LowerBound { get; init; }

    public bool? IsProven { get; init; }

    /// <summary>Strategy of the winner.</summary>
    public string? Winner { get; init; }

    public string? Error { get; init; }

    /// <summary>A saving was found, below the minimum asked for.</summary>
    public bool IsDeclined => OptimalCost is { } optimal && WinnerCost is { } winner && optimal < winner;

    public bool IsFinished => Status is CandidateStatus.Complete or CandidateStatus.Failed;
}

/// <summary>SIMs of which the sync found the same thing odd.</summary>
public sealed record IssueFacts
{
    /// <summary>For example <c>NoUsage</c>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The SIM is not in the fleet for it.</summary>
    public bool IsRejected { get; init; }

    public long Devices { get; init; }

    /// <summary>ICCID of the first.</summary>
    public string Example { get; init; } = "";

    /// <summary>A sentence about one of them.</summary>
    public string Detail { get; init; } = "";
}

/// <summary>Everything a session left behind before it is cleaned up.</summary>
/// <param name="Winners">Per SIM of the snapshot the plan of the winner, or <see cref="Engine.Model.Fleet.NoPlan"/>.</param>
/// <param name="StoppedEarly">Components whose search was ended by the clock.</param>
public sealed record InstanceFacts(
    SessionHeader Session,
    Snapshot Snapshot,
    ushort[] Winners,
    IReadOnlyList<ComponentFacts> Components,
    IReadOnlyList<IssueFacts> Issues,
    int StoppedEarly);
