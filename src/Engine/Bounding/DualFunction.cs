using CarrierOptimization.Engine.Search;

namespace CarrierOptimization.Engine.Bounding;

/// <summary>
/// Prices of the rows: micro-units per byte for each pool, micro-units per change for the limit on changes.
/// </summary>
internal sealed record RowPrices(double[] Pools, double PerChange);

/// <summary>The cheapest choice of every item at given prices, summed up.</summary>
/// <param name="Value">Priced cost: the value of the dual function there.</param>
/// <param name="Cost">Cost outside of pools.</param>
/// <param name="SurplusBytes">Per row usage minus allowance.</param>
/// <param name="Changes">SIMs that leave their plan.</param>
internal sealed record DualColumn(RowPrices Prices, double Value, double Cost, double[] SurplusBytes, double Changes);

/// <summary>Sums of an evaluation: cost outside of pools, surplus per pool, changes.</summary>
internal sealed class DualSums(int rows)
{
    public double Cost { get; set; }

    public double Changes { get; set; }

    public double[] Surplus { get; } = new double[rows];

    /// <summary>Counts SIMs on an alternative.</summary>
    public void Add(in Alternative alternative, double devices, double cost, double usageBytes)
    {
        Cost += cost;
        Changes += devices * alternative.Change;
        if (alternative.Pool >= 0)
        {
            Surplus[alternative.Pool] += usageBytes - (devices * alternative.IncludedBytes);
        }
    }

    public void Add(DualSums other)
    {
        Cost += other.Cost;
        Changes += other.Changes;
        for (int row = 0; row < Surplus.Length; row++)
        {
            Surplus[row] += other.Surplus[row];
        }
    }
}

/// <summary>
/// D(prices): the sum over items of the cheapest alternative when a byte of surplus costs its pool's price. No assignment's bill is
/// below it. Classes whose costs are straight lines in the usage are evaluated by their lower envelope and prefix sums.
/// </summary>
/// <remarks>docs/engine.md, "The bound".</remarks>
internal sealed class DualFunction
{
    /// <summary>Tables below this, or of few classes, are evaluated on one thread.</summary>
    private const int ItemsPerBlock = 60_000;
    private const int ClassesForBlocks = 8;
    private const int BlocksMax = 16;

    private readonly ItemTable _items;
    private readonly int _rows;
    private readonly double[] _mean;
    private readonly double[] _countBefore;
    private readonly double[] _usageBefore;
    private readonly Envelope _envelope;

    /// <summary>Per class whose costs are no straight lines what its items cost where each SIM pays alone; null elsewhere.</summary>
    private readonly AloneCosts?[] _alone;

    /// <summary>Items with a fixed alternative are counted once and for all; the rest are free.</summary>
    private readonly int[] _fixed;
    private readonly double[] _fixedSurplus;

    /// <summary>Per class the alternatives that no free item may take.</summary>
    private readonly bool[][] _forbidden;
    private double _fixedCost;
    private double _fixedChanges;
    /// <summary>True when some item is fixed or some alternative forbidden.</summary>
    private bool _isDecided;

    /// <summary>First class of each block of work, and the end.</summary>
    private readonly int[] _blocks;

    public DualFunction(ItemTable items)
    {
        _items = items;
        _rows = items.Model.Rows.Count;
        _mean = new double[items.Count];
        _countBefore = new double[items.Count + 1];
        _usageBefore = new double[items.Count + 1];
        _fixed = new int[items.Count];
        Array.Fill(_fixed, -1);
        _fixedSurplus = new double[_rows];
        _forbidden = [.. items.Model.Classes.Select(deviceClass => new bool[deviceClass.Alternatives.Length])];
        _alone = [.. items.Model.Classes.Select(deviceClass => AloneCosts.TryCreate(items, deviceClass))];
        _envelope = new Envelope(items.Model.Classes.Count == 0 ? 0 : items.Model.Classes.Max(c => c.Alternatives.Length));
        for (int item = 0; item < items.Count; item++)
        {
            _mean[item] = items.MeanUsage(item);
        }

        _blocks = Blocks(items);
        SumUp();
    }

    public ItemTable Items => _items;

    public int Evaluations { get; private set; }

    public int FixedAlternative(int item) => _fixed[item];

    /// <summary>Fixes items to alternatives; takes effect for all later evaluations.</summary>
    public void Fix(IEnumerable<(int Item, int Alternative)> choices)
    {
        foreach ((int item, int alternative) in choices)
        {
            _isDecided = true;
            _fixed[item] = alternative;
            int c = _items.ClassOf(item);
            Alternative chosen = _items.Model.Classes[c].Alternatives[alternative];
            _fixedCost += CostOf(c, item, alternative);
            _fixedChanges += (double)chosen.Change * _items.Devices[item];
            if (chosen.Pool >= 0)
            {
                _fixedSurplus[chosen.Pool] += SurplusOf(item, chosen);
            }
        }

        SumUp();
    }

    /// <summary>What is fixed and forbidden, to come back to.</summary>
    internal sealed record Decisions(int[] Fixed, double[] Surplus, bool[][] Forbidden, double Cost, double Changes);

