using CarrierOptimization.Engine.Bounding;

namespace CarrierOptimization.Engine.Search;

/// <summary>
/// Turns the mix of whole assignments into one: SIMs on which all agree are settled, the others are shared out so that
/// no pool drifts from the mix.
/// </summary>
/// <remarks>
/// The largest mixed items are settled first and the prices found anew for the rest (a dive), because only smaller SIMs can even out
/// what rounding a large one does to its pool. docs/engine.md, "From the bound to an assignment".
/// </remarks>
internal sealed class Rounding
{
    private const int EvaluationsPerDive = 60;
    private const int DivesMax = 40;

    private readonly DualFunction _dual;
    private readonly SearchModel _model;
    private readonly int _rows;
    private readonly SolveLimits _limits;

    public Rounding(DualFunction dual, SolveLimits limits)
    {
        _dual = dual;
        _model = dual.Items.Model;
        _rows = _model.Rows.Count + (_model.MaxChanges is null ? 0 : 1);
        _limits = limits;
    }

    public ItemSplit Round(DualOptimum optimum)
    {
        int batch = 1;
        Mixture mixture = MixtureOf(optimum);
        for (int dive = 0; dive < DivesMax && mixture.MixedItems.Count > 0 && !_limits.IsOver; dive++)
        {
            List<int> large = LargeItems(mixture, batch);
            if (large.Count == 0)
            {
                break;
            }

            Settle(mixture, large);
            optimum = new DualMaximizer(_dual, _limits).Maximize(
                [.. optimum.Mix.Select(part => part.Prices), optimum.Prices], EvaluationsPerDive);
            mixture = MixtureOf(optimum);
            batch = dive < 4 ? 1 : Math.Min(batch * 2, 4_096);
        }

        return Spread(mixture);
    }

    /// <summary>What each column of the mix chooses, and the items on which they differ, largest usage first.</summary>
    private sealed record Mixture(ushort[][] Choices, double[] Weights, List<int> MixedItems);

    private Mixture MixtureOf(DualOptimum optimum)
    {
        var parts = optimum.Mix.Count > 0 ? optimum.Mix : [(optimum.Prices, 1.0)];
        var choices = new ushort[parts.Count][];
        for (int part = 0; part < choices.Length; part++)
        {
            choices[part] = new ushort[_dual.Items.Count];
            _dual.Choose(parts[part].Prices, choices[part]);
        }

        var mixed = new List<int>();
        for (int item = 0; item < _dual.Items.Count; item++)
        {
            for (int part = 1; part < choices.Length; part++)
            {
                if (choices[part][item] != choices[0][item])
                {
                    mixed.Add(item);
                    break;
                }
            }
        }

        int[] byUsage = [.. mixed];
        Array.Sort(Array.ConvertAll(byUsage, item => -_dual.Items.MeanUsage(item)), byUsage);
        return new Mixture(choices, [.. parts.Select(part => part.Weight)], [.. byUsage]);
    }

    /// <summary>
    /// The first mixed items of few SIMs whose usage weighs on the mix; none when all that is left is small.
    /// </summary>
    private List<int> LargeItems(Mixture mixture, int batch)
    {
        var large = new List<int>();
        double rest = mixture.MixedItems.Sum(item => (double)_dual.Items.UsageBytes[item]);
        foreach (int item in mixture.MixedItems.Take(batch))
        {
            if (_dual.Items.Devices[item] <= 4 && _dual.Items.UsageBytes[item] * 50.0 > rest)
            {
                large.Add(item);
            }
        }

        return large;
    }

    private void Settle(Mixture mixture, List<int> items)
    {
        var drift = new double[_rows];
        var choices = new List<(int, int)>();
        foreach (int item in items)
        {
            double[] share = ShareOf(mixture, item);
            int best = CheapestDrift(item, share, _dual.Items.Devices[item], drift);
            AddDrift(drift, item, best, _dual.Items.Devices[item]);
            AddPlannedDrift(drift, item, share);
            choices.Add((item, best));
        }

        _dual.Fix(choices);
    }

    private ItemSplit Spread(Mixture mixture)
    {
        var split = new ItemSplit(_dual.Items.Count);
        mixture.Choices[0].CopyTo(split.Alternative, 0);
        var drift = new double[_rows];
        foreach (int item in mixture.MixedItems)
        {
            SpreadItem(mixture, item, drift, split);
        }

        return split;
    }

    private void SpreadItem(Mixture mixture, int item, double[] drift, ItemSplit split)
    {
        double[] share = ShareOf(mixture, item);
        int devices = _dual.Items.Devices[item];
        var counts = new int[share.Length];
        int left = devices;
        for (int a = 0; a < share.Length; a++)
        {
            counts[a] = (int)Math.Floor((share[a] * devices) + 1e-9);
            counts[a] = Math.Min(counts[a], left);
            left -= counts[a];
            if (counts[a] > 0)
            {
                AddDrift(drift, item, a, counts[a]);
            }
        }

        AddPlannedDrift(drift, item, share);
        for (; left > 0; left--)
        {
            int best = CheapestDrift(item, share, 1, drift);
            counts[best]++;
            AddDrift(drift, item, best, 1);
        }

        int only = Array.IndexOf(counts, devices);
        split.Alternative[item] = only >= 0 ? (ushort)only : ItemSplit.Mixed;
        if (only < 0)
        {
            split.Counts[item] = counts;
        }
    }

    private double[] ShareOf(Mixture mixture, int item)
    {
        var share = new double[_model.Classes[_dual.Items.ClassOf(item)].Alternatives.Length];
        double total = mixture.Weights.Sum();
        for (int part = 0; part < mixture.Choices.Length; part++)
        {
            share[mixture.Choices[part][item]] += mixture.Weights[part] / total;
        }

        return share;
    }

    /// <summary>The alternative in the mix that brings the rows nearest to plan, weighed in money.</summary>
    private int CheapestDrift(int item, double[] share, int devices, double[] drift)
    {
        int best = -1;
        double least = double.MaxValue;
        Alternative[] alternatives = _model.Classes[_dual.Items.ClassOf(item)].Alternatives;
        for (int a = 0; a < share.Length; a++)
        {
            if (share[a] <= 1e-12)
            {
                continue;
            }

            double before = 0;
            double after = 0;
            int pool = alternatives[a].Pool;
            if (pool >= 0)
            {
                double add = devices * (_dual.Items.MeanUsage(item) - alternatives[a].IncludedBytes) * _model.Rows[pool].PriceMax;
                before += drift[pool] * drift[pool];
                after += (drift[pool] + add) * (drift[pool] + add);
            }

            double larger = after - before - (share[a] * 1e-9);
            if (larger < least)
            {
                least = larger;
                best = a;
            }
        }

        return best;
    }

    private void AddDrift(double[] drift, int item, int a, double devices)
    {
        Alternative alternative = _model.Classes[_dual.Items.ClassOf(item)].Alternatives[a];
        if (alternative.Pool >= 0)
        {
            drift[alternative.Pool] += devices * (_dual.Items.MeanUsage(item) - alternative.IncludedBytes)
                * _model.Rows[alternative.Pool].PriceMax;
        }

        if (_model.MaxChanges is not null)
        {
            drift[^1] += devices * alternative.Change;
        }
    }

    private void AddPlannedDrift(double[] drift, int item, double[] share)
    {
        for (int a = 0; a < share.Length; a++)
        {
            if (share[a] > 0)
            {
                AddDrift(drift, item, a, -share[a] * _dual.Items.Devices[item]);
            }
        }
    }
}
