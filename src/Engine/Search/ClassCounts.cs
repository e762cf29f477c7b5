using CarrierOptimization.Engine.Bounding;

namespace CarrierOptimization.Engine.Search;

/// <summary>Plans of one class whose pools' data has the same price: its SIMs in them are tied, only sums count.</summary>
/// <param name="Plans">
/// Positions among the alternatives of the class: first those that the relaxation leaves out but that cost little more here, then
/// those it uses, by allowance.
/// </param>
/// <param name="Paired">The last one or two plans, which share out the SIMs that are left.</param>
/// <param name="Rows">The pools; none outside of pools.</param>
/// <param name="Price">Micro-units per byte.</param>
/// <param name="OthersRoom">Room that SIMs of other classes leave in these pools; below 0 they exceed it.</param>
internal sealed record PriceTier(int[] Plans, int Paired, int[] Rows, double Price, long OthersRoom);

/// <summary>How many SIMs of the class each of its alternatives gets, and the overage blocks each pool buys.</summary>
/// <param name="Class">Of the model.</param>
/// <param name="Tiers">Dearest data first: the SIMs of smallest usage are in the first.</param>
/// <param name="Devices">Per alternative.</param>
/// <param name="Blocks">Per row of the model.</param>
internal sealed record TierCounts(int Class, IReadOnlyList<PriceTier> Tiers, int[] Devices, long[] Blocks);

/// <summary>
/// The cheapest counts per plan for one whole class of a fleet of any size, all other SIMs standing still: the conditions on
/// the first pools of <see cref="CountChain"/>, searched near the counts of the linear relaxation only.
/// </summary>
/// <remarks>
/// A class is known by the sums of its smallest usages, so the work does not depend on the number of SIMs. Within a tier the last
/// two plans take over what is missing: with their SIMs together given, the room decides how many get the larger one.
/// docs/engine.md, "Counts of a whole class".
/// </remarks>
internal sealed class ClassCounts
{
    private const int LabelsMax = 192;

    /// <summary>SIMs that the end of a tier may move up and down.</summary>
    private const int Reach = 20;

    /// <summary>The part of a tier's smallest allowance that is left over: about a cent's worth.</summary>
    private const int MarginPart = 256;

    /// <summary>Share of a tie's price within which two prices count as equal.</summary>
    private const double SamePrice = 1e-3;
    private const double UsedMin = 1e-6;

    /// <summary>Plans left out by the relaxation that a tier may use, and SIMs on them.</summary>
    private const int FillersMax = 4;
    private const int FillersOfOneTierMax = 16;
    private const int FillingMax = 3;

    /// <summary>Beyond so many variants of a tier its further plans keep the counts of the relaxation.</summary>
    private const int VariantsMax = 100;

    private readonly SearchModel _model;
    private readonly int _class;
    private readonly Alternative[] _alternatives;
    private readonly double[] _planned;
    private readonly RowPrices _prices;
    private readonly ClassUsage _usage;
    private readonly PriceTier[] _tiers;

    /// <summary>Per tier the value of the room that others leave in it and in the tiers after it.</summary>
    private readonly double[] _roomAhead;
    private readonly int[] _end;

    /// <summary>Per tier room to be left over, so that whole SIMs can be found.</summary>
    private readonly long[] _margin;

    /// <summary>Per alternative left out by the relaxation what it costs a SIM above the cheapest.</summary>
    private readonly double[] _extra;
    private readonly List<Label[]> _kept = [];

    /// <param name="usage">The SIMs of the class.</param>
    /// <param name="planned">Per alternative its SIMs in the linear relaxation.</param>
    /// <param name="othersSurplus">Per row the surplus of all other SIMs.</param>
    public ClassCounts(
        SearchModel model, int deviceClass, ClassUsage usage, double[] planned, long[] othersSurplus, RowPrices prices)
    {
        _model = model;
        _class = deviceClass;
        _alternatives = model.Classes[deviceClass].Alternatives;
        _usage = usage;
        _planned = planned;
        _prices = prices;
        _extra = new double[_alternatives.Length];
        _tiers = FormTiers(othersSurplus);
        _roomAhead = new double[_tiers.Length + 1];
        for (int tier = _tiers.Length - 1; tier >= 0; tier--)
        {
            _roomAhead[tier] = _roomAhead[tier + 1] + (_tiers[tier].Price * _tiers[tier].OthersRoom);
        }

        _margin = [.. _tiers.Select(tier => tier.Rows.Length == 0 ? 0 : tier.Plans.Min(a => _alternatives[a].IncludedBytes) / MarginPart)];
        double end = 0;
        _end = [.. _tiers.Select(tier => (int)Math.Round(Math.Min(usage.Devices, end += tier.Plans.Sum(a => planned[a]))))];
    }

