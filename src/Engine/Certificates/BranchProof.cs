namespace CarrierOptimization.Engine.Certificates;

/// <summary>Proof of a bound above the one by prices: a tree that gives SIMs plans one after the other until nothing is left open.</summary>
/// <param name="Prices">The prices that the nodes name by position.</param>
/// <param name="Root">The node where no SIM has a plan yet.</param>
/// <param name="BoundMicroUnits">No assignment costs less.</param>
/// <remarks>docs/engine.md, "The proof by branching".</remarks>
public sealed record BranchProof(IReadOnlyList<BranchPrices> Prices, BranchNode Root, long BoundMicroUnits);

/// <summary>Prices as in a <see cref="Certificate"/>; a pool not named has price 0.</summary>
public sealed record BranchPrices(IReadOnlyList<PoolPrice> PoolPrices, long ChangePriceMicroUnits);

/// <summary>The assignments in which the SIMs split on so far have the plans chosen so far.</summary>
public abstract record BranchNode;

/// <summary>Closed: at these prices nothing here costs less than the bound.</summary>
/// <param name="Prices">Position in <see cref="BranchProof.Prices"/>.</param>
public sealed record ClosedByPrices(int Prices) : BranchNode;

/// <summary>Closed: no numbers of SIMs per plan that cost less than the bound could be filled with SIMs.</summary>
/// <param name="Prices">Positions in <see cref="BranchProof.Prices"/>; each of them excludes numbers.</param>
/// <param name="Pools">
/// Order in which the pools' rooms are added up, each (pool, comm group or -1) that a SIM without a plan so far may use, once.
/// </param>
public sealed record ClosedByCounts(IReadOnlyList<int> Prices, IReadOnlyList<(int Pool, int CommGroup)> Pools) : BranchNode;

/// <summary>Closed: every SIM has a plan, and that assignment costs at least the bound.</summary>
public sealed record ClosedWhole : BranchNode;

/// <summary>Split by the plan of one SIM.</summary>
/// <param name="Device">A SIM that has no plan so far.</param>
/// <param name="Prices">
/// Position in <see cref="BranchProof.Prices"/>: plans at which nothing costs less than the bound at these prices need no node.
/// </param>
/// <param name="Children">By plan. Left out may be what prices or the limit of changes exclude, and mirror images.</param>
public sealed record Split(int Device, int Prices, IReadOnlyDictionary<ushort, BranchNode> Children) : BranchNode;
