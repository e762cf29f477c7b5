using CarrierOptimization.Engine.Bounding;

namespace CarrierOptimization.Engine.Search;

/// <summary>SIMs that differ in usage only: each alternative costs all of them the same outside of pools.</summary>
/// <param name="ModelClass">Their class in the model.</param>
/// <param name="Cost">Per alternative, in micro-units.</param>
/// <param name="Usage">Ascending, in bytes.</param>
/// <param name="Devices">The SIMs, in the same order.</param>
internal sealed record ChainClass(int ModelClass, long[] Cost, long[] Usage, int[] Devices);

/// <summary>How many SIMs each plan gets, and how many overage blocks each pool buys.</summary>
/// <param name="Cost">In micro-units, overage blocks included.</param>
/// <param name="Devices">Per stage of the chain.</param>
/// <param name="Blocks">Per stage: blocks bought for the pool that ends there, else 0.</param>
internal sealed record PlanCounts(long Cost, int[] Devices, long[] Blocks);

/// <summary>One alternative of one class of the chain; the stages of one pool follow each other.</summary>
/// <param name="Row">The pool, or -1 outside of pools.</param>
/// <param name="EndsRow">The last stage of its pool: there overage is bought.</param>
/// <param name="EndsClass">The last stage of its class: all its SIMs that are left go here.</param>
/// <param name="OthersRoom">On the first stage of a pool: the room that SIMs standing still leave in it; below 0 they exceed it.</param>
internal readonly record struct ChainStage(
    int Class, int Alternative, int Row, long Cost, int Change, long IncludedBytes, double Price, bool EndsRow, bool EndsClass,
    long OthersRoom, long BlockBytes, long Rate);

/// <summary>
/// The choice of how many SIMs each plan gets, while all other SIMs stand still. Pools are ranked by falling price; the first pools
/// together must be able to hold the smallest SIMs they could get. That is necessary for any assignment with these counts, and
/// sufficient but for whole SIMs, which <see cref="PoolBalancer"/> settles. Solved by labels over plans, pruned by the dual bound.
/// </summary>
/// <remarks>docs/engine.md, "Counts per plan".</remarks>
internal sealed class CountChain
{
    private const int ExtraBlocksMax = 256;

    private readonly IReadOnlyList<ChainClass> _classes;
    private readonly long[][] _usageBefore;

    /// <summary>
    /// Per stage, per SIMs of its class already placed: the least that the class's other SIMs cost from here on,
    /// priced.
    /// </summary>
    private readonly double[][] _rest;
    private readonly double[][] _restAfter;
    private readonly int[] _turn;

    /// <summary>Per stage the value of the room that others leave in the pools from there on.</summary>
    private readonly double[] _roomAhead;
    private readonly int[] _keyShift;
    private readonly int[] _extraBlocksMax;
    private readonly int? _changesMax;
    private readonly double _perChange;
    private readonly List<Label> _labels = [];
    private readonly double _firstRest;
    private int[]? _centers;

