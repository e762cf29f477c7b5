using CarrierOptimization.Pipeline.GetDevices;
using CarrierOptimization.Pipeline.GroupDevices;
using CarrierOptimization.Pipeline.OptimizerCleanup;
using CarrierOptimization.Pipeline.SimCardCostOptimizer;
using CarrierOptimization.Pipeline.Storage;
using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Pipeline.Running;

/// <summary>Finds sessions that do not move: sends lost work again, and ends a session whose stage took too long.</summary>
public sealed class Watchdog(
    Database database, MessageQueue queue, OutboxWriter outbox, RunningOptions options, TimeProvider time, ILogger<Watchdog> log)
{
    /// <summary>Open sessions that nobody works for, or whose time is over.</summary>
    private const string Stalled =
        """
        SELECT s.id AS session_id, s.tenant_id, s.status, s.moved_at, i.stage_deadline_at,
            (SELECT COUNT(*) FROM message m WHERE m.session_id = s.id AND m.state = 'Waiting') AS waiting
        FROM optimization_session s JOIN optimization_instance i ON i.session_id = s.id
        WHERE s.ended_at IS NULL AND (i.stage_deadline_at < @now OR s.moved_at < @stalled)
        """;

    /// <summary>Looks once.</summary>
    /// <returns>The sessions it did something about.</returns>
    public async Task<int> LookAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        int handled = 0;
        foreach (StalledSession session in await database.QueryAsync<StalledSession>(
            Stalled, new { now, stalled = now - options.StalledAfter }, cancellationToken))
        {
            if (session.StageDeadlineAt < now)
            {
                await EndAsync(session, cancellationToken);
                handled++;
            }
            else if (session.Waiting == 0)
            {
                await SendAgainAsync(session, now, cancellationToken);
                handled++;
            }
        }

        return handled;
    }

    private async Task EndAsync(StalledSession stalled, CancellationToken cancellationToken)
    {
        RunningLog.Watchdog(log, stalled.SessionId, $"its time in status {stalled.Status} is over, it is ended");
        SessionHeader session = await SessionHeader.LoadAsync(database, stalled.SessionId, cancellationToken);
        string message = $"The session was still {stalled.Status} at its deadline {stalled.StageDeadlineAt:yyyy-MM-dd HH:mm} UTC and was "
            + "ended. Look at its last messages with \"cco session\", then run it again.";
        await database.TryWriteAsync(
            (transaction, token) => outbox.WriteAsync(
                transaction, session.SessionId, SessionEnd.Fail(session, "Watchdog", "StageTimeout", message), null, token),
            cancellationToken);
    }

    private async Task SendAgainAsync(StalledSession stalled, DateTimeOffset now, CancellationToken cancellationToken)
    {
        RunningLog.Watchdog(log, stalled.SessionId, $"no work waits in status {stalled.Status}, it is sent again");
        string source = $"watchdog/{now.ToUnixTimeMilliseconds()}";
        foreach (StageMessage message in await LostWorkAsync(stalled, cancellationToken))
        {
            await queue.SendAsync(source, message, cancellationToken);
        }

        await database.WriteAsync(
            (transaction, token) => transaction.ExecuteAsync(
                "UPDATE optimization_session SET moved_at = @now WHERE id = @SessionId", new { stalled.SessionId, now }, token),
            cancellationToken);
    }

    private async Task<IReadOnlyList<StageMessage>> LostWorkAsync(StalledSession stalled, CancellationToken cancellationToken)
    {
        switch (stalled.Status)
        {
            case SessionStatus.Queued or SessionStatus.Syncing:
                return await LastSyncAsync(stalled, cancellationToken);
            case SessionStatus.Grouping:
                return [new FormGroups { TenantId = stalled.TenantId, SessionId = stalled.SessionId }];
            case SessionStatus.Optimizing:
                IReadOnlyList<int> open = await database.QueryAsync<int>(
                    """
                    SELECT c.number FROM component c JOIN optimization_instance i ON i.id = c.instance_id
                    WHERE i.session_id = @SessionId AND c.status NOT IN ('Complete', 'Failed')
                    """,
                    new { stalled.SessionId },
                    cancellationToken);
                return
                [
                    .. open.Select(number => new OptimizeComponent
                    {
                        TenantId = stalled.TenantId,
                        SessionId = stalled.SessionId,
                        Component = number,
                    }),
                    new CleanUp { TenantId = stalled.TenantId, SessionId = stalled.SessionId },
                ];
            default:
                return [new CleanUp { TenantId = stalled.TenantId, SessionId = stalled.SessionId }];
        }
    }

    /// <summary>The sync goes on from its last message, or from the start when there is none.</summary>
    private async Task<IReadOnlyList<StageMessage>> LastSyncAsync(StalledSession stalled, CancellationToken cancellationToken)
    {
        string? body = await database.FirstOrDefaultAsync<string>(
            """
            SELECT m.body FROM message m
            WHERE m.session_id = @SessionId AND m.type = 'SyncDevices' AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.key = m.key)
            ORDER BY m.id DESC LIMIT 1
            """,
            new { stalled.SessionId },
            cancellationToken);
        return
        [
            body is null
                ? new SyncDevices { TenantId = stalled.TenantId, SessionId = stalled.SessionId, Step = SyncStep.Begin }
                : System.Text.Json.JsonSerializer.Deserialize<SyncDevices>(body)!,
        ];
    }

    private sealed record StalledSession
    {
        public long SessionId { get; init; }

        public long TenantId { get; init; }

        public SessionStatus Status { get; init; }

        public DateTimeOffset MovedAt { get; init; }

        public DateTimeOffset StageDeadlineAt { get; init; }

        public long Waiting { get; init; }
    }
}
