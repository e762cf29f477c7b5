using CarrierOptimization.Engine.Bounding;
using CarrierOptimization.Engine.Certificates;

namespace CarrierOptimization.Engine.Search;

/// <summary>A node of the branch and bound: SIMs fixed to alternatives, and what is known of all assignments with these.</summary>
/// <param name="choice">The alternative of the SIM fixed last.</param>
/// <param name="priceBound">By the prices of the parent, in micro-units.</param>
/// <param name="prices">The best ones known when it was made.</param>
internal sealed class TreeNode(TreeNode? parent, int choice, long priceBound, RowPrices prices)
{
    public TreeNode? Parent { get; } = parent;

    public int Choice { get; } = choice;

    /// <summary>SIMs fixed.</summary>
    public int Depth { get; } = parent is null ? 0 : parent.Depth + 1;

    /// <summary>No assignment here costs less by the prices of the parent: excludes the node without a look at it.</summary>
    public long BoundFromParent { get; } = priceBound;

    public RowPrices Prices { get; set; } = prices;

    /// <summary>No assignment here costs less, by <see cref="Prices"/>.</summary>
    public long PriceBound { get; set; } = long.MinValue;

    /// <summary>No assignment here costs less, by counts per plan.</summary>
    public long CountsBound { get; private set; } = long.MinValue;

    /// <summary>Prices and order of pools that <see cref="CountsBound"/> was found with.</summary>
    public IReadOnlyList<RowPrices> CountsPrices { get; private set; } = [];

    public IReadOnlyList<int> CountsRows { get; private set; } = [];

    /// <summary>The SIM whose plan tells the children apart, or -1 before the split.</summary>
    public int SplitDevice { get; set; } = -1;

    /// <summary>One per alternative of that SIM, as far as they were worth a node; <c>null</c> before the split.</summary>
    public List<TreeNode>? Children { get; set; }

    /// <summary>The highest of all bounds, those of the nodes above included.</summary>
    public long Bound { get; private set; } = Math.Max(priceBound, parent?.Bound ?? long.MinValue);

    public void RaiseByPrices(long bound)
    {
        PriceBound = Math.Max(PriceBound, bound);
        Bound = Math.Max(Bound, bound);
    }

    public void RaiseByCounts(long bound, CountSearch search)
    {
        Bound = Math.Max(Bound, bound);
        if (bound > CountsBound)
        {
            CountsBound = bound;
            CountsPrices = search.Prices;
            CountsRows = [.. search.Stages.Where(stage => stage.EndsRow).Select(stage => stage.Row)];
        }
    }

    /// <summary>The SIMs fixed, in the order of fixing, and to which alternative.</summary>
    public (int Device, int Choice)[] Path()
    {
        var path = new (int Device, int Choice)[Depth];
        for (TreeNode node = this; node.Parent is { } above; node = above)
        {
            path[node.Depth - 1] = (above.SplitDevice, node.Choice);
        }

        return path;
    }
}

/// <summary>Writes a finished tree down as a proof; each branch ends at the first node that shows the bound.</summary>
/// <param name="excluded">The highest cost that the proof must exclude, in micro-units.</param>
internal sealed class BranchTree(SearchModel model, long excluded)
{
    private readonly Dictionary<RowPrices, int> _positions = new(ReferenceEqualityComparer.Instance);
    private readonly List<BranchPrices> _prices = [];

    public BranchProof Write(TreeNode root, long bound)
    {
        BranchNode written = Write(root);
        return new BranchProof(_prices, written, bound);
    }

    private BranchNode Write(TreeNode node)
    {
        if (node.PriceBound > excluded)
        {
            return new ClosedByPrices(PositionOf(node.Prices));
        }

        if (node.CountsBound > excluded)
        {
            return new ClosedByCounts(
                [.. node.CountsPrices.Select(PositionOf)],
                [.. node.CountsRows.Select(row => (model.Rows[row].Pool, model.Rows[row].CommGroup))]);
        }

        if (node.Children is null)
        {
            return new ClosedWhole();
        }

        int device = node.SplitDevice;
        Alternative[] alternatives = model.Classes[model.ClassOf(device)].Alternatives;
        var children = new SortedDictionary<ushort, BranchNode>();
        foreach (TreeNode child in node.Children)
        {
            if (child.BoundFromParent <= excluded)
            {
                children.Add(alternatives[child.Choice].Plan, Write(child));
            }
        }

        return new Split(device, PositionOf(node.Prices), children);
    }

    private int PositionOf(RowPrices prices)
    {
        if (!_positions.TryGetValue(prices, out int position))
        {
            position = _prices.Count;
            _positions.Add(prices, position);
            _prices.Add(ProofPrices.Of(model, prices));
        }

        return position;
    }
}
