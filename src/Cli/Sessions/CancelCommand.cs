using System.CommandLine;
using CarrierOptimization.Cli.Installations;
using CarrierOptimization.Pipeline.Running;

namespace CarrierOptimization.Cli.Sessions;

/// <summary><c>cco cancel ID</c>: ends a session that still runs, wherever it runs.</summary>
internal static class CancelCommand
{
    public static Command Create() => new Command("cancel", "End a session that still runs; AMOP 2.0 is told.") { SessionCommand.Id }
        .OnInstallation(RunAsync);

    private static async Task<int> RunAsync(InstallationContext context, CancellationToken cancellationToken)
    {
        Installation installation = context.Installation;
        var cancel = new CancelSession(installation.Database, new OutboxWriter(installation.Time));
        CancelAnswer answer = await cancel.CancelAsync(
            installation.TenantId, context.Parsed.GetValue(SessionCommand.Id), Environment.UserName, cancellationToken);
        if (context.PrintsJson)
        {
            await context.Output.WriteLineAsync(SessionJson.Of(answer));
        }
        else
        {
            await (answer.IsCancelled ? context.Output : context.Error).WriteLineAsync(answer.Message);
        }

        return answer.IsCancelled ? ExitCode.Done : ExitCode.BadInput;
    }
}
