using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Engine.Certificates;

/// <summary>The bill rule written a second time, so that the checker leans on none of the code it checks.</summary>
/// <remarks>Rule: docs/pricing-rules.md, "What a SIM costs".</remarks>
internal sealed class RestatedBillRule
{
    private readonly Fleet _fleet;
    private readonly PlanCatalog _catalog;
    private readonly long _rateParts;
    private readonly long _overageParts;

    public RestatedBillRule(Fleet fleet, PlanCatalog catalog)
    {
        _fleet = fleet;
        _catalog = catalog;
        _rateParts = catalog.Rules.ChargeType == ChargeType.OverageOnly ? 0 : 1;
        _overageParts = catalog.Rules.ChargeType == ChargeType.RateChargeOnly ? 0 : 1;
        PerGroup = catalog.Rules.PoolScope == PoolScope.CommGroup;
        GroupCount = PerGroup && fleet.CommGroup is { Length: > 0 } groups ? groups.Max() + 1 : 1;
    }

    public int PeriodDays => _catalog.Rules.PeriodDays;

    public int PlanCount => _catalog.Plans.Count;

    /// <summary>True when each comm group has pools of its own.</summary>
    public bool PerGroup { get; }

    public int GroupCount { get; }

    public bool BillsOverage => _overageParts == 1;

    public int Group(int device) => GroupCount > 1 ? _fleet.CommGroup![device] : 0;

    public int Days(int device) => _fleet.ActiveDays is null ? PeriodDays : _fleet.ActiveDays[device];

    /// <summary>Micro-units; half a micro-unit rounds up.</summary>
    public long RateCharge(int plan, int days)
    {
        Int128 twice = 2 * (Int128)_catalog.Plans[plan].MonthlyRate.MicroUnits * days;
        return (long)((twice + PeriodDays) / (2 * (Int128)PeriodDays)) * _rateParts;
    }

    /// <summary>Bytes, rounded down; 0 for an unlimited plan, which shares with nobody.</summary>
    public long IncludedBytes(int plan, int days) =>
        (long)((Int128)(_catalog.Plans[plan].IncludedData?.Bytes ?? 0) * days / PeriodDays);

    /// <summary>True when a SIM on the plan pays for its own data, alone.</summary>
    public bool PaysAlone(int plan) =>
        BillsOverage && !_catalog.Plans[plan].IsPooled && !_catalog.Plans[plan].IsUnlimited;

    /// <summary>Micro-units for data above the allowance on a plan where each SIM pays alone.</summary>
    public long OwnOverage(int plan, long usageBytes, long includedBytes)
    {
        RatePlan ratePlan = _catalog.Plans[plan];
        return PaysAlone(plan)
            ? Blocks(usageBytes - includedBytes, ratePlan.OverageBlock.Bytes) * ratePlan.OverageRate.MicroUnits
            : 0;
    }

    public long SmsCharge(int plan, int device)
    {
        RatePlan ratePlan = _catalog.Plans[plan];
        long above = _fleet.SmsCount is null ? 0 : Math.Max(0L, (long)_fleet.SmsCount[device] - ratePlan.IncludedSms);
        return above * ratePlan.SmsRate.MicroUnits * _overageParts;
    }

    /// <summary>Micro-units per block above the allowance of the pool.</summary>
    public long PoolOverageRate(int pool) => _catalog.Pools[pool].OverageRate.MicroUnits * _overageParts;

    /// <summary>Started blocks above an allowance.</summary>
    public static long Blocks(long excessBytes, long blockBytes)
    {
        if (excessBytes <= 0)
        {
            return 0;
        }

        long whole = excessBytes / blockBytes;
        return whole * blockBytes == excessBytes ? whole : whole + 1;
    }
}
