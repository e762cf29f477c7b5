namespace CarrierOptimization.Adapters.Files.Csv;

/// <summary>The named limits of the input files. Documented in docs/csv.md.</summary>
public static class CsvLimits
{
    /// <summary>Mistakes shown before only a count of the rest is given.</summary>
    public const int MistakesShownMax = 20;

    /// <summary>Characters of one row, quotes and separators included.</summary>
    public const int RowCharactersMax = 65_536;

    /// <summary>Characters of one name (rate plan, communication plan, status).</summary>
    public const int NameCharactersMax = 200;

    /// <summary>Different names in one column.</summary>
    public const int DifferentNamesMax = 60_000;

    /// <summary>Columns in a header.</summary>
    public const int ColumnsMax = 1_000;

    /// <summary>Rows of the file of communication plans.</summary>
    public const int CommunicationPlansMax = 60_000;

    /// <summary>How many times its size a compressed file may unfold; lists of SIMs unfold 3 to 40 times.</summary>
    public const int UnfoldingMax = 250;

    /// <summary>Unfolded bytes below which the ratio is not looked at.</summary>
    public const long UnfoldingFreeBytes = 64L << 20;
}