    public Decisions Save() => new(
        (int[])_fixed.Clone(), (double[])_fixedSurplus.Clone(), [.. _forbidden.Select(alternatives => (bool[])alternatives.Clone())],
        _fixedCost, _fixedChanges);

    public void Restore(Decisions decisions)
    {
        decisions.Fixed.CopyTo(_fixed, 0);
        decisions.Surplus.CopyTo(_fixedSurplus, 0);
        for (int c = 0; c < _forbidden.Length; c++)
        {
            decisions.Forbidden[c].CopyTo(_forbidden[c], 0);
        }

        _isDecided = Array.Exists(_fixed, alternative => alternative >= 0)
            || Array.Exists(_forbidden, alternatives => Array.Exists(alternatives, isForbidden => isForbidden));
        _fixedCost = decisions.Cost;
        _fixedChanges = decisions.Changes;
        SumUp();
    }

    /// <summary>Takes a plan away from all free items that have another one.</summary>
    public void Forbid(ushort plan)
    {
        foreach (DeviceClass deviceClass in _items.Model.Classes)
        {
            bool[] forbidden = _forbidden[deviceClass.Index];
            int at = Array.FindIndex(deviceClass.Alternatives, alternative => alternative.Plan == plan);
            if (at >= 0 && forbidden.Count(isForbidden => !isForbidden) > 1)
            {
                forbidden[at] = true;
                _isDecided = true;
            }
        }
    }

    /// <summary>Counts SIMs outside of the table in for good.</summary>
    public void AddFixed(long[] surplusBytes, int changes)
    {
        for (int row = 0; row < _rows; row++)
        {
            _fixedSurplus[row] += surplusBytes[row];
        }

        _fixedChanges += changes;
    }

