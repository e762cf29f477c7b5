using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Engine;

/// <summary>How a candidate came about.</summary>
public enum Strategy
{
    /// <summary>Every SIM stays on its plan.</summary>
    Current,

    /// <summary>Each SIM alone: the plan whose allowance is nearest above its usage.</summary>
    BaseAssignment,

    /// <summary>The best of many ordered plan sequences, filled greedily; what older optimizers do.</summary>
    Sequences,

    /// <summary>Each SIM alone: the plan that would be cheapest if nothing were pooled.</summary>
    CheapestPerSim,

    /// <summary><see cref="Optimizer.Solve"/>.</summary>
    Optimal,
}

/// <summary>One complete assignment of a fleet found by one strategy, with its exact bill.</summary>
/// <param name="Assignment">Per SIM a plan, or <see cref="Fleet.NoPlan"/> for a SIM that is not billed.</param>
public sealed record Candidate(Strategy Strategy, ushort[] Assignment, Bill Bill)
{
    public Money Cost => Bill.Total;
}

/// <summary>
/// How much work <see cref="Strategies.Sequences"/> may do. Counted, not timed: the same input gives the same
/// candidate.
/// </summary>
public sealed record SequenceOptions
{
    /// <summary>Most plan sequences per pass, at least 1; all orders of seven plans by default.</summary>
    public int SequencesMax { get; init; } = 5_040;

    /// <summary>Most trials of one SIM on one plan, over all passes; each pass makes one sequence at least.</summary>
    public long TrialsMax { get; init; } = 400_000_000;
}

/// <summary>
/// The strategies kept to compare the optimum with. Each knows allowed plans; none knows a budget or a cost of changes.
/// </summary>
/// <remarks>
/// Fleet and catalog are valid (<see cref="FleetValidation"/>). A SIM with the empty plan set is not billed; a SIM with one allowed
/// plan is on it. Ties go to the plan that comes first in the catalog.
/// </remarks>
public static class Strategies
{
    /// <summary>
    /// The fleet as it is today. A SIM without a current plan is not billed; allowed plans are not looked at.
    /// </summary>
    public static Candidate Current(Fleet fleet, PlanCatalog catalog)
    {
        var assignment = new ushort[fleet.Count];
        bool[] isSetBilled = [.. fleet.PlanSets.Select(set => !set.IsEmpty)];
        for (int device = 0; device < assignment.Length; device++)
        {
            bool isBilled = isSetBilled[fleet.PlanSetOf[device]];
            assignment[device] = isBilled && fleet.CurrentPlan is not null ? fleet.CurrentPlan[device] : Fleet.NoPlan;
        }

        return Priced(Strategy.Current, fleet, catalog, assignment);
    }

    /// <summary>
    /// Each SIM alone: of its allowed plans the one whose (prorated) allowance is nearest at or above its usage, the cheapest of
    /// equals; where none is large enough, the largest.
    /// </summary>
    public static Candidate BaseAssignment(Fleet fleet, PlanCatalog catalog) =>
        Priced(Strategy.BaseAssignment, fleet, catalog, SimAlone.NearestAllowance(fleet, catalog));

    /// <summary>
    /// Each SIM alone: the allowed plan with the lowest rate charge, own overage and messages, as if nothing were
    /// pooled.
    /// </summary>
    public static Candidate CheapestPerSim(Fleet fleet, PlanCatalog catalog) =>
        Priced(Strategy.CheapestPerSim, fleet, catalog, SimAlone.Cheapest(fleet, catalog));

    /// <summary>
    /// The cheapest of many greedy fillings. A sequence is an order of the plans: all SIMs start on its first plan, then plan after
    /// plan each SIM in turn moves to it where that lowers the bill. Four passes over the sequences: SIMs from largest to smallest
    /// usage and from smallest to largest, all together and comm group by comm group.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Candidate Sequences(
        Fleet fleet, PlanCatalog catalog, SequenceOptions options, CancellationToken cancellationToken) =>
        Priced(Strategy.Sequences, fleet, catalog, SequenceSearch.Best(fleet, catalog, options, cancellationToken));

    private static Candidate Priced(Strategy strategy, Fleet fleet, PlanCatalog catalog, ushort[] assignment) =>
        new(strategy, assignment, BillCalculator.Bill(fleet, catalog, assignment));
}
