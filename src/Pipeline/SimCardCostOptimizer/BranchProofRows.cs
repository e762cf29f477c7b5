using System.Text.Json;
using CarrierOptimization.Engine.Certificates;

namespace CarrierOptimization.Pipeline.SimCardCostOptimizer;

/// <summary>Prices of a proof as they stand in JSON.</summary>
internal sealed record BranchPricesRow(IReadOnlyList<PoolPriceRow> PoolPrices, long ChangePrice);

/// <summary>A pool price as it stands in JSON.</summary>
internal readonly record struct PoolPriceRow(int Pool, int CommGroup, long Scaled)
{
    public static PoolPriceRow Of(PoolPrice price) => new(price.Pool, price.CommGroup, price.ScaledMicroUnitsPerByte);

    public PoolPrice ToPrice() => new(Pool, CommGroup, Scaled);
}

/// <summary>
/// One node of a proof's tree. A split names its SIM and plans, its children follow; counts have pools; the other two are leaves.
/// </summary>
internal sealed record BranchNodeRow
{
    public int? Prices { get; init; }

    public int? Device { get; init; }

    /// <summary>Of the children of a split, ascending, as many as nodes that follow.</summary>
    public IReadOnlyList<int>? Plans { get; init; }

    public IReadOnlyList<int>? Counts { get; init; }

    /// <summary>Pairs of pool and comm group.</summary>
    public IReadOnlyList<IReadOnlyList<int>>? Pools { get; init; }
}

/// <summary>A proof by branching as it stands in JSON: the tree as one list, each node before its children, however deep it is.</summary>
internal sealed record BranchProofRows(
    IReadOnlyList<BranchPricesRow> Prices, IReadOnlyList<BranchNodeRow> Nodes, long Bound)
{
    public static BranchProofRows Of(BranchProof proof)
    {
        var nodes = new List<BranchNodeRow>();
        var open = new Stack<BranchNode>([proof.Root]);
        while (open.TryPop(out BranchNode? node))
        {
            nodes.Add(Row(node));
            if (node is Split split)
            {
                foreach (BranchNode child in split.Children.OrderByDescending(child => child.Key).Select(child => child.Value))
                {
                    open.Push(child);
                }
            }
        }

        return new BranchProofRows(
            [.. proof.Prices.Select(prices => new BranchPricesRow(
                [.. prices.PoolPrices.Select(PoolPriceRow.Of)], prices.ChangePriceMicroUnits))],
            nodes,
            proof.BoundMicroUnits);
    }

    /// <exception cref="JsonException">The nodes are no tree.</exception>
    public BranchProof ToProof()
    {
        // Backwards, so that the children of a split are made before it: the next ones on the stack are its own.
        var made = new Stack<BranchNode>();
        foreach (BranchNodeRow row in Nodes.Reverse())
        {
            made.Push(Node(row, made));
        }

        return made.Count == 1
            ? new BranchProof(
                [.. Prices.Select(prices => new BranchPrices(
                    [.. prices.PoolPrices.Select(price => price.ToPrice())], prices.ChangePrice))],
                made.Pop(),
                Bound)
            : throw new JsonException($"The proof has {made.Count} roots; expected one.");
    }

    private static BranchNodeRow Row(BranchNode node) => node switch
    {
        ClosedByPrices closed => new BranchNodeRow { Prices = closed.Prices },
        ClosedByCounts closed => new BranchNodeRow
        {
            Counts = closed.Prices,
            Pools = [.. closed.Pools.Select(pool => new[] { pool.Pool, pool.CommGroup })],
        },
        Split split => new BranchNodeRow
        {
            Device = split.Device,
            Prices = split.Prices,
            Plans = [.. split.Children.Keys.Select(plan => (int)plan).Order()],
        },
        ClosedWhole => new BranchNodeRow(),
        _ => throw new InvalidOperationException($"A proof has a node of the kind {node.GetType().Name}, which can't be stored."),
    };

    private static BranchNode Node(BranchNodeRow row, Stack<BranchNode> made)
    {
        if (row.Device is { } device)
        {
            if (row.Plans is null || row.Prices is null || row.Plans.Count > made.Count)
            {
                throw new JsonException($"The node that splits on SIM {device} lacks prices, plans or children.");
            }

            return new Split(device, row.Prices.Value, row.Plans.ToDictionary(plan => (ushort)plan, _ => made.Pop()));
        }

        return row.Counts is not null ? new ClosedByCounts(row.Counts, [.. (row.Pools ?? []).Select(pool => (pool[0], pool[1]))])
            : row.Prices is { } prices ? new ClosedByPrices(prices)
            : new ClosedWhole();
    }
}
