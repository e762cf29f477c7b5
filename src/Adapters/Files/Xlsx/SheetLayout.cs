namespace CarrierOptimization.Adapters.Files.Xlsx;

/// <summary>What a sheet says before its first row.</summary>
/// <param name="ColumnWidths">In characters, from column A on.</param>
/// <param name="HeaderRows">Rows that stay in sight and are printed on each page; 0 for none.</param>
/// <param name="FrozenColumns">Columns that stay in sight.</param>
/// <param name="FitToWidth">Printed so that all columns fit on one page's width.</param>
internal sealed record SheetLayout(
    string Name,
    IReadOnlyList<double> ColumnWidths,
    int HeaderRows = 0,
    int FrozenColumns = 0,
    bool GridLines = true,
    bool FitToWidth = true,
    string? TabColour = null);

/// <summary>Bars drawn inside the number cells of a column.</summary>
/// <param name="Range">As "K3:K10".</param>
/// <param name="FromZeroToOne">True for shares: the full bar is 100 %; false: the largest value is the full bar.</param>
internal readonly record struct DataBar(string Range, string Colour, bool FromZeroToOne);

/// <summary>What a sheet says after its last row.</summary>
/// <param name="AutoFilter">Range with the header row, as "A1:M20"; <c>null</c> for none.</param>
internal sealed record SheetEnd(
    string? AutoFilter, IReadOnlyList<string> MergedCells, IReadOnlyList<DataBar> DataBars, IReadOnlyList<BarChart> Charts)
{
    /// <summary>A printed page ends after this row; 0 for none.</summary>
    public int PageBreakAfterRow { get; init; }
}
