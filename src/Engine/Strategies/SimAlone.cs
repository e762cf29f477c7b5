using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Engine;

/// <summary>Chooses for each SIM as if it were the only one.</summary>
internal static class SimAlone
{
    public static ushort[] NearestAllowance(Fleet fleet, PlanCatalog catalog)
    {
        var prices = new PriceTable(catalog);
        return ForEach(fleet, catalog, (device, plan, days) =>
        {
            // An unlimited plan is the largest allowance there is, and holds any usage.
            bool isUnlimited = catalog.Plans[plan].IsUnlimited;
            long allowance = isUnlimited ? long.MaxValue : prices.IncludedBytes(plan, days);
            bool isTooSmall = allowance < fleet.UsageBytes[device];
            return (isTooSmall, isTooSmall ? long.MaxValue - allowance : allowance, prices.RateCharge(plan, days));
        });
    }

    public static ushort[] Cheapest(Fleet fleet, PlanCatalog catalog)
    {
        var prices = new PriceTable(catalog);
        return ForEach(fleet, catalog, (device, plan, days) =>
        {
            RatePlan ratePlan = catalog.Plans[plan];
            long overage = !prices.BillsOverage || ratePlan.IsUnlimited
                ? 0
                : PriceTable.Overage(
                    fleet.UsageBytes[device] - prices.IncludedBytes(plan, days), ratePlan.OverageBlock.Bytes,
                    ratePlan.OverageRate.MicroUnits);
            long messages = fleet.SmsCount is null ? 0 : prices.SmsCharge(ratePlan, fleet.SmsCount[device]);
            return (false, prices.RateCharge(plan, days) + overage + messages, 0);
        });
    }

    /// <summary>The allowed plan with the lowest rank; of equals the first in the catalog.</summary>
    /// <param name="rank">By SIM, plan and active days; compared part by part, false before true.</param>
    private static ushort[] ForEach(Fleet fleet, PlanCatalog catalog, Func<int, int, int, (bool, long, long)> rank)
    {
        var assignment = new ushort[fleet.Count];
        for (int device = 0; device < assignment.Length; device++)
        {
            int days = fleet.ActiveDaysOf(device, catalog.Rules.PeriodDays);
            ushort best = Fleet.NoPlan;
            (bool, long, long) bestRank = default;
            foreach (ushort plan in fleet.PlanSets[fleet.PlanSetOf[device]].Plans)
            {
                (bool, long, long) found = rank(device, plan, days);
                if (best == Fleet.NoPlan || found.CompareTo(bestRank) < 0)
                {
                    (best, bestRank) = (plan, found);
                }
            }

            assignment[device] = best;
        }

        return assignment;
    }
}
