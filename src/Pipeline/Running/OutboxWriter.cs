using System.Text.Json;
using CarrierOptimization.Pipeline.Storage;
using CarrierOptimization.Pipeline.Triggers;

namespace CarrierOptimization.Pipeline.Running;

/// <summary>Writes what a stage wants to be told outside, in the transaction of its result.</summary>
public sealed class OutboxWriter(TimeProvider time)
{
    /// <summary>Changes the state of the session, gives triggers their sequence, and records mails.</summary>
    /// <returns>False when the session has ended meanwhile: nothing of this work may be kept.</returns>
    public async Task<bool> WriteAsync(
        StageTransaction transaction, long sessionId, StageEffects effects, string? traceParent, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();

        // Takes the row, so that the steps of one session go one after the other.
        int open = await transaction.ExecuteAsync(
            "UPDATE optimization_session SET moved_at = @now WHERE id = @sessionId AND ended_at IS NULL",
            new { sessionId, now },
            cancellationToken);
        if (open == 0)
        {
            return false;
        }

        SessionHeader session = await SessionHeader.LoadAsync(transaction, sessionId, cancellationToken);
        await WriteTriggersAsync(transaction, session, effects.Triggers, traceParent, now, cancellationToken);
        foreach (MailRequest mail in effects.Mails)
        {
            await WriteMailAsync(transaction, session.TenantId, sessionId, mail, cancellationToken);
        }

        if (effects.Session is { } change)
        {
            await ChangeSessionAsync(transaction, session, change, now, cancellationToken);
        }

        return true;
    }

    /// <summary>Records a mail, once per key; one without recipients is not recorded.</summary>
    public Task WriteMailAsync(
        StageTransaction transaction, long tenantId, long? sessionId, MailRequest mail, CancellationToken cancellationToken) =>
        mail.Recipients.Count == 0
            ? Task.CompletedTask
            : transaction.ExecuteAsync(
                """
                INSERT INTO mail (tenant_id, session_id, key, kind, recipients, subject, text, html, attachments, state, next_at,
                    created_at)
                VALUES (@tenantId, @sessionId, @Key, @Kind, @recipients, @Subject, @Text, @Html, @attachments, 'Waiting', @now, @now)
                ON CONFLICT (key) DO NOTHING
                """,
                new
                {
                    tenantId,
                    sessionId,
                    mail.Key,
                    mail.Kind,
                    recipients = JsonSerializer.Serialize(mail.Recipients),
                    mail.Subject,
                    mail.Text,
                    mail.Html,
                    attachments = JsonSerializer.Serialize(mail.Attachments),
                    now = time.GetUtcNow(),
                },
                cancellationToken);

    private static async Task WriteTriggersAsync(
        StageTransaction transaction, SessionHeader session, IReadOnlyList<TriggerRequest> requests, string? traceParent,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        int progress = session.Progress;
        foreach (TriggerRequest request in requests)
        {
            bool rises = request.Type == TriggerType.ErrorMessage || request.Progress > progress;
            bool isKnown = await transaction.FirstOrDefaultAsync<long?>(
                "SELECT id FROM amop_trigger WHERE session_id = @SessionId AND key = @Key",
                new { session.SessionId, request.Key },
                cancellationToken) is not null;
            if (!rises || isKnown)
            {
                continue;
            }

            progress = request.Type == TriggerType.ErrorMessage ? progress : request.Progress;
            await transaction.ExecuteAsync(
                """
                UPDATE optimization_session SET trigger_sequence = trigger_sequence + 1, progress = @progress WHERE id = @SessionId
                """,
                new { session.SessionId, progress },
                cancellationToken);
            await transaction.ExecuteAsync(
                """
                INSERT INTO amop_trigger (tenant_id, session_id, sequence, key, type, progress, body, state, next_at, trace_parent,
                    created_at)
                SELECT @TenantId, id, trigger_sequence, @Key, @type, @Progress, @body, 'Waiting', @now, @traceParent, @now
                FROM optimization_session WHERE id = @SessionId
                """,
                new
                {
                    session.TenantId,
                    session.SessionId,
                    request.Key,
                    type = request.Type.ToString(),
                    request.Progress,
                    body = BodyOf(session, request),
                    now,
                    traceParent,
                },
                cancellationToken);
        }
    }

    private static string BodyOf(SessionHeader session, TriggerRequest request)
    {
        bool isError = request.Type == TriggerType.ErrorMessage;
        var additional = new Dictionary<string, object?>(request.Additional);
        if (isError)
        {
            additional["OptimizationSessionGuid"] = session.SessionGuid.ToString();
        }

        return TriggerBody.Write(
            session.TriggerContext,
            request.Type,
            session.SessionId.ToString(System.Globalization.CultureInfo.InvariantCulture),
            isError ? null : session.SessionGuid,
            isError ? 0 : request.DeviceCount,
            request.ErrorMessage,
            isError ? 0 : request.Progress,
            "",
            additional);
    }

    private static async Task ChangeSessionAsync(
        StageTransaction transaction, SessionHeader session, SessionChange change, DateTimeOffset now, CancellationToken cancellationToken)
    {
        bool ends = change.Status.IsFinished();
        await transaction.ExecuteAsync(
            """
            UPDATE optimization_session SET status = @status, device_count = COALESCE(@DeviceCount, device_count),
                error = COALESCE(@Error, error), ended_at = @endedAt
            WHERE id = @SessionId
            """,
            new
            {
                session.SessionId,
                status = change.Status.ToString(),
                change.DeviceCount,
                change.Error,
                endedAt = ends ? now : (DateTimeOffset?)null,
            },
            cancellationToken);
        await transaction.ExecuteAsync(
            """
            UPDATE optimization_instance SET status = @status, ended_at = @endedAt,
                stage_deadline_at = COALESCE(@deadline, stage_deadline_at)
            WHERE id = @InstanceId
            """,
            new
            {
                session.InstanceId,
                status = change.Status.ToString(),
                endedAt = ends ? now : (DateTimeOffset?)null,
                deadline = change.StageTimeLimit is { } limit ? now + limit : (DateTimeOffset?)null,
            },
            cancellationToken);
    }
}
