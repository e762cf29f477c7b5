using CarrierOptimization.Engine.Bounding;

namespace CarrierOptimization.Engine.Search;

/// <summary>
/// The mix of assignments that attains the bound, item by item, and its rounding by error diffusion: what is shared between plans is
/// made whole so that no pool drifts from the mix.
/// </summary>
/// <remarks>docs/engine.md, "From the bound to an assignment".</remarks>
internal sealed class MixSpread
{
    private const double ShareMin = 1e-12;

    private readonly ItemTable _table;
    private readonly SearchModel _model;
    private readonly ushort[][] _choices;
    private readonly double[] _weights;
    private readonly double _perChange;

    public MixSpread(DualFunction dual, DualOptimum optimum)
    {
        _table = dual.Items;
        _model = _table.Model;
        var parts = optimum.Mix.Count > 0 ? optimum.Mix : [(optimum.Prices, 1.0)];
        _perChange = optimum.Prices.PerChange;
        double total = parts.Sum(part => part.Weight);
        _weights = [.. parts.Select(part => part.Weight / total)];
        _choices = new ushort[parts.Count][];
        for (int part = 0; part < _choices.Length; part++)
        {
            _choices[part] = new ushort[_table.Count];
            dual.Choose(parts[part].Prices, _choices[part]);
        }
    }

    /// <summary>The SIMs that each alternative of a class has in the mix, counted over some of its items.</summary>
    public double[] PlannedCounts(int deviceClass, int[] items)
    {
        var counts = new double[_model.Classes[deviceClass].Alternatives.Length];
        for (int part = 0; part < _weights.Length; part++)
        {
            ushort[] choices = _choices[part];
            foreach (int item in items)
            {
                counts[choices[item]] += _weights[part] * _table.Devices[item];
            }
        }

        return counts;
    }

    /// <summary>True when every assignment of the mix takes an alternative for the item that <paramref name="some"/> marks.</summary>
    public bool TakesOnly(int item, bool[] some)
    {
        foreach (ushort[] choices in _choices)
        {
            if (!some[choices[item]])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Writes what items get; those in parts from the largest usage to the smallest, which even out what is left.</summary>
    public void Write(ItemSplit split)
    {
        var mixed = new List<(int Class, int Item)>();
        for (int c = 0; c < _model.Classes.Count; c++)
        {
            int to = _model.Classes[c].Alternatives.Length == 0 ? 0 : _table.ClassStart[c + 1];
            for (int item = _table.ClassStart[c]; item < to; item++)
            {
                split.Alternative[item] = _choices[0][item];
                if (IsMixed(item))
                {
                    mixed.Add((c, item));
                }
            }
        }

        (int Class, int Item)[] byUsage = [.. mixed];
        Array.Sort(Array.ConvertAll(byUsage, pair => -_table.MeanUsage(pair.Item)), byUsage);
        var drift = new double[_model.Rows.Count + 1];
        var share = new double[_model.Classes.Select(deviceClass => deviceClass.Alternatives.Length).DefaultIfEmpty(0).Max()];
        foreach ((int c, int item) in byUsage)
        {
            Alternative[] alternatives = _model.Classes[c].Alternatives;
            WriteMixed(item, alternatives, share.AsSpan(0, alternatives.Length), drift, split);
        }
    }

    private bool IsMixed(int item)
    {
        ushort first = _choices[0][item];
        for (int part = 1; part < _choices.Length; part++)
        {
            if (_choices[part][item] != first)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds the surplus that a split leaves in each pool; of items in parts a fair estimate.</summary>
    public void AddSurplus(ItemSplit split, long[] surplus)
    {
        for (int c = 0; c < _model.Classes.Count; c++)
        {
            int from = _table.ClassStart[c];
            AddSurplus(split, c, Enumerable.Range(from, _table.ClassStart[c + 1] - from), 1, surplus);
        }
    }

    /// <summary>The same of some items of a class, added or taken off.</summary>
    public void AddSurplus(ItemSplit split, int deviceClass, IEnumerable<int> items, int sign, long[] surplus)
    {
        Alternative[] alternatives = _model.Classes[deviceClass].Alternatives;
        if (alternatives.Length == 0)
        {
            return;
        }

        foreach (int item in items)
        {
            int whole = split.Alternative[item];
            if (whole != ItemSplit.Mixed)
            {
                AddSurplus(alternatives[whole], sign * _table.Devices[item], sign * _table.UsageBytes[item], surplus);
                continue;
            }

            int[] counts = split.Counts[item];
            for (int a = 0; a < counts.Length; a++)
            {
                long usage = (long)((Int128)_table.UsageBytes[item] * counts[a] / _table.Devices[item]);
                AddSurplus(alternatives[a], sign * counts[a], sign * usage, surplus);
            }
        }
    }

    private static void AddSurplus(in Alternative alternative, int devices, long usageBytes, long[] surplus)
    {
        if (alternative.Pool >= 0)
        {
            surplus[alternative.Pool] += usageBytes - (devices * alternative.IncludedBytes);
        }
    }

    private void WriteMixed(int item, Alternative[] alternatives, Span<double> share, double[] drift, ItemSplit split)
    {
        share.Clear();
        for (int part = 0; part < _choices.Length; part++)
        {
            share[_choices[part][item]] += _weights[part];
        }

        int devices = _table.Devices[item];
        int left = devices;
        var counts = new int[share.Length];
        for (int a = 0; a < share.Length; a++)
        {
            counts[a] = Math.Min(left, (int)Math.Floor((share[a] * devices) + 1e-9));
            left -= counts[a];
            AddDrift(drift, item, alternatives[a], counts[a] - (share[a] * devices));
        }

        for (; left > 0; left--)
        {
            int best = LeastDrift(item, alternatives, share, drift);
            counts[best]++;
            AddDrift(drift, item, alternatives[best], 1);
        }

        int only = Array.IndexOf(counts, devices);
        split.Alternative[item] = only >= 0 ? (ushort)only : ItemSplit.Mixed;
        if (only < 0)
        {
            split.Counts[item] = counts;
        }
    }

    /// <summary>The alternative in the mix that brings the pools nearest to plan, weighed in money.</summary>
    private int LeastDrift(int item, Alternative[] alternatives, ReadOnlySpan<double> share, double[] drift)
    {
        int best = 0;
        double least = double.MaxValue;
        double usage = _table.MeanUsage(item);
        for (int a = 0; a < share.Length; a++)
        {
            if (share[a] > ShareMin)
            {
                int pool = alternatives[a].Pool;
                double add = pool < 0 ? 0 : (usage - alternatives[a].IncludedBytes) * _model.Rows[pool].PriceMax;
                double change = alternatives[a].Change * _perChange;
                double larger = (pool < 0 ? 0 : add * (add + (2 * drift[pool]))) + (change * (change + (2 * drift[^1]))) - (share[a] * 1e-9);
                if (larger < least)
                {
                    least = larger;
                    best = a;
                }
            }
        }

        return best;
    }

    private void AddDrift(double[] drift, int item, in Alternative alternative, double devices)
    {
        drift[^1] += devices * alternative.Change * _perChange;
        if (alternative.Pool >= 0)
        {
            drift[alternative.Pool] += devices * (_table.MeanUsage(item) - alternative.IncludedBytes) * _model.Rows[alternative.Pool].PriceMax;
        }
    }
}
