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
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(10);

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

    /// <summary>A person should not wait for the repetitions of a carrier that is not there at all.</summary>
    /// <exception cref="SettingException">Nobody listens at the address.</exception>
    private static async Task CheckCarrierAsync(StoredProvider provider, CancellationToken cancellationToken)
    {
        var address = new Uri(provider.Settings.BaseAddress);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectWithin);
        try
        {
            using var client = new System.Net.Sockets.TcpClient();
            await client.ConnectAsync(address.DnsSafeHost, address.Port, limit.Token);
        }
        catch (Exception failure) when (failure is System.Net.Sockets.SocketException
            || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new SettingException(
                $"The carrier of \"{provider.Name}\" can't be reached at {address}: "
                + (failure is OperationCanceledException ? $"no answer in {ConnectWithin.TotalSeconds} s" : failure.Message) + ". "
                + "Check the address with \"cco providers show\"; the simulated carrier of the demo is there only while the demo runs.");
        }
    }

    private static async Task<int> RunAsync(InstallationContext context, CancellationToken cancellationToken)
    {
        Installation installation = context.Installation;
        StoredProvider provider = await installation.ProviderAsync(context.Parsed.GetValue(Provider), cancellationToken);
        await CheckCarrierAsync(provider, cancellationToken);
        await using ServiceProvider services = PipelineComposition.Create(installation, PipelineLogs.Create(context.Parsed));
        var request = new SessionRequest(
            provider, Environment.UserName, context.Parsed.GetValue(Full), context.Parsed.GetValue(Supersede));
        SessionView view;
        try
        {
            view = await new SessionRun(installation, services).RunAsync(
                request, context.Error, context.Parsed.GetValue(Quiet) || context.PrintsJson, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await context.Error.WriteLineAsync(
                "cco: stopped. \"cco run\" goes on with the session, \"cco cancel\" ends it, \"cco sessions\" lists it.");
            return ExitCode.Cancelled;
        }

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