    /// <summary>The counts that cost least, cheapest first; none when no plan is used.</summary>
    public List<TierCounts> Search(int most)
    {
        if (_tiers.Length == 0)
        {
            return [];
        }

        Label[] current = [new Label(-1, 0, 0, 0, double.MinValue, 0, 0, -1, 0)];
        for (int tier = 0; tier < _tiers.Length && current.Length > 0; tier++)
        {
            _kept.Add(current);
            var best = new BestLabels(LabelsMax);
            Extend(tier, current, best);
            current = best.Take();
        }

        return [.. current.Take(most).Select(Trace)];
    }

    /// <param name="Placed">SIMs in this tier and those before it.</param>
    /// <param name="Slack">Room that these tiers leave unused; never below the margin.</param>
    /// <param name="Cost">In micro-units, with the price of changes.</param>
    /// <param name="Bound">Cost with the least priced cost of all that is not placed yet.</param>
    /// <param name="Variant">Counts of the plans of the tier but the last two.</param>
    /// <param name="Larger">SIMs on the last plan of the tier.</param>
    /// <param name="BuyingRow">Pool that buys overage blocks, or -1.</param>
    internal readonly record struct Label(
        int Parent, int Placed, long Slack, long Cost, double Bound, int Variant, int Larger, int BuyingRow, long Blocks);

    /// <summary>The labels of least bound, found among many.</summary>
    private sealed class BestLabels(int most)
    {
        private readonly PriorityQueue<Label, double> _dearestFirst = new(most + 1);

        public double Limit => _dearestFirst.Count < most ? double.MaxValue : _dearestFirst.Peek().Bound;

        public void Add(in Label label)
        {
            if (_dearestFirst.Count < most)
            {
                _dearestFirst.Enqueue(label, -label.Bound);
            }
            else
            {
                _dearestFirst.DequeueEnqueue(label, -label.Bound);
            }
        }

        public Label[] Take()
        {
            Label[] labels = [.. _dearestFirst.UnorderedItems.Select(item => item.Element)];
            Array.Sort(labels, static (a, b) =>
                (a.Bound, a.Placed, a.Slack, a.Parent, a.Variant).CompareTo((b.Bound, b.Placed, b.Slack, b.Parent, b.Variant)));
            return labels;
        }
    }

    private PriceTier[] FormTiers(long[] othersSurplus)
    {
        int[] used = [.. Enumerable.Range(0, _alternatives.Length).Where(a => _planned[a] > UsedMin)
            .OrderByDescending(PriceOf).ThenBy(a => _alternatives[a].Pool < 0).ThenBy(a => _alternatives[a].IncludedBytes)];
        var tiers = new List<PriceTier>();
        for (int first = 0, next; first < used.Length; first = next)
        {
            double price = PriceOf(used[first]);
            bool isPooled = _alternatives[used[first]].Pool >= 0;
            next = first + 1;
            while (next < used.Length && _alternatives[used[next]].Pool >= 0 == isPooled
                && price - PriceOf(used[next]) <= price * SamePrice)
            {
                next++;
            }

            int[] plans = [.. used[first..next].OrderBy(a => _alternatives[a].IncludedBytes)];
            tiers.Add(new PriceTier(plans, Math.Min(2, plans.Length), [], isPooled ? price : 0, 0));
        }

        AddFillers(tiers, used);
        for (int tier = 0; tier < tiers.Count; tier++)
        {
            int[] rows = [.. tiers[tier].Plans.Select(a => _alternatives[a].Pool).Where(row => row >= 0).Distinct()];
            tiers[tier] = tiers[tier] with { Rows = rows, OthersRoom = -rows.Sum(row => othersSurplus[row]) };
        }

        return [.. tiers];
    }

