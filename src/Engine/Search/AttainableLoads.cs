namespace CarrierOptimization.Engine.Search;

/// <summary>
/// What some of a class's SIMs can use together. Any <c>m</c> SIMs use at least the sum of the <c>m</c> smallest usages; the next
/// larger sums come from exchanging a few SIMs near place <c>m</c>, so not every load above the least one exists.
/// </summary>
/// <remarks>docs/engine.md, "Whole SIMs".</remarks>
internal sealed class AttainableLoads
{
    /// <summary>Exchanges that are looked at for one number of SIMs.</summary>
    private const int SubsetsMax = 128;

    private readonly long[] _usage;
    private readonly long[] _before;
    private readonly Window?[] _windows;

    /// <param name="usage">Ascending, in bytes.</param>
    public AttainableLoads(long[] usage)
    {
        _usage = usage;
        _before = new long[usage.Length + 1];
        for (int i = 0; i < usage.Length; i++)
        {
            _before[i + 1] = _before[i] + usage[i];
        }

        _windows = new Window?[usage.Length + 1];
    }

    /// <summary>Bytes of the <paramref name="count"/> smallest.</summary>
    public long Least(int count) => _before[count];

    /// <summary>How much more than the least <paramref name="count"/> SIMs can use, in bytes.</summary>
    public long Spread(int count) => _before[^1] - _before[_usage.Length - count] - _before[count];

    /// <summary>The least excess over the least load that exists and is at least <paramref name="excess"/>.</summary>
    /// <returns>In bytes; a bound from below where the exchanges looked at don't tell.</returns>
    public long Next(int count, long excess)
    {
        Window window = _windows[count] ??= WindowAt(count);
        if (excess <= 0 || excess >= window.Reach)
        {
            return Math.Max(0, excess);
        }

        window.Excesses ??= Excesses(count, window);
        int at = Array.BinarySearch(window.Excesses, excess);
        at = at < 0 ? ~at : at;
        return at < window.Excesses.Length ? window.Excesses[at] : window.Reach;
    }

    /// <param name="Below">SIMs looked at among the <c>m</c> smallest, the largest of them.</param>
    /// <param name="Above">SIMs looked at among the others, the smallest of them.</param>
    /// <param name="Reach">Excesses below this come from exchanges among these SIMs only.</param>
    private sealed record Window(int Below, int Above, long Reach)
    {
        public long[]? Excesses { get; set; }
    }

    private Window WindowAt(int count)
    {
        int others = _usage.Length - count;
        int below = Math.Min(1, count);
        int above = Math.Min(1, others);
        for (bool grew = true; grew && below > 0 && above > 0;)
        {
            grew = false;
            if (below < count && Subsets(below + 1, above) <= SubsetsMax)
            {
                below++;
                grew = true;
            }

            if (above < others && Subsets(below, above + 1) <= SubsetsMax)
            {
                above++;
                grew = true;
            }
        }

        long reach = long.MaxValue;
        if (below < count && others > 0)
        {
            reach = _usage[count] - _usage[count - below - 1];
        }

        if (above < others && count > 0)
        {
            reach = Math.Min(reach, _usage[count + above] - _usage[count - 1]);
        }

        return new Window(below, above, reach);
    }

    /// <summary>Ways to exchange some of <paramref name="below"/> SIMs for as many of <paramref name="above"/>.</summary>
    private static long Subsets(int below, int above)
    {
        long ways = 1;
        for (int i = 1; i <= Math.Min(below, above) && ways <= SubsetsMax; i++)
        {
            ways = ways * (below + above - i + 1) / i;
        }

        return ways;
    }

    private long[] Excesses(int count, Window window)
    {
        int most = Math.Min(window.Below, window.Above);
        List<long>[] leaving = SumsBySize(_usage.AsSpan(count - window.Below, window.Below), most);
        List<long>[] entering = SumsBySize(_usage.AsSpan(count, window.Above), most);
        var excesses = new SortedSet<long>();
        for (int size = 0; size <= most; size++)
        {
            foreach (long taken in leaving[size])
            {
                foreach (long given in entering[size])
                {
                    if (given - taken < window.Reach)
                    {
                        excesses.Add(given - taken);
                    }
                }
            }
        }

        return [.. excesses];
    }

    /// <summary>Per size the sums of all subsets of that size.</summary>
    private static List<long>[] SumsBySize(ReadOnlySpan<long> usages, int sizeMax)
    {
        var sums = new List<long>[sizeMax + 1];
        for (int size = 0; size <= sizeMax; size++)
        {
            sums[size] = size == 0 ? [0] : [];
        }

        foreach (long usage in usages)
        {
            for (int size = sizeMax; size > 0; size--)
            {
                foreach (long sum in sums[size - 1])
                {
                    sums[size].Add(sum + usage);
                }
            }
        }

        return sums;
    }
}
