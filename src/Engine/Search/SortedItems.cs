namespace CarrierOptimization.Engine.Search;

/// <summary>
/// Items made by sorting the SIMs: exact (SIMs of one item are alike in all that is billed) or, for large fleets, by
/// usage bin.
/// </summary>
internal sealed class SortedItems : IItemSource
{
    /// <summary>Fleets up to this size get exact items.</summary>
    public const int ExactDevicesMax = 131_072;

    private readonly SearchModel _model;
    private readonly int[] _order;
    private readonly int[] _itemStart;

    public SortedItems(SearchModel model)
    {
        _model = model;
        int n = model.Fleet.Count;
        _order = new int[n];
        for (int device = 0; device < n; device++)
        {
            _order[device] = device;
        }

        _itemStart = n <= ExactDevicesMax ? SortExactly() : SortByBin();
        Table = Summarise();
    }

    public ItemTable Table { get; }

    public void Apply(ItemSplit split, ushort[] assignment)
    {
        for (int c = 0; c < _model.Classes.Count; c++)
        {
            Alternative[] alternatives = _model.Classes[c].Alternatives;
            for (int item = Table.ClassStart[c]; item < Table.ClassStart[c + 1]; item++)
            {
                ApplyItem(split, item, alternatives, assignment);
            }
        }
    }

    public int[] Members(IReadOnlyList<(int Item, int Limit)> wanted) =>
        [.. wanted.SelectMany(want => _order.Skip(_itemStart[want.Item]).Take(Math.Min(Table.Devices[want.Item], want.Limit)))];

    private void ApplyItem(ItemSplit split, int item, Alternative[] alternatives, ushort[] assignment)
    {
        int from = _itemStart[item];
        int to = _itemStart[item + 1];
        if (alternatives.Length == 0)
        {
            for (int i = from; i < to; i++)
            {
                assignment[_order[i]] = Model.Fleet.NoPlan;
            }
        }
        else if (split.Alternative[item] != ItemSplit.Mixed)
        {
            ushort plan = alternatives[split.Alternative[item]].Plan;
            for (int i = from; i < to; i++)
            {
                assignment[_order[i]] = plan;
            }
        }
        else
        {
            int[] counts = split.Counts[item];
            int next = from;
            for (int alternative = 0; alternative < counts.Length; alternative++)
            {
                for (int i = 0; i < counts[alternative]; i++)
                {
                    assignment[_order[next++]] = alternatives[alternative].Plan;
                }
            }
        }
    }

    private int[] SortExactly()
    {
        long[] usage = _model.Fleet.UsageBytes;
        int[]? sms = _model.HasSms ? _model.Fleet.SmsCount : null;
        var keys = new UInt128[_order.Length];
        for (int device = 0; device < keys.Length; device++)
        {
            keys[device] = ((UInt128)(uint)_model.ClassOf(device) << 96)
                | ((UInt128)(ulong)usage[device] << 32) | (uint)(sms?[device] ?? 0);
        }

        // Equal keys stay in the order of the fleet: the device is the second key.
        Array.Sort(keys, _order);
        var starts = new List<int>();
        for (int i = 0; i < keys.Length; i++)
        {
            if (i == 0 || keys[i] != keys[i - 1])
            {
                starts.Add(i);
            }
        }

        starts.Add(keys.Length);
        for (int item = 0; item + 1 < starts.Count; item++)
        {
            Array.Sort(_order, starts[item], starts[item + 1] - starts[item]);
        }

        return [.. starts];
    }

    private int[] SortByBin()
    {
        long[] usage = _model.Fleet.UsageBytes;
        int[]? sms = _model.HasSms ? _model.Fleet.SmsCount : null;
        int classBits = 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)_model.Classes.Count);
        var bins = new UsageBins(Math.Clamp(11 - (classBits / 2), 5, 9));
        var smsBins = new UsageBins(3);
        var keys = new ulong[_order.Length];
        for (int device = 0; device < keys.Length; device++)
        {
            ulong bin = (uint)bins.BinOf(usage[device]);
            keys[device] = ((ulong)(uint)_model.ClassOf(device) << 40) | (bin << 10) | (uint)(sms is null ? 0 : smsBins.BinOf(sms[device]));
        }

        RadixSort.Sort(keys, _order);
        var starts = new List<int>();
        for (int i = 0; i < keys.Length; i++)
        {
            if (i == 0 || keys[i] != keys[i - 1])
            {
                starts.Add(i);
            }
        }

        starts.Add(keys.Length);
        return [.. starts];
    }

    private ItemTable Summarise()
    {
        int items = _itemStart.Length - 1;
        var devices = new int[items];
        var usage = new long[items];
        var classStart = new int[_model.Classes.Count + 1];
        Array.Fill(classStart, items);
        int lastClass = -1;
        for (int item = 0; item < items; item++)
        {
            devices[item] = _itemStart[item + 1] - _itemStart[item];
            for (int i = _itemStart[item]; i < _itemStart[item + 1]; i++)
            {
                usage[item] += _model.Fleet.UsageBytes[_order[i]];
            }

            for (int c = _model.ClassOf(_order[_itemStart[item]]); lastClass < c;)
            {
                classStart[++lastClass] = item;
            }
        }

        var ownCost = new long[]?[]?[_model.Classes.Count];
        for (int c = 0; c < ownCost.Length; c++)
        {
            ownCost[c] = _model.Classes[c].IsLinear ? null : OwnCosts(c, classStart[c], classStart[c + 1]);
        }

        return new ItemTable { Model = _model, ClassStart = classStart, Devices = devices, UsageBytes = usage, OwnCost = ownCost };
    }

    /// <summary>Where no messages are billed, only individual plans cost more than a straight line.</summary>
    private long[]?[] OwnCosts(int c, int fromItem, int toItem)
    {
        Alternative[] alternatives = _model.Classes[c].Alternatives;
        var costs = new long[]?[alternatives.Length];
        for (int a = 0; a < costs.Length; a++)
        {
            if (!_model.HasSms && (alternatives[a].Pool >= 0 || _model.Catalog.Plans[alternatives[a].Plan].IsUnlimited))
            {
                continue;
            }

            costs[a] = new long[toItem - fromItem];
            for (int item = fromItem; item < toItem; item++)
            {
                long sum = 0;
                for (int i = _itemStart[item]; i < _itemStart[item + 1]; i++)
                {
                    sum += _model.OwnCost(_order[i], alternatives[a]);
                }

                costs[a]![item - fromItem] = sum;
            }
        }

        return costs;
    }
}
