using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Engine.Billing;

/// <summary>
/// What a SIM that is active for part of the period pays and gets. One of the two places where money or data is
/// rounded.
/// </summary>
/// <remarks>Rule: docs/pricing-rules.md, "Proration".</remarks>
public static class Proration
{
    /// <summary>
    /// Rate charge for <paramref name="activeDays"/> of <paramref name="periodDays"/>, half a micro-unit rounding up.
    /// </summary>
    public static long RateCharge(long monthlyRateMicroUnits, int activeDays, int periodDays) =>
        activeDays == periodDays
            ? monthlyRateMicroUnits
            : (long)((((Int128)monthlyRateMicroUnits * (2 * activeDays)) + periodDays) / (2 * periodDays));

    /// <summary>
    /// Included data for <paramref name="activeDays"/> of <paramref name="periodDays"/>, rounded down.
    /// </summary>
    public static long IncludedBytes(long includedBytes, int activeDays, int periodDays) =>
        activeDays == periodDays ? includedBytes : (long)((Int128)includedBytes * activeDays / periodDays);
}

/// <summary>
/// Rate charge and included data of every plan for every number of active days, the charge type applied.
/// </summary>
public sealed class PriceTable
{
    private readonly int _stride;
    private readonly long[] _rateCharge;
    private readonly long[] _includedBytes;

    public PriceTable(PlanCatalog catalog)
    {
        int periodDays = catalog.Rules.PeriodDays;
        bool billsRate = catalog.Rules.ChargeType != ChargeType.OverageOnly;
        BillsOverage = catalog.Rules.ChargeType != ChargeType.RateChargeOnly;
        _stride = periodDays + 1;
        _rateCharge = new long[catalog.Plans.Count * _stride];
        _includedBytes = new long[catalog.Plans.Count * _stride];
        for (int plan = 0; plan < catalog.Plans.Count; plan++)
        {
            RatePlan ratePlan = catalog.Plans[plan];
            for (int days = 1; days <= periodDays; days++)
            {
                int cell = (plan * _stride) + days;
                _rateCharge[cell] = billsRate ? Proration.RateCharge(ratePlan.MonthlyRate.MicroUnits, days, periodDays) : 0;
                _includedBytes[cell] = ratePlan.IncludedData is { } included
                    ? Proration.IncludedBytes(included.Bytes, days, periodDays)
                    : 0;
            }
        }
    }

    /// <summary>
    /// False when the charge type bills the rate charge only: then neither data nor SMS overage is billed.
    /// </summary>
    public bool BillsOverage { get; }

    /// <summary>Micro-units a SIM on <paramref name="plan"/> pays for being on it.</summary>
    public long RateCharge(int plan, int activeDays) => _rateCharge[(plan * _stride) + activeDays];

    /// <summary>Bytes a SIM brings to its pool or may use alone; 0 for an unlimited plan.</summary>
    public long IncludedBytes(int plan, int activeDays) => _includedBytes[(plan * _stride) + activeDays];

    /// <summary>Price of data above an allowance: every started block is charged whole.</summary>
    public static long Overage(long excessBytes, long blockBytes, long rateMicroUnits) =>
        excessBytes <= 0 ? 0 : (((excessBytes - 1) / blockBytes) + 1) * rateMicroUnits;

    /// <summary>Micro-units for the messages of one SIM above the plan's included ones.</summary>
    public long SmsCharge(RatePlan plan, int sms) =>
        BillsOverage && sms > plan.IncludedSms ? (sms - plan.IncludedSms) * plan.SmsRate.MicroUnits : 0;

    /// <summary>
    /// Micro-units of data overage that one SIM pays alone on an individual plan; 0 on any other plan.
    /// </summary>
    public long IndividualOverage(RatePlan plan, int planIndex, long usageBytes, int activeDays) =>
        !BillsOverage || plan.IsPooled || plan.IsUnlimited
            ? 0
            : Overage(usageBytes - IncludedBytes(planIndex, activeDays), plan.OverageBlock.Bytes, plan.OverageRate.MicroUnits);
}
