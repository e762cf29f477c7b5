using CarrierOptimization.Pipeline.GetDevices;
using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Storage;
using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Pipeline.QueueCarrierPlanOptimization;

/// <summary>
/// Stage 1: makes the session, its instance and the billing period, tells AMOP 2.0 "0 %", and has the devices read. A start
/// that can't be is refused with a sentence that whoever asked finds under its GUID.
/// </summary>
public sealed class QueueCarrierPlanOptimization(
    Database database, OutboxWriter outbox, QueueOptions options, TimeProvider time, ILogger<QueueCarrierPlanOptimization> log)
    : IStage<StartOptimization>
{
    private const string Stage = nameof(QueueCarrierPlanOptimization);

    public async Task<StageOutcome> HandleAsync(StartOptimization message, CancellationToken cancellationToken)
    {
        StartFacts facts = await LoadAsync(message, cancellationToken);
        StartAnswer answer = StartDecision.Decide(message, facts, time.GetUtcNow());
        QueueLog.Decided(log, message.SessionGuid, message.ProviderId, message.StartedBy, answer.ToString());
        return new StageOutcome.Done(answer switch
        {
            StartAnswer.Start start => new StageEffects
            {
                Open = (transaction, token) => OpenAsync(transaction, message, facts.Provider!, start, token),
            },
            StartAnswer.Refuse refuse => Refuse(message, refuse),
            _ => throw new InvalidOperationException($"Answer {answer} is not known."),
        });
    }

    /// <summary>No session is there that could end: the reason is kept for whoever asked, and people are told.</summary>
    public async Task<StageEffects> GiveUpAsync(
        StartOptimization message, string lastError, CancellationToken cancellationToken)
    {
        StartFacts facts = await LoadAsync(message, cancellationToken);
        string why = $"The session could not be started: {lastError}";
        return new StageEffects
        {
            Save = async (transaction, token) =>
            {
                await SaveRefusalAsync(transaction, message, why, token);
                if (facts.Provider is { } provider)
                {
                    await outbox.WriteMailAsync(transaction, message.TenantId, null, Alert(message, provider, why), token);
                }
            },
        };
    }

    private async Task<StartFacts> LoadAsync(StartOptimization message, CancellationToken cancellationToken)
    {
        var provider = new { message.ProviderId };
        long? lastEndedAt = await database.FirstOrDefaultAsync<long?>(QueueSql.LastEndedAt, provider, cancellationToken);
        return new StartFacts(
            await new ProviderStore(database, time).FindAsync(message.ProviderId, cancellationToken),
            await database.FirstOrDefaultAsync<OpenSession>(QueueSql.OpenSession, provider, cancellationToken),
            lastEndedAt is { } ended ? DateTimeOffset.FromUnixTimeMilliseconds(ended) : null);
    }

    private async Task<StageEffects> OpenAsync(
        StageTransaction transaction, StartOptimization message, StoredProvider provider, StartAnswer.Start start,
        CancellationToken cancellationToken)
    {
        if (start.Supersedes is { } old && !await SupersedeAsync(transaction, message, old, cancellationToken))
        {
            return Refuse(message, new StartAnswer.Refuse(
                StartDecision.AlreadyRunning(old, "went on while it was to be superseded"), old));
        }

        DateTimeOffset now = time.GetUtcNow();
        long periodId = await transaction.FirstOrDefaultAsync<long>(
            QueueSql.AddPeriod,
            new { message.TenantId, message.ProviderId, start.Period.Start, start.Period.End },
            cancellationToken);
        long sessionId = await transaction.FirstOrDefaultAsync<long>(
            QueueSql.AddSession,
            new { message.SessionGuid, message.TenantId, message.StartedBy, isOverride = message.IsOverride ? 1 : 0, now },
            cancellationToken);
        var instance = new
        {
            sessionId,
            message.TenantId,
            message.ProviderId,
            periodId,
            settings = provider.SettingsJson,
            deadline = now + options.SyncTimeLimit,
            now,
        };
        if (await transaction.FirstOrDefaultAsync<long?>(QueueSql.AddInstance, instance, cancellationToken) is null)
        {
            await transaction.ExecuteAsync(QueueSql.RemoveSession, new { sessionId }, cancellationToken);
            OpenSession? running = await transaction.FirstOrDefaultAsync<OpenSession>(
                QueueSql.OpenSession, new { message.ProviderId }, cancellationToken);
            return Refuse(message, new StartAnswer.Refuse(
                StartDecision.AlreadyRunning(running?.SessionId ?? 0, "was started a moment before"), running?.SessionId));
        }

        return new StageEffects
        {
            SessionId = sessionId,
            Messages = [new SyncDevices
            {
                TenantId = message.TenantId, SessionId = sessionId, Step = SyncStep.Begin, FullSync = message.FullSync,
            }],
            Triggers = [TriggerRequest.Milestone(0, 0)],
            Session = new SessionChange(SessionStatus.Syncing, options.SyncTimeLimit),
        };
    }

    /// <returns>False when the session went on to where it may not be ended any more.</returns>
    private async Task<bool> SupersedeAsync(
        StageTransaction transaction, StartOptimization message, long sessionId, CancellationToken cancellationToken)
    {
        int taken = await transaction.ExecuteAsync(
            QueueSql.TakeSuperseded, new { sessionId, now = time.GetUtcNow() }, cancellationToken);
        SessionHeader old = await SessionHeader.LoadAsync(transaction, sessionId, cancellationToken);
        if (taken == 0)
        {
            return old.EndedAt is not null;
        }

        string reason = $"Superseded by a run on the last day of the period that {message.StartedBy} started.";
        return await outbox.WriteAsync(transaction, sessionId, SessionEnd.Cancel(old, Stage, reason), null, cancellationToken);
    }

    private StageEffects Refuse(StartOptimization message, StartAnswer.Refuse refusal) => new()
    {
        Save = async (transaction, token) =>
        {
            await SaveRefusalAsync(transaction, message, refusal.Why, token);
            if (refusal.Running is { } running)
            {
                SessionHeader session = await SessionHeader.LoadAsync(transaction, running, token);
                MailRequest warning = Alerts.Warning(
                    session, "a second start was refused", $"{refusal.Why} It was asked for by {message.StartedBy}.");
                await outbox.WriteMailAsync(transaction, message.TenantId, running, warning, token);
            }
        },
    };

    private Task<int> SaveRefusalAsync(
        StageTransaction transaction, StartOptimization message, string why, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync(
            QueueSql.AddRefusal,
            new { message.SessionGuid, message.TenantId, message.ProviderId, why, now = time.GetUtcNow() },
            cancellationToken);

    private static MailRequest Alert(StartOptimization message, StoredProvider provider, string why) => new(
        $"alert/{message.SessionGuid}/StartFailed",
        "Alert",
        RecipientsOf(provider),
        $"Carrier Optimizer: {provider.Name}: StartFailed",
        $"{why}\n\nProvider: {provider.Name}\nStage: {Stage}\nCode: StartFailed\n",
        $"<p>{System.Net.WebUtility.HtmlEncode(why)}</p><p>Provider: {System.Net.WebUtility.HtmlEncode(provider.Name)}<br>"
            + $"Stage: {Stage}<br>Code: StartFailed</p>",
        []);

    private static IReadOnlyList<string> RecipientsOf(StoredProvider provider)
    {
        try
        {
            return provider.Settings.Recipients;
        }
        catch (System.Text.Json.JsonException)
        {
            // Settings that can't be read are the reason why there is no session; the refusal says so.
            return [];
        }
    }
}
