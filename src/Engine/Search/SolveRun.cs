using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Bounding;
using CarrierOptimization.Engine.Certificates;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Engine.Search;

/// <summary>
/// One solve from the first check to the last: validate, summarise, bound, round, polish, prove, check.
/// </summary>
internal sealed class SolveRun
{
    private const int EvaluationsMax = 3_000;

    /// <summary>Fleets up to this size are tried to be proven by branch and bound.</summary>
    private const int ProofDevicesMax = 2_000;

    /// <summary>A large fleet is rounded in one way only when that leaves no more than this of the bound.</summary>
    private const double LargeGapMax = 5e-6;

    /// <summary>Labels that the proof may try with standard effort; fleets up to this size get more.</summary>
    private const long ProofWork = 40_000_000;
    private const long ProofWorkOfSmall = 120_000_000;
    private const long ProofWorkOfTiny = 2_000_000_000;
    private const int WellProvenMax = 100;

    /// <summary>Fleets up to this size are always to be proven; a rare one with many classes takes seconds.</summary>
    private const int AlwaysProvenMax = 40;

    /// <summary>Fleets up to this size need no polish before the proof.</summary>
    private const int CountedWholeMax = 100;

    private readonly Fleet _fleet;
    private readonly PlanCatalog _catalog;
    private readonly SolveOptions _options;
    private readonly SolveLimits _limits;
    private readonly List<PhaseTime> _phases = [];
    private TimeSpan _phaseStarted;
    private Money _bestCost;
    private Money _bound;

    public SolveRun(Fleet fleet, PlanCatalog catalog, SolveOptions options, CancellationToken cancellationToken)
    {
        _fleet = fleet;
        _catalog = catalog;
        _options = options;
        _limits = new SolveLimits(options, cancellationToken);
    }

    public Solution Run()
    {
        _ = _limits.IsOver;
        FleetValidation.Validate(_fleet, _catalog);
        var model = new SearchModel(_fleet, _catalog, _options);
        ChangeBudget.Validate(model);
        EndPhase("Validate", 0.05);

        HistogramItems? histogram = _fleet.Count > SortedItems.ExactDevicesMax ? HistogramItems.TryCreate(model) : null;
        IItemSource source = histogram is not null ? histogram : new SortedItems(model);
        EndPhase("Summarise", 0.2);

        var dual = new DualFunction(source.Table);
        DualOptimum optimum = new DualMaximizer(dual, _limits).Maximize([], EvaluationsMax);
        if (histogram is not null)
        {
            histogram.Refine(dual.Breakpoints(optimum.Prices));
            dual = new DualFunction(source.Table);
            optimum = new DualMaximizer(dual, _limits).Maximize(
                [.. optimum.Mix.Select(part => part.Prices), optimum.Prices], EvaluationsMax);
        }

        _bound = new Money((long)Math.Max(0, optimum.Value));
        EndPhase("Bound", 0.4);

        (ushort[] assignment, PoolState state) = Assign(source, dual, optimum, model);
        UseCurrentIfCheaper(model, ref assignment, ref state);
        EndPhase("Polish", 0.75);

        BranchAndBound? proof = Prove(model, optimum.Prices, ref assignment, state);
        EndPhase("Prove", 0.9);
        return Check(model, optimum.Prices, assignment, proof);
    }

    private void EndPhase(string phase, double fraction)
    {
        TimeSpan now = _limits.Elapsed;
        TimeSpan elapsed = now - _phaseStarted;
        int known = _phases.FindIndex(time => time.Phase == phase);
        if (known >= 0)
        {
            _phases[known] = new PhaseTime(phase, _phases[known].Elapsed + elapsed);
        }
        else
        {
            _phases.Add(new PhaseTime(phase, elapsed));
        }

        _phaseStarted = now;
        _options.Progress?.Report(new SolveProgress(phase, fraction, _bestCost, _bound));
    }

    /// <summary>Large fleets by counts of their largest class; smaller ones by everything there is.</summary>
    private (ushort[] Assignment, PoolState State) Assign(
        IItemSource source, DualFunction dual, DualOptimum optimum, SearchModel model)
    {
        (ushort[] Assignment, PoolState State)? best = null;
        if (_fleet.Count > CoreSelection.WholeFleetMax)
        {
            best = new CountedRounding(source, dual, optimum).Run();
            _bestCost = new Money(best.Value.State.TotalCost(model));
            EndPhase("Round", 0.5);
            double gap = (best.Value.State.TotalCost(model) - optimum.Value) / Math.Max(1, Math.Abs(optimum.Value));
            if (_fleet.Count > SortedItems.ExactDevicesMax && gap <= LargeGapMax)
            {
                return best.Value;
            }
        }

        DualFunction.Decisions undecided = dual.Save();
        foreach (bool settleCounts in new[] { false, true })
        {
            bool isEnough = settleCounts && (_fleet.Count > SortedItems.ExactDevicesMax || IsProvenByCounts(model));
            if (best is not null && (_limits.IsOver || isEnough))
            {
                break;
            }

            dual.Restore(undecided);
            if (RoundAndPolish(source, dual, optimum, model, settleCounts) is { } other
                && (best is null || other.State.TotalCost(model) < best.Value.State.TotalCost(model)))
            {
                best = other;
            }
        }

        return best!.Value;
    }

