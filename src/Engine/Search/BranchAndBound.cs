using CarrierOptimization.Engine.Bounding;
using CarrierOptimization.Engine.Certificates;

namespace CarrierOptimization.Engine.Search;

/// <summary>
/// Proves small fleets: fixes SIMs to plans, the largest first, until the counts per plan of all others (<see cref="CountSearch"/>)
/// cost at least as much as the best assignment known, or are attained.
/// </summary>
/// <remarks>
/// Best bound first; the measure of work is labels made, so that the result does not depend on the machine. docs/engine.md, "Proof".
/// </remarks>
internal sealed class BranchAndBound
{
    private const int LabelsPerStage = 40_000;
    private const int NarrowestReach = 64;
    private const int ReachGrowth = 4;
    private const int ClassesMax = 16;
    private const int WorkPerEvaluation = 20;
    private const int BalancesPerNode = 4;

    /// <summary>
    /// Labels spent on one node before it is branched instead; a large fleet's first node is worth more.
    /// </summary>
    private const long WorkPerNode = 50_000;
    private const long WorkPerNodeOfManyClasses = 4_000;
    private const int FewClassesMax = 3;
    private const long WorkPerFirstNode = 5_000_000;
    private const int EvaluationsPerNode = 40;
    private const int OpenNodesMax = 200_000;

    private readonly SearchModel _model;
    private readonly RowPrices _prices;
    private readonly SolveLimits _limits;
    private readonly long _workMax;
    private readonly long _granularity;
    private readonly int[] _order;
    /// <summary>SIMs fixed in the node at hand, in the order of fixing, and to which alternative.</summary>
    private readonly int[] _fixedDevice;
    private readonly int[] _fixedTo;
    private readonly bool[] _isFixed;

    /// <summary>SIMs not fixed in the node at hand, the largest first.</summary>
    private int[] _free;
    private readonly PriorityQueue<TreeNode, (long Bound, int Shallow, int Serial)> _open = new();
    private readonly long[] _surplus;
    private long _work;
    private int _depth;
    private long _fixedCost;
    private int _changes;

    public BranchAndBound(
        SearchModel model, RowPrices prices, ushort[] assignment, long cost, long workMax, SolveLimits limits)
    {
        _model = model;
        _prices = ProofPrices.Quantise(model, prices);
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
        _fixedDevice = new int[_order.Length];
        _isFixed = new bool[model.Fleet.Count];
        _free = _order;
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
        var root = new TreeNode(null, -1, 0, _prices);
        Push(root);
        while (_open.TryPeek(out TreeNode? node, out _) && node.Bound <= Excluded)
        {
            if (_work >= _workMax || _open.Count > OpenNodesMax || _limits.IsOver)
            {
                LowerBound = node.Bound;
                Proof = new BranchTree(_model, LowerBound - _granularity).Write(root, LowerBound);
                return;
            }

            Explore(_open.Dequeue());
        }

        IsComplete = true;
        LowerBound = BestCost;
        Proof = new BranchTree(_model, Excluded).Write(root, BestCost);
    }

    /// <summary>The highest cost that is below the best known.</summary>
    private long Excluded => BestCost - _granularity;

    private void Push(TreeNode node) => _open.Enqueue(node, (node.Bound, -node.Depth, Nodes++));

    private void Explore(TreeNode node)
    {
        FixTo(node);
        if (_depth == _order.Length)
        {
            TakeLeaf();
            return;
        }

        List<ChainClass> classes = ChainClasses.Form(_model, _free);
        BoundByCounts(node, classes, node.Prices);
        if (node.Bound > Excluded)
        {
            return;
        }

        // Prices that fit what is fixed by now rank the pools better.
        DualOptimum optimum = NodeDual.Maximize(
            _model, _free, _surplus, _changes, [node.Prices, _prices], EvaluationsPerNode, _limits);
        _work += optimum.Evaluations * WorkOfEvaluation(classes.Count);
        node.Prices = optimum.Prices;
        node.RaiseByPrices(RoundUp(_fixedCost + optimum.Value));
        if (_depth > 0 && node.Bound <= Excluded)
        {
            BoundByCounts(node, classes, optimum.Prices);
        }

        if (node.Bound <= Excluded)
        {
            TryCheapest(optimum.Prices);
            Branch(node, classes.Count <= ClassesMax ? _free[0] : MostDivided(optimum), optimum);
        }
    }

