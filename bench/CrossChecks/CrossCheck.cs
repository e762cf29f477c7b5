using CarrierOptimization.Benchmarks.Instances;
using CarrierOptimization.Benchmarks.Solvers;
using CarrierOptimization.Engine;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Benchmarks.CrossChecks;

/// <summary>What one cross-check saw.</summary>
/// <param name="Faults">Sentences; empty when all agree.</param>
/// <param name="IsDecided">The other solver proved its answer, so the comparison is complete.</param>
internal sealed record CrossCheckOutcome(
    IReadOnlyList<string> Faults, bool IsDecided, bool IsProvenByUs, bool IsEnumerated, double Gap);

/// <summary>Solves one instance by our engine and by another solver, and by trying everything where it is tiny.</summary>
internal static class CrossCheck
{
    /// <summary>The other solver's bound may be this much above the truth, relative to the cost and at least absolute.</summary>
    private const double BoundTolerance = 1e-6;

    /// <param name="solver">One of <see cref="AnySolver.Names"/>.</param>
    public static CrossCheckOutcome Run(Instance instance, string solver, TimeSpan limit)
    {
        var faults = new List<string>();
        SolverAnswer other = AnySolver.Solve(solver, instance, limit);
        Money? cheapest = EveryAssignment.Count(instance.Fleet) <= EveryAssignment.AssignmentsMax
            ? EveryAssignment.Cheapest(instance)
            : null;
        CheckOther(instance, other, cheapest, faults);
        Solution ours = Optimizer.Solve(instance.Fleet, instance.Catalog, instance.Options, CancellationToken.None);
        CheckOurs(instance, ours, faults);
        Compare(ours, solver, other.Cost, faults);
        Compare(ours, "trying every assignment", cheapest, faults);
        double cost = (double)ours.Cost.ToDecimal();
        if (other.IsProven && other.BoundUsd > cost + (BoundTolerance * Math.Max(1, cost)))
        {
            faults.Add($"{solver} claims that nothing is below {Figure(other.BoundUsd)}; ours costs {ours.Cost}.");
        }

        return new CrossCheckOutcome(faults, other.IsProven, ours.ProvenOptimal, cheapest is not null, ours.Gap);
    }

    private static void CheckOther(Instance instance, SolverAnswer other, Money? cheapest, List<string> faults)
    {
        if (other.Assignment is null)
        {
            return;
        }

        CheckAssignment(instance, other.Solver, other.Assignment, faults);
        if (cheapest is { } least && (other.Cost < least || (other.IsProven && other.Cost != least)))
        {
            faults.Add($"{other.Solver} says {other.Cost}, trying every assignment says {least}: the integer program is wrong.");
        }
    }

    private static void CheckOurs(Instance instance, Solution ours, List<string> faults)
    {
        CheckAssignment(instance, "ours", ours.Assignment, faults);
        Money repriced = Repricing.Cost(instance.Fleet, instance.Catalog, instance.Options, ours.Assignment);
        if (repriced != ours.Cost)
        {
            faults.Add($"Ours says it costs {ours.Cost}, its assignment costs {repriced}.");
        }

        if (ours.LowerBound > ours.Cost)
        {
            faults.Add($"Our bound {ours.LowerBound} is above our cost {ours.Cost}.");
        }
    }

    private static void Compare(Solution ours, string who, Money? found, List<string> faults)
    {
        if (found is not { } cost)
        {
            return;
        }

        if (cost < ours.Cost)
        {
            faults.Add($"{who} found {cost}, ours costs {ours.Cost}{(ours.ProvenOptimal ? " and claims to be proven" : string.Empty)}.");
        }

        if (cost < ours.LowerBound)
        {
            faults.Add($"{who} found {cost}, below our certified bound {ours.LowerBound}.");
        }
    }

    private static void CheckAssignment(Instance instance, string who, ushort[] assignment, List<string> faults)
    {
        Fleet fleet = instance.Fleet;
        for (int device = 0; device < assignment.Length; device++)
        {
            PlanSet set = fleet.PlanSets[fleet.PlanSetOf[device]];
            if (set.IsEmpty ? assignment[device] != Fleet.NoPlan : !set.Contains(assignment[device]))
            {
                faults.Add($"{who} puts SIM {device} on plan {assignment[device]}, which it may not use.");
            }
        }

        int changes = Repricing.Changes(fleet, assignment);
        if (changes > instance.Options.MaxChanges)
        {
            faults.Add($"{who} makes {changes} changes; {instance.Options.MaxChanges} are allowed.");
        }
    }

    private static string Figure(double usd) => FormattableString.Invariant($"{usd:0.000000}");
}
