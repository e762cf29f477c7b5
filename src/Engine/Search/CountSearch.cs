using CarrierOptimization.Engine.Bounding;

namespace CarrierOptimization.Engine.Search;

/// <summary>
/// The cheapest counts per plan that could possibly be filled with SIMs: the bound of a branch. Goes through the chain from its last
/// pool to its first, so that the few SIMs of the large plans are settled before the many of the small ones, whose cost prices tell well.
/// </summary>
/// <remarks>docs/engine.md, "Counts per plan".</remarks>
internal sealed class CountSearch
{
    /// <summary>Labels from which on prices are sought that fit what is settled by then.</summary>
    private const int LabelsForNewPrices = 200;
    private const int GuidesMax = 8;
    private const int EvaluationsPerGuide = 60;
    private const int WorkPerEvaluation = 20;

    private readonly SearchModel _model;
    private readonly IReadOnlyList<ChainClass> _classes;
    private readonly long[] _othersSurplus;
    private readonly SolveLimits _limits;
    private readonly AttainableLoads[] _loads;
    private readonly List<PriceGuide> _guides = [];
    private readonly int[] _keyShift;
    private readonly int[] _keyBits;
    private readonly int[] _firstOfClass;
    private readonly int? _changesMax;
    private readonly List<Label> _labels = [];
    private readonly int[] _placed;

    /// <summary>Per class its stage that was gone through last, or -1.</summary>
    private readonly int[] _stageDone;
    private double[] _base = [];
    private double _costMax;
    private long _workMax;

