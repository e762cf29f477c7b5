using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Engine;

/// <summary>How much deterministic work the engine may spend on closing the gap.</summary>
public enum Effort
{
    /// <summary>Bound, rounding and polish only.</summary>
    Fast,

    /// <summary>Also local search, and proof by branch and bound where the fleet is small.</summary>
    Standard,

    /// <summary>As <see cref="Standard"/> with about ten times the work.</summary>
    Thorough,
}

/// <summary>What the search may do, how long, and who wants to know.</summary>
public sealed record SolveOptions
{
    /// <summary>How much work to spend; decides the result together with the fleet, unlike the clock.</summary>
    public Effort Effort { get; init; } = Effort.Standard;

    /// <summary>
    /// Most SIMs that may leave their current plan; <c>null</c> is no limit. A SIM without a plan gets one anyway.
    /// </summary>
    public int? MaxChanges { get; init; }

    /// <summary>
    /// Added to the cost of each SIM that leaves its current plan, so that it moves only when that saves more.
    /// </summary>
    public Money ChangeCost { get; init; }

    /// <summary>
    /// Safety stop on the wall clock. A search that it ends early says so in <see cref="Solution.StoppedBy"/>.
    /// </summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Threads for work on large fleets; the result does not depend on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Where <see cref="TimeLimit"/> and the times of the phases are read.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Told where the solve stands; <c>null</c> when nobody wants to know.</summary>
    public IProgress<SolveProgress>? Progress { get; init; }
}

/// <summary>Where a running solve stands.</summary>
/// <param name="Phase">Validate, Summarise, Bound, Round, Polish, Prove, Check.</param>
/// <param name="Fraction">Of the whole solve, 0 to 1; never falls.</param>
public readonly record struct SolveProgress(string Phase, double Fraction, Money BestCost, Money LowerBound);
