namespace CarrierOptimization.Engine.Certificates;

/// <summary>
/// Proof of a bound above the one by prices: a tree that fixes SIMs to plans one after the other, closed where the counts per plan
/// of all SIMs not yet fixed cannot cost less.
/// </summary>
/// <param name="Order">SIMs in the order in which they are fixed.</param>
/// <param name="Leaves">Per closed branch the plans of the first SIMs of <paramref name="Order"/>, as many as are fixed there.</param>
/// <param name="BoundMicroUnits">No assignment costs less.</param>
/// <remarks>docs/engine.md, "The certificate".</remarks>
public sealed record BranchProof(
    IReadOnlyList<int> Order, IReadOnlyList<IReadOnlyList<ushort>> Leaves, long BoundMicroUnits);
