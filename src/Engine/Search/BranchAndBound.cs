using CarrierOptimization.Engine.Bounding;
using CarrierOptimization.Engine.Certificates;

namespace CarrierOptimization.Engine.Search;

/// <summary>
/// Proves small fleets: fixes SIMs to plans, the largest first, until the counts per plan of all others (<see cref="CountChain"/>)
/// cost at least as much as the best assignment known, or are attained.
/// </summary>
/// <remarks>Depth first; the measure of work is labels made, so that the result does not depend on the machine. docs/engine.md, "Proof".</remarks>
internal sealed class BranchAndBound
{
    private const int LabelsPerStage = 40_000;
    private const int BalancesPerNode = 4;

    private readonly SearchModel _model;
    private readonly RowPrices _prices;
    private readonly SolveLimits _limits;
    private readonly long _workMax;
    private readonly long _granularity;
    private readonly int[] _order;
    private readonly int[] _fixedTo;
    private readonly List<IReadOnlyList<ushort>> _leaves = [];
    private readonly long[] _surplus;
    private long _work;
    private long _fixedCost;
    private int _changes;

    public BranchAndBound(
        SearchModel model, RowPrices prices, ushort[] assignment, long cost, long workMax, SolveLimits limits)
    {
        _model = model;
        _prices = prices;
        _limits = limits;
        _workMax = workMax;
        Best = assignment;
        BestCost = cost;
        _granularity = Granularity.Of(model);
        _surplus = new long[model.Rows.Count];
        var free = new List<int>();
        for (int device = 0; device < model.Fleet.Count; device++)
        {
            Alternative[] alternatives = model.Classes[model.ClassOf(device)].Alternatives;
            if (alternatives.Length > 1)
            {
                free.Add(device);
            }
            else if (alternatives.Length == 1)
            {
                Place(device, alternatives[0], 1);
            }
        }

        _order = [.. free.OrderByDescending(device => model.Fleet.UsageBytes[device])
            .ThenBy(model.ClassOf).ThenBy(device => model.HasSms ? model.Fleet.SmsCount![device] : 0).ThenBy(device => device)];
        _fixedTo = new int[_order.Length];
    }

    public ushort[] Best { get; private set; }

    public long BestCost { get; private set; }

    /// <summary>No assignment costs less; equals <see cref="BestCost"/> when <see cref="IsComplete"/>.</summary>
    public long LowerBound { get; private set; } = long.MinValue;

    /// <summary>True when every branch was closed: <see cref="BestCost"/> is the least possible.</summary>
    public bool IsComplete { get; private set; }

    public int Nodes { get; private set; }

    /// <summary>Proof of <see cref="LowerBound"/>, or <c>null</c> when nothing was proven.</summary>
    public BranchProof? Proof { get; private set; }

    public void Run()
    {
        IsComplete = Explore(0);
        if (IsComplete)
        {
            LowerBound = BestCost;
            Proof = new BranchProof(_order, _leaves, BestCost);
        }
        else if (LowerBound > long.MinValue)
        {
            Proof = new BranchProof(_order, [[]], LowerBound);
        }
    }

    /// <returns>True when no assignment below this node costs less than the best.</returns>
    private bool Explore(int depth)
    {
        Nodes++;
        if (depth == _order.Length)
        {
            TakeLeaf();
            return CloseAt(depth);
        }

        if (_work >= _workMax || _limits.IsOver)
        {
            return false;
        }

        List<ChainClass> classes = ChainClasses.Form(_model, _order[depth..]);
        int? changesLeft = _model.MaxChanges - _changes;
        var chain = new CountChain(_model, classes, _surplus, _prices, changesLeft);
        bool truncated = true;
        if (chain.Fits)
        {
            long outside = _fixedCost + OverageOutside(chain);
            List<PlanCounts> found = chain.Search((double)(BestCost - _granularity - outside) + 0.5, LabelsPerStage);
            _work += chain.Work + classes.Sum(chainClass => chainClass.Usage.Length);
            truncated = chain.Truncated;
            if (depth == 0 && !truncated)
            {
                LowerBound = found.Count > 0 ? found[0].Cost + outside : BestCost;
            }

            if (!truncated && (found.Count == 0 || IsAttained(chain, found, classes, outside)))
            {
                return CloseAt(depth);
            }
        }
        else
        {
            _work += _order.Length;
        }

        return Branch(depth);
    }

    private bool CloseAt(int depth)
    {
        var plans = new ushort[depth];
        for (int i = 0; i < depth; i++)
        {
            plans[i] = _model.Classes[_model.ClassOf(_order[i])].Alternatives[_fixedTo[i]].Plan;
        }

        _leaves.Add(plans);
        return true;
    }

