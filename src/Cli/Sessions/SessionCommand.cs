using System.CommandLine;
using CarrierOptimization.Cli.Installations;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Sessions;

namespace CarrierOptimization.Cli.Sessions;

/// <summary><c>cco session ID</c>: everything about one session, live while it runs.</summary>
internal static class SessionCommand
{
    private const int LooksForWork = 20;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    private static readonly Option<bool> Once = new("--once") { Description = "Show where it stands now; don't wait for its end." };

    /// <summary>The argument that every command about one session takes.</summary>
    public static Argument<long> Id { get; } = new("ID") { Description = "Number of the session, as \"cco sessions\" lists it." };

    public static Command Create() => new Command("session", "Show one session: progress, result, triggers, mails, errors.") { Id, Once }
        .OnInstallation(RunAsync);

    /// <summary>The session that a command means.</summary>
    /// <exception cref="SettingException">There is none of that number.</exception>
    public static async Task<SessionView> ViewAsync(InstallationContext context, CancellationToken cancellationToken)
    {
        long id = context.Parsed.GetValue(Id);
        return await context.Installation.Sessions.ViewAsync(context.Installation.TenantId, id, cancellationToken)
            ?? throw new SettingException($"There is no session {id}. \"cco sessions\" lists them.");
    }

    /// <summary>Looks for two seconds: between two messages nobody holds one.</summary>
    private static async Task<bool> IsWorkedOnAsync(InstallationContext context, long sessionId, CancellationToken cancellationToken)
    {
        for (int look = 0; look < LooksForWork; look++)
        {
            TimeProvider time = context.Installation.Time;
            if (await context.Installation.Sessions.IsWorkedOnAsync(sessionId, time.GetUtcNow(), cancellationToken))
            {
                return true;
            }

            await Task.Delay(LookEvery, time, cancellationToken);
        }

        return false;
    }

    private static async Task<int> RunAsync(InstallationContext context, CancellationToken cancellationToken)
    {
        SessionView view = await ViewAsync(context, cancellationToken);
        if (!view.Session.Status.IsFinished() && !context.Parsed.GetValue(Once) && !context.PrintsJson)
        {
            if (!await IsWorkedOnAsync(context, view.Session.SessionId, cancellationToken))
            {
                SessionScreen.Show(view, context.Output);
                await context.Output.WriteLineAsync(
                    $"Nobody is working on session {view.Session.SessionId} now. \"cco run\" goes on with it, "
                    + $"\"cco cancel {view.Session.SessionId}\" ends it.");
                return ExitCode.Done;
            }

            var watch = new SessionWatch(context.Installation.Sessions, context.Installation.TenantId, context.Installation.Time);
            view = await watch.UntilEndAsync(view.Session.SessionId, context.Error, isQuiet: false, cancellationToken);
        }

        if (context.PrintsJson)
        {
            await context.Output.WriteLineAsync(SessionJson.Of(view));
        }
        else
        {
            SessionScreen.Show(view, context.Output);
        }

        return ExitCode.Done;
    }
}
