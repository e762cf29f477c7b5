using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Pipeline.GroupDevices;

/// <summary>Why a SIM is not optimised.</summary>
public enum Exclusion : byte
{
    /// <summary>It is optimised.</summary>
    None,

    /// <summary>Not active, no usage, active all period: not billed.</summary>
    Inactive,

    /// <summary>Its current plan has no price: not billed here, because nobody can say what it costs.</summary>
    UnknownCurrentPlan,

    /// <summary>Nobody said which plans its communication plan allows: billed at its current plan, fixed.</summary>
    NoMapping,

    /// <summary>Its comm group has too few SIMs: billed at its current plan, fixed.</summary>
    GroupTooSmall,

    /// <summary>All plans its communication plan allows are invalid: billed at its current plan if that has a price, fixed.</summary>
    NoPlanLeft,

    /// <summary>Its component could not be optimised: billed at its current plan, fixed. Decided at the end of a run.</summary>
    ComponentFailed,
}

/// <summary>Communication plans that allow the same set of rate plans.</summary>
/// <param name="Name">The communication plans, the first few by name.</param>
/// <param name="AllowedPlans">Empty for the SIMs whose communication plan has no mapping.</param>
/// <param name="Devices">SIMs in it, excluded ones too.</param>
public sealed record CommGroup(string Name, PlanSet AllowedPlans, int Devices, int OptimisedDevices);

/// <summary>Settings of the grouping.</summary>
public sealed record GroupingOptions
{
    private static readonly HashSet<string> Nothing = [];

    /// <summary>Comm groups with fewer SIMs keep their plans; 1 optimises them all.</summary>
    public int MinimumDevicesPerGroup { get; init; } = 1;

    /// <summary>Names of plans that exist but can't be priced; a SIM on one is moved to a plan that can.</summary>
    public IReadOnlySet<string> InvalidPlans { get; init; } = Nothing;

    /// <summary>Names of plans that nobody is moved to any more; a SIM that is on one may keep it.</summary>
    public IReadOnlySet<string> RetiredPlans { get; init; } = Nothing;
}

/// <summary>The fleet made of the devices, who is left out and why, and how the rest hangs together.</summary>
public sealed record DeviceGrouping
{
    public required Fleet Fleet { get; init; }

    /// <summary>Per SIM why it is left out.</summary>
    public required Exclusion[] ExclusionOf { get; init; }

    /// <summary>Per SIM its comm group, a position in <see cref="Groups"/>.</summary>
    public required ushort[] CommGroupOf { get; init; }

    public required IReadOnlyList<CommGroup> Groups { get; init; }

    /// <summary>Parts of the fleet whose bills do not touch: groups tied by no common pool.</summary>
    public required int Components { get; init; }

    /// <summary>SIMs per <see cref="Exclusion"/>; the place of <see cref="Exclusion.None"/> counts the optimised ones.</summary>
    public required IReadOnlyList<int> Counts { get; init; }

    /// <summary>
    /// Optimised SIMs without a current plan that has a price: they get one, and the current cost leaves them out.
    /// </summary>
    public required int WithoutCurrentPlan { get; init; }

    /// <summary>Of those, the SIMs that are on an invalid plan.</summary>
    public int OnInvalidPlan { get; init; }

    /// <summary>Optimised SIMs whose current plan their communication plan does not allow: they must move.</summary>
    public required int OnForbiddenPlan { get; init; }

    public int Optimised => Counts[(int)Exclusion.None];

    public int Excluded => Counts.Sum() - Optimised;

    /// <summary>Comm groups with a SIM that is optimised.</summary>
    public int GroupsOptimised => Groups.Count(group => group.OptimisedDevices > 0);

    /// <summary>True when every optimised SIM is on a plan it may be on, so that staying is a possible assignment.</summary>
    public bool CurrentIsComplete => WithoutCurrentPlan == 0 && OnForbiddenPlan == 0;
}
