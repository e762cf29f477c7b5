namespace CarrierOptimization.Engine.Certificates;

/// <summary>
/// Which loads some of a few SIMs can have: any number of them has at least that of the smallest, and the next larger one comes from
/// exchanging SIMs near the border between the smallest and the others.
/// </summary>
internal sealed class LoadsCheck
{
    private const int ExchangesMax = 128;

    private readonly long[] _usage;
    private readonly Int128[] _sum;
    private readonly SortedSet<long>?[] _steps;
    private readonly long[] _horizon;

    /// <param name="usage">Ascending, in bytes.</param>
    public LoadsCheck(long[] usage)
    {
        _usage = usage;
        _sum = new Int128[usage.Length + 1];
        for (int i = 0; i < usage.Length; i++)
        {
            _sum[i + 1] = _sum[i] + usage[i];
        }

        _steps = new SortedSet<long>?[usage.Length + 1];
        _horizon = new long[usage.Length + 1];
    }

    public int Count => _usage.Length;

    public long Usage(int place) => _usage[place];

    /// <summary>Bytes of the smallest SIMs.</summary>
    public Int128 Smallest(int count) => _sum[count];

    /// <summary>Bytes between the smallest and the largest load of <paramref name="count"/> SIMs.</summary>
    public Int128 Range(int count) => _sum[^1] - _sum[_usage.Length - count] - _sum[count];

    /// <summary>No load lies between <paramref name="above"/> and this, both counted from the smallest load.</summary>
    public Int128 AtLeast(int count, Int128 above)
    {
        _steps[count] ??= Steps(count);
        if (above <= 0 || above >= _horizon[count])
        {
            return Int128.Max(0, above);
        }

        foreach (long step in _steps[count]!)
        {
            if (step >= above)
            {
                return step;
            }
        }

        return _horizon[count];
    }

    /// <summary>Differences to the smallest load, complete below the horizon.</summary>
    private SortedSet<long> Steps(int count)
    {
        int inside = count;
        int outside = _usage.Length - count;
        int near = Math.Min(1, inside);
        int far = Math.Min(1, outside);
        while (near > 0 && far > 0)
        {
            bool wider = near < inside && Exchanges(near + 1, far) <= ExchangesMax;
            near += wider ? 1 : 0;
            bool further = far < outside && Exchanges(near, far + 1) <= ExchangesMax;
            far += further ? 1 : 0;
            if (!wider && !further)
            {
                break;
            }
        }

        // Whoever exchanges a SIM further in or out gets at least this much more.
        _horizon[count] = long.MaxValue;
        if (near < inside && outside > 0)
        {
            _horizon[count] = _usage[count] - _usage[count - near - 1];
        }

        if (far < outside && inside > 0)
        {
            _horizon[count] = Math.Min(_horizon[count], _usage[count + far] - _usage[count - 1]);
        }

        var steps = new SortedSet<long>();
        AddSteps(count, near, far, 0, 0, steps);
        return steps;
    }

    /// <summary>How many sets of SIMs can leave for as many that come.</summary>
    private static long Exchanges(int near, int far)
    {
        long ways = 1;
        for (int size = 1; size <= Math.Min(near, far) && ways <= ExchangesMax; size++)
        {
            ways = ways * (near + far - size + 1) / size;
        }

        return ways;
    }

    /// <summary>Every SIM of the window inside stays or leaves, then as many come from outside.</summary>
    private void AddSteps(int count, int near, int far, int open, long gained, SortedSet<long> steps)
    {
        if (near > 0)
        {
            AddSteps(count, near - 1, far, open, gained, steps);
            if (open < far)
            {
                AddSteps(count, near - 1, far, open + 1, gained - _usage[count - near], steps);
            }
        }
        else if (open == 0)
        {
            if (gained < _horizon[count])
            {
                steps.Add(gained);
            }
        }
        else if (far >= open)
        {
            AddSteps(count, 0, far - 1, open, gained, steps);
            AddSteps(count, 0, far - 1, open - 1, gained + _usage[count + far - 1], steps);
        }
    }
}
