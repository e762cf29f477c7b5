namespace CarrierOptimization.Engine.Model;

/// <summary>Which parts of a plan's price the carrier bills.</summary>
public enum ChargeType
{
    RateChargeAndOverage,
    RateChargeOnly,
    OverageOnly,
}

/// <summary>How far a rate pool reaches.</summary>
public enum PoolScope
{
    /// <summary>One pool for the whole provider account: what carriers bill.</summary>
    Account,

    /// <summary>Each comm group has its own pools.</summary>
    CommGroup,
}

/// <summary>The provider's settings that the bill depends on.</summary>
public sealed record BillRules
{
    /// <summary>
    /// Days of the billing period, 1 to <see cref="Limits.PeriodDaysMax"/>; the denominator of proration.
    /// </summary>
    public int PeriodDays { get; init; } = 30;

    /// <summary>Which parts of a plan's price are billed.</summary>
    public ChargeType ChargeType { get; init; } = ChargeType.RateChargeAndOverage;

    /// <summary>How far a pool reaches.</summary>
    public PoolScope PoolScope { get; init; } = PoolScope.Account;
}
