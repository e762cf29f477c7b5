using System.Numerics;
using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Engine.Tests;

/// <summary>The bill written straight from the rule with numbers that cannot overflow, SIM by SIM: what the product must equal.</summary>
internal static class NaiveBill
{
    public static BigInteger Total(Fleet fleet, PlanCatalog catalog, ushort[] assignment)
    {
        BigInteger total = 0;
        for (int device = 0; device < fleet.Count; device++)
        {
            total += assignment[device] == Fleet.NoPlan ? 0 : OwnCharge(fleet, catalog, device, assignment[device]);
        }

        return total + PoolOverages(fleet, catalog, assignment).Values.Aggregate(BigInteger.Zero, BigInteger.Add);
    }

    /// <summary>Everything that depends on one SIM alone.</summary>
    public static BigInteger OwnCharge(Fleet fleet, PlanCatalog catalog, int device, int plan)
    {
        RatePlan ratePlan = catalog.Plans[plan];
        BigInteger charge = 0;
        if (catalog.Rules.ChargeType != ChargeType.OverageOnly)
        {
            charge += RoundHalfUp((BigInteger)ratePlan.MonthlyRate.MicroUnits * Days(fleet, catalog, device), catalog.Rules.PeriodDays);
        }

        if (catalog.Rules.ChargeType != ChargeType.RateChargeOnly)
        {
            int sms = fleet.SmsCount is null ? 0 : fleet.SmsCount[device];
            charge += BigInteger.Max(0, sms - ratePlan.IncludedSms) * ratePlan.SmsRate.MicroUnits;
            if (!ratePlan.IsPooled && !ratePlan.IsUnlimited)
            {
                BigInteger excess = fleet.UsageBytes[device] - Included(fleet, catalog, device, plan);
                charge += CeilingOfBlocks(excess, ratePlan.OverageBlock.Bytes) * ratePlan.OverageRate.MicroUnits;
            }
        }

        return charge;
    }

    /// <summary>Overage per (pool, comm group), 0 included.</summary>
    public static Dictionary<(int Pool, int Group), BigInteger> PoolOverages(Fleet fleet, PlanCatalog catalog, ushort[] assignment)
    {
        var excess = new Dictionary<(int Pool, int Group), BigInteger>();
        for (int device = 0; device < fleet.Count; device++)
        {
            int plan = assignment[device];
            if (plan == Fleet.NoPlan || !catalog.Plans[plan].IsPooled || catalog.Plans[plan].IsUnlimited)
            {
                continue;
            }

            int group = catalog.Rules.PoolScope == PoolScope.CommGroup ? fleet.CommGroup![device] : -1;
            (int, int) pool = (catalog.PoolOfPlan[plan], group);
            excess[pool] = excess.GetValueOrDefault(pool) + fleet.UsageBytes[device] - Included(fleet, catalog, device, plan);
        }

        bool billed = catalog.Rules.ChargeType != ChargeType.RateChargeOnly;
        return excess.ToDictionary(pair => pair.Key, pair => billed
            ? CeilingOfBlocks(pair.Value, catalog.Pools[pair.Key.Pool].OverageBlock.Bytes)
                * catalog.Pools[pair.Key.Pool].OverageRate.MicroUnits
            : BigInteger.Zero);
    }

    public static BigInteger Included(Fleet fleet, PlanCatalog catalog, int device, int plan) =>
        (BigInteger)(catalog.Plans[plan].IncludedData?.Bytes ?? 0) * Days(fleet, catalog, device) / catalog.Rules.PeriodDays;

    public static BigInteger CeilingOfBlocks(BigInteger excess, BigInteger block) =>
        excess <= 0 ? 0 : (excess + block - 1) / block;

    private static int Days(Fleet fleet, PlanCatalog catalog, int device) =>
        fleet.ActiveDays is null ? catalog.Rules.PeriodDays : fleet.ActiveDays[device];

    private static BigInteger RoundHalfUp(BigInteger numerator, BigInteger denominator)
    {
        BigInteger whole = BigInteger.DivRem(numerator, denominator, out BigInteger rest);
        return 2 * rest >= denominator ? whole + 1 : whole;
    }
}
