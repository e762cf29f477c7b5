using System.Globalization;
using System.Text;
using CarrierOptimization.Adapters.Files;
using CarrierOptimization.Adapters.Files.Csv;
using CarrierOptimization.Adapters.Files.Xlsx;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Pipeline.GroupDevices;
using CarrierOptimization.Pipeline.OptimizerCleanup;

namespace CarrierOptimization.Cli.Optimize;

/// <summary>One run of <c>cco optimize</c>: read, decide, solve, choose, write, show.</summary>
internal static class OptimizeRun
{
    private const string Assignments = "assignments.csv";
    private const string Pools = "pools.csv";
    private const string Summary = "summary.json";
    private const string Report = "report.xlsx";

    public static async Task<int> RunAsync(
        OptimizeSettings settings, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        try
        {
            bool showsProgress = !settings.IsQuiet && !settings.PrintsJson;
            (OptimizeResult Outcome, byte[] Summary) run = await RunProgress.WatchAsync(
                showsProgress, error, progress => Run(settings, progress, cancellationToken), cancellationToken);
            return await ShowAsync(settings, run.Outcome, run.Summary, output, error);
        }
        catch (InputException failure)
        {
            return await RefuseAsync(error, failure.Lines);
        }
        catch (ModelException failure)
        {
            return await RefuseAsync(error, [.. failure.Mistakes.Select(mistake => mistake.Message).DefaultIfEmpty(failure.Message)]);
        }
        catch (OutputException failure)
        {
            await error.WriteLineAsync($"cco: --output {settings.OutputFolder}: {failure.Message}");
            await error.WriteLineAsync("cco: nothing was written.");
            return ExitCode.BadInput;
        }
        catch (NothingToOptimiseException failure)
        {
            await error.WriteLineAsync("cco: " + failure.Message);
            return ExitCode.NothingToOptimise;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("cco: stopped; nothing was written.");
            return ExitCode.Cancelled;
        }
    }

    private static (OptimizeResult Outcome, byte[] Summary) Run(
        OptimizeSettings settings, RunProgress progress, CancellationToken cancellationToken)
    {
        using OutputFolder folder = OpenFolder(settings);
        var phases = new PhaseClock(settings.Clock);
        OptimizeInput input = OptimizeInput.Read(settings, progress.Read, cancellationToken);
        phases.End("read");
        DeviceGrouping grouping = GroupingDecision.Decide(
            input.Records, input.Catalog, input.CommunicationPlans, new GroupingOptions());
        if (grouping.Optimised == 0)
        {
            throw new NothingToOptimiseException(WhyNothing(input, grouping));
        }

        phases.End("group");
        OptimizeResult result = OptimizeDecision.Decide(settings, input, grouping, progress.Solve, cancellationToken);
        phases.End("solve");
        return (result, Write(settings, folder, result, phases, progress.Write, cancellationToken));
    }

    private static byte[] Write(
        OptimizeSettings settings, OutputFolder folder, OptimizeResult result, PhaseClock phases, IProgress<double> progress,
        CancellationToken cancellationToken)
    {
        using (Stream stream = folder.Create(Assignments, null, cancellationToken))
        {
            AssignmentsCsv.Write(
                stream, result.Input.Records, result.Input.Catalog, result.Current, result.Optimal, result.Reasons,
                settings.WritesReport ? new CsvShare(progress) : progress, cancellationToken);
        }

        using (Stream stream = folder.Create(Pools, null, cancellationToken))
        {
            PoolsCsv.Write(stream, result.Report.Pools);
        }

        phases.End("write");
        if (settings.WritesReport)
        {
            using (Stream stream = folder.Create(Report, new ReportShare(result, progress), cancellationToken))
            {
                OptimizationReportXlsx.Write(result.Report, stream);
            }

            phases.End("report");
        }

        cancellationToken.ThrowIfCancellationRequested();
        byte[] summary = SummaryJson.Of(result.Content, phases.Phases);
        using (Stream stream = folder.Create(Summary, null, cancellationToken))
        {
            stream.Write(summary);
        }

        folder.Publish();
        return summary;
    }

