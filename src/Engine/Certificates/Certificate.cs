using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Engine.Certificates;

/// <summary>The price the proof puts on one byte of one pool's allowance.</summary>
/// <param name="Pool">Position in the catalog's pools.</param>
/// <param name="CommGroup">The group, or -1 when pools reach over the whole account.</param>
/// <param name="ScaledMicroUnitsPerByte">The price times 2^<see cref="Certificate.PriceShift"/>, at least 0.</param>
public readonly record struct PoolPrice(int Pool, int CommGroup, long ScaledMicroUnitsPerByte);

/// <summary>What a checker needs to recompute the lower bound from the model alone.</summary>
/// <param name="PoolPrices">One for each pool that the fleet can use; a pool not named has price 0.</param>
/// <param name="ChangePriceMicroUnits">Price per change where the changes are limited; at least 0.</param>
public sealed record Certificate(IReadOnlyList<PoolPrice> PoolPrices, long ChangePriceMicroUnits)
{
    /// <summary>Binary digits after the point of a pool price.</summary>
    public const int PriceShift = 40;

    /// <summary>Proof of a bound above the one by prices, or <c>null</c> when there is none.</summary>
    public BranchProof? Proof { get; init; }

    /// <summary>The bound these prices prove.</summary>
    public required Money PriceBound { get; init; }
}
