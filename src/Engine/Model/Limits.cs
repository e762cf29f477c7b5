namespace CarrierOptimization.Engine.Model;

/// <summary>
/// The named limits of the engine. Beyond them a fleet is refused by name and number, before any search.
/// </summary>
public static class Limits
{
    /// <summary>SIMs in one fleet.</summary>
    public const int DevicesMax = 100_000_000;

    /// <summary>Rate plans in one catalog.</summary>
    public const int PlansMax = 1_000;

    /// <summary>Distinct sets of allowed plans in one fleet.</summary>
    public const int PlanSetsMax = 60_000;

    /// <summary>Days in one billing period.</summary>
    public const int PeriodDaysMax = 366;

    /// <summary>Usage of one SIM in one period: 1 EB, far above any SIM; keeps 64-bit sums honest.</summary>
    public const long UsageBytesMax = 1L << 60;

    /// <summary>Sum of all usages, and of the allowances if every SIM took the largest, in bytes.</summary>
    public const long PoolBytesMax = 1L << 62;

    /// <summary>Included data of one plan, in bytes (1 EB).</summary>
    public const long IncludedBytesMax = 1L << 60;

    /// <summary>
    /// One price (rate charge, overage rate, SMS rate) in micro-units: a thousand million units of currency.
    /// </summary>
    public const long PriceMicroUnitsMax = 1_000_000_000_000_000;

    /// <summary>The dearest bill a fleet could possibly get, in micro-units (4.6e12 units of currency).</summary>
    public const long BillMicroUnitsMax = 1L << 62;

    /// <summary>Messages of one SIM in one period.</summary>
    public const int SmsMax = 1_000_000_000;
}
