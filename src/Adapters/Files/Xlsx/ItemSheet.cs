using CarrierOptimization.Pipeline.OptimizerCleanup;

namespace CarrierOptimization.Adapters.Files.Xlsx;

/// <summary>The sheet with the SIMs left out and what is odd in the data.</summary>
internal static class ItemSheet
{
    public static IReadOnlyList<Column<ReportItem>> Columns { get; } =
    [
        new("Kind", 16, false, (sheet, item) =>
            sheet.Text(CellStyle.Text, item.Kind == ReportItemKind.Exclusion ? "Exclusion" : "Data quality")),
        new("What was found", 60, false, (sheet, item) => sheet.Text(CellStyle.TextWrapped, item.Reason)),
        new("Count", 12, true, (sheet, item) => sheet.Integer(CellStyle.Integer, item.Count)),
        new("What to do", 60, false, (sheet, item) => sheet.Text(CellStyle.TextWrapped, item.Advice)),
        new("Examples", 52, false, (sheet, item) =>
            sheet.Text(CellStyle.TextWrapped, item.Examples is null ? null : string.Join(", ", item.Examples))),
    ];
}