    public DualColumn Evaluate(RowPrices prices)
    {
        Evaluations++;
        var sums = new DualSums(_rows);
        _fixedSurplus.CopyTo(sums.Surplus, 0);
        sums.Cost = _fixedCost;
        sums.Changes = _fixedChanges;
        if (_blocks.Length == 2)
        {
            AddClasses(0, _items.Model.Classes.Count, prices, _envelope, sums);
        }
        else
        {
            // The blocks are the same for any number of threads, and so is the order in which they are added up.
            var ofBlock = new DualSums[_blocks.Length - 1];
            Parallel.For(0, ofBlock.Length, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, _items.Model.Options.Threads) }, block =>
            {
                ofBlock[block] = new DualSums(_rows);
                AddClasses(_blocks[block], _blocks[block + 1], prices, new Envelope(_envelope.AlternativesMax), ofBlock[block]);
            });
            foreach (DualSums block in ofBlock)
            {
                sums.Add(block);
            }
        }

        double value = sums.Cost + (prices.PerChange * (sums.Changes - (_items.Model.MaxChanges ?? 0)));
        for (int row = 0; row < _rows; row++)
        {
            value += prices.Pools[row] * sums.Surplus[row];
        }

        return new DualColumn(prices, value, sums.Cost, sums.Surplus, sums.Changes);
    }

    /// <summary>Parts the classes into blocks of about equally many items.</summary>
    private static int[] Blocks(ItemTable items)
    {
        int classes = items.Model.Classes.Count;
        if (items.Count < ItemsPerBlock || classes < ClassesForBlocks)
        {
            return [0, classes];
        }

        int blocks = Math.Min(BlocksMax, classes);
        var starts = new int[blocks + 1];
        starts[^1] = classes;
        for (int block = 1, c = 0; block < blocks; block++)
        {
            long wanted = (long)items.Count * block / blocks;
            while (c < classes && items.ClassStart[c] < wanted)
            {
                c++;
            }

            starts[block] = c;
        }

        return starts;
    }

    private void AddClasses(int fromClass, int toClass, RowPrices prices, Envelope envelope, DualSums sums)
    {
        for (int c = fromClass; c < toClass; c++)
        {
            DeviceClass deviceClass = _items.Model.Classes[c];
            if (deviceClass.Alternatives.Length == 0 || _items.ClassStart[c] == _items.ClassStart[c + 1])
            {
                continue;
            }

            if (deviceClass.IsLinear)
            {
                AddLinear(deviceClass, prices, envelope, sums);
            }
            else if (_alone[c] is { } alone && !_isDecided)
            {
                alone.Add(_mean, _forbidden[c], prices, envelope, sums);
            }
            else
            {
                AddGeneral(deviceClass, prices, sums);
            }
        }
    }

    /// <summary>Writes the alternative each item takes at <paramref name="prices"/>.</summary>
    public void Choose(RowPrices prices, ushort[] choice)
    {
        for (int c = 0; c < _items.Model.Classes.Count; c++)
        {
            DeviceClass deviceClass = _items.Model.Classes[c];
            int from = _items.ClassStart[c];
            int to = _items.ClassStart[c + 1];
            if (deviceClass.Alternatives.Length == 0)
            {
                continue;
            }

            if (deviceClass.IsLinear)
            {
                _envelope.Build(deviceClass.Alternatives, _forbidden[deviceClass.Index], prices);
                for (int piece = 0, start = from; piece < _envelope.Pieces; piece++)
                {
                    int end = PieceEnd(_envelope, piece, start, to);
                    choice.AsSpan(start, end - start).Fill((ushort)_envelope.Alternative(piece));
                    start = end;
                }
            }
            else if (_alone[c] is { } alone && !_isDecided)
            {
                alone.Choose(_mean, _forbidden[c], prices, choice);
            }
            else
            {
                for (int item = from; item < to; item++)
                {
                    choice[item] = (ushort)CheapestGeneral(deviceClass, item, prices);
                }
            }
        }

        for (int item = 0; item < choice.Length; item++)
        {
            if (_fixed[item] >= 0)
            {
                choice[item] = (ushort)_fixed[item];
            }
        }
    }

    /// <summary>
    /// Usages at which the cheapest alternative changes for good, per class: not where alternatives tie over a stretch.
    /// </summary>
    public IEnumerable<(int Class, double Usage)> Breakpoints(RowPrices prices)
    {
        foreach (DeviceClass deviceClass in _items.Model.Classes)
        {
            if (deviceClass.IsLinear && deviceClass.Alternatives.Length > 0)
            {
                _envelope.Build(deviceClass.Alternatives, _forbidden[deviceClass.Index], prices);
                for (int piece = 0; piece + 1 < _envelope.Pieces; piece++)
                {
                    yield return (deviceClass.Index, _envelope.End(piece));
                }
            }
        }
    }

    /// <summary>
    /// Cost outside of pools of all SIMs of <paramref name="item"/> on <paramref name="alternative"/>.
    /// </summary>
    public double CostOf(int c, int item, int alternative) =>
        _items.OwnCost[c]?[alternative] is { } own
            ? own[item - _items.ClassStart[c]]
            : (double)_items.Model.Classes[c].Alternatives[alternative].Cost * _items.Devices[item];

    public double SurplusOf(int item, in Alternative alternative) =>
        _items.UsageBytes[item] - ((double)alternative.IncludedBytes * _items.Devices[item]);

    private void SumUp()
    {
        double count = 0;
        double usage = 0;
        for (int item = 0; item < _items.Count; item++)
        {
            if (_fixed[item] < 0)
            {
                count += _items.Devices[item];
                usage += _items.UsageBytes[item];
            }

            _countBefore[item + 1] = count;
            _usageBefore[item + 1] = usage;
        }
    }

    private void AddLinear(DeviceClass deviceClass, RowPrices prices, Envelope envelope, DualSums sums)
    {
        int start = _items.ClassStart[deviceClass.Index];
        int to = _items.ClassStart[deviceClass.Index + 1];
        envelope.Build(deviceClass.Alternatives, _forbidden[deviceClass.Index], prices);
        for (int piece = 0; piece < envelope.Pieces; piece++)
        {
            int end = PieceEnd(envelope, piece, start, to);
            double count = _countBefore[end] - _countBefore[start];
            if (count > 0)
            {
                ref readonly Alternative chosen = ref deviceClass.Alternatives[envelope.Alternative(piece)];
                sums.Add(chosen, count, count * chosen.Cost, _usageBefore[end] - _usageBefore[start]);
            }

            start = end;
        }
    }

    private int PieceEnd(Envelope envelope, int piece, int start, int to)
    {
        if (piece + 1 == envelope.Pieces)
        {
            return to;
        }

        int found = Array.BinarySearch(_mean, start, to - start, envelope.End(piece));
        return found >= 0 ? found : ~found;
    }

    private void AddGeneral(DeviceClass deviceClass, RowPrices prices, DualSums sums)
    {
        int c = deviceClass.Index;
        for (int item = _items.ClassStart[c]; item < _items.ClassStart[c + 1]; item++)
        {
            if (_fixed[item] < 0)
            {
                int cheapest = CheapestGeneral(deviceClass, item, prices);
                sums.Add(deviceClass.Alternatives[cheapest], _items.Devices[item], CostOf(c, item, cheapest), _items.UsageBytes[item]);
            }
        }
    }

    private int CheapestGeneral(DeviceClass deviceClass, int item, RowPrices prices)
    {
        Alternative[] alternatives = deviceClass.Alternatives;
        bool[] forbidden = _forbidden[deviceClass.Index];
        double devices = _items.Devices[item];
        double usage = _items.UsageBytes[item];
        double best = double.MaxValue;
        int cheapest = 0;
        for (int a = 0; a < alternatives.Length; a++)
        {
            if (forbidden[a])
            {
                continue;
            }

            double priced = CostOf(deviceClass.Index, item, a) + (prices.PerChange * alternatives[a].Change * devices);
            int pool = alternatives[a].Pool;
            if (pool >= 0)
            {
                priced += prices.Pools[pool] * (usage - (devices * alternatives[a].IncludedBytes));
            }

            if (priced < best)
            {
                best = priced;
                cheapest = a;
            }
        }

        return cheapest;
    }
}
