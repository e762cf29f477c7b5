using System.CommandLine;
using CarrierOptimization.Cli.Installations;
using CarrierOptimization.Pipeline.Sessions;

namespace CarrierOptimization.Cli.Sessions;

/// <summary><c>cco report ID</c>: where the report of a session lies, or a copy of it.</summary>
internal static class ReportCommand
{
    private static readonly Option<string?> Output = new("--output")
    {
        Description = "Copy the files into this folder.",
        HelpName = "DIR",
    };

    public static Command Create() =>
        new Command("report", "Say where the report files of a session lie, or copy them.") { SessionCommand.Id, Output }
            .OnInstallation(RunAsync);

    private static async Task<int> RunAsync(InstallationContext context, CancellationToken cancellationToken)
    {
        SessionView view = await SessionCommand.ViewAsync(context, cancellationToken);
        if (view.Files.Count == 0)
        {
            throw new SettingException(
                $"Session {view.Session.SessionId} has no report: it is {SessionTexts.Status(view.Session.Status)}"
                + (view.Session.Error is { } error ? $" ({error})" : "") + ".");
        }

        string? folder = context.Parsed.GetValue(Output);
        IReadOnlyList<ReportFileView> files = folder is null ? view.Files : Copy(view.Files, folder);
        if (context.PrintsJson)
        {
            await context.Output.WriteLineAsync(SessionJson.Of(files));
        }
        else
        {
            foreach (ReportFileView file in files)
            {
                await context.Output.WriteLineAsync($"{file.Path}  ({SessionTexts.Size(file.Bytes)})");
            }
        }

        return ExitCode.Done;
    }

    private static List<ReportFileView> Copy(IReadOnlyList<ReportFileView> files, string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var copies = new List<ReportFileView>();
            foreach (ReportFileView file in files)
            {
                string copy = Path.Combine(folder, Path.GetFileName(file.Name));
                File.Copy(file.Path, copy, overwrite: true);
                copies.Add(file with { Path = copy });
            }

            return copies;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"The report can't be copied to {folder}: {failure.Message}");
        }
    }
}