    /// <summary>
    /// A plan that the relaxation leaves out costs its SIM something more than the cheapest; least so in the tier whose usages are
    /// like its allowance. One or two SIMs there make up for what whole SIMs of the other plans cannot.
    /// </summary>
    private void AddFillers(List<PriceTier> tiers, int[] used)
    {
        var usedRows = used.Select(a => _alternatives[a].Pool).ToHashSet();
        var fillers = new List<(double Extra, int Tier, int Plan)>();
        for (int a = 0; a < _alternatives.Length; a++)
        {
            int pool = _alternatives[a].Pool;
            if (pool < 0 || used.Contains(a) || _alternatives[a].IncludedBytes > _usage.Largest)
            {
                continue;
            }

            // A pool has one price: a plan of a pool in use can only be in its tier.
            (double Least, int Tier)[] costs = [.. Enumerable.Range(0, tiers.Count)
                .Where(tier => !usedRows.Contains(pool) || tiers[tier].Plans.Any(plan => _alternatives[plan].Pool == pool))
                .Select(tier => (tiers[tier].Plans.Min(plan => PricedAt(plan, _alternatives[a].IncludedBytes)), tier))];
            if (costs.Length > 0)
            {
                (double least, int at) = costs.Min();
                fillers.Add((CostOf(a) - least, at, a));
            }
        }

        int most = tiers.Count == 1 ? FillersOfOneTierMax : FillersMax;
        foreach (var ofTier in fillers.OrderBy(filler => filler).GroupBy(filler => filler.Tier).Where(group => tiers[group.Key].Price > 0))
        {
            (double Extra, int Tier, int Plan)[] few = [.. ofTier.Take(most)];
            tiers[ofTier.Key] = tiers[ofTier.Key] with { Plans = [.. few.Select(filler => filler.Plan), .. tiers[ofTier.Key].Plans] };
            foreach ((double extra, _, int plan) in few)
            {
                _extra[plan] = Math.Max(0, extra);
            }
        }
    }

    private double PricedAt(int a, double usage) =>
        CostOf(a) + (_alternatives[a].Pool < 0 ? 0 : PriceOf(a) * (usage - _alternatives[a].IncludedBytes));

    private double PriceOf(int a) => _alternatives[a].Pool < 0 ? 0 : _prices.Pools[_alternatives[a].Pool];

    private long CostOf(int a) => _alternatives[a].Cost + (long)Math.Round(_alternatives[a].Change * _prices.PerChange);

    /// <summary>Counts of the plans but the last two: the used ones near the relaxation, of the others a few.</summary>
    private List<(int[] Counts, double Extra)> Variants(int tier)
    {
        int[] plans = _tiers[tier].Plans;
        var variants = new List<(int[] Counts, double Extra)> { ([], 0) };
        for (int i = 0; i < plans.Length - _tiers[tier].Paired; i++)
        {
            bool isFiller = _planned[plans[i]] <= UsedMin;
            int middle = (int)Math.Round(_planned[plans[i]]);
            int reach = variants.Count < VariantsMax ? 1 : 0;
            (int low, int high) = isFiller ? (0, FillingMax) : (Math.Max(0, middle - reach), middle + reach);
            double extra = _extra[plans[i]];
            variants = [.. variants.SelectMany(variant => Enumerable.Range(low, high - low + 1)
                .Where(count => !isFiller || variant.Counts.Sum() + count <= FillingMax)
                .Select(count => ((int[])[.. variant.Counts, count], variant.Extra + (count * extra))))];
        }

        return [.. variants.OrderBy(variant => variant.Extra)];
    }

    private void Extend(int tier, Label[] current, BestLabels best)
    {
        int[] plans = _tiers[tier].Plans;
        bool isLast = tier + 1 == _tiers.Length;
        int low = isLast ? _usage.Devices : Math.Max(0, _end[tier] - Reach);
        int high = isLast ? _usage.Devices : Math.Min(_usage.Devices, _end[tier] + Reach);
        long[] usageUpTo = [.. Enumerable.Range(low, high - low + 1).Select(_usage.UpTo)];
        double[] ahead = Ahead(tier, low, high);
        List<(int[] Counts, double Extra)> variants = Variants(tier);
        for (int parent = 0; parent < current.Length; parent++)
        {
            ref readonly Label from = ref current[parent];
            long usageBefore = _usage.UpTo(from.Placed);
            for (int variant = 0; variant < variants.Count && from.Bound + variants[variant].Extra < best.Limit; variant++)
            {
                int[] counts = variants[variant].Counts;
                int others = 0;
                long cost = from.Cost;
                long room = from.Slack + _tiers[tier].OthersRoom;
                for (int i = 0; i < counts.Length; i++)
                {
                    others += counts[i];
                    cost += counts[i] * CostOf(plans[i]);
                    room += counts[i] * _alternatives[plans[i]].IncludedBytes;
                }

                for (int end = Math.Max(low, from.Placed + others); end <= high; end++)
                {
                    long used = _tiers[tier].Rows.Length == 0 ? 0 : usageUpTo[end - low] - usageBefore;
                    var start = new Label(parent, end, room - used, cost, ahead[end - low], variant, 0, -1, 0);
                    Complete(tier, end - from.Placed - others, start, best);
                }
            }
        }
    }

