using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Engine;

/// <summary>Chooses for each SIM as if it were the only one.</summary>
internal static class SimAlone
{
    public static ushort[] NearestAllowance(Fleet fleet, PlanCatalog catalog)
    {
        var prices = new PriceTable(catalog);
        var assignment = new ushort[fleet.Count];
        var ladders = new Dictionary<(ushort Set, int Days), AllowanceLadder>();
        (ushort Set, int Days) last = (0, -1);
        AllowanceLadder? ladder = null;
        for (int device = 0; device < assignment.Length; device++)
        {
            (ushort Set, int Days) key = (fleet.PlanSetOf[device], fleet.ActiveDaysOf(device, catalog.Rules.PeriodDays));
            if (ladder is null || key != last)
            {
                last = key;
                if (!ladders.TryGetValue(key, out ladder))
                {
                    ladder = new AllowanceLadder(fleet.PlanSets[key.Set], catalog, prices, key.Days);
                    ladders.Add(key, ladder);
                }
            }

            assignment[device] = ladder.PlanFor(fleet.UsageBytes[device]);
        }

        return assignment;
    }

    /// <summary>The plans of one set by allowance for so many days, of equal allowances the cheapest.</summary>
    private sealed class AllowanceLadder
    {
        private readonly long[] _allowance;
        private readonly ushort[] _plan;

        public AllowanceLadder(PlanSet set, PlanCatalog catalog, PriceTable prices, int days)
        {
            // An unlimited plan is the largest allowance there is, and holds any usage. Sorting is stable: ties keep the set's order.
            var rungs = set.Plans.ToArray()
                .Select(plan => (
                    Plan: plan,
                    Allowance: catalog.Plans[plan].IsUnlimited ? long.MaxValue : prices.IncludedBytes(plan, days),
                    Rate: prices.RateCharge(plan, days)))
                .OrderBy(rung => rung.Allowance).ThenBy(rung => rung.Rate)
                .DistinctBy(rung => rung.Allowance)
                .ToArray();
            _allowance = Array.ConvertAll(rungs, rung => rung.Allowance);
            _plan = Array.ConvertAll(rungs, rung => rung.Plan);
        }

        /// <summary>The smallest allowance that holds the usage, else the largest.</summary>
        public ushort PlanFor(long usageBytes)
        {
            int low = 0;
            for (int high = _allowance.Length - 1; low < high;)
            {
                int middle = (low + high) >> 1;
                (low, high) = _allowance[middle] < usageBytes ? (middle + 1, high) : (low, middle);
            }

            return _plan.Length == 0 ? Fleet.NoPlan : _plan[low];
        }
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