    private bool Branch(int depth)
    {
        int device = _order[depth];
        Alternative[] alternatives = _model.Classes[_model.ClassOf(device)].Alternatives;
        int first = depth > 0 && AreAlike(_order[depth - 1], device) ? _fixedTo[depth - 1] : 0;
        bool closed = true;
        foreach (int a in Enumerable.Range(first, alternatives.Length - first).OrderBy(a => Priced(device, alternatives[a])))
        {
            if (_model.MaxChanges is { } max && _changes + alternatives[a].Change > max)
            {
                continue;
            }

            _fixedTo[depth] = a;
            Place(device, alternatives[a], 1);
            closed &= Explore(depth + 1);
            Place(device, alternatives[a], -1);
            if (!closed)
            {
                return false;
            }
        }

        return closed;
    }

    /// <summary>SIMs that can change places without anything changing: of these only one order is tried.</summary>
    private bool AreAlike(int a, int b) =>
        _model.ClassOf(a) == _model.ClassOf(b) && _model.Fleet.UsageBytes[a] == _model.Fleet.UsageBytes[b]
        && (!_model.HasSms || _model.Fleet.SmsCount![a] == _model.Fleet.SmsCount![b]);

    private double Priced(int device, in Alternative alternative) =>
        _model.OwnCost(device, alternative) + (_prices.PerChange * alternative.Change)
        + (alternative.Pool < 0 ? 0 : _prices.Pools[alternative.Pool] * (_model.Fleet.UsageBytes[device] - alternative.IncludedBytes));

    private void Place(int device, in Alternative alternative, int sign)
    {
        _fixedCost += sign * _model.OwnCost(device, alternative);
        _changes += sign * alternative.Change;
        if (alternative.Pool >= 0)
        {
            _surplus[alternative.Pool] += sign * (_model.Fleet.UsageBytes[device] - alternative.IncludedBytes);
        }
    }

    /// <summary>Overage of pools that no SIM of the chain can enter.</summary>
    private long OverageOutside(CountChain chain)
    {
        var inChain = new bool[_surplus.Length];
        foreach (ChainStage stage in chain.Stages)
        {
            if (stage.Row >= 0)
            {
                inChain[stage.Row] = true;
            }
        }

        long overage = 0;
        for (int row = 0; row < inChain.Length; row++)
        {
            overage += inChain[row] ? 0 : _model.Rows[row].Overage(_surplus[row]);
        }

        return overage;
    }

    /// <summary>Tries to find SIMs for the cheapest counts; true when the best assignment then costs what the counts do.</summary>
    private bool IsAttained(CountChain chain, List<PlanCounts> found, List<ChainClass> classes, long outside)
    {
        foreach (PlanCounts counts in found.Take(BalancesPerNode).TakeWhile(counts => counts.Cost + outside < BestCost))
        {
            var balancer = new PoolBalancer(chain.Stages, counts, classes);
            long cost = counts.Cost + balancer.Run() + outside;
            if (cost < BestCost)
            {
                BestCost = cost;
                Best = (ushort[])Best.Clone();
                WriteFixed();
                WriteMembers(chain, balancer, classes);
            }
        }

        return found[0].Cost + outside > BestCost - _granularity;
    }

    private void TakeLeaf()
    {
        long cost = _fixedCost;
        for (int row = 0; row < _surplus.Length; row++)
        {
            cost += _model.Rows[row].Overage(_surplus[row]);
        }

        if (cost < BestCost)
        {
            BestCost = cost;
            Best = (ushort[])Best.Clone();
            WriteFixed();
        }
    }

    /// <summary>Fixed SIMs are a prefix of the order; those behind it are written by whoever knows their place.</summary>
    private void WriteFixed()
    {
        for (int i = 0; i < _order.Length; i++)
        {
            Best[_order[i]] = _model.Classes[_model.ClassOf(_order[i])].Alternatives[_fixedTo[i]].Plan;
        }
    }

    private void WriteMembers(CountChain chain, PoolBalancer balancer, List<ChainClass> classes)
    {
        for (int stage = 0; stage < chain.Stages.Length; stage++)
        {
            ChainClass chainClass = classes[chain.Stages[stage].Class];
            ushort plan = _model.Classes[chainClass.ModelClass].Alternatives[chain.Stages[stage].Alternative].Plan;
            foreach (int member in balancer.Members[stage])
            {
                Best[chainClass.Devices[member]] = plan;
            }
        }
    }
}
