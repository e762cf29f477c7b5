using System.CommandLine;
using CarrierOptimization.Cli.Installations;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Sessions;
using Spectre.Console;

namespace CarrierOptimization.Cli.Sessions;

/// <summary><c>cco sessions</c>: the latest sessions.</summary>
internal static class SessionsCommand
{
    private static readonly Option<int> Limit = new("--limit")
    {
        Description = "How many, the latest first.",
        HelpName = "N",
        DefaultValueFactory = _ => 20,
    };

    public static Command Create() => new Command("sessions", "List optimization sessions, the latest first.") { Limit }
        .OnInstallation(RunAsync);

    private static async Task<int> RunAsync(InstallationContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<SessionRow> sessions = await context.Installation.Sessions.ListAsync(
            context.Installation.TenantId, Math.Clamp(context.Parsed.GetValue(Limit), 1, 10_000), cancellationToken);
        if (context.PrintsJson)
        {
            await context.Output.WriteLineAsync(SessionJson.Of(sessions));
        }
        else if (sessions.Count == 0)
        {
            await context.Output.WriteLineAsync("No session yet. Start one with \"cco run\", or look at \"cco demo\".");
        }
        else
        {
            Show(sessions, Screen.ConsoleOf(context.Output));
        }

        return ExitCode.Done;
    }

    private static void Show(IReadOnlyList<SessionRow> sessions, IAnsiConsole console)
    {
        Grid table = Screen.Table(["", "provider", "started", "status", "SIMs", "saving", "changes"], "", "SIMs", "saving", "changes");
        foreach (SessionRow session in sessions)
        {
            string style = session.Status switch
            {
                SessionStatus.CompleteWithSuccess => "green",
                SessionStatus.CompleteWithErrors => "red",
                SessionStatus.Cancelled => "grey",
                _ => "yellow",
            };
            string status = session.Status.IsFinished()
                ? SessionTexts.Status(session.Status)
                : $"{Math.Max(0, session.Progress)} %, {SessionTexts.Status(session.Status)}";
            table.AddRow(
                new Markup(SessionTexts.Count(session.SessionId)),
                new Markup(Markup.Escape(session.ProviderName)),
                new Markup(session.CreatedAt.UtcDateTime.ToString("MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture)),
                new Markup(Screen.Styled(status, style)),
                new Markup(SessionTexts.Count(session.DeviceCount)),
                new Markup(SessionTexts.Amount(session.Saving, session.Currency)),
                new Markup(session.Changes is { } changes ? SessionTexts.Count(changes) : ""));
        }

        console.Write(table);
    }
}
