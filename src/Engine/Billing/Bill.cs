using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Engine.Billing;

/// <summary>The SIMs on one plan (of one comm group, where pools are billed per group).</summary>
/// <param name="CommGroup">The group, or -1 when the scope is the account.</param>
/// <param name="DataOverage">What the SIMs of an individual plan pay for data, each alone; 0 for pooled plans.</param>
public sealed record PlanBill(
    int Plan, int CommGroup, int Devices, long AllowanceBytes, long UsageBytes, Money RateCharge, Money DataOverage, Money SmsCharge);

/// <summary>One billed pool.</summary>
/// <param name="Pool">Position in the catalog's pools.</param>
/// <param name="CommGroup">The group, or -1 when the scope is the account.</param>
/// <param name="OverageBlocks">Started blocks above the allowance.</param>
public sealed record PoolBill(
    int Pool, int CommGroup, int Devices, long AllowanceBytes, long UsageBytes, Money RateCharge, long OverageBlocks, Money Overage);

/// <summary>What the carrier bills for one assignment of one fleet in one period. Exact.</summary>
/// <param name="Devices">SIMs that are billed: those with a plan.</param>
/// <param name="DataOverage">Overage of pools and of individual plans.</param>
/// <param name="Plans">Plans with at least one SIM, by group, then plan.</param>
/// <param name="Pools">Pools with at least one SIM, by group, then pool.</param>
public sealed record Bill(
    int Devices,
    Money RateCharge,
    Money DataOverage,
    Money SmsCharge,
    IReadOnlyList<PlanBill> Plans,
    IReadOnlyList<PoolBill> Pools)
{
    public Money Total => RateCharge + DataOverage + SmsCharge;
}

/// <summary>The bill broken down to SIMs, in micro-units; the three arrays add up to the bill exactly.</summary>
/// <param name="DataOverage">Own overage on an individual plan, or the share of the pool's overage.</param>
public sealed record DeviceCharges(long[] RateCharge, long[] DataOverage, long[] SmsCharge)
{
    public Money Total(int device) => new(RateCharge[device] + DataOverage[device] + SmsCharge[device]);
}
