using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Engine.Billing;

/// <summary>
/// The one bill function: prices the fleet as it is, every candidate, the winner, and the invoice check.
/// </summary>
/// <remarks>Rule: docs/pricing-rules.md, "What a SIM costs".</remarks>
public static class BillCalculator
{
    /// <summary>Fleets below this are billed on one thread.</summary>
    private const int DevicesPerThread = 200_000;

    /// <summary>
    /// Bill of <paramref name="fleet"/> when each SIM is on its plan in <paramref name="assignment"/>.
    /// </summary>
    /// <param name="fleet">Valid for <paramref name="catalog"/> (<see cref="FleetValidation"/>).</param>
    /// <param name="catalog">The plans, and the rules of the bill.</param>
    /// <param name="assignment">Per SIM a plan, or <see cref="Fleet.NoPlan"/>: not billed. Eligibility is not checked here.</param>
    /// <exception cref="ArgumentException">The assignment has another length or names a plan outside the catalog.</exception>
    public static Bill Bill(Fleet fleet, PlanCatalog catalog, ReadOnlySpan<ushort> assignment)
    {
        CheckAssignment(fleet, assignment);
        var prices = new PriceTable(catalog);
        var cells = new BillCells(fleet, catalog, prices);
        cells.Add(assignment);
        return cells.ToBill();
    }

    /// <summary>The same for an assignment held in an array; large fleets are counted on all processors.</summary>
    public static Bill Bill(Fleet fleet, PlanCatalog catalog, ushort[] assignment)
    {
        CheckAssignment(fleet, assignment);
        int threads = Math.Clamp(fleet.Count / DevicesPerThread, 1, Environment.ProcessorCount);
        var prices = new PriceTable(catalog);
        var parts = new BillCells[threads];
        if (threads == 1)
        {
            parts[0] = new BillCells(fleet, catalog, prices);
            parts[0].Add(assignment);
            return parts[0].ToBill();
        }

        Parallel.For(0, threads, thread =>
        {
            int from = (int)((long)fleet.Count * thread / threads);
            int to = (int)((long)fleet.Count * (thread + 1) / threads);
            parts[thread] = new BillCells(fleet, catalog, prices);
            parts[thread].Add(assignment.AsSpan(from, to - from), from);
        });
        for (int thread = 1; thread < threads; thread++)
        {
            parts[0].Merge(parts[thread]);
        }

        return parts[0].ToBill();
    }

    /// <summary>Breaks <paramref name="bill"/> down to SIMs so that they add up to it exactly.</summary>
    /// <param name="bill">The bill of the same fleet, catalog and assignment.</param>
    public static DeviceCharges DeviceCharges(Fleet fleet, PlanCatalog catalog, ushort[] assignment, Bill bill)
    {
        CheckAssignment(fleet, assignment);
        var prices = new PriceTable(catalog);
        var charges = new DeviceCharges(new long[fleet.Count], new long[fleet.Count], new long[fleet.Count]);
        int periodDays = catalog.Rules.PeriodDays;
        for (int device = 0; device < assignment.Length; device++)
        {
            int plan = assignment[device];
            if (plan == Fleet.NoPlan)
            {
                continue;
            }

            RatePlan ratePlan = catalog.Plans[plan];
            int days = fleet.ActiveDaysOf(device, periodDays);
            charges.RateCharge[device] = prices.RateCharge(plan, days);
            charges.DataOverage[device] = prices.IndividualOverage(ratePlan, plan, fleet.UsageBytes[device], days);
            charges.SmsCharge[device] = fleet.SmsCount is null ? 0 : prices.SmsCharge(ratePlan, fleet.SmsCount[device]);
        }

        foreach (PoolBill pool in bill.Pools.Where(pool => pool.Overage > Money.Zero))
        {
            OverageAttribution.Attribute(fleet, catalog, prices, assignment, pool, charges.DataOverage);
        }

        return charges;
    }

    private static void CheckAssignment(Fleet fleet, ReadOnlySpan<ushort> assignment)
    {
        if (assignment.Length != fleet.Count)
        {
            throw new ArgumentException($"The assignment has {assignment.Length} places; expected {fleet.Count}, one per SIM.");
        }
    }
}
