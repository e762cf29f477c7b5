using CarrierOptimization.Benchmarks.Instances;
using CarrierOptimization.Benchmarks.Solvers;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Benchmarks.CrossChecks;

/// <summary>The cheapest of all assignments, found by pricing each: what checks the checkers.</summary>
internal static class EveryAssignment
{
    public const long AssignmentsMax = 300_000;

    /// <returns>How many there are, or more than <see cref="AssignmentsMax"/> when that is too many.</returns>
    public static long Count(Fleet fleet)
    {
        long count = 1;
        for (int device = 0; device < fleet.Count && count <= AssignmentsMax; device++)
        {
            count *= Math.Max(1, fleet.PlanSets[fleet.PlanSetOf[device]].Count);
        }

        return count;
    }

    /// <returns>The lowest cost within the budget of changes; <c>null</c> when nothing keeps the budget.</returns>
    public static Money? Cheapest(Instance instance)
    {
        Money? best = null;
        Visit(instance, new ushort[instance.Fleet.Count], 0, ref best);
        return best;
    }

    private static void Visit(Instance instance, ushort[] assignment, int device, ref Money? best)
    {
        Fleet fleet = instance.Fleet;
        if (device == assignment.Length)
        {
            if (!(Repricing.Changes(fleet, assignment) > instance.Options.MaxChanges))
            {
                Money cost = Repricing.Cost(fleet, instance.Catalog, instance.Options, assignment);
                best = best is { } found && found <= cost ? found : cost;
            }

            return;
        }

        PlanSet set = fleet.PlanSets[fleet.PlanSetOf[device]];
        if (set.IsEmpty)
        {
            assignment[device] = Fleet.NoPlan;
            Visit(instance, assignment, device + 1, ref best);
        }

        foreach (ushort plan in set.Plans)
        {
            assignment[device] = plan;
            Visit(instance, assignment, device + 1, ref best);
        }
    }
}
