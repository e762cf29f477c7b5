using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Pipeline.OptimizerCleanup;

/// <summary>How many SIMs were read, and what became of them; <c>Read = Optimised + Excluded</c>.</summary>
/// <param name="Read">SIMs read from the carrier or the files.</param>
/// <param name="Optimised">SIMs whose plan the optimizer was free to choose.</param>
/// <param name="Excluded">SIMs left as they are, each with a reason.</param>
/// <param name="Changed">SIMs that leave the plan they are on, or get their first one.</param>
/// <param name="WithoutCurrentPlan">SIMs that get a plan and have none today: they cost nothing in the current cost.</param>
public sealed record ReportCounts(int Read, int Optimised, int Excluded, int Changed, int WithoutCurrentPlan);

/// <summary>What a set of SIMs costs before and after.</summary>
/// <param name="Name">The comm group.</param>
/// <param name="Changed">SIMs that leave their plan.</param>
public sealed record CommGroupRow(string Name, int Devices, int Changed, Money Current, Money Optimal)
{
    public Money Saving => Current - Optimal;
}

/// <summary>One side (before or after) of a rate pool or plan.</summary>
/// <param name="AllowanceBytes">Included data of all its SIMs; <c>null</c> when the plan is unlimited.</param>
/// <param name="Overage">Data overage; on a plan of a pool, the share that its SIMs cause.</param>
public sealed record UsageAndCharges(
    int Devices, long? AllowanceBytes, long UsageBytes, Money RateCharge, Money Overage, Money SmsCharge)
{
    public Money Total => RateCharge + Overage + SmsCharge;

    /// <summary>Usage as a share of the allowance, for display; <c>null</c> without an allowance.</summary>
    public decimal? Utilisation => AllowanceBytes is > 0 ? (decimal)UsageBytes / AllowanceBytes.Value : null;
}

/// <summary>What a line of the rate pool table stands for.</summary>
public enum PoolRowKind
{
    /// <summary>A pool: the sum of its plan rows, which follow it.</summary>
    Pool,

    /// <summary>A plan inside the pool above.</summary>
    PlanOfPool,

    /// <summary>A plan that belongs to no pool: each SIM stands alone, or the plan is unlimited.</summary>
    IndividualPlan,
}

/// <summary>A rate pool, or a plan, before and after. Pools and individual plans add up to the bill.</summary>
/// <param name="Pool">Name of the pool; for an individual plan the word that says so.</param>
/// <param name="Plan">Name of the plan; empty on the row of a pool.</param>
/// <param name="CommGroup">The group, where pools are billed per comm group; else <c>null</c>.</param>
public sealed record PoolRow(
    PoolRowKind Kind, string Pool, string Plan, string? CommGroup, UsageAndCharges Before, UsageAndCharges After)
{
    public Money Saving => Before.Total - After.Total;
}

/// <summary>SIMs on one plan before and after, over all comm groups.</summary>
public sealed record PlanDistributionRow(string Plan, int DevicesBefore, int DevicesAfter);

/// <summary>One SIM of the device assignments. All amounts are of one period.</summary>
/// <param name="Device">Position in the fleet.</param>
/// <param name="CurrentPlan">The plan today; <c>null</c> when the SIM has none.</param>
/// <param name="AssignedPlan">The plan of the winner; <c>null</c> when the SIM is not billed.</param>
/// <param name="UsageBytes">Usage that is priced (projected to the end of the period).</param>
/// <param name="RawUsageBytes">Usage as measured.</param>
/// <param name="BaseRate">Monthly rate of the assigned plan before proration.</param>
/// <param name="Overage">Data overage, own or the share of the pool's.</param>
/// <param name="CurrentTotal">What the SIM costs on the plan it is on today.</param>
/// <param name="Reason">Why the SIM is on this plan, or why it was left alone.</param>
public readonly record struct AssignmentRow(
    int Device,
    Iccid Iccid,
    string? Msisdn,
    string? CommunicationPlan,
    string? CurrentPlan,
    string? AssignedPlan,
    bool Changed,
    long RawUsageBytes,
    long UsageBytes,
    Money BaseRate,
    Money RateCharge,
    Money Overage,
    Money SmsCharge,
    Money CurrentTotal,
    string Reason)
{
    public Money Total => RateCharge + Overage + SmsCharge;

    public Money Saving => CurrentTotal - Total;
}

/// <summary>Which part of the last sheet a line belongs to.</summary>
public enum ReportItemKind
{
    /// <summary>SIMs left out of the optimization; the counts add up to <see cref="ReportCounts.Excluded"/>.</summary>
    Exclusion,

    /// <summary>Something odd in the data that did not stop the run.</summary>
    DataQuality,
}

/// <summary>SIMs (or rows, or plans) with one and the same thing to say about them.</summary>
/// <param name="Reason">A sentence: what was found.</param>
/// <param name="Count">How many.</param>
/// <param name="Advice">What to do about it; may be empty.</param>
/// <param name="Examples">A few ICCIDs or plan names; may be empty.</param>
public sealed record ReportItem(
    ReportItemKind Kind, string Reason, int Count, string Advice = "", IReadOnlyList<string>? Examples = null);