    /// <summary>Staying as it is can be the best there is, above all where changes cost or are limited.</summary>
    private void UseCurrentIfCheaper(SearchModel model, ref ushort[] assignment, ref PoolState state)
    {
        _bestCost = new Money(state.TotalCost(model));
        if (_fleet.CurrentPlan is not { } current)
        {
            return;
        }

        bool[][] isAllowed = [.. _fleet.PlanSets.Select(set => Enumerable.Range(0, _catalog.Plans.Count).Select(set.Contains).ToArray())];
        var stay = new ushort[current.Length];
        for (int device = 0; device < current.Length; device++)
        {
            PlanSet set = _fleet.PlanSets[_fleet.PlanSetOf[device]];
            bool[] allowed = isAllowed[_fleet.PlanSetOf[device]];
            if (!set.IsEmpty && (current[device] >= allowed.Length || !allowed[current[device]]))
            {
                return;
            }

            stay[device] = set.IsEmpty ? Fleet.NoPlan : current[device];
        }

        var stayState = new PoolState(model, stay);
        if (stayState.TotalCost(model) <= state.TotalCost(model))
        {
            assignment = stay;
            state = stayState;
        }
    }

    /// <returns><c>null</c> when counts were to be settled and none was worth it.</returns>
    private (ushort[] Assignment, PoolState State)? RoundAndPolish(
        IItemSource source, DualFunction dual, DualOptimum optimum, SearchModel model, bool settleCounts)
    {
        var rounding = new Rounding(dual, _limits);
        ItemSplit split = rounding.Round(optimum, settleCounts);
        if (settleCounts && !rounding.HasSettled)
        {
            return null;
        }

        var assignment = new ushort[_fleet.Count];
        source.Apply(split, assignment);
        var state = new PoolState(model, assignment);
        ChangeBudget.Enforce(model, optimum.Prices, assignment, state);
        _bestCost = new Money(state.TotalCost(model));
        EndPhase("Round", settleCounts ? 0.65 : 0.5);

        RowPrices prices = settleCounts ? rounding.Last.Prices : optimum.Prices;
        var polish = new CountPolish(model, prices, _limits);
        int passes = IsProvenByCounts(model) ? 0
            : _fleet.Count is > CoreSelection.WholeFleetMax and <= SortedItems.ExactDevicesMax ? CoreSelection.PassesMax : 1;
        for (int pass = 0; pass < passes; pass++)
        {
            polish.Run(CoreSelection.Select(source, dual, prices, pass), assignment, state);
        }

        EndPhase("Polish", settleCounts ? 0.7 : 0.6);
        return (assignment, state);
    }

    /// <summary>Small fleets of SIMs that differ in usage only: their counts are searched whole, which finds what a polish would.</summary>
    private bool IsProvenByCounts(SearchModel model) =>
        _options.Effort != Effort.Fast && _fleet.Count <= CountedWholeMax
        && model.Classes.Count(deviceClass => deviceClass.Alternatives.Length > 1) == 1
        && model.Classes.All(deviceClass => deviceClass.IsLinear);

    private BranchAndBound? Prove(SearchModel model, RowPrices prices, ref ushort[] assignment, PoolState state)
    {
        if (_fleet.Count > ProofDevicesMax || _options.Effort == Effort.Fast || _fleet.Count == 0)
        {
            return null;
        }

        long work = _fleet.Count <= AlwaysProvenMax ? ProofWorkOfTiny : _fleet.Count <= WellProvenMax ? ProofWorkOfSmall : ProofWork;
        work *= _options.Effort == Effort.Thorough ? 10 : 1;
        var proof = new BranchAndBound(model, prices, assignment, state.TotalCost(model), work, _limits);
        proof.Run();
        assignment = proof.Best;
        _bestCost = new Money(proof.BestCost);
        return proof;
    }

    private Solution Check(SearchModel model, RowPrices prices, ushort[] assignment, BranchAndBound? proof)
    {
        Bill bill = BillCalculator.Bill(_fleet, _catalog, assignment);
        int changes = PoolState.CountChanges(model, assignment);
        Money cost = bill.Total + (changes * _options.ChangeCost);
        var unproven = new Solution
        {
            Assignment = assignment,
            Bill = bill,
            Cost = cost,
            LowerBound = new Money(Math.Clamp(proof?.LowerBound ?? 0, 0, cost.MicroUnits)),
            ProvenOptimal = false,
            Changes = changes,
            Certificate = CertificateOf(model, prices) with { Proof = proof?.Proof },
            StoppedBy = _limits.CutShort ? StopReason.TimeLimit : StopReason.Finished,
            Phases = _phases,
        };
        Money priceBound = CertificateChecker.Check(_fleet, _catalog, _options, unproven);
        Money bound = Money.Max(priceBound, unproven.LowerBound);
        var solution = unproven with
        {
            LowerBound = bound,
            ProvenOptimal = bound == cost,
            Certificate = unproven.Certificate with
            {
                PriceBound = priceBound,
                Proof = proof?.LowerBound > priceBound.MicroUnits ? proof.Proof : null,
            },
        };
        _bestCost = cost;
        _bound = bound;
        EndPhase("Check", 1);
        return solution;
    }

    private static Certificate CertificateOf(SearchModel model, RowPrices prices)
    {
        var poolPrices = new List<PoolPrice>();
        for (int row = 0; row < model.Rows.Count; row++)
        {
            PoolRow poolRow = model.Rows[row];
            Int128 highest = ((Int128)poolRow.RateMicroUnits << Certificate.PriceShift) / poolRow.BlockBytes;
            double scaled = prices.Pools[row] * (1L << Certificate.PriceShift);
            var price = (long)Int128.Clamp((Int128)scaled, 0, Int128.Min(highest, long.MaxValue));
            poolPrices.Add(new PoolPrice(poolRow.Pool, poolRow.CommGroup, price));
        }

        long perChange = model.MaxChanges is null ? 0 : (long)Math.Clamp(prices.PerChange, 0, 1e17);
        return new Certificate(poolPrices, perChange) { PriceBound = Money.Zero };
    }
}
