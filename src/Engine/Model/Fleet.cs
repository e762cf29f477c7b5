namespace CarrierOptimization.Engine.Model;

/// <summary>
/// The SIMs of one solve as a structure of arrays: all arrays have the same length, one place per SIM.
/// </summary>
/// <remarks>Arrays are owned by the fleet and never changed after it is made.</remarks>
public sealed class Fleet
{
    /// <summary>"No plan" in <see cref="CurrentPlan"/> and in an assignment.</summary>
    public const ushort NoPlan = ushort.MaxValue;

    /// <summary>Usage to be priced, in bytes, 0 to <see cref="Limits.UsageBytesMax"/>.</summary>
    public required long[] UsageBytes { get; init; }

    /// <summary>The distinct sets of allowed plans; a SIM names one by position in <see cref="PlanSetOf"/>.</summary>
    public required IReadOnlyList<PlanSet> PlanSets { get; init; }

    /// <summary>Per SIM its set of allowed plans. The empty set: not billed. A set of one: the SIM is fixed.</summary>
    public required ushort[] PlanSetOf { get; init; }

    /// <summary>Per SIM the plan it is on today, or <see cref="NoPlan"/>; <c>null</c> when no SIM has one.</summary>
    public ushort[]? CurrentPlan { get; init; }

    /// <summary>
    /// Per SIM the days it is billed, 1 to the period's days; <c>null</c> when all are billed the whole period.
    /// </summary>
    public ushort[]? ActiveDays { get; init; }

    /// <summary>Per SIM the messages of the period; <c>null</c> when none are counted.</summary>
    public int[]? SmsCount { get; init; }

    /// <summary>
    /// Per SIM its comm group; needed only where <see cref="PoolScope.CommGroup"/> bills each group apart.
    /// </summary>
    public ushort[]? CommGroup { get; init; }

    public int Count => UsageBytes.Length;

    /// <summary>Days SIM <paramref name="device"/> is billed of a period of <paramref name="periodDays"/>.</summary>
    public int ActiveDaysOf(int device, int periodDays) => ActiveDays is null ? periodDays : ActiveDays[device];
}
