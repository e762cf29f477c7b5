using CarrierOptimization.Engine.Bounding;
using CarrierOptimization.Engine.Certificates;

namespace CarrierOptimization.Engine.Search;

/// <summary>Prices as a certificate writes them: whole numbers within their range.</summary>
internal static class ProofPrices
{
    /// <summary>The nearest prices that a certificate can hold; the search goes on with just these.</summary>
    public static RowPrices Quantise(SearchModel model, RowPrices prices)
    {
        var pools = new double[prices.Pools.Length];
        for (int row = 0; row < pools.Length; row++)
        {
            pools[row] = (double)Scaled(model.Rows[row], prices.Pools[row]) / (1L << Certificate.PriceShift);
        }

        return new RowPrices(pools, PerChange(model, prices));
    }

    public static BranchPrices Of(SearchModel model, RowPrices prices)
    {
        var pools = new List<PoolPrice>();
        for (int row = 0; row < prices.Pools.Length; row++)
        {
            PoolRow poolRow = model.Rows[row];
            pools.Add(new PoolPrice(poolRow.Pool, poolRow.CommGroup, Scaled(poolRow, prices.Pools[row])));
        }

        return new BranchPrices(pools, PerChange(model, prices));
    }

    private static long PerChange(SearchModel model, RowPrices prices) =>
        model.MaxChanges is null ? 0 : (long)Math.Clamp(prices.PerChange, 0, 1e17);

    private static long Scaled(in PoolRow row, double price)
    {
        Int128 highest = ((Int128)row.RateMicroUnits << Certificate.PriceShift) / row.BlockBytes;
        double scaled = Math.Floor(price * (1L << Certificate.PriceShift));
        if (scaled <= 0)
        {
            return 0;
        }

        // A double holds 53 digits: of a price above that the last ones are cut off, so that both forms are the same number.
        Int128 whole = Int128.Min((Int128)scaled, Int128.Min(highest, long.MaxValue));
        int surplus = Math.Max(0, 128 - (int)Int128.LeadingZeroCount(whole) - 53);
        return (long)(whole >> surplus << surplus);
    }
}
