using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Pipeline.GetDevices;

/// <summary>The named limits of a sync. What is beyond them is no data of a SIM.</summary>
public static class SyncLimits
{
    /// <summary>Pages of one list: 50 million SIMs at 50 a page.</summary>
    public const int PagesMax = 1_000_000;

    /// <summary>Pages of the price list.</summary>
    public const int PlanPagesMax = 1_000;

    /// <summary>Characters of a number or name that are kept.</summary>
    public const int TextLengthMax = 200;

    /// <summary>Usage of one SIM on one plan in one period: 1 PB.</summary>
    public const long UsageBytesMax = 1L << 50;

    /// <summary>Messages of one SIM in one period.</summary>
    public const int SmsMax = Limits.SmsMax;

    /// <summary>New communication plans that a mail names.</summary>
    public const int NamesInMailMax = 50;
}
