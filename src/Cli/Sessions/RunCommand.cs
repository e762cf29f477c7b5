using System.CommandLine;
using CarrierOptimization.Cli.Installations;
using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace CarrierOptimization.Cli.Sessions;

/// <summary><c>cco run</c>: one optimization session of a provider, now, in this process.</summary>
internal static class RunCommand
{
    private static readonly Option<string?> Provider = new("--provider")
    {
        Description = "The provider; not needed when there is only one.",
        HelpName = "NAME",
    };

    private static readonly Option<bool> Full = new("--full") { Description = "Read all SIMs again, not only those that changed." };

    private static readonly Option<bool> Supersede = new("--supersede")
    {
        Description = "On the last day of the period: end a session that still runs in favour of this one.",
    };

    private static readonly Option<bool> Quiet = new("--quiet") { Description = "Show no progress." };

    public static Command Create() => new Command(
        "run", "Run an optimization session of a provider now, or go on with one that was interrupted.")
    {
        Provider, Full, Supersede, Quiet, PipelineLogs.Level,
    }.OnInstallation(RunAsync);

    private static async Task<int> RunAsync(InstallationContext context, CancellationToken cancellationToken)
    {
        Installation installation = context.Installation;
        StoredProvider provider = await installation.ProviderAsync(context.Parsed.GetValue(Provider), cancellationToken);
        await using ServiceProvider services = PipelineComposition.Create(installation, PipelineLogs.Create(context.Parsed));
        var request = new SessionRequest(
            provider, Environment.UserName, context.Parsed.GetValue(Full), context.Parsed.GetValue(Supersede));
        SessionView view = await new SessionRun(installation, services).RunAsync(
            request, context.Error, context.Parsed.GetValue(Quiet) || context.PrintsJson, cancellationToken);
        if (context.PrintsJson)
        {
            await context.Output.WriteLineAsync(SessionJson.Of(view));
        }
        else
        {
            SessionScreen.Show(view, context.Output);
        }

        return view.Session.Status == SessionStatus.CompleteWithSuccess ? ExitCode.Done : ExitCode.EndedWithErrors;
    }
}
