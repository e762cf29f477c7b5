using System.Text.Json;
using CarrierOptimization.Engine;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.Snapshots;

namespace CarrierOptimization.Pipeline.SimCardCostOptimizer;

/// <summary>A candidate with what is kept of it.</summary>
/// <param name="LowerBound">Certified; of the optimum only.</param>
/// <param name="ElapsedMs">Time it took to find, for people.</param>
/// <param name="Detail">JSON: the certificate of the optimum; of Current how many SIMs can't stay as they are.</param>
public sealed record PricedCandidate(Candidate Candidate, int Changes, Money? LowerBound, long ElapsedMs, string? Detail);

/// <summary>All candidates of a component, and the winner.</summary>
public sealed record ComponentResult(IReadOnlyList<PricedCandidate> Candidates, Winner Winner, Money LowerBound)
{
    public Money CostOf(Strategy strategy) => Candidates.First(row => row.Candidate.Strategy == strategy).Candidate.Cost;
}

/// <summary>From the snapshot of a component to its winner. No database, no messages.</summary>
public static class ComponentDecision
{
    /// <exception cref="ModelException">The SIMs can't be priced exactly.</exception>
    /// <exception cref="Engine.Certificates.CertificateException">The solve failed its check: an error of this program.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ComponentResult Decide(
        Snapshot snapshot, ProviderSettings settings, TimeProvider clock, CancellationToken cancellationToken)
    {
        Fleet fleet = snapshot.Fleet;
        PlanCatalog catalog = snapshot.Catalog;
        FleetValidation.Validate(fleet, catalog);
        PricedCandidate current = Timed(() => Strategies.Current(fleet, catalog)) with { Changes = 0, Detail = CurrentDetail(snapshot) };
        var others = new List<PricedCandidate> { Timed(() => Strategies.BaseAssignment(fleet, catalog)) };
        cancellationToken.ThrowIfCancellationRequested();
        if (settings.CompareSequences)
        {
            others.Add(Timed(() => Strategies.Sequences(fleet, catalog, new SequenceOptions(), cancellationToken)));
        }

        long begun = clock.GetTimestamp();
        var options = new SolveOptions { TimeLimit = TimeSpan.FromSeconds(settings.SolveSecondsMax), Clock = clock };
        Solution solution = Optimizer.Solve(fleet, catalog, options, cancellationToken);
        var optimal = new PricedCandidate(
            new Candidate(Strategy.Optimal, solution.Assignment, solution.Bill),
            WinnerDecision.ChangesOf(fleet, solution.Assignment),
            solution.LowerBound,
            Elapsed(begun),
            CertificateJson.Write(solution));
        Winner winner = WinnerDecision.Decide(
            fleet, current.Candidate, snapshot.Grouping.CurrentIsComplete, [.. others.Select(other => other.Candidate)], solution,
            settings.MinimumSavings, maxChanges: null);
        return new ComponentResult([current, .. others, optimal], winner, solution.LowerBound);

        PricedCandidate Timed(Func<Candidate> find)
        {
            long start = clock.GetTimestamp();
            Candidate candidate = find();
            return new PricedCandidate(
                candidate, WinnerDecision.ChangesOf(fleet, candidate.Assignment), null, Elapsed(start), null);
        }

        long Elapsed(long start) => (long)clock.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>Current is no complete candidate while SIMs have to move, or have no plan with a price.</summary>
    private static string? CurrentDetail(Snapshot snapshot) => snapshot.Grouping.CurrentIsComplete
        ? null
        : JsonSerializer.Serialize(new
        {
            withoutCurrentPlan = snapshot.Grouping.WithoutCurrentPlan,
            onForbiddenPlan = snapshot.Grouping.OnForbiddenPlan,
        });
}
