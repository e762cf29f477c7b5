using CarrierOptimization.Engine.Model;
using CarrierOptimization.Pipeline.GroupDevices;
using CarrierOptimization.Pipeline.OptimizerCleanup;
using CarrierOptimization.Pipeline.SimCardCostOptimizer;

namespace CarrierOptimization.Pipeline.Reports;

/// <summary>One file of a report.</summary>
/// <param name="FileName">For example <c>report.xlsx</c>.</param>
/// <param name="Write">The same content gives the same bytes.</param>
public sealed record ReportFormat(string FileName, Action<ReportContent, Stream, CancellationToken> Write);

/// <summary>Everything that a file of a report may show.</summary>
public sealed record ReportContent
{
    public required OptimizationReport Report { get; init; }

    public required DeviceRecords Records { get; init; }

    public required DeviceGrouping Grouping { get; init; }

    public required PlanCatalog Catalog { get; init; }

    public required PricedAssignment Current { get; init; }

    public required PricedAssignment Optimal { get; init; }

    public required AssignmentReasons Reasons { get; init; }

    /// <summary>How the winner came about; <c>Mixed</c> where components differ.</summary>
    public required string Strategy { get; init; }

    /// <summary>Why the search ended: <c>Finished</c> or <c>TimeLimit</c>.</summary>
    public required string StoppedBy { get; init; }

    /// <summary>Sentences about the input and the result.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Session, provider and period; empty for a run over files.</summary>
    public IReadOnlyList<HeaderFact> About { get; init; } = [];
}
