namespace CarrierOptimization.Adapters.Jasper;

/// <summary>The named limits of the carrier's client.</summary>
public static class JasperLimits
{
    /// <summary>Rows of a page: what the carrier gives at most.</summary>
    public const int PageSizeMax = 50;

    /// <summary>How deep an answer may be nested; the carrier's answers have 8 levels.</summary>
    public const int JsonDepthMax = 32;

    /// <summary>Characters of a plan's name in a call: it stands in the address.</summary>
    public const int PlanNameLengthMax = 1_000;

    /// <summary>Characters of the carrier's own words that are quoted in a message.</summary>
    public const int QuoteLengthMax = 300;

    /// <summary>Days of history that the carrier gives.</summary>
    public const int HistoryDaysMax = 365;
}
