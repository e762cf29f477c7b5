using CarrierOptimization.Engine.Bounding;

namespace CarrierOptimization.Engine.Search;

/// <summary>
/// Ranks the pools of a chain by falling price and lays out its stages: pool by pool, class by class, plan by plan.
/// </summary>
internal static class ChainOrder
{
    /// <summary>Prices that differ by less, relative to the higher one, count as equal: they differ by chance.</summary>
    private const double EqualPrices = 1e-3;

    public static ChainStage[] Stages(
        SearchModel model, IReadOnlyList<ChainClass> classes, long[] othersSurplus, RowPrices prices)
    {
        var stages = new List<ChainStage>();
        foreach (int row in RowOrder(model, classes, prices))
        {
            int first = stages.Count;
            for (int c = 0; c < classes.Count; c++)
            {
                Alternative[] alternatives = model.Classes[classes[c].ModelClass].Alternatives;
                foreach (int a in Enumerable.Range(0, alternatives.Length)
                    .Where(a => alternatives[a].Pool == row && classes[c].Cost[a] != long.MaxValue)
                    .OrderBy(a => alternatives[a].IncludedBytes))
                {
                    stages.Add(StageOf(model, classes[c], c, a, prices));
                }
            }

            if (row >= 0 && stages.Count > first)
            {
                stages[first] = stages[first] with { OthersRoom = -othersSurplus[row] };
                stages[^1] = stages[^1] with { EndsRow = true };
            }
        }

        for (int c = 0; c < classes.Count; c++)
        {
            int last = stages.FindLastIndex(stage => stage.Class == c);
            stages[last] = stages[last] with { EndsClass = true };
        }

        return [.. stages];
    }

    /// <summary>
    /// Dearest data first; at equal price the pool with the smallest allowance; last what lies outside of pools.
    /// </summary>
    private static List<int> RowOrder(SearchModel model, IReadOnlyList<ChainClass> classes, RowPrices prices)
    {
        var smallest = new SortedDictionary<int, long>();
        foreach (ChainClass chainClass in classes)
        {
            foreach (Alternative alternative in model.Classes[chainClass.ModelClass].Alternatives)
            {
                if (alternative.Pool >= 0)
                {
                    smallest[alternative.Pool] = Math.Min(
                        smallest.GetValueOrDefault(alternative.Pool, long.MaxValue), alternative.IncludedBytes);
                }
            }
        }

        int[] byPrice = [.. smallest.Keys.OrderByDescending(row => prices.Pools[row]).ThenBy(row => row)];
        var rows = new List<int>();
        for (int from = 0, to; from < byPrice.Length; from = to)
        {
            double least = prices.Pools[byPrice[from]] * (1 - EqualPrices);
            for (to = from; to < byPrice.Length && prices.Pools[byPrice[to]] >= least;)
            {
                to++;
            }

            rows.AddRange(byPrice[from..to].OrderBy(row => smallest[row]).ThenBy(row => row));
        }

        rows.Add(-1);
        return rows;
    }

    private static ChainStage StageOf(SearchModel model, ChainClass chainClass, int c, int a, RowPrices prices)
    {
        Alternative alternative = model.Classes[chainClass.ModelClass].Alternatives[a];
        int row = alternative.Pool;
        return row < 0
            ? new ChainStage(c, a, -1, chainClass.Cost[a], alternative.Change, 0, 0, false, false, 0, 0, 0)
            : new ChainStage(
                c, a, row, chainClass.Cost[a], alternative.Change, alternative.IncludedBytes, prices.Pools[row], false, false, 0,
                model.Rows[row].BlockBytes, model.Rows[row].RateMicroUnits);
    }
}
