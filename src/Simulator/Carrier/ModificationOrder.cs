namespace CarrierOptimization.Simulator.Carrier;

/// <summary>The SIMs in the order of their last change, the oldest first: the order in which they are listed.</summary>
/// <remarks>A change puts a SIM at the end. The array is put in order at the next read, in one pass.</remarks>
internal sealed class ModificationOrder
{
    private readonly long[] _modifiedTicks;
    private readonly int[] _order;
    private readonly List<int> _moved = [];

    public ModificationOrder(long[] modifiedTicks)
    {
        _modifiedTicks = modifiedTicks;
        _order = [.. Enumerable.Range(0, modifiedTicks.Length)];
        Array.Sort(_order, Compare);
    }

    /// <summary>Changes with every touch.</summary>
    public long Version { get; private set; }

    /// <summary>Notes that <paramref name="device"/> was changed at <paramref name="ticks"/>.</summary>
    public void Touch(int device, long ticks)
    {
        _modifiedTicks[device] = Math.Max(_modifiedTicks[device], ticks);
        _moved.Add(device);
        Version++;
    }

    /// <summary>All SIMs changed at or after <paramref name="sinceTicks"/>, in order.</summary>
    public ReadOnlySpan<int> Since(long sinceTicks)
    {
        PutInOrder();
        int low = 0;
        int high = _order.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_modifiedTicks[_order[middle]] < sinceTicks)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return _order.AsSpan(low);
    }

    private void PutInOrder()
    {
        if (_moved.Count == 0)
        {
            return;
        }

        var moved = new HashSet<int>(_moved);
        int kept = 0;
        foreach (int device in _order)
        {
            if (!moved.Contains(device))
            {
                _order[kept++] = device;
            }
        }

        int[] last = [.. moved];
        Array.Sort(last, Compare);
        last.CopyTo(_order, kept);
        _moved.Clear();

        // Only a clock that was set back makes the tail start before the head ends.
        if (kept > 0 && last.Length > 0 && Compare(_order[kept - 1], last[0]) > 0)
        {
            Array.Sort(_order, Compare);
        }
    }

    private int Compare(int left, int right)
    {
        int byTime = _modifiedTicks[left].CompareTo(_modifiedTicks[right]);
        return byTime != 0 ? byTime : left.CompareTo(right);
    }
}
