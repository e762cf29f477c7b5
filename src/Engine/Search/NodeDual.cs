using CarrierOptimization.Engine.Bounding;

namespace CarrierOptimization.Engine.Search;

/// <summary>The prices for a fleet of which some SIMs are fixed already.</summary>
internal static class NodeDual
{
    /// <param name="free">The SIMs not yet fixed.</param>
    /// <param name="fixedSurplus">Per row the surplus of the fixed SIMs, in bytes.</param>
    /// <param name="start">Prices to begin with.</param>
    public static DualOptimum Maximize(
        SearchModel model, ReadOnlySpan<int> free, long[] fixedSurplus, int fixedChanges, IReadOnlyList<RowPrices> start,
        int evaluationsMax, SolveLimits limits)
    {
        var dual = new DualFunction(TableOf(model, free));
        dual.AddFixed(fixedSurplus, fixedChanges);
        DualOptimum optimum = new DualMaximizer(dual, limits).Maximize(start, evaluationsMax);
        RowPrices prices = ProofPrices.Quantise(model, optimum.Prices);
        return optimum with { Prices = prices, Value = dual.Evaluate(prices).Value };
    }

    /// <summary>The best prices found for some SIMs when the plans of <paramref name="closed"/> are not to be had.</summary>
    public static RowPrices MaximizeWithout(
        SearchModel model, int[] devices, long[] surplus, IEnumerable<ushort> closed, IReadOnlyList<RowPrices> start,
        int evaluationsMax, SolveLimits limits)
    {
        var dual = new DualFunction(TableOf(model, devices));
        dual.AddFixed(surplus, 0);
        foreach (ushort plan in closed.Order())
        {
            dual.Forbid(plan);
        }

        return new DualMaximizer(dual, limits).Maximize(start, evaluationsMax).Prices;
    }

    private static ItemTable TableOf(SearchModel model, ReadOnlySpan<int> free)
    {
        int[] devices = free.ToArray();
        Array.Sort(Array.ConvertAll(devices, device => (model.ClassOf(device), model.Fleet.UsageBytes[device])), devices);
        var classStart = new int[model.Classes.Count + 1];
        int at = 0;
        for (int c = 0; c < model.Classes.Count; c++)
        {
            classStart[c] = at;
            while (at < devices.Length && model.ClassOf(devices[at]) == c)
            {
                at++;
            }
        }

        classStart[^1] = devices.Length;
        var ownCost = new long[]?[]?[model.Classes.Count];
        for (int c = 0; c < ownCost.Length; c++)
        {
            int[] members = devices[classStart[c]..classStart[c + 1]];
            ownCost[c] = model.Classes[c].IsLinear ? null : Array.ConvertAll(
                model.Classes[c].Alternatives,
                alternative => (long[]?)Array.ConvertAll(members, device => model.OwnCost(device, alternative)));
        }

        var ones = new int[devices.Length];
        Array.Fill(ones, 1);
        return new ItemTable
        {
            Model = model,
            ClassStart = classStart,
            Devices = ones,
            UsageBytes = Array.ConvertAll(devices, device => model.Fleet.UsageBytes[device]),
            OwnCost = ownCost,
        };
    }
}