    /// <summary>One evaluation and the step of the small linear program after it, in labels.</summary>
    private long WorkOfEvaluation(int classes) =>
        WorkPerEvaluation + ((long)_model.Rows.Count * _model.Rows.Count) + (classes > FewClassesMax ? 4 * _free.Length : 0);

    /// <summary>
    /// The SIM that the mix behind the bound divides most, by usage: the bound rises where it is made whole. Else the largest.
    /// </summary>
    private int MostDivided(DualOptimum optimum)
    {
        int best = _free[0];
        double most = 0;
        foreach (int device in _free)
        {
            Alternative[] alternatives = AlternativesOf(device);
            var weight = new double[alternatives.Length];
            foreach ((RowPrices prices, double part) in optimum.Mix)
            {
                weight[Cheapest(device, alternatives, prices)] += part;
            }

            double divided = (weight.Sum() - weight.Max()) * (1 + _model.Fleet.UsageBytes[device]);
            if (divided > most * (1 + 1e-9))
            {
                most = divided;
                best = device;
            }
        }

        return best;
    }

    private int Cheapest(int device, Alternative[] alternatives, RowPrices prices)
    {
        int cheapest = 0;
        double least = double.MaxValue;
        for (int a = 0; a < alternatives.Length; a++)
        {
            double priced = Priced(device, alternatives[a], prices);
            (cheapest, least) = priced < least ? (a, priced) : (cheapest, least);
        }

        return cheapest;
    }

    /// <summary>Up to the next possible cost, with a margin for floating point.</summary>
    private long RoundUp(double cost)
    {
        double safe = cost - 1 - (Math.Abs(cost) * 1e-12);
        return safe <= 0 ? 0 : (long)Math.Ceiling(safe / _granularity) * _granularity;
    }

    private void FixTo(TreeNode node)
    {
        (int Device, int Choice)[] path = node.Path();
        int same = 0;
        while (same < _depth && same < path.Length && path[same] == (_fixedDevice[same], _fixedTo[same]))
        {
            same++;
        }

        while (_depth > same)
        {
            _depth--;
            _isFixed[_fixedDevice[_depth]] = false;
            Place(_fixedDevice[_depth], AlternativesOf(_fixedDevice[_depth])[_fixedTo[_depth]], -1);
        }

        for (; _depth < path.Length; _depth++)
        {
            (_fixedDevice[_depth], _fixedTo[_depth]) = path[_depth];
            _isFixed[_fixedDevice[_depth]] = true;
            Place(_fixedDevice[_depth], AlternativesOf(_fixedDevice[_depth])[_fixedTo[_depth]], 1);
        }

        _free = Array.FindAll(_order, device => !_isFixed[device]);
    }

    /// <summary>Assignments of the SIMs still free, four times over: counting by labels must not cost more than trying all.</summary>
    private long LeavesBelow()
    {
        long leaves = 4;
        for (int i = 0; i < _free.Length && leaves < WorkPerFirstNode; i++)
        {
            leaves *= AlternativesOf(_free[i]).Length;
        }

        return leaves;
    }

