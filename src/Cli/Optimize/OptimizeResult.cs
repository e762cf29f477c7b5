using CarrierOptimization.Adapters.Files.Csv;
using CarrierOptimization.Engine;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.GroupDevices;
using CarrierOptimization.Pipeline.OptimizerCleanup;
using CarrierOptimization.Pipeline.Reports;
using CarrierOptimization.Pipeline.SimCardCostOptimizer;

namespace CarrierOptimization.Cli.Optimize;

/// <summary>The input files, read without mistakes.</summary>
internal sealed record OptimizeInput(
    DeviceRecords Records, PlanCatalog Catalog, IReadOnlyList<CommunicationPlan>? CommunicationPlans, IReadOnlyList<string> Notes)
{
    /// <exception cref="InputException">With the mistakes of all files.</exception>
    public static OptimizeInput Read(OptimizeSettings settings, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var mistakes = new InputMistakes();
        RatePlanFile plans = RatePlanCsv.Read(settings.PlansFile, settings.BytesPerMegabyte, mistakes);
        PlanCatalog? catalog = mistakes.Count == 0 ? plans.ToCatalog(settings.Rules, mistakes) : null;
        CommunicationPlanFile? communicationPlans = settings.CommunicationPlansFile is null
            ? null
            : CommunicationPlanCsv.Read(settings.CommunicationPlansFile, mistakes);
        IReadOnlyList<CommunicationPlan>? resolved = catalog is null ? null : communicationPlans?.Resolve(catalog, mistakes);
        DeviceFile devices = DeviceCsv.Read(
            settings.DevicesFile,
            new DeviceCsvOptions(settings.Rules.PeriodDays, settings.BytesPerMegabyte, progress),
            mistakes,
            cancellationToken);
        mistakes.ThrowIfAny();
        return new OptimizeInput(
            devices.Records, catalog!, resolved, [.. plans.Notes, .. communicationPlans?.Notes ?? [], .. devices.Notes]);
    }
}

/// <summary>What came out of a run, before it is written and shown.</summary>
internal sealed record OptimizeResult
{
    public required OptimizeInput Input { get; init; }

    public required DeviceGrouping Grouping { get; init; }

    public required Solution Solution { get; init; }

    public required Winner Winner { get; init; }

    public required PricedAssignment Current { get; init; }

    public required PricedAssignment Optimal { get; init; }

    public required AssignmentReasons Reasons { get; init; }

    public required OptimizationReport Report { get; init; }

    /// <summary>Sentences about the input and the result, for the screen and the summary.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    public Money Saving => Report.Costs.Saving;

    /// <summary>The result as the files of a report see it.</summary>
    public ReportContent Content => new()
    {
        Report = Report,
        Records = Input.Records,
        Grouping = Grouping,
        Catalog = Input.Catalog,
        Current = Current,
        Optimal = Optimal,
        Reasons = Reasons,
        Strategy = Winner.Candidate.Strategy.ToString(),
        StoppedBy = Solution.StoppedBy.ToString(),
        Notes = Notes,
    };
}
