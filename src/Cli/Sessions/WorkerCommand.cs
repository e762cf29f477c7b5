using System.CommandLine;
using CarrierOptimization.Cli.Installations;
using CarrierOptimization.Pipeline.QueueCarrierPlanOptimization;
using CarrierOptimization.Pipeline.Running;
using Microsoft.Extensions.DependencyInjection;

namespace CarrierOptimization.Cli.Sessions;

/// <summary><c>cco worker</c>: works until it is stopped: sessions by schedule and those of others, triggers, mails, watchdog.</summary>
internal static class WorkerCommand
{
    public static Command Create() => new Command(
        "worker", "Work until Ctrl-C: start sessions by schedule, do what waits, deliver triggers and mails.") { PipelineLogs.Level }
        .OnInstallation(RunAsync);

    private static async Task<int> RunAsync(InstallationContext context, CancellationToken cancellationToken)
    {
        await using ServiceProvider services = PipelineComposition.Create(context.Installation, PipelineLogs.Create(context.Parsed));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] tasks =
        [
            services.GetRequiredService<PipelineHost>().RunAsync(stop.Token),
            services.GetRequiredService<Scheduler>().RunAsync(stop.Token),
        ];
        await context.Error.WriteLineAsync(
            $"Working on {context.Installation.Database.Dialect.Name}; the schedule is looked at every 15 minutes. Stop with Ctrl-C.");
        await Task.WhenAny(tasks);
        await stop.CancelAsync();
        await Task.WhenAll(tasks);
        await context.Error.WriteLineAsync("Stopped; what was at hand is back in the queue.");
        return ExitCode.Done;
    }
}
