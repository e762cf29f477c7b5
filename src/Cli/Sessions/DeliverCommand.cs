using System.CommandLine;
using CarrierOptimization.Cli.Installations;
using CarrierOptimization.Pipeline.Running;
using Microsoft.Extensions.DependencyInjection;

namespace CarrierOptimization.Cli.Sessions;

/// <summary><c>cco deliver</c>: sends triggers and mails that wait, now.</summary>
internal static class DeliverCommand
{
    private static readonly Option<bool> Dead = new("--dead") { Description = "Also what was put aside after a refusal or a day of failures." };

    public static Command Create() => new Command(
        "deliver", "Send the triggers and mails that wait after failures, now.") { Dead, PipelineLogs.Level }
        .OnInstallation(RunAsync);

    private static async Task<int> RunAsync(InstallationContext context, CancellationToken cancellationToken)
    {
        await using ServiceProvider services = PipelineComposition.Create(context.Installation, PipelineLogs.Create(context.Parsed));
        SentAgain asked = await services.GetRequiredService<DeadLetters>().SendAgainAsync(
            context.Installation.TenantId, context.Parsed.GetValue(Dead), cancellationToken);
        int triggers = await AllAsync(services.GetRequiredService<TriggerDelivery>().DeliverDueAsync, cancellationToken);
        int mails = await AllAsync(services.GetRequiredService<MailDelivery>().DeliverDueAsync, cancellationToken);
        if (context.PrintsJson)
        {
            await context.Output.WriteLineAsync(SessionJson.Of(new { Asked = asked, Moved = new SentAgain(triggers, mails) }));
        }
        else
        {
            await context.Output.WriteLineAsync(
                $"Of {asked.Triggers} triggers {triggers} moved, of {asked.Mails} mails {mails}; \"cco session\" shows each.");
        }

        return triggers < asked.Triggers || mails < asked.Mails ? ExitCode.EndedWithErrors : ExitCode.Done;
    }

    private static async Task<int> AllAsync(Func<CancellationToken, Task<int>> deliverAsync, CancellationToken cancellationToken)
    {
        int all = 0;
        int moved;
        while ((moved = await deliverAsync(cancellationToken)) > 0)
        {
            all += moved;
        }

        return all;
    }
}