    /// <param name="prices">Each prunes; the first also ranks the pools.</param>
    /// <param name="changesMax">SIMs of the chain that may still leave their plan, or <c>null</c>.</param>
    public CountSearch(
        SearchModel model, IReadOnlyList<ChainClass> classes, long[] othersSurplus, IReadOnlyList<RowPrices> prices,
        int? changesMax, SolveLimits limits)
    {
        _model = model;
        _classes = classes;
        _othersSurplus = othersSurplus;
        _changesMax = changesMax;
        _limits = limits;
        Stages = ChainOrder.Stages(model, classes, othersSurplus, prices[0]);
        _loads = [.. classes.Select(chainClass => new AttainableLoads(chainClass.Usage))];
        _keyShift = new int[classes.Count];
        _keyBits = new int[classes.Count];
        _placed = new int[classes.Count];
        _stageDone = new int[classes.Count];
        _firstOfClass = new int[classes.Count];
        int bits = 16;
        for (int c = 0; c < classes.Count; c++)
        {
            int chainClass = c;
            _keyShift[c] = bits;
            _keyBits[c] = 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)classes[c].Usage.Length);
            bits += _keyBits[c];
            _firstOfClass[c] = Array.FindIndex(Stages, stage => stage.Class == chainClass);
        }

        Fits = bits <= 128 && (changesMax ?? 0) < 1 << 16;
        if (Fits)
        {
            foreach (RowPrices guide in prices.Distinct())
            {
                AddGuide(guide);
            }

            PriceGuide first = _guides[0];
            LowerBound = classes.Select((chainClass, c) => first.Whole[c][chainClass.Usage.Length]).Sum()
                - first.RoomBefore(Stages.Length) - (first.PerChange * (changesMax ?? 0));
        }
    }

    public ChainStage[] Stages { get; }

    /// <summary>False when there are too many classes; then it must not be searched.</summary>
    public bool Fits { get; }

    /// <summary>No counts cost less, in micro-units, by the first prices (floating point: for pruning only).</summary>
    public double LowerBound { get; }

    /// <summary>True when the last search left out labels to keep within its limits; then "nothing found" proves nothing.</summary>
    public bool Truncated { get; private set; }

    /// <summary>Labels tried by all searches so far: the measure of work.</summary>
    public long Work { get; private set; }

    /// <summary>The prices given and those found on the way: with these the search can be repeated.</summary>
    public IReadOnlyList<RowPrices> Prices => [.. _guides.Select(guide => guide.Source)];

    /// <summary>Undominated counts that cost at most <paramref name="costMax"/>, cheapest first.</summary>
    /// <param name="costMax">In micro-units, of this chain's SIMs and pools.</param>
    /// <param name="labelsPerStage">Labels kept after each stage.</param>
    /// <param name="work">Labels that may be tried; beyond it the search is given up.</param>
    public List<PlanCounts> Search(double costMax, int labelsPerStage, long work)
    {
        _costMax = costMax;
        _workMax = Work + work;
        Truncated = false;
        _labels.Clear();
        Array.Fill(_stageDone, -1);
        UInt128 all = 0;
        for (int c = 0; c < _classes.Count; c++)
        {
            all |= (UInt128)(uint)_classes[c].Usage.Length << _keyShift[c];
        }

        _labels.Add(new Label(-1, all, 0, 0, 0, 0, 0));
        var current = new List<int> { 0 };
        for (int stage = Stages.Length - 1; stage >= 0 && current.Count > 0; stage--)
        {
            var next = new List<Label>();
            foreach (int label in current)
            {
                Extend(stage, label, next);
                if (Work > _workMax || _limits.IsOver)
                {
                    Truncated = true;
                    return [];
                }
            }

            _stageDone[Stages[stage].Class] = stage;
            next = Undominated(next);
            if (next.Count > LabelsForNewPrices && stage > 0 && Stages[stage - 1].Row >= 0)
            {
                next = PruneByNewPrices(stage, next);
            }

            current = Keep(next, labelsPerStage);
        }

        // Changes that were allowed and not made lower the bound of whole counts below their cost: those above the limit may have been
        // undercut by some that were left out.
        return [.. current.Where(label => _labels[label].Cost <= costMax).OrderBy(label => _labels[label].Cost).Select(Trace)];
    }

    /// <param name="Left">Per class the SIMs not yet placed, packed; in the lowest 16 bits the changes made.</param>
    /// <param name="Need">Bytes by which the pools to come must hold more than the smallest SIMs left.</param>
    /// <param name="Bound">No completion costs less.</param>
    private readonly record struct Label(int Parent, UInt128 Left, long Cost, long Need, double Bound, int Count, long Blocks);

    private void AddGuide(RowPrices prices)
    {
        _guides.Add(new PriceGuide(Stages, _classes, prices));
        foreach (ChainStage stage in Stages)
        {
            Work += _classes[stage.Class].Usage.Length;
        }

        _base = new double[_guides.Count];
    }

    private bool StartsPool(int stage) => Stages[stage].Row < 0 || stage == 0 || Stages[stage - 1].Row != Stages[stage].Row;

    private void Unpack(in Label label)
    {
        for (int c = 0; c < _placed.Length; c++)
        {
            _placed[c] = (int)(uint)((label.Left >> _keyShift[c]) & (((UInt128)1 << _keyBits[c]) - 1));
        }
    }

    /// <summary>Tries every number of SIMs at the stage; around where the first prices put it, outwards.</summary>
    private void Extend(int stage, int parent, List<Label> next)
    {
        Label from = _labels[parent];
        ref readonly ChainStage s = ref Stages[stage];
        Unpack(from);
        int left = _placed[s.Class];
        SumUpOthers(stage);
        int most = left;
        if (_changesMax is { } max && s.Change == 1)
        {
            most = Math.Min(left, max - ChangesOf(from));
        }

        if (_firstOfClass[s.Class] == stage)
        {
            if (left <= most)
            {
                _ = AddCount(stage, parent, from, left, left, next);
            }

            return;
        }

        int center = Math.Clamp(left - Turn(stage, left), 0, Math.Max(0, most));
        for (int count = center; count <= most && AddCount(stage, parent, from, left, count, next) && Work <= _workMax; count++)
        {
        }

        for (int count = center - 1; count >= 0 && AddCount(stage, parent, from, left, count, next) && Work <= _workMax; count--)
        {
        }
    }

    private static int ChangesOf(in Label label) => (int)(uint)(label.Left & 0xFFFF);

    /// <summary>Per guide the least cost of the SIMs left in all other classes.</summary>
    private void SumUpOthers(int stage)
    {
        int own = Stages[stage].Class;
        for (int g = 0; g < _guides.Count; g++)
        {
            double sum = -_guides[g].RoomBefore(stage);
            for (int c = 0; c < _placed.Length; c++)
            {
                if (c != own)
                {
                    sum += LeastOf(_guides[g], c);
                }
            }

            _base[g] = sum;
        }
    }

    private double LeastOf(PriceGuide guide, int c) =>
        _stageDone[c] < 0 ? guide.Whole[c][_placed[c]] : guide.Before(_stageDone[c], _placed[c]);

    /// <summary>How many of the smallest SIMs the first prices leave to the stages before.</summary>
    private int Turn(int stage, int left)
    {
        PriceGuide guide = _guides[0];
        ref readonly ChainStage s = ref Stages[stage];
        long[] usage = _classes[s.Class].Usage;
        double own = s.Cost + (s.Change * guide.PerChange) - (guide.Price[stage] * s.IncludedBytes);
        int low = 0;
        int high = left;
        while (low < high)
        {
            int middle = (low + high) / 2;
            double elsewhere = guide.Before(stage, middle + 1) - guide.Before(stage, middle);
            (low, high) = own + (guide.Price[stage] * usage[middle]) < elsewhere ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    /// <returns>False when the first prices exclude it: then they exclude all counts further out as well.</returns>
    private bool AddCount(int stage, int parent, in Label from, int left, int count, List<Label> next)
    {
        Work++;
        ref readonly ChainStage s = ref Stages[stage];
        int remain = left - count;
        int changes = ChangesOf(from) + (count * s.Change);
        long cost = from.Cost + (count * s.Cost);
        long need = from.Need;
        AttainableLoads loads = _loads[s.Class];
        if (s.Row >= 0)
        {
            need += loads.Least(left) - loads.Least(remain) - (count * s.IncludedBytes);
        }

        UInt128 key = from.Left - ((UInt128)(uint)count << _keyShift[s.Class]);
        if (_changesMax is not null)
        {
            key += (uint)(count * s.Change);
        }

        _placed[s.Class] = remain;
        bool isPossible = s.Row >= 0 && StartsPool(stage)
            ? EndPool(stage, new Label(parent, key, cost, need - s.OthersRoom, 0, count, 0), remain, changes, next)
            : AddLabel(stage, new Label(parent, key, cost, need, 0, count, 0), remain, changes, next);
        _placed[s.Class] = left;
        return isPossible;
    }

    private bool AddLabel(int stage, in Label label, int remain, int changes, List<Label> next)
    {
        double bound = Bound(0, stage, label.Cost, label.Need, remain, changes);
        if (bound > _costMax)
        {
            return false;
        }

        for (int g = 1; g < _guides.Count && bound <= _costMax; g++)
        {
            bound = Math.Max(bound, Bound(g, stage, label.Cost, label.Need, remain, changes));
        }

        if (bound <= _costMax)
        {
            next.Add(label with { Bound = bound });
        }

        return true;
    }

    /// <summary>The least that any completion costs, by the prices of one guide.</summary>
    private double Bound(int g, int stage, long cost, long need, int remain, int changes)
    {
        PriceGuide guide = _guides[g];
        double changesLeft = _changesMax is null ? 0 : guide.PerChange * (_changesMax.Value - changes);
        bool ended = StartsPool(stage);
        return cost + _base[g] + guide.Before(stage, remain) - changesLeft
            + ((ended ? guide.PriceBefore(stage) : guide.Price[stage]) * need);
    }

    /// <summary>Buys blocks for a pool all of whose SIMs are counted: from none to as many as leave no need.</summary>
    private bool EndPool(int stage, in Label label, int remain, int changes, List<Label> next)
    {
        ref readonly ChainStage s = ref Stages[stage];
        long blocksMax = label.Need <= 0 ? 0 : ((label.Need - 1) / s.BlockBytes) + 1;
        if (stage == 0)
        {
            // No pool is left that could hold more.
            return AddLabel(
                stage, label with { Cost = label.Cost + (blocksMax * s.Rate), Need = 0, Blocks = blocksMax }, remain, changes, next);
        }

        // As if parts of blocks could be bought: convex in the count, so that what it excludes it excludes further out as well.
        PriceGuide first = _guides[0];
        double relaxed = Bound(0, stage, label.Cost, 0, remain, changes) + (first.Price[stage] * label.Need);
        if (relaxed > _costMax)
        {
            return false;
        }

        // The bound is convex in the blocks: begin at its lower end.
        bool down = first.Price[stage - 1] * s.BlockBytes > s.Rate;
        long previous = -1;
        for (long step = 0; step <= blocksMax && Work <= _workMax; step++)
        {
            Work++;
            long blocks = down ? blocksMax - step : step;
            long need = Math.Max(0, label.Need - (blocks * s.BlockBytes));
            long cost = label.Cost + (blocks * s.Rate);
            if (Bound(0, stage, cost, need, remain, changes) > _costMax)
            {
                if (down && step == 0)
                {
                    // The last block may be used in part only.
                    continue;
                }

                break;
            }

            long attained = Attained(need);
            if (attained >= 0 && (down || attained != previous))
            {
                _ = AddLabel(stage, label with { Cost = cost, Need = attained, Blocks = blocks }, remain, changes, next);
            }

            previous = attained;
        }

        return true;
    }

    /// <summary>The need as whole SIMs can meet it, or -1 when they can't: no SIMs left use that much.</summary>
    private long Attained(long need)
    {
        if (need == 0)
        {
            return 0;
        }

        long spread = 0;
        long least = long.MaxValue;
        for (int c = 0; c < _placed.Length; c++)
        {
            spread += _loads[c].Spread(_placed[c]);
            least = Math.Min(least, _loads[c].Next(_placed[c], _placed.Length == 1 ? need : 1));
        }

        long attained = Math.Max(need, least);
        return attained > spread ? -1 : attained;
    }

    /// <summary>Of labels with equally many SIMs left, those that no other undercuts in cost with as little need.</summary>
    private static List<Label> Undominated(List<Label> labels)
    {
        labels.Sort(static (a, b) =>
        {
            int order = a.Left.CompareTo(b.Left);
            order = order != 0 ? order : a.Cost.CompareTo(b.Cost);
            return order != 0 ? order : a.Need.CompareTo(b.Need);
        });
        var kept = new List<Label>();
        foreach (Label label in labels)
        {
            if (kept.Count == 0 || kept[^1].Left != label.Left || kept[^1].Need > label.Need)
            {
                kept.Add(label);
            }
        }

        return kept;
    }

    /// <summary>
    /// Prices are best for what they were sought for. Where many labels are left, others are sought for the most promising one and for
    /// one amid them, as long as that excludes a good part.
    /// </summary>
    private List<Label> PruneByNewPrices(int stage, List<Label> labels)
    {
        for (int round = 0; _guides.Count < GuidesMax && labels.Count > LabelsForNewPrices; round++)
        {
            Label probe = round % 2 == 0 ? labels.MinBy(label => label.Bound) : labels[labels.Count / 2];
            AddGuide(ProofPrices.Quantise(_model, PricesFor(stage, probe)));
            int g = _guides.Count - 1;
            Work += EvaluationsPerGuide * (WorkPerEvaluation + ((long)_model.Rows.Count * _model.Rows.Count));
            var kept = new List<Label>();
            foreach (Label label in labels)
            {
                Unpack(label);
                int own = Stages[stage].Class;
                double sum = -_guides[g].RoomBefore(stage);
                for (int c = 0; c < _placed.Length; c++)
                {
                    sum += c == own ? 0 : LeastOf(_guides[g], c);
                }

                _base[g] = sum;
                double bound = Math.Max(label.Bound, Bound(g, stage, label.Cost, label.Need, _placed[own], ChangesOf(label)));
                if (bound <= _costMax)
                {
                    kept.Add(label with { Bound = bound });
                }
            }

            bool helped = kept.Count < labels.Count * 0.8;
            labels = kept;
            if (!helped && round > 0)
            {
                break;
            }
        }

        return labels;
    }

    /// <summary>The best prices for the SIMs a label has left, in the pools it has left.</summary>
    private RowPrices PricesFor(int stage, in Label label)
    {
        Unpack(label);
        var devices = new List<int>();
        for (int c = 0; c < _placed.Length; c++)
        {
            devices.AddRange(_classes[c].Devices.AsSpan(0, _placed[c]));
        }

        var surplus = new long[_othersSurplus.Length];
        var closed = new HashSet<ushort>();
        for (int at = 0; at < Stages.Length; at++)
        {
            ref readonly ChainStage s = ref Stages[at];
            if (at >= stage)
            {
                closed.Add(_model.Classes[_classes[s.Class].ModelClass].Alternatives[s.Alternative].Plan);
            }
            else if (s.Row >= 0)
            {
                surplus[s.Row] = _othersSurplus[s.Row] + (s.Row == Stages[stage - 1].Row ? label.Need : 0);
            }
        }

        return NodeDual.MaximizeWithout(
            _model, [.. devices], surplus, closed, [.. _guides.Select(guide => guide.Source)], EvaluationsPerGuide, _limits);
    }

    /// <summary>Takes the labels up, the most promising ones where there are too many.</summary>
    private List<int> Keep(List<Label> labels, int labelsMax)
    {
        if (labels.Count > labelsMax)
        {
            Truncated = true;
            labels = [.. labels.OrderBy(label => label.Bound).ThenBy(label => label.Left).Take(labelsMax)];
        }

        var indexes = new List<int>(labels.Count);
        foreach (Label label in labels)
        {
            indexes.Add(_labels.Count);
            _labels.Add(label);
        }

        return indexes;
    }

    private PlanCounts Trace(int label)
    {
        var devices = new int[Stages.Length];
        var blocks = new long[Stages.Length];
        long cost = _labels[label].Cost;
        for (int stage = 0; stage < Stages.Length; stage++)
        {
            devices[stage] = _labels[label].Count;
            blocks[stage] = _labels[label].Blocks;
            label = _labels[label].Parent;
        }

        return new PlanCounts(cost, devices, blocks);
    }
}
