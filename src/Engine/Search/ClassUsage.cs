using CarrierOptimization.Engine.Bounding;

namespace CarrierOptimization.Engine.Search;

/// <summary>The usages of one class in ascending order, known by sums: place 0 is the smallest SIM.</summary>
/// <remarks>Within an item of several SIMs the usages count as equal; only there are sums estimates.</remarks>
internal sealed class ClassUsage
{
    private readonly ItemTable _table;
    private readonly int[] _items;
    private readonly int[] _countBefore;
    private readonly long[] _usageBefore;
    private readonly Envelope _envelope;

    /// <param name="items">Of one class, ascending by usage.</param>
    public ClassUsage(ItemTable table, int deviceClass, int[] items)
    {
        _table = table;
        _items = items;
        _countBefore = new int[items.Length + 1];
        _usageBefore = new long[items.Length + 1];
        for (int i = 0; i < items.Length; i++)
        {
            _countBefore[i + 1] = _countBefore[i] + table.Devices[items[i]];
            _usageBefore[i + 1] = _usageBefore[i] + table.UsageBytes[items[i]];
        }

        _envelope = new Envelope(table.Model.Classes[deviceClass].Alternatives.Length);
    }

    /// <summary>SIMs of the class.</summary>
    public int Devices => _countBefore[^1];

    /// <summary>The largest usage, in bytes; 0 in a class without SIMs.</summary>
    public long Largest => _items.Length == 0 ? 0 : (long)_table.MeanUsage(_items[^1]);

    /// <summary>Items of the class, by usage.</summary>
    public int Items => _items.Length;

    /// <summary>Position in the table of the item of the class.</summary>
    public int InTable(int item) => _items[item];

    /// <summary>Place of the first SIM of an item of the class.</summary>
    public int PlaceOf(int item) => _countBefore[item];

    /// <summary>The item of the class with the SIM at <paramref name="place"/>.</summary>
    public int ItemAt(int place)
    {
        int found = Array.BinarySearch(_countBefore, place);
        return found >= 0 ? found : ~found - 1;
    }

    /// <summary>Bytes of the <paramref name="places"/> smallest SIMs.</summary>
    public long UpTo(int places)
    {
        int item = ItemAt(places);
        int inside = places - _countBefore[item];
        return inside == 0
            ? _usageBefore[item]
            : _usageBefore[item] + (long)((Int128)_table.UsageBytes[_items[item]] * inside / _table.Devices[_items[item]]);
    }

    /// <summary>Least priced cost of the SIM at <paramref name="place"/> on one of the alternatives of <paramref name="some"/>.</summary>
    public double LeastCostAt(int place, Alternative[] alternatives, bool[] some, RowPrices prices)
    {
        double usage = _table.MeanUsage(_items[ItemAt(place)]);
        double least = double.MaxValue;
        for (int a = 0; a < alternatives.Length; a++)
        {
            if (some[a])
            {
                ref readonly Alternative alternative = ref alternatives[a];
                double cost = alternative.Cost + (alternative.Change * prices.PerChange)
                    + (alternative.Pool < 0 ? 0 : prices.Pools[alternative.Pool] * (usage - alternative.IncludedBytes));
                least = Math.Min(least, cost);
            }
        }

        return least;
    }

    /// <summary>The same of all SIMs from <paramref name="place"/> on.</summary>
    public double LeastCostFrom(int place, Alternative[] alternatives, bool[] some, RowPrices prices)
    {
        _envelope.Build(alternatives, Array.ConvertAll(some, isOne => !isOne), prices);
        double sum = 0;
        for (int piece = 0, start = place; piece < _envelope.Pieces && start < Devices; piece++)
        {
            int end = piece + 1 == _envelope.Pieces ? Devices : Math.Max(start, PlaceOf(FirstItemFrom(_envelope.End(piece))));
            ref readonly Alternative alternative = ref alternatives[_envelope.Alternative(piece)];
            double price = alternative.Pool < 0 ? 0 : prices.Pools[alternative.Pool];
            double atZero = alternative.Cost + (alternative.Change * prices.PerChange) - (price * alternative.IncludedBytes);
            sum += ((end - start) * atZero) + (price * (UpTo(end) - UpTo(start)));
            start = end;
        }

        return sum;
    }

    private int FirstItemFrom(double usage)
    {
        int low = 0;
        for (int high = _items.Length; low < high;)
        {
            int middle = (low + high) / 2;
            (low, high) = _table.MeanUsage(_items[middle]) < usage ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
