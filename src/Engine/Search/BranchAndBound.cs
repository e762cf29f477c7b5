using CarrierOptimization.Engine.Bounding;
using CarrierOptimization.Engine.Certificates;

namespace CarrierOptimization.Engine.Search;

/// <summary>
/// Proves small fleets: fixes SIMs to plans, the largest first, until the counts per plan of all others (<see cref="CountChain"/>)
/// cost at least as much as the best assignment known, or are attained.
/// </summary>
/// <remarks>
/// Best bound first; the measure of work is labels made, so that the result does not depend on the machine. docs/engine.md, "Proof".
/// </remarks>
internal sealed class BranchAndBound
{
    private const int LabelsPerStage = 40_000;
    private const int BalancesPerNode = 4;

    /// <summary>
    /// Labels spent on one node before it is branched instead; a large fleet's first node is worth more.
    /// </summary>
    private const long WorkPerNode = 5_000;
    private const long WorkPerNodeOfManyClasses = 400;
    private const int FewClassesMax = 3;
    private const long WorkPerFirstNode = 800_000;
    private const int SmallFleetMax = 60;
    private const int EvaluationsPerNode = 40;
    private const int OpenNodesMax = 200_000;

    private readonly SearchModel _model;
    private readonly RowPrices _prices;
    private readonly SolveLimits _limits;
    private readonly long _workMax;
    private readonly long _granularity;
    private readonly int[] _order;
    private readonly int[] _fixedTo;
    private readonly List<IReadOnlyList<ushort>> _leaves = [];
    private readonly PriorityQueue<Node, (long Bound, int Shallow, int Serial)> _open = new();
    private readonly long[] _surplus;
    private long _work;
    private int _depth;
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
        LowerBound = 0;
        Push(new Node([], 0, _prices));
        while (_open.TryPeek(out Node? node, out _) && node.Bound <= BestCost - _granularity)
        {
            if (_work >= _workMax || _open.Count > OpenNodesMax || _limits.IsOver)
            {
                LowerBound = node.Bound;
                Proof = ProofOf(LowerBound);
                return;
            }

            Explore(_open.Dequeue());
        }

