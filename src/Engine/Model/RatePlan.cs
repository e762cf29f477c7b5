using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Engine.Model;

/// <summary>
/// What a SIM costs: monthly rate, included data, overage per started block. Prices are for one SIM and one full
/// period.
/// </summary>
/// <remarks>Rule: docs/pricing-rules.md, "What a SIM costs".</remarks>
public sealed record RatePlan
{
    public required string Name { get; init; }

    /// <summary>Rate charge of a SIM that is active the whole period; at least 0.</summary>
    public required Money MonthlyRate { get; init; }

    /// <summary>Included data of a SIM that is active the whole period; <c>null</c> means unlimited.</summary>
    public DataVolume? IncludedData { get; init; }

    /// <summary>Price of one started overage block; above 0 unless the plan is unlimited.</summary>
    public Money OverageRate { get; init; }

    /// <summary>Data per overage charge; above 0 unless the plan is unlimited.</summary>
    public DataVolume OverageBlock { get; init; }

    /// <summary>True when the SIMs on the plan share their allowances; false when each SIM stands alone.</summary>
    public bool IsPooled { get; init; }

    /// <summary>Name of a pool shared with other plans; <c>null</c> means the pooled plan is its own pool.</summary>
    public string? PoolName { get; init; }

    /// <summary>Messages included per SIM.</summary>
    public int IncludedSms { get; init; }

    /// <summary>Price of one message above the included ones.</summary>
    public Money SmsRate { get; init; }

    /// <summary>ISO 4217 code.</summary>
    public string Currency { get; init; } = "USD";

    public bool IsUnlimited => IncludedData is null;
}
