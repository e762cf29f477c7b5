using CarrierOptimization.Pipeline.OptimizerCleanup;

namespace CarrierOptimization.Adapters.Files.Xlsx;

/// <summary>Writes an <see cref="OptimizationReport"/> as a workbook for Excel, LibreOffice and the like.</summary>
/// <remarks>
/// Sheets: Summary with charts, Rate pools, Device assignments, Rate plan changes, Exclusions and data quality. Rows are
/// streamed: memory does not grow with the fleet. The same report gives the same bytes.
/// </remarks>
public static class OptimizationReportXlsx
{
    private const string Navy = "FF1E3A4C";
    private const string Green = "FF0B7A5B";
    private const string Amber = "FFC98A1B";

    /// <summary>Writes the workbook; the stream stays open.</summary>
    /// <param name="stream">Writable, best seekable (a file).</param>
    /// <exception cref="IOException">The stream could not be written.</exception>
    public static void Write(OptimizationReport report, Stream stream) =>
        Write(report, stream, TableSheets.RowsPerSheetMax);

    /// <summary>Writes a file; an existing one is replaced.</summary>
    /// <exception cref="IOException">The file could not be written.</exception>
    public static void Write(OptimizationReport report, string path)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        Write(report, stream);
    }

    /// <param name="rowsPerSheet">Smaller in tests than <see cref="TableSheets.RowsPerSheetMax"/>.</param>
    internal static void Write(OptimizationReport report, Stream stream, int rowsPerSheet)
    {
        using var workbook = new XlsxWorkbook(stream, report.Header.Title);
        workbook.AddSheet(SummarySheet.Layout, sheet => new SummarySheet(report, sheet).Write());
        var pools = new RatePoolTable(report);
        TableSheets.Write(workbook, pools.Table(), pools.Rows(), rowsPerSheet);
        TableSheets.Write(
            workbook,
            new Table<AssignmentRow>("Device assignments", Navy, 1, DeviceSheets.AssignmentColumns(report)),
            report.Assignments,
            rowsPerSheet);
        TableSheets.Write(
            workbook,
            new Table<AssignmentRow>("Rate plan changes", Green, 1, DeviceSheets.ChangeColumns(report)),
            report.RatePlanChanges,
            rowsPerSheet);
        TableSheets.Write(
            workbook,
            new Table<ReportItem>("Exclusions and data quality", Amber, 0, ItemSheet.Columns),
            report.Items,
            rowsPerSheet);
        workbook.Complete();
    }
}