    /// <param name="changesMax">SIMs of the chain that may still leave their plan, or <c>null</c>.</param>
    public CountChain(
        SearchModel model, IReadOnlyList<ChainClass> classes, long[] othersSurplus, RowPrices prices, int? changesMax)
    {
        _classes = classes;
        _changesMax = changesMax;
        _perChange = prices.PerChange;
        Stages = ChainOrder.Stages(model, classes, othersSurplus, prices);
        _usageBefore = [.. classes.Select(chainClass => PrefixSums(chainClass.Usage))];
        _keyShift = new int[classes.Count];
        int bits = 16;
        for (int c = 0; c < classes.Count; c++)
        {
            _keyShift[c] = bits;
            bits += 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)classes[c].Usage.Length);
        }

        Fits = bits <= 128;
        _roomAhead = new double[Stages.Length + 1];
        for (int stage = Stages.Length - 1; stage >= 0; stage--)
        {
            _roomAhead[stage] = _roomAhead[stage + 1] + (Stages[stage].Price * Stages[stage].OthersRoom);
        }

        _extraBlocksMax = [.. Enumerable.Range(0, Stages.Length).Select(stage => NextSellsAsCheaply(stage) ? 0 : ExtraBlocksMax)];
        _rest = new double[Stages.Length][];
        _restAfter = new double[Stages.Length][];
        _turn = new int[Stages.Length];
        for (int c = 0; c < classes.Count; c++)
        {
            _firstRest += BoundRest(c);
        }

        LowerBound = _firstRest - _roomAhead[0] - (_perChange * (_changesMax ?? 0));
    }

    public ChainStage[] Stages { get; }

    /// <summary>False when there are too many classes for the chain; then it must not be searched.</summary>
    public bool Fits { get; }

    /// <summary>No counts cost less, in micro-units (floating point: for pruning only).</summary>
    public double LowerBound { get; }

    /// <summary>
    /// True when the last search dropped labels to keep within its limits; then "nothing found" proves nothing.
    /// </summary>
    public bool Truncated { get; private set; }

    /// <summary>Labels made by all searches so far: the measure of work.</summary>
    public long Work { get; private set; }

    /// <summary>Undominated counts that cost at most <paramref name="costMax"/>, cheapest first.</summary>
    /// <param name="costMax">In micro-units, of this chain's SIMs and pools.</param>
    /// <param name="labelsPerStage">Labels kept after each stage.</param>
    /// <param name="work">Labels that may be made; beyond it the search is given up.</param>
    /// <param name="centers">
    /// Per stage how many SIMs of its class are placed after it now: only counts near that are tried. Or <c>null</c>: all.
    /// </param>
    /// <param name="reach">How near.</param>
    public List<PlanCounts> Search(double costMax, int labelsPerStage, long work, int[]? centers = null, int reach = 0)
    {
        _centers = centers;
        Truncated = false;
        _labels.Clear();
        var current = new List<int> { 0 };
        _labels.Add(new Label(-1, 0, _firstRest, 0, 0, 0, 0));
        for (int stage = 0; stage < Stages.Length && current.Count > 0; stage++)
        {
            var next = new List<Label>();
            foreach (int label in current)
            {
                Extend(stage, label, costMax, reach, next);
                if (next.Count > work)
                {
                    Work += next.Count;
                    Truncated = true;
                    return [];
                }
            }

            work -= next.Count;
            Work += next.Count;
            current = Keep(stage, next, labelsPerStage);
        }

        return [.. current.OrderBy(label => _labels[label].Cost).Select(Trace)];
    }

    /// <param name="Placed">Per class the SIMs already placed, packed; in the lowest 16 bits the changes made.</param>
    /// <param name="Rest">Least priced cost of the SIMs not yet placed.</param>
    private readonly record struct Label(int Parent, UInt128 Placed, double Rest, long Cost, long Slack, int Count, long Blocks);

    /// <summary>What the next pool sells can be bought there instead: room is not needed before its end.</summary>
    private bool NextSellsAsCheaply(int stage)
    {
        ChainStage here = Stages[stage];
        int next = Array.FindIndex(Stages, stage + 1, later => later.EndsRow);
        return !here.EndsRow || next < 0 || (here.BlockBytes % Stages[next].BlockBytes == 0
            && (Int128)Stages[next].Rate * (here.BlockBytes / Stages[next].BlockBytes) <= here.Rate);
    }

    private static long[] PrefixSums(long[] usage)
    {
        var before = new long[usage.Length + 1];
        for (int i = 0; i < usage.Length; i++)
        {
            before[i + 1] = before[i] + usage[i];
        }

        return before;
    }

    /// <summary>Fills the bounds of the stages of one class, from the last to the first.</summary>
    private double BoundRest(int chainClass)
    {
        long[] usage = _classes[chainClass].Usage;
        var after = new double[usage.Length + 1];
        Array.Fill(after, double.PositiveInfinity);
        after[usage.Length] = 0;
        var cheapest = new double[usage.Length];
        Array.Fill(cheapest, double.PositiveInfinity);
        for (int stage = Stages.Length - 1; stage >= 0; stage--)
        {
            ChainStage s = Stages[stage];
            if (s.Class != chainClass)
            {
                continue;
            }

            var rest = new double[usage.Length + 1];
            _turn[stage] = usage.Length;
            for (int i = usage.Length - 1; i >= 0; i--)
            {
                double priced = s.Cost + (s.Change * _perChange) + (s.Row < 0 ? 0 : s.Price * (usage[i] - s.IncludedBytes));
                if (priced > cheapest[i])
                {
                    _turn[stage] = i;
                }

                cheapest[i] = Math.Min(cheapest[i], priced);
                rest[i] = rest[i + 1] + cheapest[i];
            }

            _rest[stage] = rest;
            _restAfter[stage] = after;
            after = rest;
        }

        return after[0];
    }

    private int PlacedOf(in Label label, int chainClass)
    {
        int next = chainClass + 1 < _keyShift.Length ? _keyShift[chainClass + 1] : 128;
        UInt128 shifted = label.Placed >> _keyShift[chainClass];
        int bits = next - _keyShift[chainClass];
        return (int)(uint)(bits >= 32 ? shifted & uint.MaxValue : shifted & ((1u << bits) - 1));
    }

    private void Extend(int stage, int parent, double costMax, int reach, List<Label> next)
    {
        Label from = _labels[parent];
        int chainClass = Stages[stage].Class;
        int placed = PlacedOf(from, chainClass);
        int left = _classes[chainClass].Usage.Length - placed;
        if (Stages[stage].EndsClass)
        {
            AddCount(stage, parent, from, placed, left, costMax, next);
            return;
        }

        if (_centers is { } centers)
        {
            // Around the counts of the present assignment only: where alternatives tie, the bound alone points nowhere.
            Truncated = true;
            int from0 = Math.Max(0, centers[stage] - placed - reach);
            int to0 = Math.Min(left, centers[stage] - placed + reach);
            for (int count = from0; count <= to0; count++)
            {
                AddCount(stage, parent, from, placed, count, costMax, next);
            }

            return;
        }

        // The bound is convex in the count and least where the stage's turn ends: walk up and down from there.
        int most = left;
        if (_changesMax is { } max && Stages[stage].Change == 1)
        {
            most = Math.Min(left, max - (int)(uint)(from.Placed & 0xFFFF));
        }

        int center = Math.Clamp(_turn[stage] - placed, 0, Math.Max(0, most));
        for (int count = center; count <= most && AddCount(stage, parent, from, placed, count, costMax, next); count++)
        {
        }

        for (int count = center - 1; count >= 0 && AddCount(stage, parent, from, placed, count, costMax, next); count--)
        {
        }
    }

    /// <returns>False when even without overage the bound exceeds the limit.</returns>
    private bool AddCount(
        int stage, int parent, in Label from, int placed, int count, double costMax, List<Label> next)
    {
        ref readonly ChainStage s = ref Stages[stage];
        int changes = (int)(uint)(from.Placed & 0xFFFF) + (count * s.Change);
        if (_changesMax is { } max && changes > max)
        {
            return false;
        }

        double rest = from.Rest - _rest[stage][placed] + _restAfter[stage][placed + count];
        long cost = from.Cost + (count * s.Cost);
        long[] before = _usageBefore[s.Class];
        long slack = s.Row < 0
            ? from.Slack
            : from.Slack + s.OthersRoom + (count * s.IncludedBytes) - (before[placed + count] - before[placed]);
        double ahead = rest - _roomAhead[stage + 1] - (_changesMax is null ? 0 : _perChange * (_changesMax.Value - changes));
        if (cost + ahead - (s.Price * slack) > costMax)
        {
            return false;
        }

        UInt128 key = from.Placed + ((UInt128)(uint)count << _keyShift[s.Class]);
        if (_changesMax is not null)
        {
            key += (uint)(count * s.Change);
        }

        if (!s.EndsRow)
        {
            next.Add(new Label(parent, key, rest, cost, slack, count, 0));
            return true;
        }

        // More blocks than needed here serve later pools; that is worth a label only where the next pool does not sell as cheaply.
        double nextPrice = stage + 1 < Stages.Length ? Stages[stage + 1].Price : 0;
        long blocks = slack >= 0 ? 0 : ((-slack - 1) / s.BlockBytes) + 1;
        for (int extra = 0; extra <= _extraBlocksMax[stage]; extra++)
        {
            long paidCost = cost + (blocks * s.Rate);
            long paidSlack = slack + (blocks * s.BlockBytes);
            if (paidCost + ahead - (nextPrice * paidSlack) > costMax)
            {
                break;
            }

            next.Add(new Label(parent, key, rest, paidCost, paidSlack, count, blocks));
            blocks++;
            Truncated |= extra == ExtraBlocksMax;
        }

        return true;
    }

    /// <summary>
    /// Of labels with equally many SIMs placed, those that no other undercuts in cost with as much room.
    /// </summary>
    private List<int> Keep(int stage, List<Label> next, int labelsMax)
    {
        next.Sort(static (a, b) =>
        {
            int order = a.Placed.CompareTo(b.Placed);
            order = order != 0 ? order : a.Cost.CompareTo(b.Cost);
            return order != 0 ? order : b.Slack.CompareTo(a.Slack);
        });
        var kept = new List<Label>();
        foreach (Label label in next)
        {
            if (kept.Count == 0 || kept[^1].Placed != label.Placed || kept[^1].Slack < label.Slack)
            {
                kept.Add(label);
            }
        }

        if (kept.Count > labelsMax)
        {
            Truncated = true;
            double price = !Stages[stage].EndsRow ? Stages[stage].Price : stage + 1 < Stages.Length ? Stages[stage + 1].Price : 0;
            kept = Best(kept, price, labelsMax);
        }

        var indexes = new List<int>(kept.Count);
        foreach (Label label in kept)
        {
            indexes.Add(_labels.Count);
            _labels.Add(label);
        }

        return indexes;
    }

    /// <summary>
    /// The labels of least bound, equally many for each number of SIMs placed: later stages need the choice.
    /// </summary>
    private static List<Label> Best(List<Label> labels, double price, int labelsMax)
    {
        int keys = 1;
        for (int i = 1; i < labels.Count; i++)
        {
            keys += labels[i].Placed != labels[i - 1].Placed ? 1 : 0;
        }

        int perKey = Math.Max(2, labelsMax / keys);
        var best = new List<Label>();
        for (int from = 0, to; from < labels.Count; from = to)
        {
            for (to = from + 1; to < labels.Count && labels[to].Placed == labels[from].Placed;)
            {
                to++;
            }

            best.AddRange(labels.GetRange(from, to - from).OrderBy(label => label.Cost + label.Rest - (price * label.Slack)).Take(perKey));
        }

        return best;
    }

    private PlanCounts Trace(int label)
    {
        var devices = new int[Stages.Length];
        var blocks = new long[Stages.Length];
        long cost = _labels[label].Cost;
        for (int stage = Stages.Length - 1; stage >= 0; stage--)
        {
            devices[stage] = _labels[label].Count;
            blocks[stage] = _labels[label].Blocks;
            label = _labels[label].Parent;
        }

        return new PlanCounts(cost, devices, blocks);
    }
}
