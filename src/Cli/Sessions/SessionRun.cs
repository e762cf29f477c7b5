using System.Text.Json;
using CarrierOptimization.Cli.Installations;
using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.QueueCarrierPlanOptimization;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace CarrierOptimization.Cli.Sessions;

/// <summary>What a person wants of a run.</summary>
/// <param name="FullSync">Read all SIMs again.</param>
/// <param name="Supersedes">End a session that still runs in favour of this one; last day only.</param>
internal sealed record SessionRequest(StoredProvider Provider, string StartedBy, bool FullSync = false, bool Supersedes = false);

/// <summary>Runs one session in this process from start to end; goes on with one that was interrupted.</summary>
internal sealed class SessionRun(Installation installation, ServiceProvider services)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>How long to wait for triggers and mails once the session has ended: longer than the lease of a killed delivery.</summary>
    private static readonly TimeSpan DeliverWithin = TimeSpan.FromSeconds(60);

    /// <summary>Starts or continues the session, works on it, and shows its progress.</summary>
    /// <exception cref="SettingException">The session was refused.</exception>
    public async Task<SessionView> RunAsync(
        SessionRequest request, TextWriter error, bool isQuiet, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task host = services.GetRequiredService<PipelineHost>().RunAsync(stop.Token);
        try
        {
            Task<SessionView> session = FollowAsync(request, error, isQuiet, stop.Token);
            if (await Task.WhenAny(session, host) == host)
            {
                // Only a bug ends the host first: it throws here.
                await host;
            }

            return await session;
        }
        finally
        {
            await stop.CancelAsync();
            await host.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<SessionView> FollowAsync(
        SessionRequest request, TextWriter error, bool isQuiet, CancellationToken cancellationToken)
    {
        SessionRow session = await StartAsync(request, error, isQuiet, cancellationToken);
        var watch = new SessionWatch(installation.Sessions, installation.TenantId, installation.Time);
        SessionView view = await watch.UntilEndAsync(session.SessionId, error, isQuiet, cancellationToken);
        return await UntilDeliveredAsync(view, cancellationToken);
    }

    private async Task<SessionRow> StartAsync(
        SessionRequest request, TextWriter error, bool isQuiet, CancellationToken cancellationToken)
    {
        SessionRow? open = await installation.Sessions.FindOpenAsync(
            installation.TenantId, request.Provider.ProviderId, cancellationToken);
        if (open is not null && !request.Supersedes)
        {
            if (!isQuiet)
            {
                await error.WriteLineAsync($"Session {open.SessionId} is not finished; it goes on.");
            }

            return open;
        }

        StartOptimization start = await WaitingStartAsync(request.Provider, cancellationToken) ?? new StartOptimization
        {
            TenantId = installation.TenantId,
            ProviderId = request.Provider.ProviderId,
            SessionGuid = Guid.NewGuid(),
            StartedBy = request.StartedBy,
            IsOverride = true,
            FullSync = request.FullSync,
            Supersedes = request.Supersedes,
        };
        await services.GetRequiredService<MessageQueue>().SendAsync("person", start, cancellationToken);
        services.GetRequiredService<WorkSignal>().Set();
        StartAnswers answers = services.GetRequiredService<StartAnswers>();
        while (true)
        {
            StartState state = await answers.FindAsync(installation.TenantId, start.SessionGuid, cancellationToken);
            if (state.Refusal is { } refusal)
            {
                throw new SettingException(refusal);
            }

            if (state.SessionId is { } sessionId)
            {
                return (await installation.Sessions.FindAsync(installation.TenantId, sessionId, cancellationToken))!;
            }

            await Task.Delay(LookEvery, installation.Time, cancellationToken);
        }
    }

    /// <summary>A start that was asked for and that nobody has answered: whoever asked was interrupted.</summary>
    private async Task<StartOptimization?> WaitingStartAsync(StoredProvider provider, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> bodies = await installation.Database.QueryAsync<string>(
            "SELECT body FROM message WHERE tenant_id = @TenantId AND type = @type AND state = 'Waiting' ORDER BY id",
            new { installation.TenantId, type = nameof(StartOptimization) },
            cancellationToken);
        return bodies.Select(body => JsonSerializer.Deserialize<StartOptimization>(body)!)
            .FirstOrDefault(start => start.ProviderId == provider.ProviderId);
    }

    /// <summary>Waits a little for what the session still has to tell; what is not taken by then is sent by later runs.</summary>
    private async Task<SessionView> UntilDeliveredAsync(SessionView view, CancellationToken cancellationToken)
    {
        DateTimeOffset until = installation.Time.GetUtcNow() + DeliverWithin;
        while (IsWaiting(view) && installation.Time.GetUtcNow() < until)
        {
            await Task.Delay(LookEvery, installation.Time, cancellationToken);
            view = (await installation.Sessions.ViewAsync(installation.TenantId, view.Session.SessionId, cancellationToken))!;
        }

        return view;
    }

    /// <summary>Something was not tried yet, or is being retried for the first time.</summary>
    private static bool IsWaiting(SessionView view) =>
        view.Triggers.Any(trigger => trigger.State == "Waiting" && trigger.LastError is null)
        || view.Mails.Any(mail => mail.State == "Waiting" && mail.LastError is null);
}
