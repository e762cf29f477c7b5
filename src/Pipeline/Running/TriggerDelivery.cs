using CarrierOptimization.Pipeline.Storage;
using CarrierOptimization.Pipeline.Triggers;
using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Pipeline.Running;

/// <summary>Sends recorded triggers to AMOP 2.0: in order within a session, at least once, with growing pauses for a day.</summary>
public sealed class TriggerDelivery(
    Database database, ITriggerSender sender, RunningOptions options, TimeProvider time, ILogger<TriggerDelivery> log)
{
    /// <summary>A crashed delivery's trigger is sent again after this long.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private const int BatchSize = 32;

    /// <summary>The first waiting trigger of each session: a later one never overtakes it.</summary>
    private const string Due =
        """
        SELECT t.id, t.session_id, s.guid AS session_guid, t.sequence, t.type, t.progress, t.body, t.attempts, t.created_at,
            t.trace_parent
        FROM amop_trigger t JOIN optimization_session s ON s.id = t.session_id
        WHERE t.state = 'Waiting' AND t.next_at <= @now AND (t.lease_until IS NULL OR t.lease_until < @now)
            AND NOT EXISTS (
                SELECT 1 FROM amop_trigger e
                WHERE e.session_id = t.session_id AND e.state = 'Waiting' AND e.sequence < t.sequence)
        ORDER BY t.next_at, t.id LIMIT @BatchSize
        """;

    /// <summary>Sends what is due, sessions side by side.</summary>
    /// <returns>How many were delivered or put aside: when above zero, more may be due.</returns>
    public async Task<int> DeliverDueAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<DueTrigger> due = await database.QueryAsync<DueTrigger>(
            Due, new { now = time.GetUtcNow(), BatchSize }, cancellationToken);
        bool[] moved = await Task.WhenAll(due.Select(trigger => DeliverAsync(trigger, cancellationToken)));
        return moved.Count(one => one);
    }

    private async Task<bool> DeliverAsync(DueTrigger trigger, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        int claimed = await database.WriteAsync(
            (transaction, token) => transaction.ExecuteAsync(
                """
                UPDATE amop_trigger SET lease_until = @until, attempts = attempts + 1
                WHERE id = @Id AND state = 'Waiting' AND (lease_until IS NULL OR lease_until < @now)
                """,
                new { trigger.Id, now, until = now + Lease },
                token),
            cancellationToken);
        if (claimed == 0)
        {
            return false;
        }

        try
        {
            await sender.SendAsync(
                new OutgoingTrigger(
                    trigger.IdempotencyKey, trigger.SessionId, trigger.Sequence, trigger.Body,
                    trigger.TraceParent),
                cancellationToken);
        }
        catch (TriggerException failure)
        {
            return await AfterFailureAsync(trigger, failure, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await EndAsync(trigger, "Waiting", null, time.GetUtcNow(), CancellationToken.None);
            throw;
        }

        await EndAsync(trigger, "Delivered", null, null, cancellationToken);
        RunningLog.TriggerDelivered(log, trigger.SessionId, trigger.Sequence, trigger.Type, trigger.Progress);
        return true;
    }

    private async Task<bool> AfterFailureAsync(DueTrigger trigger, TriggerException failure, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (failure.IsPermanent || now - trigger.CreatedAt > options.DeliverFor)
        {
            await EndAsync(trigger, "Dead", failure.Message, null, cancellationToken);
            RunningLog.TriggerBuried(log, trigger.SessionId, trigger.Sequence, failure.Message);
            return true;
        }

        TimeSpan delay = Jitter.Of(options.DelayAfter(trigger.Attempts + 1), trigger.Id, trigger.Attempts);
        TimeSpan asked = failure.RetryAfter ?? TimeSpan.Zero;
        await EndAsync(trigger, "Waiting", failure.Message, now + (asked > delay ? asked : delay), cancellationToken);
        RunningLog.TriggerFailed(log, trigger.SessionId, trigger.Sequence, trigger.Attempts + 1, failure.Message);
        return false;
    }

    /// <param name="nextAt"><c>null</c> when it is over.</param>
    private async Task EndAsync(
        DueTrigger trigger, string state, string? error, DateTimeOffset? nextAt, CancellationToken cancellationToken) =>
        await database.WriteAsync(
            (transaction, token) => transaction.ExecuteAsync(
                """
                UPDATE amop_trigger SET state = @state, last_error = @error, lease_until = NULL,
                    next_at = COALESCE(@nextAt, next_at), ended_at = @endedAt
                WHERE id = @Id
                """,
                new { trigger.Id, state, error, nextAt, endedAt = nextAt is null ? time.GetUtcNow() : (DateTimeOffset?)null },
                token),
            cancellationToken);

    private sealed record DueTrigger
    {
        public long Id { get; init; }

        public long SessionId { get; init; }

        public Guid SessionGuid { get; init; }

        public int Sequence { get; init; }

        public string Type { get; init; } = "";

        public int Progress { get; init; }

        public string Body { get; init; } = "";

        public int Attempts { get; init; }

        public DateTimeOffset CreatedAt { get; init; }

        public string? TraceParent { get; init; }

        /// <summary>With the GUID: numbers of sessions begin anew in a new database, and receivers remember keys.</summary>
        public string IdempotencyKey => $"trigger-{SessionGuid}-{Sequence}";
    }
}

/// <summary>Spreads repetitions so that many senders do not come back at the same moment.</summary>
internal static class Jitter
{
    /// <summary>75 to 125 % of <paramref name="delay"/>, the same for the same work and attempt.</summary>
    public static TimeSpan Of(TimeSpan delay, long id, int attempt)
    {
        var random = new Random(HashCode.Combine(id, attempt));
        return delay * (0.75 + (random.NextDouble() / 2));
    }
}
