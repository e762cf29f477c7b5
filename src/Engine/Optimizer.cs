using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Bounding;
using CarrierOptimization.Engine.Certificates;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Search;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Engine;

/// <summary>Finds the cheapest assignment of SIMs to rate plans, with proof of how near to the cheapest possible it is.</summary>
/// <remarks>Mathematics: docs/engine.md.</remarks>
public static class Optimizer
{
    private const int EvaluationsMax = 4_000;

    /// <summary>Solves one fleet; the result is checked by <see cref="CertificateChecker"/> before it is returned.</summary>
    /// <exception cref="ModelException">The fleet cannot be priced exactly; every mistake is named.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Solution Solve(
        Fleet fleet, PlanCatalog catalog, SolveOptions options, CancellationToken cancellationToken)
    {
        long started = options.Clock.GetTimestamp();
        FleetValidation.Validate(fleet, catalog);
        var model = new SearchModel(fleet, catalog, options);
        Console.WriteLine($"model {options.Clock.GetElapsedTime(started).TotalMilliseconds:F1}");
        HistogramItems? histogram = fleet.Count > SortedItems.ExactDevicesMax ? HistogramItems.TryCreate(model) : null;
        IItemSource source = histogram is not null ? histogram : new SortedItems(model);
        Console.WriteLine($"items {source.Table.Count} {options.Clock.GetElapsedTime(started).TotalMilliseconds:F1}");
        var dual = new DualFunction(source.Table);
        DualOptimum optimum = new DualMaximizer(dual, cancellationToken).Maximize([], EvaluationsMax);
        Console.WriteLine($"dual {optimum.Value/1e6:F4} evals {optimum.Evaluations} pivots {optimum.Pivots} {options.Clock.GetElapsedTime(started).TotalMilliseconds:F1}");
        if (histogram is not null)
        {
            histogram.Refine(dual.Breakpoints(optimum.Prices));
            dual = new DualFunction(source.Table);
            optimum = new DualMaximizer(dual, cancellationToken).Maximize([.. optimum.Mix.Select(part => part.Prices), optimum.Prices], EvaluationsMax);
        Console.WriteLine($"dual2 {optimum.Value/1e6:F4} items {source.Table.Count} evals {optimum.Evaluations} pivots {optimum.Pivots} {options.Clock.GetElapsedTime(started).TotalMilliseconds:F1}");
        }

        var rounding = new Rounding(dual, cancellationToken);
        ItemSplit split = rounding.Round(optimum);
        var assignment = new ushort[fleet.Count];
        source.Apply(split, assignment);
        var state = new PoolState(model, assignment);
        Console.WriteLine($"round {state.TotalCost(model)/1e6:F4} last {rounding.Last.Value/1e6:F4} evals {dual.Evaluations} {options.Clock.GetElapsedTime(started).TotalMilliseconds:F1}");
        Console.WriteLine("WASTE " + state.Surplus.Select((w, k) => (model.Rows[k].Overage(w)-optimum.Prices.Pools[k]*w)/1e6).Sum()+" last " + state.Surplus.Select((w, k) => (model.Rows[k].Overage(w)-rounding.Last.Prices.Pools[k]*w)/1e6).Sum()+ " : " + string.Join(" ", state.Surplus.Select((w, k) => $"{k}:{w/1048576.0:F2}@{optimum.Prices.Pools[k]*1.048576:F4}={(model.Rows[k].Overage(w)-optimum.Prices.Pools[k]*w)/1e6:F3}")));
        Console.WriteLine(string.Join(" ", optimum.Mix.Select(m=>m.Weight.ToString("F4")+":"+(dual.Evaluate(m.Prices).Cost+optimum.Prices.Pools.Select((p,k)=>p*dual.Evaluate(m.Prices).SurplusBytes[k]).Sum()-optimum.Value)/1e6)));

        long bestCost = state.TotalCost(model);
        var polish = new CountPolish(model, optimum.Prices, cancellationToken);
        foreach (int skip in new[] { 0, 8, 0 })
        {
            int[] devices = CoreSelection.Select(source, dual, optimum.Prices);
            polish.Run(devices, skip, assignment, state);
            Console.WriteLine($"polish core {devices.Length} {skip} chain lb {polish.LowerBound/1e6:F4} cost {state.TotalCost(model)/1e6:F4} {polish.Note} {options.Clock.GetElapsedTime(started).TotalMilliseconds:F1}");
        }
        Console.WriteLine("WASTE " + string.Join(" ", state.Surplus.Select((w, k) => $"{k}:{w/1048576.0:F2}@{optimum.Prices.Pools[k]*1.048576:F4}={(model.Rows[k].Overage(w)-optimum.Prices.Pools[k]*w)/1e6:F3}")));
        Bill bill = BillCalculator.Bill(fleet, catalog, assignment);
        return new Solution
        {
            Assignment = assignment,
            Bill = bill,
            Cost = bill.Total,
            LowerBound = new Money((long)optimum.Value),
            ProvenOptimal = false,
            Changes = state.Changes,
            Certificate = new Certificate([], 0) { PriceBound = new Money((long)optimum.Value) },
            StoppedBy = StopReason.Finished,
            Phases = [],
        };
    }
}
