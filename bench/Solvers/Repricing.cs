using CarrierOptimization.Engine;
using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Benchmarks.Solvers;

/// <summary>What is minimised, of any assignment: the exact bill plus the cost of the changes.</summary>
internal static class Repricing
{
    public static Money Cost(Fleet fleet, PlanCatalog catalog, SolveOptions options, ushort[] assignment) =>
        BillCalculator.Bill(fleet, catalog, assignment).Total + (Changes(fleet, assignment) * options.ChangeCost);

    /// <summary>SIMs that leave their current plan; one without a plan leaves none.</summary>
    public static int Changes(Fleet fleet, ushort[] assignment)
    {
        int changes = 0;
        for (int device = 0; fleet.CurrentPlan is not null && device < assignment.Length; device++)
        {
            int current = fleet.CurrentPlan[device];
            changes += current != Fleet.NoPlan && current != assignment[device] && assignment[device] != Fleet.NoPlan ? 1 : 0;
        }

        return changes;
    }
}
