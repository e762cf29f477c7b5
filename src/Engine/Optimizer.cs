using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Certificates;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Engine;

/// <summary>Finds the cheapest assignment of SIMs to rate plans, with proof of how near to the cheapest possible it is.</summary>
/// <remarks>Mathematics: docs/engine.md.</remarks>
public static class Optimizer
{
    /// <summary>Solves one fleet; the result is checked by <see cref="CertificateChecker"/> before it is returned.</summary>
    /// <exception cref="ModelException">The fleet cannot be priced exactly; every mistake is named.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Solution Solve(
        Fleet fleet, PlanCatalog catalog, SolveOptions options, CancellationToken cancellationToken)
    {
        // SKELETON: cheapest plan per SIM at price 0; the search replaces this body, the signature stays.
        FleetValidation.Validate(fleet, catalog);
        cancellationToken.ThrowIfCancellationRequested();
        var prices = new PriceTable(catalog);
        var assignment = new ushort[fleet.Count];
        long bound = 0;
        for (int device = 0; device < fleet.Count; device++)
        {
            PlanSet set = fleet.PlanSets[fleet.PlanSetOf[device]];
            int days = fleet.ActiveDaysOf(device, catalog.Rules.PeriodDays);
            assignment[device] = Fleet.NoPlan;
            long best = long.MaxValue;
            foreach (ushort plan in set.Plans)
            {
                RatePlan ratePlan = catalog.Plans[plan];
                long cost = prices.RateCharge(plan, days)
                    + prices.IndividualOverage(ratePlan, plan, fleet.UsageBytes[device], days)
                    + (fleet.SmsCount is null ? 0 : prices.SmsCharge(ratePlan, fleet.SmsCount[device]));
                if (cost < best)
                {
                    best = cost;
                    assignment[device] = plan;
                }
            }

            bound += set.IsEmpty ? 0 : best;
        }

        Bill bill = BillCalculator.Bill(fleet, catalog, assignment);
        return new Solution
        {
            Assignment = assignment,
            Bill = bill,
            Cost = bill.Total,
            LowerBound = new Money(bound),
            ProvenOptimal = bill.Total.MicroUnits == bound,
            Changes = 0,
            Certificate = new Certificate([], 0) { PriceBound = new Money(bound) },
            StoppedBy = StopReason.Finished,
            Phases = [],
        };
    }
}
