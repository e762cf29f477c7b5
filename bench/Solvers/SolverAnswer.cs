using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Benchmarks.Solvers;

/// <summary>What another solver found.</summary>
/// <param name="Cost">Re-priced exactly by the bill function plus the cost of changes; <c>null</c>: no assignment found.</param>
/// <param name="Assignment">Per SIM a plan; <c>null</c>: none found.</param>
/// <param name="BoundUsd">The solver's own lower bound, in units of currency, within its tolerances.</param>
/// <param name="IsProven">The solver says it is optimal.</param>
/// <param name="Elapsed">Building the solver's model and solving it.</param>
internal sealed record SolverAnswer(
    string Solver, Money? Cost, ushort[]? Assignment, double BoundUsd, bool IsProven, TimeSpan Elapsed)
{
    /// <summary>(cost - bound) / cost by the solver's own bound; not a number without an assignment.</summary>
    public double Gap => Cost is { } cost ? Math.Max(0, ((double)cost.ToDecimal() - BoundUsd) / (double)cost.ToDecimal()) : double.NaN;
}
