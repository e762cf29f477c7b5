using CarrierOptimization.Adapters.Files.Csv;
using CarrierOptimization.Adapters.Files.Xlsx;
using CarrierOptimization.Pipeline.Reports;

namespace CarrierOptimization.Adapters.Files;

/// <summary>The files that a report consists of.</summary>
public static class ReportFormats
{
    /// <summary>The workbook first, then the same as csv and json.</summary>
    public static IReadOnlyList<ReportFormat> All { get; } =
    [
        new("report.xlsx", (content, stream, _) => OptimizationReportXlsx.Write(content.Report, stream)),
        new("assignments.csv", (content, stream, token) => AssignmentsCsv.Write(
            stream, content.Records, content.Catalog, content.Current, content.Optimal, content.Reasons, null, token)),
        new("pools.csv", (content, stream, _) => PoolsCsv.Write(stream, content.Report.Pools)),
        new("rate-plan-changes.csv", (content, stream, token) =>
            RatePlanChangesCsv.Write(stream, content.Report.RatePlanChanges, token)),
        new("exclusions.csv", (content, stream, _) => ExclusionsCsv.Write(stream, content.Report.Items)),
        new("summary.json", (content, stream, _) => stream.Write(SummaryJson.Of(content, null))),
    ];
}