    /// <summary>Opened before the input is read: nobody waits for a result that has no place.</summary>
    private static OutputFolder OpenFolder(OptimizeSettings settings)
    {
        var folder = new OutputFolder(settings.OutputFolder, FilesOf(settings));
        string?[] inputs = [settings.PlansFile, settings.DevicesFile, settings.CommunicationPlansFile];
        StringComparison comparison = OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        if (FilesOf(settings).FirstOrDefault(name => inputs.Any(input =>
            input is not null && string.Equals(Path.GetFullPath(input), folder.PathOf(name), comparison))) is { } taken)
        {
            folder.Dispose();
            throw new OutputException($"{taken} in it is an input of this run, which the results would replace. Choose another folder.");
        }

        return folder;
    }

    private static async Task<int> ShowAsync(
        OptimizeSettings settings, OptimizeResult result, byte[] summary, TextWriter output, TextWriter error)
    {
        try
        {
            if (settings.PrintsJson)
            {
                await output.WriteAsync(Encoding.UTF8.GetString(summary));
            }
            else if (!settings.IsQuiet)
            {
                IEnumerable<string> files = FilesOf(settings).Select(name => Path.Combine(settings.OutputFolder, name));
                ResultScreen.Show(result, [.. files], output, settings.ScreenWidth);
            }

            await output.FlushAsync();
            return ExitCode.Done;
        }
        catch (IOException)
        {
            await error.WriteLineAsync("cco: the results are written, but standard output could not be: its disk is full or its reader is gone. "
                + $"See {settings.OutputFolder}.");
            return settings.PrintsJson ? ExitCode.InternalError : ExitCode.Done;
        }
    }

    private static string WhyNothing(OptimizeInput input, DeviceGrouping grouping)
    {
        if (input.Records.Count == 0)
        {
            return "nothing to optimise: the file of devices has a header but no SIMs. Export the SIMs again.";
        }

        string what = input.Records.Count == 1 ? "SIM was read and is" : "SIMs were read and all are";
        var text = new StringBuilder(string.Create(
            CultureInfo.InvariantCulture, $"nothing to optimise: {input.Records.Count:N0} {what} excluded."));
        foreach (ReportItem item in ExclusionItems.Of(input.Records, grouping, OptimizeDecision.TextOf))
        {
            text.AppendLine().Append("  ").Append(ExclusionItems.SentenceOf(item)).Append(' ').Append(item.Advice);
        }

        return text.ToString();
    }

    private static IReadOnlyList<string> FilesOf(OptimizeSettings settings) =>
        settings.WritesReport ? [Report, Assignments, Pools, Summary] : [Assignments, Pools, Summary];

    private static async Task<int> RefuseAsync(TextWriter error, IReadOnlyList<string> lines)
    {
        foreach (string line in lines)
        {
            await error.WriteLineAsync(line);
        }

        await error.WriteLineAsync("cco: the input cannot be used; nothing was written.");
        return ExitCode.BadInput;
    }
}

/// <summary>The input is well but leaves no SIM to optimise.</summary>
internal sealed class NothingToOptimiseException(string message) : Exception(message);

/// <summary>The part of the progress of writing that the device rows are, where a report follows.</summary>
internal sealed class CsvShare(IProgress<double> whole) : IProgress<double>
{
    public const double OfWriting = 0.15;

    public void Report(double value) => whole.Report(value * OfWriting);
}

/// <summary>The rest: told by the bytes of the workbook, whose size is only roughly known beforehand.</summary>
internal sealed class ReportShare(OptimizeResult result, IProgress<double> whole) : IProgress<long>
{
    /// <summary>Measured on generated fleets: a compressed row of devices or of changes.</summary>
    private const double BytesPerRow = 125;

    private readonly double _expected = Math.Max(1, ((double)result.Report.Counts.Read + result.Winner.Changes) * BytesPerRow);

    public void Report(long value) =>
        whole.Report(CsvShare.OfWriting + ((0.99 - CsvShare.OfWriting) * Math.Min(1, value / _expected)));
}

/// <summary>How long each phase of a run took.</summary>
internal sealed class PhaseClock(TimeProvider clock)
{
    private readonly List<(string Phase, TimeSpan Elapsed)> _phases = [];
    private readonly long _start = clock.GetTimestamp();
    private long _last = clock.GetTimestamp();

    /// <summary>The phases so far, and their total.</summary>
    public IReadOnlyList<(string Phase, TimeSpan Elapsed)> Phases => [.. _phases, ("total", clock.GetElapsedTime(_start))];

    public void End(string phase)
    {
        long now = clock.GetTimestamp();
        _phases.Add((phase, clock.GetElapsedTime(_last, now)));
        _last = now;
    }
}
