using CarrierOptimization.Engine.Bounding;

namespace CarrierOptimization.Engine.Search;

/// <summary>
/// Picks the SIMs that the polish may re-plan: all of a small fleet; of a large one the largest, an even sample, and
/// those where the choice turns.
/// </summary>
internal static class CoreSelection
{
    public const int WholeFleetMax = 1_200;
    private const int LargestPerClass = 250;
    private const int SamplePerClass = 350;
    private const int NearBreakpoint = 12;
    private const int ClassesMax = 8;

    public const int PassesMax = 4;

    /// <param name="pass">Each pass samples other SIMs.</param>
    public static int[] Select(IItemSource source, DualFunction dual, RowPrices prices, int pass)
    {
        ItemTable table = source.Table;
        SearchModel model = table.Model;
        if (model.Fleet.Count <= WholeFleetMax)
        {
            return [.. Enumerable.Range(0, model.Fleet.Count).Where(device => model.Classes[model.ClassOf(device)].Alternatives.Length > 1)];
        }

        var wanted = new SortedDictionary<int, int>();
        int[] classes = [.. Enumerable.Range(0, model.Classes.Count)
            .Where(c => model.Classes[c].Alternatives.Length > 1)
            .OrderByDescending(c => table.ClassStart[c + 1] - table.ClassStart[c])
            .ThenBy(c => c)
            .Take(ClassesMax)];
        foreach (int c in classes)
        {
            WantSample(table, c, pass, wanted);
        }

        foreach ((int c, double usage) in dual.Breakpoints(prices))
        {
            if (classes.Contains(c))
            {
                WantNear(table, c, usage, wanted);
            }
        }

        int[] devices = source.Members([.. wanted.Select(want => (want.Key, want.Value))]);
        Array.Sort(devices);
        return devices;
    }

    private static void WantSample(ItemTable table, int c, int pass, SortedDictionary<int, int> wanted)
    {
        int from = table.ClassStart[c];
        int to = table.ClassStart[c + 1];
        int steps = Math.Min(SamplePerClass, to - from);
        for (int step = 0; step < steps; step++)
        {
            wanted[from + (int)(((((long)(to - from) * step) + ((to - from) * (long)pass / PassesMax)) / steps) % (to - from))] = 1;
        }

        for (int item = to - 1, found = 0; item >= from && found < LargestPerClass; item--)
        {
            wanted[item] = Math.Min(table.Devices[item], LargestPerClass - found);
            found += wanted[item];
        }
    }

    private static void WantNear(ItemTable table, int c, double usage, SortedDictionary<int, int> wanted)
    {
        int low = table.ClassStart[c];
        int high = table.ClassStart[c + 1];
        int at = low;
        for (int end = high; at < end;)
        {
            int middle = (at + end) / 2;
            (at, end) = table.MeanUsage(middle) < usage ? (middle + 1, end) : (at, middle);
        }

        for (int item = Math.Max(low, at - NearBreakpoint); item < Math.Min(high, at + NearBreakpoint); item++)
        {
            wanted.TryAdd(item, 1);
        }
    }
}
