using System.Diagnostics;
using System.Globalization;
using CarrierOptimization.Adapters.Files.Xlsx;
using CarrierOptimization.Pipeline.OptimizerCleanup;
using Xunit;

namespace CarrierOptimization.Adapters.Tests.Xlsx;

/// <summary>What a real spreadsheet program makes of the workbook. Skipped where LibreOffice is not installed.</summary>
public sealed class LibreOfficeTests
{
    private const int TimeoutMs = 180_000;

    [Fact]
    public async Task LibreOffice_opens_the_workbook_and_the_figures_survive()
    {
        string? soffice = Soffice();
        Assert.SkipWhen(soffice is null, "LibreOffice (soffice) is not installed.");
        OptimizationReport report = SampleReport.Report(300);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("cco-xlsx-");
        try
        {
            OptimizationReportXlsx.Write(report, Path.Combine(folder.FullName, "report.xlsx"));

            // Token 12 = -1: every sheet to its own file; formatted as shown = false: the values, not their display.
            await RunAsync(soffice, folder, "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1");

            List<string[]> rows = ReadCsv(Path.Combine(folder.FullName, "report-Device assignments.csv"));
            int iccid = Array.IndexOf(rows[0], "ICCID");
            int total = Array.IndexOf(rows[0], "Total after");
            int before = Array.IndexOf(rows[0], "Total before");
            int plan = Array.IndexOf(rows[0], "Communication plan");
            AssignmentRow[] expected = [.. report.Assignments];
            Assert.Equal(expected.Select(row => row.Iccid.ToString()), rows.Skip(1).Select(row => row[iccid]));
            Assert.Equal(expected.Select(row => row.CommunicationPlan), rows.Skip(1).Select(row => row[plan]));
            Assert.Equal(expected.Select(row => row.Total.ToDecimal()), rows.Skip(1).Select(row => Number(row[total])));
            Assert.Equal(report.Costs.Current.ToDecimal(), rows.Skip(1).Sum(row => Number(row[before])));
            Assert.Equal(report.Counts.Changed, ReadCsv(Path.Combine(folder.FullName, "report-Rate plan changes.csv")).Count - 1);
            Assert.Contains(ReadCsv(Path.Combine(folder.FullName, "report-Summary.csv")), row =>
                row.Contains(report.Costs.Saving.ToDecimal().ToString(CultureInfo.InvariantCulture).TrimEnd('0').TrimEnd('.')));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string? Soffice() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, "soffice")).FirstOrDefault(File.Exists);

    private static async Task RunAsync(string soffice, DirectoryInfo folder, string format)
    {
        var start = new ProcessStartInfo(soffice) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])[
            $"-env:UserInstallation=file://{folder.FullName}/profile", "--headless", "--convert-to", format,
            "--outdir", folder.FullName, Path.Combine(folder.FullName, "report.xlsx")])
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeoutMs);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            Assert.True(process.ExitCode == 0, $"LibreOffice ended with {process.ExitCode}: {await output} {await errors}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static List<string[]> ReadCsv(string path)
    {
        using var reader = Sylvan.Data.Csv.CsvDataReader.Create(
            path, new Sylvan.Data.Csv.CsvDataReaderOptions { HasHeaders = false });
        var rows = new List<string[]>();
        while (reader.Read())
        {
            rows.Add([.. Enumerable.Range(0, reader.RowFieldCount).Select(reader.GetString)]);
        }

        return rows;
    }

    private static decimal Number(string text) => decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
}
