namespace CarrierOptimization.Engine.Search;

/// <summary>
/// Finds SIMs for the counts of a class: in each tier the SIMs of a pool are neighbours by usage, and the stretch they take is moved
/// up and down until it fills the pool's room.
/// </summary>
internal sealed class CountPlacement
{
    private const int SamplePerPlan = 40;
    private const int MembersPerItemMax = 4;

    /// <summary>Neighbours taken at each end of a stretch: there exchanges are smallest.</summary>
    private const int AtEnds = 10;

    private readonly SearchModel _model;
    private readonly Alternative[] _alternatives;
    private readonly ClassUsage _usage;
    private readonly TierCounts _counts;
    private readonly long[] _othersSurplus;
    private readonly List<Stretch> _stretches = [];

    public CountPlacement(
        SearchModel model, ClassUsage usage, TierCounts counts, long[] othersSurplus)
    {
        _model = model;
        _alternatives = model.Classes[counts.Class].Alternatives;
        _usage = usage;
        _counts = counts;
        _othersSurplus = othersSurplus;
        int place = 0;
        foreach (PriceTier tier in counts.Tiers)
        {
            int devices = tier.Plans.Sum(a => counts.Devices[a]);
            PlaceTier(tier, place, place + devices);
            place += devices;
        }
    }

    /// <summary>SIMs next to each other by usage that get the same alternative.</summary>
    private readonly record struct Stretch(int From, int To, int Alternative);

    /// <summary>Writes what the items of the class get.</summary>
    public void Write(ItemSplit split)
    {
        for (int item = 0; item < _usage.Items; item++)
        {
            split.Counts.Remove(_usage.InTable(item));
        }

        foreach (Stretch stretch in _stretches)
        {
            for (int item = _usage.ItemAt(stretch.From); item < _usage.Items && _usage.PlaceOf(item) < stretch.To; item++)
            {
                int whole = _usage.PlaceOf(item + 1) - _usage.PlaceOf(item);
                int part = Math.Min(stretch.To, _usage.PlaceOf(item + 1)) - Math.Max(stretch.From, _usage.PlaceOf(item));
                int inTable = _usage.InTable(item);
                if (part == whole)
                {
                    split.Alternative[inTable] = (ushort)stretch.Alternative;
                    continue;
                }

                split.Alternative[inTable] = ItemSplit.Mixed;
                if (!split.Counts.TryGetValue(inTable, out int[]? counts))
                {
                    split.Counts.Add(inTable, counts = new int[_alternatives.Length]);
                }

                counts[stretch.Alternative] += part;
            }
        }
    }

    /// <summary>Items from which SIMs are wanted to even the pools out exactly: some of each stretch, at all sizes.</summary>
    public IReadOnlyList<(int Item, int Limit)> Wanted()
    {
        var wanted = new SortedDictionary<int, int>();
        foreach (Stretch stretch in _stretches)
        {
            int length = stretch.To - stretch.From;
            int steps = length <= 4 * SamplePerPlan ? length : SamplePerPlan;
            for (int step = 0; step < steps; step++)
            {
                Want(stretch.From + (int)((long)length * step / steps));
            }

            for (int step = 0; steps < length && step < AtEnds; step++)
            {
                Want(stretch.From + step);
                Want(stretch.To - 1 - step);
            }
        }

        return [.. wanted.Select(pair => (pair.Key, pair.Value))];

        void Want(int place)
        {
            int item = _usage.InTable(_usage.ItemAt(place));
            wanted[item] = Math.Min(MembersPerItemMax, wanted.GetValueOrDefault(item) + 1);
        }
    }

    private void PlaceTier(PriceTier tier, int from, int to)
    {
        var free = new List<(int From, int To)> { (from, to) };
        int[] rows = [.. tier.Rows.OrderBy(row => DevicesOf(tier, row)).ThenBy(row => row)];
        for (int i = 0; i + 1 < rows.Length; i++)
        {
            int devices = DevicesOf(tier, rows[i]);
            long total = free.Sum(part => _usage.UpTo(part.To) - _usage.UpTo(part.From));
            long least = total - rows.Skip(i + 1).Sum(row => RoomOf(tier, row));
            long most = RoomOf(tier, rows[i]);
            long target = least < most ? least + ((most - least) / 2) : most;
            int start = StartOf(free, devices, target);
            Assign(tier, rows[i], Cut(free, start, devices));
        }

        Assign(tier, rows.Length == 0 ? -1 : rows[^1], free);
    }

    private int DevicesOf(PriceTier tier, int row) => tier.Plans.Where(a => _alternatives[a].Pool == row).Sum(a => _counts.Devices[a]);

    private long RoomOf(PriceTier tier, int row) => (_counts.Blocks[row] * _model.Rows[row].BlockBytes) - _othersSurplus[row]
        + tier.Plans.Where(a => _alternatives[a].Pool == row).Sum(a => _counts.Devices[a] * _alternatives[a].IncludedBytes);

    /// <summary>Where a stretch of <paramref name="devices"/> free SIMs begins that uses nearly <paramref name="target"/> bytes.</summary>
    private int StartOf(List<(int From, int To)> free, int devices, long target)
    {
        int low = 0;
        int high = free.Sum(part => part.To - part.From) - devices;
        while (low < high)
        {
            int middle = low + ((high - low + 1) / 2);
            long used = UpTo(free, middle + devices) - UpTo(free, middle);
            (low, high) = used <= target ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    /// <summary>Bytes of the first <paramref name="count"/> free SIMs.</summary>
    private long UpTo(List<(int From, int To)> free, int count)
    {
        long sum = 0;
        foreach ((int from, int to) in free)
        {
            int part = Math.Min(count, to - from);
            sum += _usage.UpTo(from + part) - _usage.UpTo(from);
            count -= part;
        }

        return sum;
    }

    /// <summary>Takes a stretch out of the free SIMs.</summary>
    private static List<(int From, int To)> Cut(List<(int From, int To)> free, int start, int devices)
    {
        var cut = new List<(int From, int To)>();
        var left = new List<(int From, int To)>();
        int before = 0;
        foreach ((int from, int to) in free)
        {
            int cutFrom = Math.Clamp(start - before, 0, to - from) + from;
            int cutTo = Math.Clamp(start + devices - before, 0, to - from) + from;
            cut.Add((cutFrom, cutTo));
            left.Add((from, cutFrom));
            left.Add((cutTo, to));
            before += to - from;
        }

        free.Clear();
        free.AddRange(left.Where(part => part.From < part.To));
        return cut;
    }

    /// <summary>Gives the plans of one pool their SIMs; which of them gets which does not matter.</summary>
    private void Assign(PriceTier tier, int row, List<(int From, int To)> parts)
    {
        var left = new Queue<(int From, int To)>(parts);
        foreach (int a in tier.Plans.Where(a => row < 0 || _alternatives[a].Pool == row))
        {
            for (int count = _counts.Devices[a]; count > 0 && left.TryDequeue(out (int From, int To) part);)
            {
                int taken = Math.Min(count, part.To - part.From);
                if (taken > 0)
                {
                    _stretches.Add(new Stretch(part.From, part.From + taken, a));
                }

                count -= taken;
                if (taken < part.To - part.From)
                {
                    left = new Queue<(int From, int To)>(left.Prepend((part.From + taken, part.To)));
                }
            }
        }
    }
}