    /// <summary>Every free SIM on the plan that is cheapest at these prices: where counts fail, at least an assignment.</summary>
    private void TryCheapest(RowPrices prices)
    {
        var surplus = (long[])_surplus.Clone();
        long cost = _fixedCost;
        int changes = _changes;
        var choice = new Alternative[_free.Length];
        for (int i = 0; i < _free.Length; i++)
        {
            choice[i] = AlternativesOf(_free[i]).MinBy(alternative => Priced(_free[i], alternative, prices));
            cost += _model.OwnCost(_free[i], choice[i]);
            changes += choice[i].Change;
            if (choice[i].Pool >= 0)
            {
                surplus[choice[i].Pool] += _model.Fleet.UsageBytes[_free[i]] - choice[i].IncludedBytes;
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
            for (int i = 0; i < _free.Length; i++)
            {
                Best[_free[i]] = choice[i].Plan;
            }
        }
    }

    private Alternative[] AlternativesOf(int device) => _model.Classes[_model.ClassOf(device)].Alternatives;

    private void Branch(TreeNode node, int device, DualOptimum optimum)
    {
        Alternative[] alternatives = AlternativesOf(device);
        double[] priced = Array.ConvertAll(alternatives, alternative => Priced(device, alternative, optimum.Prices));
        double cheapest = priced.Min();
        node.SplitDevice = device;
        node.Children = [];
        for (int a = 0; a < alternatives.Length; a++)
        {
            if (_changes + alternatives[a].Change > (_model.MaxChanges ?? int.MaxValue) || IsMirrored(device, a))
            {
                continue;
            }

            var child = new TreeNode(node, a, RoundUp(_fixedCost + optimum.Value + priced[a] - cheapest), optimum.Prices);
            if (child.Bound <= Excluded)
            {
                node.Children.Add(child);
                Push(child);
            }
        }
    }

    /// <summary>
    /// SIMs that can change places without anything changing: only assignments are tried in which their plans ascend as they do.
    /// </summary>
    private bool IsMirrored(int device, int alternative)
    {
        for (int i = 0; i < _depth; i++)
        {
            int other = _fixedDevice[i];
            if ((other < device ? _fixedTo[i] > alternative : _fixedTo[i] < alternative) && AreAlike(other, device))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// A bound for the SIMs still free from their counts per plan; the best assignment may improve on the way.
    /// </summary>
    private void BoundByCounts(TreeNode node, List<ChainClass> classes, RowPrices prices)
    {
        if (classes.Count > ClassesMax && LeavesBelow() > WorkPerNodeOfManyClasses)
        {
            return;
        }

        var search = new CountSearch(_model, classes, _surplus, [prices], _model.MaxChanges - _changes, _limits);
        _work += _free.Length + search.Work;
        if (!search.Fits)
        {
            return;
        }

        long outside = _fixedCost + OverageOutside(search.Stages);
        bool isRoot = _depth == 0;
        long workMax = classes.Count > FewClassesMax ? WorkPerNodeOfManyClasses : isRoot ? WorkPerFirstNode : WorkPerNode;
        long costBefore = BestCost;

        // At the root the best known may be far from the bound: counts are sought near the bound first, then further from it.
        double most = Excluded - outside + Margin;
        double reach = isRoot ? Math.Max(_granularity, (most - search.LowerBound) / NarrowestReach) : double.PositiveInfinity;
        for (; ; reach *= ReachGrowth)
        {
            double costMax = Math.Min(most, search.LowerBound + reach);
            long workBefore = search.Work;
            List<PlanCounts> found = search.Search(costMax, LabelsPerStage, Math.Min(Math.Min(workMax, LeavesBelow()), _workMax - _work));
            _work += search.Work - workBefore;
            ImproveBest(search.Stages, found, classes, outside);
            if (search.Truncated)
            {
                return;
            }

            if (found.Count > 0 || costMax >= most)
            {
                node.RaiseByCounts(found.Count == 0 ? costBefore : found[0].Cost + outside, search);
                return;
            }
        }
    }

    /// <summary>Half a micro-unit, and what floating point may lose in sums as large as the cost.</summary>
    private double Margin => 0.5 + (BestCost * 1e-13);

    /// <summary>Alike in all that is billed.</summary>
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
    private long OverageOutside(ChainStage[] stages)
    {
        var inChain = new bool[_surplus.Length];
        foreach (ChainStage stage in stages)
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
    private void ImproveBest(ChainStage[] stages, List<PlanCounts> found, List<ChainClass> classes, long outside)
    {
        foreach (PlanCounts counts in found.Take(BalancesPerNode).TakeWhile(counts => counts.Cost + outside < BestCost))
        {
            var balancer = new PoolBalancer(stages, counts, classes);
            long cost = counts.Cost + balancer.Run() + outside;
            if (cost < BestCost)
            {
                BestCost = cost;
                Best = (ushort[])Best.Clone();
                WriteFixed();
                WriteMembers(stages, balancer, classes);
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

    /// <summary>Those not fixed are written by whoever knows their place.</summary>
    private void WriteFixed()
    {
        for (int i = 0; i < _depth; i++)
        {
            Best[_fixedDevice[i]] = AlternativesOf(_fixedDevice[i])[_fixedTo[i]].Plan;
        }
    }

    private void WriteMembers(ChainStage[] stages, PoolBalancer balancer, List<ChainClass> classes)
    {
        for (int stage = 0; stage < stages.Length; stage++)
        {
            ChainClass chainClass = classes[stages[stage].Class];
            ushort plan = _model.Classes[chainClass.ModelClass].Alternatives[stages[stage].Alternative].Plan;
            foreach (int member in balancer.Members[stage])
            {
                Best[chainClass.Devices[member]] = plan;
            }
        }
    }
}
