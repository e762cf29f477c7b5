using CarrierOptimization.Engine;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.SimCardCostOptimizer;
using CarrierOptimization.Pipeline.Snapshots;

namespace CarrierOptimization.Pipeline.OptimizerCleanup;

/// <summary>The changes that are proposed, and how that was decided.</summary>
/// <param name="Assignment">The winner, or the best assignment with as many changes as fit.</param>
public sealed record ChangeSelection(GoNoGoResult Decision, PricedAssignment Assignment, int Changes)
{
    /// <summary>
    /// All changes, or where they don't fit the best set of the size that does: the fleet is solved again with that limit.
    /// </summary>
    /// <exception cref="ModelException">The SIMs can't be priced exactly.</exception>
    public static ChangeSelection Decide(
        InstanceFacts facts, InstanceResult result, GoNoGoInput input, TimeProvider clock, CancellationToken cancellationToken)
    {
        GoNoGoResult decision = GoNoGoDecision.Decide(input);
        var all = new ChangeSelection(decision, result.Content.Optimal, input.Changes);
        if (decision.Decision != GoNoGo.Partial)
        {
            return all;
        }

        Snapshot snapshot = facts.Snapshot;
        ProviderSettings settings = facts.Session.Settings;

        // SIMs without a priced plan get one in any case; they take their share of the time.
        var options = new SolveOptions
        {
            MaxChanges = decision.Fit - snapshot.Grouping.WithoutCurrentPlan,
            TimeLimit = TimeSpan.FromSeconds(settings.SolveSecondsMax),
            Clock = clock,
        };
        Solution solution = Optimizer.Solve(snapshot.Fleet, snapshot.Catalog, options, cancellationToken);
        int changes = WinnerDecision.ChangesOf(snapshot.Fleet, solution.Assignment);
        AssignmentVerifier.Check(
            snapshot, new AssignmentClaim(snapshot.Records.Count, solution.Assignment, solution.Bill.Total, changes));
        Money saving = result.Costs.Current - solution.Bill.Total;
        bool isWorthIt = saving > Money.Zero && saving >= settings.MinimumSavings;
        return isWorthIt || !snapshot.Grouping.CurrentIsComplete
            ? new ChangeSelection(decision, PricedAssignment.Of(snapshot.Fleet, snapshot.Catalog, solution.Assignment), changes)
            : all with { Decision = decision with { Decision = GoNoGo.NoGo, Why = decision.Why + " But they save too little." } };
    }
}
