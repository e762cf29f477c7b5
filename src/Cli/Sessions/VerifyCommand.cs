using System.CommandLine;
using CarrierOptimization.Cli.Installations;
using CarrierOptimization.Pipeline.Sessions;
using Spectre.Console;

namespace CarrierOptimization.Cli.Sessions;

/// <summary><c>cco verify ID</c>: proves a finished session again from what is stored.</summary>
internal static class VerifyCommand
{
    public static Command Create() => new Command(
        "verify", "Check a session again: no SIM lost, winners allowed and priced right, bounds proven, files and triggers.")
    {
        SessionCommand.Id,
    }.OnInstallation(RunAsync);

    private static async Task<int> RunAsync(InstallationContext context, CancellationToken cancellationToken)
    {
        SessionView view = await SessionCommand.ViewAsync(context, cancellationToken);
        IReadOnlyList<Verification> found = await new SessionVerifier(context.Installation.Database).VerifyAsync(
            view.Session.SessionId, cancellationToken);
        if (context.PrintsJson)
        {
            await context.Output.WriteLineAsync(SessionJson.Of(found));
        }
        else
        {
            IAnsiConsole console = Screen.ConsoleOf(context.Output);
            Grid grid = Screen.Facts();
            foreach (Verification verification in found)
            {
                Screen.Fact(
                    grid, verification.About, (verification.Holds ? "holds: " : "FAILS: ") + verification.Sentence,
                    verification.Holds ? "green" : "red");
            }

            console.Write(grid);
        }

        return found.All(verification => verification.Holds) ? ExitCode.Done : ExitCode.EndedWithErrors;
    }
}