        IsComplete = true;
        LowerBound = BestCost;
        Proof = ProofOf(BestCost);
    }

    /// <summary>SIMs fixed to alternatives, in the order of fixing.</summary>
    /// <param name="Bound">No assignment below this node costs less.</param>
    /// <param name="Prices">The best ones known for the SIMs still free.</param>
    private sealed record Node(int[] Choices, long Bound, RowPrices Prices);

    private void Push(Node node) => _open.Enqueue(node, (node.Bound, -node.Choices.Length, Nodes++));

    /// <summary>Every node that is closed or still open: together they cover all assignments.</summary>
    private BranchProof ProofOf(long bound)
    {
        foreach ((Node node, _) in _open.UnorderedItems)
        {
            Close(node.Choices);
        }

        return new BranchProof(_order, _leaves, bound);
    }

    private void Close(int[] choices) => _leaves.Add(
        [.. choices.Select((choice, i) => _model.Classes[_model.ClassOf(_order[i])].Alternatives[choice].Plan)]);

    private void Explore(Node node)
    {
        FixTo(node.Choices);
        if (_depth == _order.Length)
        {
            TakeLeaf();
            Close(node.Choices);
            return;
        }

        List<ChainClass> classes = ChainClasses.Form(_model, _order[_depth..]);
        long bound = Math.Max(node.Bound, BoundByCounts(classes, node.Prices));
        if (bound > BestCost - _granularity)
        {
            Close(node.Choices);
            return;
        }

        // Prices that fit what is fixed by now rank the pools better.
        DualOptimum optimum = NodeDual.Maximize(
            _model, _order.AsSpan(_depth), _surplus, _changes, [node.Prices, _prices], EvaluationsPerNode, _limits);
        _work += optimum.Evaluations;
        bound = Math.Max(bound, RoundUp(_fixedCost + optimum.Value));
        if (_depth > 0 && bound <= BestCost - _granularity)
        {
            bound = Math.Max(bound, BoundByCounts(classes, optimum.Prices));
        }

        if (bound > BestCost - _granularity)
        {
            Close(node.Choices);
            return;
        }

        TryCheapest(optimum.Prices);
        Branch(node.Choices, bound, optimum);
    }

    /// <summary>Up to the next possible cost, with a margin for floating point.</summary>
    private long RoundUp(double cost)
    {
        double safe = cost - 1 - (Math.Abs(cost) * 1e-12);
        return safe <= 0 ? 0 : (long)Math.Ceiling(safe / _granularity) * _granularity;
    }

    private void FixTo(int[] choices)
    {
        int same = 0;
        while (same < _depth && same < choices.Length && _fixedTo[same] == choices[same])
        {
            same++;
        }

        while (_depth > same)
        {
            _depth--;
            Place(_order[_depth], AlternativesOf(_order[_depth])[_fixedTo[_depth]], -1);
        }

        for (; _depth < choices.Length; _depth++)
        {
            _fixedTo[_depth] = choices[_depth];
            Place(_order[_depth], AlternativesOf(_order[_depth])[choices[_depth]], 1);
        }
    }

    /// <summary>Assignments of the SIMs still free, four times over: counting by labels must not cost more than trying all.</summary>
    private long LeavesBelow()
    {
        long leaves = 4;
        for (int i = _depth; i < _order.Length && leaves < WorkPerFirstNode; i++)
        {
            leaves *= AlternativesOf(_order[i]).Length;
        }

        return leaves;
    }

    /// <summary>Every free SIM on the plan that is cheapest at these prices: where counts fail, at least an assignment.</summary>
    private void TryCheapest(RowPrices prices)
    {
        var surplus = (long[])_surplus.Clone();
        long cost = _fixedCost;
        int changes = _changes;
        var choice = new Alternative[_order.Length];
        for (int i = _depth; i < _order.Length; i++)
        {
            choice[i] = AlternativesOf(_order[i]).MinBy(alternative => Priced(_order[i], alternative, prices));
            cost += _model.OwnCost(_order[i], choice[i]);
            changes += choice[i].Change;
            if (choice[i].Pool >= 0)
            {
                surplus[choice[i].Pool] += _model.Fleet.UsageBytes[_order[i]] - choice[i].IncludedBytes;
            }
        }

        for (int row = 0; row < surplus.Length; row++)
        {
            cost += _model.Rows[row].Overage(surplus[row]);
        }

        if (cost < BestCost && changes <= (_model.MaxChanges ?? int.MaxValue))
        {
            BestCost = cost;
            Best = (ushort[])Best.Clone();
            WriteFixed();
            for (int i = _depth; i < _order.Length; i++)
            {
                Best[_order[i]] = choice[i].Plan;
            }
        }
    }

    private Alternative[] AlternativesOf(int device) => _model.Classes[_model.ClassOf(device)].Alternatives;

    private void Branch(int[] choices, long bound, DualOptimum optimum)
    {
        int device = _order[_depth];
        Alternative[] alternatives = AlternativesOf(device);
        int first = _depth > 0 && AreAlike(_order[_depth - 1], device) ? choices[^1] : 0;
        double[] priced = Array.ConvertAll(alternatives, alternative => Priced(device, alternative, optimum.Prices));
        double cheapest = priced.Min();
        for (int a = first; a < alternatives.Length; a++)
        {
            if (_model.MaxChanges is { } max && _changes + alternatives[a].Change > max)
            {
                continue;
            }

            int[] child = [.. choices, a];
            long childBound = Math.Max(bound, RoundUp(_fixedCost + optimum.Value + priced[a] - cheapest));
            if (childBound > BestCost - _granularity)
            {
                Close(child);
            }
            else
            {
                Push(new Node(child, childBound, optimum.Prices));
            }
        }
    }

    /// <summary>
    /// A bound for the SIMs still free from their counts per plan; the best assignment may improve on the way.
    /// </summary>
    private long BoundByCounts(List<ChainClass> classes, RowPrices prices)
    {
        var chain = new CountChain(_model, classes, _surplus, prices, _model.MaxChanges - _changes);
        _work += _order.Length - _depth;
        if (!chain.Fits)
        {
            return 0;
        }

        long outside = _fixedCost + OverageOutside(chain);
        long workMax = _depth == 0 && _order.Length > SmallFleetMax ? WorkPerFirstNode
            : classes.Count > FewClassesMax ? WorkPerNodeOfManyClasses : WorkPerNode;
        workMax = Math.Min(workMax, LeavesBelow());
        List<PlanCounts> found = chain.Search(
            (double)(BestCost - _granularity - outside) + 0.5, LabelsPerStage, Math.Min(workMax, _workMax - _work));
        _work += chain.Work;
        if (chain.Truncated)
        {
            return 0;
        }

        if (found.Count == 0)
        {
            return BestCost;
        }

        ImproveBest(chain, found, classes, outside);
        return found[0].Cost + outside;
    }

    /// <summary>SIMs that can change places without anything changing: of these only one order is tried.</summary>
    private bool AreAlike(int a, int b) =>
        _model.ClassOf(a) == _model.ClassOf(b) && _model.Fleet.UsageBytes[a] == _model.Fleet.UsageBytes[b]
        && (!_model.HasSms || _model.Fleet.SmsCount![a] == _model.Fleet.SmsCount![b]);

    private double Priced(int device, in Alternative alternative, RowPrices prices) =>
        _model.OwnCost(device, alternative) + (prices.PerChange * alternative.Change)
        + (alternative.Pool < 0 ? 0 : prices.Pools[alternative.Pool] * (_model.Fleet.UsageBytes[device] - alternative.IncludedBytes));

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

    /// <summary>Tries to find whole SIMs for the cheapest counts.</summary>
    private void ImproveBest(CountChain chain, List<PlanCounts> found, List<ChainClass> classes, long outside)
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

    /// <summary>
    /// Fixed SIMs are a prefix of the order; those behind it are written by whoever knows their place.
    /// </summary>
    private void WriteFixed()
    {
        for (int i = 0; i < _depth; i++)
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
