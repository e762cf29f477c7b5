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
    private const int GiantsMax = 5;
    private const int CountsMax = 12;

    /// <summary>Counts above this are left to the error diffusion.</summary>
    private const double FewSims = 60;

    /// <summary>Part of the bound from which on a fraction of a SIM on a plan is worth settling.</summary>
    private const double StepWorthMin = 1e-5;

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

    /// <summary>The prices after all that was settled.</summary>
    public DualOptimum Last { get; private set; } = null!;

    /// <summary>True when a count was settled.</summary>
    public bool HasSettled { get; private set; }

    /// <param name="optimum">Of the whole fleet.</param>
    /// <param name="settleCounts">Make the counts of large plans whole first; better for some fleets, worse for others.</param>
    public ItemSplit Round(DualOptimum optimum, bool settleCounts)
    {
        int batch = 1;
        if (settleCounts)
        {
            optimum = SettleCounts(optimum);
        }

        Mixture mixture = MixtureOf(optimum);
        for (int dive = 0; dive < DivesMax && mixture.MixedItems.Count > 0 && !_limits.IsOver; dive++)
        {
            List<int> large = LargeItems(mixture, batch);
            if (large.Count == 0)
            {
                break;
            }

            optimum = dive < GiantsMax && large is [int giant]
                ? SettleGiant(giant, optimum)
                : Settle(mixture, large, optimum);
            mixture = MixtureOf(optimum);
            batch = dive < 4 ? 1 : Math.Min(batch * 2, 4_096);
        }

        Last = optimum;
        return Spread(mixture);
    }

    /// <summary>
    /// Plans with so large an allowance that a part of a SIM is worth money: their counts are made whole one after the other, up or
    /// down, whichever leaves the lower bound, and the prices found anew.
    /// </summary>
    private DualOptimum SettleCounts(DualOptimum optimum)
    {
        var settled = new HashSet<ushort>();
        HasSettled = false;
        double threshold = Math.Max(1, Math.Abs(optimum.Value) * StepWorthMin);
        for (int round = 0; round < CountsMax && !_limits.IsOver; round++)
        {
            Mixture mixture = MixtureOf(optimum);
            if (MostUneven(mixture, optimum.Prices, settled, threshold) is not { } uneven)
            {
                break;
            }

            HasSettled = true;
            settled.Add(uneven.Plan);
            DualFunction.Decisions before = _dual.Save();
            DualOptimum down = WithCount(mixture, optimum, uneven.Plan, (int)Math.Floor(uneven.Count));
            DualFunction.Decisions afterDown = _dual.Save();
            _dual.Restore(before);
            DualOptimum up = WithCount(mixture, optimum, uneven.Plan, (int)Math.Ceiling(uneven.Count));
            if (down.Value < up.Value)
            {
                _dual.Restore(afterDown);
            }

            optimum = down.Value < up.Value ? down : up;
        }

        return optimum;
    }

    /// <summary>The plan whose fractional count is worth most, if that is above the threshold.</summary>
    private (ushort Plan, double Count)? MostUneven(
        Mixture mixture, RowPrices prices, HashSet<ushort> settled, double threshold)
    {
        var counts = new double[_model.Catalog.Plans.Count];
        var worth = new double[counts.Length];
        foreach ((int item, double[] share) in SharesOfFree(mixture))
        {
            Alternative[] alternatives = _model.Classes[_dual.Items.ClassOf(item)].Alternatives;
            for (int a = 0; a < share.Length; a++)
            {
                counts[alternatives[a].Plan] += share[a] * _dual.Items.Devices[item];
                if (alternatives[a].Pool >= 0)
                {
                    double value = prices.Pools[alternatives[a].Pool] * alternatives[a].IncludedBytes;
                    worth[alternatives[a].Plan] = Math.Max(worth[alternatives[a].Plan], value);
                }
            }
        }

        (ushort Plan, double Count)? most = null;
        for (ushort plan = 0; plan < counts.Length; plan++)
        {
            double part = counts[plan] - Math.Floor(counts[plan]);
            double uneven = Math.Min(part, 1 - part) * worth[plan];
            if (uneven > threshold && counts[plan] <= FewSims && !settled.Contains(plan))
            {
                threshold = uneven;
                most = (plan, counts[plan]);
            }
        }

        return most;
    }

    private IEnumerable<(int Item, double[] Share)> SharesOfFree(Mixture mixture)
    {
        for (int item = 0; item < _dual.Items.Count; item++)
        {
            if (_dual.FixedAlternative(item) < 0 && _model.Classes[_dual.Items.ClassOf(item)].Alternatives.Length > 0)
            {
                yield return (item, ShareOf(mixture, item));
            }
        }
    }

    /// <summary>Gives the plan to so many of the free SIMs, those with the largest share of it first, and to no others.</summary>
    private DualOptimum WithCount(Mixture mixture, DualOptimum optimum, ushort plan, int count)
    {
        var candidates = new List<(double Share, int Item, int Alternative)>();
        foreach ((int item, double[] share) in SharesOfFree(mixture).Where(pair => _dual.Items.Devices[pair.Item] == 1))
        {
            Alternative[] alternatives = _model.Classes[_dual.Items.ClassOf(item)].Alternatives;
            int at = Array.FindIndex(alternatives, alternative => alternative.Plan == plan);
            if (at >= 0 && share[at] > 1e-12)
            {
                candidates.Add((-share[at], item, at));
            }
        }

        candidates.Sort();
        _dual.Fix(candidates.Take(count).Select(candidate => (candidate.Item, candidate.Alternative)));
        _dual.Forbid(plan);
        return Again(optimum);
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

    /// <summary>One SIM that weighs much: each of its plans is tried, the one that leaves the lowest bound is kept.</summary>
    private DualOptimum SettleGiant(int item, DualOptimum optimum)
    {
        DualFunction.Decisions before = _dual.Save();
        DualOptimum? best = null;
        int chosen = 0;
        int alternatives = _model.Classes[_dual.Items.ClassOf(item)].Alternatives.Length;
        for (int a = 0; a < alternatives; a++)
        {
            _dual.Fix([(item, a)]);
            DualOptimum tried = Again(optimum);
            if (best is null || tried.Value < best.Value)
            {
                best = tried;
                chosen = a;
            }

            _dual.Restore(before);
        }

        _dual.Fix([(item, chosen)]);
        return best!;
    }

    private DualOptimum Again(DualOptimum optimum) => new DualMaximizer(_dual, _limits).Maximize(
        [.. optimum.Mix.Select(part => part.Prices), optimum.Prices], EvaluationsPerDive);

    private DualOptimum Settle(Mixture mixture, List<int> items, DualOptimum optimum)
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
        return Again(optimum);
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