    /// <summary>
    /// Least priced cost of all SIMs from each end on, in the tiers after <paramref name="tier"/>, less the room there.
    /// </summary>
    private double[] Ahead(int tier, int low, int high)
    {
        var ahead = new double[high - low + 1];
        if (tier + 1 == _tiers.Length)
        {
            return ahead;
        }

        var later = new bool[_alternatives.Length];
        foreach (int a in _tiers.Skip(tier + 1).SelectMany(next => next.Plans))
        {
            later[a] = true;
        }

        ahead[^1] = _usage.LeastCostFrom(high, _alternatives, later, _prices) - _roomAhead[tier + 1];
        for (int place = high - 1; place >= low; place--)
        {
            ahead[place - low] = ahead[place + 1 - low] + _usage.LeastCostAt(place, _alternatives, later, _prices);
        }

        return ahead;
    }

    /// <summary>Shares <paramref name="count"/> SIMs out between the last two plans of the tier.</summary>
    /// <param name="start">Its slack lacks the allowances of these SIMs, its bound is the cost ahead.</param>
    private void Complete(int tier, int count, in Label start, BestLabels best)
    {
        int[] plans = _tiers[tier].Plans;
        int smaller = plans[^_tiers[tier].Paired];
        int larger = plans[^1];
        ref readonly Alternative small = ref _alternatives[smaller];
        ref readonly Alternative large = ref _alternatives[larger];
        long slack = start.Slack + (count * small.IncludedBytes);
        long cost = start.Cost + (count * CostOf(smaller));
        if (_tiers[tier].Rows.Length == 0)
        {
            slack = start.Slack;
        }

        long step = large.IncludedBytes - small.IncludedBytes;
        if (smaller == larger || step <= 0)
        {
            Buy(tier, start with { Slack = slack, Cost = cost }, best);
            return;
        }

        long needed = slack >= _margin[tier] ? 0 : ((_margin[tier] - slack - 1) / step) + 1;
        for (long more = Math.Min(needed, count), tries = 0; more >= 0 && tries < 3; more--, tries++)
        {
            var label = start with
            {
                Slack = slack + (more * step),
                Cost = cost + (more * (CostOf(larger) - CostOf(smaller))),
                Larger = (int)more,
            };
            Buy(tier, label, best);
        }
    }

    /// <summary>Buys what room is missing from whichever pool of the tier sells it best, and keeps the label if it is good.</summary>
    private void Buy(int tier, in Label label, BestLabels best)
    {
        double price = tier + 1 < _tiers.Length ? _tiers[tier + 1].Price : 0;
        if (label.Slack >= _margin[tier])
        {
            double bound = label.Cost + label.Bound - (price * label.Slack);
            if (bound < best.Limit)
            {
                best.Add(label with { Bound = bound });
            }

            return;
        }

        int[] plans = _tiers[tier].Plans;
        for (int i = plans.Length - _tiers[tier].Paired; _tiers[tier].Rows.Length > 0 && i < plans.Length; i++)
        {
            int row = _alternatives[plans[i]].Pool;
            PoolRow pool = _model.Rows[row];
            long blocks = ((_margin[tier] - label.Slack - 1) / pool.BlockBytes) + 1;
            long cost = label.Cost + (blocks * pool.RateMicroUnits);
            long slack = label.Slack + (blocks * pool.BlockBytes);
            double bound = cost + label.Bound - (price * slack);
            if (bound < best.Limit)
            {
                best.Add(label with { Bound = bound, Cost = cost, Slack = slack, BuyingRow = row, Blocks = blocks });
            }
        }
    }

    private TierCounts Trace(Label label)
    {
        var devices = new int[_alternatives.Length];
        var blocks = new long[_model.Rows.Count];
        for (int tier = _tiers.Length - 1; tier >= 0; tier--)
        {
            int[] plans = _tiers[tier].Plans;
            int[] variant = Variants(tier)[label.Variant].Counts;
            Label parent = _kept[tier][label.Parent];
            for (int i = 0; i < variant.Length; i++)
            {
                devices[plans[i]] = variant[i];
            }

            int shared = label.Placed - parent.Placed - variant.Sum();
            devices[plans[^1]] = _tiers[tier].Paired == 1 ? shared : label.Larger;
            if (_tiers[tier].Paired > 1)
            {
                devices[plans[^2]] = shared - label.Larger;
            }

            if (label.BuyingRow >= 0)
            {
                blocks[label.BuyingRow] = label.Blocks;
            }

            label = parent;
        }

        return new TierCounts(_class, _tiers, devices, blocks);
    }
}
