using CarrierOptimization.Engine;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Pipeline.SimCardCostOptimizer;

/// <summary>The candidate that is proposed, and what it means.</summary>
/// <param name="Changes">SIMs that leave their plan or get their first one.</param>
/// <param name="ProvenOptimal">No assignment that keeps the limits is cheaper.</param>
public sealed record Winner(Candidate Candidate, int Changes, bool ProvenOptimal);

/// <summary>Chooses between the candidates. Pure.</summary>
public static class WinnerDecision
{
    /// <summary>
    /// The cheapest candidate within the limit of changes; fewest changes break ties. Current wins when it is complete and the
    /// cheapest does not beat it by <paramref name="minimumSavings"/>.
    /// </summary>
    /// <param name="currentIsComplete">Every SIM is on a plan it may be on, so that nobody has to move.</param>
    /// <param name="others">Complete candidates kept for comparison: the base assignment, sequences.</param>
    /// <param name="maxChanges">Most changes; <c>null</c> is no limit.</param>
    public static Winner Decide(
        Fleet fleet, Candidate current, bool currentIsComplete, IReadOnlyList<Candidate> others, Solution solution,
        Money minimumSavings, int? maxChanges)
    {
        var optimal = new Candidate(Strategy.Optimal, solution.Assignment, solution.Bill);
        int optimalChanges = ChangesOf(fleet, optimal.Assignment);
        (Candidate cheapest, int changes) = (optimal, optimalChanges);
        foreach (Candidate other in others)
        {
            int otherChanges = ChangesOf(fleet, other.Assignment);
            bool isWithinLimit = maxChanges is null || otherChanges <= Math.Max(maxChanges.Value, optimalChanges);
            if (isWithinLimit && (other.Cost.MicroUnits, otherChanges).CompareTo((cheapest.Cost.MicroUnits, changes)) < 0)
            {
                (cheapest, changes) = (other, otherChanges);
            }
        }

        Money saving = current.Cost - cheapest.Cost;
        if (currentIsComplete && (saving <= Money.Zero || saving < minimumSavings))
        {
            (cheapest, changes) = (current, 0);
        }

        bool isProven = cheapest.Cost <= solution.LowerBound || (solution.ProvenOptimal && cheapest.Cost <= solution.Cost);
        return new Winner(cheapest, changes, isProven);
    }

    /// <summary>SIMs whose plan in <paramref name="assignment"/> is not the one they are on; a first plan counts.</summary>
    public static int ChangesOf(Fleet fleet, ushort[] assignment)
    {
        int changes = 0;
        for (int device = 0; device < assignment.Length; device++)
        {
            ushort current = fleet.CurrentPlan is null ? Fleet.NoPlan : fleet.CurrentPlan[device];
            changes += assignment[device] != Fleet.NoPlan && assignment[device] != current ? 1 : 0;
        }

        return changes;
    }
}
