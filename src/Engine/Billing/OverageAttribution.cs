using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Engine.Billing;

/// <summary>
/// Shares a pool's overage out to its SIMs in proportion to each one's usage above its own allowance.
/// </summary>
/// <remarks>
/// Whole micro-units by the largest-remainder method; equal remainders go to the SIM that comes first. The shares add up to the
/// overage exactly. Rule: docs/pricing-rules.md, "Overage on device rows".
/// </remarks>
internal static class OverageAttribution
{
    /// <summary>
    /// Adds the shares of <paramref name="pool"/>'s overage to <paramref name="overage"/>, one place per SIM.
    /// </summary>
    public static void Attribute(
        Fleet fleet, PlanCatalog catalog, PriceTable prices, ushort[] assignment, PoolBill pool, long[] overage)
    {
        int[] members = Members(fleet, catalog, prices, assignment, pool, out long excessSum);
        if (members.Length == 0 || excessSum <= 0)
        {
            throw new InvalidOperationException(
                $"Pool {pool.Pool} bills {pool.Overage} of overage but no SIM in it is above its allowance: not the bill of this assignment.");
        }

        var remainders = new ulong[members.Length];
        long left = pool.Overage.MicroUnits;
        for (int i = 0; i < members.Length; i++)
        {
            int device = members[i];
            (UInt128 share, UInt128 remainder) = UInt128.DivRem(
                (UInt128)(ulong)pool.Overage.MicroUnits * (ulong)Excess(fleet, catalog, prices, assignment, device), (ulong)excessSum);
            overage[device] += (long)share;
            left -= (long)share;
            remainders[i] = (ulong)remainder;
        }

        // The rest is less than one micro-unit a SIM: it goes to the largest remainders, one each.
        Array.Sort(remainders, members, LargestFirst.Instance);
        GiveRest(remainders, members, (int)left, overage);
    }

    /// <summary>
    /// One micro-unit to each of the first <paramref name="rest"/> SIMs; ties at the border by position.
    /// </summary>
    private static void GiveRest(ulong[] remainders, int[] members, int rest, long[] overage)
    {
        if (rest == 0)
        {
            return;
        }

        ulong border = remainders[rest - 1];
        int first = Array.FindIndex(remainders, remainder => remainder == border);
        int last = Array.FindLastIndex(remainders, remainder => remainder == border);
        Array.Sort(members, first, last - first + 1);
        for (int i = 0; i < rest; i++)
        {
            overage[members[i]]++;
        }
    }

    private static int[] Members(
        Fleet fleet, PlanCatalog catalog, PriceTable prices, ushort[] assignment, PoolBill pool, out long excessSum)
    {
        var inPool = new bool[catalog.Plans.Count];
        foreach (int plan in catalog.Pools[pool.Pool].PlanIndexes)
        {
            inPool[plan] = true;
        }

        var members = new List<int>();
        excessSum = 0;
        for (int device = 0; device < assignment.Length; device++)
        {
            int plan = assignment[device];
            if (plan == Fleet.NoPlan || !inPool[plan] || (pool.CommGroup >= 0 && fleet.CommGroup![device] != pool.CommGroup))
            {
                continue;
            }

            long excess = Excess(fleet, catalog, prices, assignment, device);
            if (excess > 0)
            {
                members.Add(device);
                excessSum += excess;
            }
        }

        return [.. members];
    }

    private static long Excess(Fleet fleet, PlanCatalog catalog, PriceTable prices, ushort[] assignment, int device) =>
        fleet.UsageBytes[device]
        - prices.IncludedBytes(assignment[device], fleet.ActiveDaysOf(device, catalog.Rules.PeriodDays));

    private sealed class LargestFirst : IComparer<ulong>
    {
        public static readonly LargestFirst Instance = new();

        public int Compare(ulong x, ulong y) => y.CompareTo(x);
    }
}
