using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Certificates;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Engine;

/// <summary>Why a solve ended.</summary>
public enum StopReason
{
    /// <summary>All the work of the effort level was done, or the proof was complete.</summary>
    Finished,

    /// <summary>The wall clock ran out; the solution is valid, its gap may be wider than a longer run's.</summary>
    TimeLimit,
}

/// <summary>Time of one phase of a solve.</summary>
public readonly record struct PhaseTime(string Phase, TimeSpan Elapsed);

/// <summary>
/// The best assignment found, its exact bill, and the proof of how near to the cheapest possible it is.
/// </summary>
public sealed record Solution
{
    /// <summary>Per SIM the plan, or <see cref="Model.Fleet.NoPlan"/> for a SIM that is not billed.</summary>
    public required ushort[] Assignment { get; init; }

    public required Bill Bill { get; init; }

    /// <summary>The bill plus the cost of the changes made; what was minimised.</summary>
    public required Money Cost { get; init; }

    /// <summary>No assignment that keeps the limits costs less.</summary>
    public required Money LowerBound { get; init; }

    /// <summary>True when no assignment that keeps the limits can cost less than <see cref="Cost"/>.</summary>
    public required bool ProvenOptimal { get; init; }

    /// <summary>SIMs that leave their current plan.</summary>
    public required int Changes { get; init; }

    /// <summary>The prices that prove the bound, and explain each SIM's plan.</summary>
    public required Certificate Certificate { get; init; }

    public required StopReason StoppedBy { get; init; }

    public required IReadOnlyList<PhaseTime> Phases { get; init; }

    /// <summary>(cost - bound) / cost, 0 when the cost is 0.</summary>
    public double Gap => Cost.MicroUnits == 0 ? 0 : (double)(Cost - LowerBound).MicroUnits / Cost.MicroUnits;
}
