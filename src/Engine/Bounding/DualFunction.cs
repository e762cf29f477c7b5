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

/// <summary>
/// D(prices): the sum over items of the cheapest alternative when a byte of surplus costs its pool's price. No assignment's bill is
/// below it. Classes whose costs are straight lines in the usage are evaluated by their lower envelope and prefix sums.
/// </summary>
/// <remarks>docs/engine.md, "The bound".</remarks>
internal sealed class DualFunction
{
    private readonly ItemTable _items;
    private readonly int _rows;
    private readonly double[] _mean;
    private readonly double[] _countBefore;
    private readonly double[] _usageBefore;
    private readonly Envelope _envelope;

    /// <summary>Items with a fixed alternative are counted once and for all; the rest are free.</summary>
    private readonly int[] _fixed;
    private readonly double[] _fixedSurplus;

    /// <summary>Per class the alternatives that no free item may take.</summary>
    private readonly bool[][] _forbidden;
    private double _fixedCost;
    private double _fixedChanges;

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
        _envelope = new Envelope(items.Model.Classes.Count == 0 ? 0 : items.Model.Classes.Max(c => c.Alternatives.Length));
        for (int item = 0; item < items.Count; item++)
        {
            _mean[item] = items.MeanUsage(item);
        }

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
        var surplus = (double[])_fixedSurplus.Clone();
        double cost = _fixedCost;
        double changes = _fixedChanges;
        for (int c = 0; c < _items.Model.Classes.Count; c++)
        {
            DeviceClass deviceClass = _items.Model.Classes[c];
            if (deviceClass.Alternatives.Length == 0 || _items.ClassStart[c] == _items.ClassStart[c + 1])
            {
                continue;
            }

            if (deviceClass.IsLinear)
            {
                AddLinear(deviceClass, prices, surplus, ref cost, ref changes);
            }
            else
            {
                AddGeneral(deviceClass, prices, surplus, ref cost, ref changes);
            }
        }

        double value = cost + (prices.PerChange * (changes - (_items.Model.MaxChanges ?? 0)));
        for (int row = 0; row < _rows; row++)
        {
            value += prices.Pools[row] * surplus[row];
        }

        return new DualColumn(prices, value, cost, surplus, changes);
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
                    int end = PieceEnd(piece, start, to);
                    choice.AsSpan(start, end - start).Fill((ushort)_envelope.Alternative(piece));
                    start = end;
                }
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
        _items.OwnCost[c] is { } own
            ? own[alternative]![item - _items.ClassStart[c]]
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

    private void AddLinear(
        DeviceClass deviceClass, RowPrices prices, double[] surplus, ref double cost, ref double changes)
    {
        int start = _items.ClassStart[deviceClass.Index];
        int to = _items.ClassStart[deviceClass.Index + 1];
        _envelope.Build(deviceClass.Alternatives, _forbidden[deviceClass.Index], prices);
        for (int piece = 0; piece < _envelope.Pieces; piece++)
        {
            int end = PieceEnd(piece, start, to);
            double count = _countBefore[end] - _countBefore[start];
            if (count > 0)
            {
                ref readonly Alternative chosen = ref deviceClass.Alternatives[_envelope.Alternative(piece)];
                cost += count * chosen.Cost;
                changes += count * chosen.Change;
                if (chosen.Pool >= 0)
                {
                    surplus[chosen.Pool] += _usageBefore[end] - _usageBefore[start] - (count * chosen.IncludedBytes);
                }
            }

            start = end;
        }
    }

    private int PieceEnd(int piece, int start, int to)
    {
        if (piece + 1 == _envelope.Pieces)
        {
            return to;
        }

        int found = Array.BinarySearch(_mean, start, to - start, _envelope.End(piece));
        return found >= 0 ? found : ~found;
    }

    private void AddGeneral(
        DeviceClass deviceClass, RowPrices prices, double[] surplus, ref double cost, ref double changes)
    {
        int c = deviceClass.Index;
        for (int item = _items.ClassStart[c]; item < _items.ClassStart[c + 1]; item++)
        {
            if (_fixed[item] >= 0)
            {
                continue;
            }

            int cheapest = CheapestGeneral(deviceClass, item, prices);
            ref readonly Alternative chosen = ref deviceClass.Alternatives[cheapest];
            cost += _items.OwnCost[c]![cheapest]![item - _items.ClassStart[c]];
            changes += (double)chosen.Change * _items.Devices[item];
            if (chosen.Pool >= 0)
            {
                surplus[chosen.Pool] += SurplusOf(item, chosen);
            }
        }
    }

    private int CheapestGeneral(DeviceClass deviceClass, int item, RowPrices prices)
    {
        Alternative[] alternatives = deviceClass.Alternatives;
        bool[] forbidden = _forbidden[deviceClass.Index];
        long[]?[] own = _items.OwnCost[deviceClass.Index]!;
        int place = item - _items.ClassStart[deviceClass.Index];
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

            double priced = own[a]![place] + (prices.PerChange * alternatives[a].Change * devices);
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
