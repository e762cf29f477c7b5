using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Pipeline.Carrier;

/// <summary>
/// The calls the pipeline makes to a carrier for one account. Every call is one request at the carrier, retried by the adapter.
/// </summary>
/// <remarks>All methods throw <see cref="CarrierException"/> when the carrier refuses, or still fails after the retries.</remarks>
public interface ICarrier
{
    /// <summary>Checks address and credentials.</summary>
    Task EchoAsync(CancellationToken cancellationToken);

    /// <summary>
    /// SIMs changed since an instant, in order of their last change, the oldest first. Rows can move to later pages meanwhile.
    /// </summary>
    /// <param name="status">Only SIMs of this status; <c>null</c>: all.</param>
    /// <param name="pageNumber">From 1.</param>
    Task<CarrierPage<CarrierDevice>> ListDevicesAsync(
        DateTimeOffset modifiedSince, string? status, int pageNumber, CancellationToken cancellationToken);

    /// <summary>Everything the carrier knows about one SIM; <c>null</c> when it knows none of that number.</summary>
    Task<CarrierDeviceDetails?> FindDeviceAsync(Iccid iccid, CancellationToken cancellationToken);

    /// <summary>Usage of the current cycle of all SIMs that were on a plan, with their part on that plan.</summary>
    /// <exception cref="CarrierException">With <see cref="CarrierFailure.NotOffered"/> for plans that share a pool: ask SIM by SIM.</exception>
    Task<CarrierPage<CarrierUsage>> ListUsageAsync(string ratePlan, int pageNumber, CancellationToken cancellationToken);

    /// <summary>Usage of the current cycle of one SIM, over all plans; <c>null</c> when the carrier knows none of that number.</summary>
    Task<CarrierUsage?> FindUsageAsync(Iccid iccid, CancellationToken cancellationToken);

    /// <summary>The price list of the account.</summary>
    Task<CarrierPage<CarrierRatePlan>> ListRatePlansAsync(int pageNumber, CancellationToken cancellationToken);

    /// <summary>Moves one SIM to another plan. Not retried after a time-out: read back first, the carrier has no idempotency key.</summary>
    /// <param name="effectiveAt"><c>null</c>: at once.</param>
    /// <returns>True when it is done, false when the carrier accepted it for later.</returns>
    Task<bool> ChangeRatePlanAsync(
        Iccid iccid, string ratePlan, DateTimeOffset? effectiveAt, CancellationToken cancellationToken);

    /// <summary>The changes of one SIM in the last days, the latest first.</summary>
    Task<CarrierPage<CarrierAuditRecord>> ListAuditTrailAsync(
        Iccid iccid, int daysOfHistory, int pageNumber, CancellationToken cancellationToken);
}

/// <summary>One page of a list.</summary>
/// <param name="IsLast">The carrier says that no page follows.</param>
public sealed record CarrierPage<TRow>(IReadOnlyList<TRow> Rows, int PageNumber, bool IsLast);

/// <summary>A row of the carrier's list of SIMs, as it came: nothing is checked yet.</summary>
public sealed record CarrierDevice(string Iccid, string? Status, string? RatePlan, string? CommunicationPlan);

/// <summary>The details of one SIM that matter here.</summary>
public sealed record CarrierDeviceDetails(
    string Iccid,
    string? Msisdn,
    string? Status,
    string? RatePlan,
    string? CommunicationPlan,
    DateTimeOffset? ActivatedAt,
    DateTimeOffset? UpdatedAt);

/// <summary>Cycle-to-date usage of one SIM.</summary>
/// <param name="DataBytes"><c>null</c> when the answer had no such number; may be anything the carrier sends.</param>
/// <param name="SmsCount">Messages sent and received.</param>
public sealed record CarrierUsage(string Iccid, long? DataBytes, long? SmsCount);

/// <summary>A rate plan as the carrier describes it, in its own numbers.</summary>
/// <param name="WhyNotPriceable">
/// <c>null</c> when the plan can be priced exactly; otherwise a sentence (tiers by number of SIMs, several zones, a unit not known).
/// </param>
/// <param name="IncludedDataBytes"><c>null</c> is unlimited.</param>
/// <param name="MonthlyRate">In <paramref name="Currency"/>, as the carrier wrote it.</param>
/// <param name="OverageRate">Price of one block; <c>null</c> when there is none.</param>
public sealed record CarrierRatePlan(
    string Name,
    string Version,
    bool IsPooled,
    string Currency,
    decimal MonthlyRate,
    long? IncludedDataBytes,
    decimal? OverageRate,
    long? OverageBlockBytes,
    int IncludedSms,
    decimal SmsRate,
    bool IsRetired,
    string? WhyNotPriceable);

/// <summary>One line of the history of a SIM.</summary>
public sealed record CarrierAuditRecord(string Field, string? PriorValue, string? Value, DateTimeOffset EffectiveAt, string? UserName);
