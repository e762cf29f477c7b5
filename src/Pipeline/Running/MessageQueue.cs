using CarrierOptimization.Pipeline.Storage;

namespace CarrierOptimization.Pipeline.Running;

/// <summary>A message that a worker holds.</summary>
public sealed record ClaimedMessage
{
    public long Id { get; init; }

    public long TenantId { get; init; }

    public long? SessionId { get; init; }

    public string Key { get; init; } = "";

    public string Type { get; init; } = "";

    public string Body { get; init; } = "";

    /// <summary>How often it was taken, this time included.</summary>
    public int Attempts { get; init; }

    /// <summary>How often it failed with an error; the rest of the attempts ended without a word.</summary>
    public int Failures { get; init; }

    public string? LastError { get; init; }

    public string? TraceParent { get; init; }
}

/// <summary>The table of messages as a queue: claimed with a lease, done or dead in the transaction of the result.</summary>
public sealed class MessageQueue(Database database, TimeProvider time)
{
    private const string Columns = "id, tenant_id, session_id, key, type, body, attempts, failures, last_error, trace_parent";

    private readonly string _claim =
        $"""
        UPDATE message SET lease_owner = @owner, lease_until = @until, attempts = attempts + 1
        WHERE id = (
            SELECT id FROM message
            WHERE state = 'Waiting' AND visible_at <= @now AND (lease_until IS NULL OR lease_until < @now)
            ORDER BY visible_at, id LIMIT 1 {database.Dialect.SkipLocked})
        RETURNING {Columns}
        """;

    /// <summary>Takes the next message that is due, or whose worker was lost.</summary>
    public async Task<ClaimedMessage?> ClaimAsync(string owner, TimeSpan lease, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        return await database.WriteAsync(
            (transaction, token) => transaction.FirstOrDefaultAsync<ClaimedMessage>(
                _claim, new { owner, now, until = now + lease }, token),
            cancellationToken);
    }

    /// <summary>Frees what processes of this machine held that are there no more, so that nobody waits for their leases.</summary>
    /// <returns>How many messages were freed. They count as attempted.</returns>
    public async Task<int> FreeLostAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> owners = await database.QueryAsync<string>(
            "SELECT DISTINCT lease_owner FROM message WHERE state = 'Waiting' AND lease_owner IS NOT NULL", null, cancellationToken);
        int freed = 0;
        foreach (string owner in owners.Where(ProcessName.IsGone))
        {
            freed += await database.WriteAsync(
                (transaction, token) => transaction.ExecuteAsync(
                    """
                    UPDATE message SET lease_owner = NULL, lease_until = NULL
                    WHERE state = 'Waiting' AND lease_owner = @owner
                    """,
                    new { owner },
                    token),
                cancellationToken);
        }

        return freed;
    }

    /// <summary>Keeps the message for as long again; does nothing when somebody else has it by now.</summary>
    /// <returns>False when the lease was lost.</returns>
    public async Task<bool> ExtendAsync(long id, string owner, TimeSpan lease, CancellationToken cancellationToken) =>
        await database.WriteAsync(
            (transaction, token) => transaction.ExecuteAsync(
                "UPDATE message SET lease_until = @until WHERE id = @id AND lease_owner = @owner AND state = 'Waiting'",
                new { id, owner, until = time.GetUtcNow() + lease },
                token),
            cancellationToken) == 1;

    /// <summary>Puts a message back.</summary>
    /// <param name="countsAsAttempt">False where the work is well and only goes on later.</param>
    public Task PutBackAsync(
        long id, TimeSpan after, string? why, bool countsAsAttempt, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (transaction, token) => transaction.ExecuteAsync(
                """
                UPDATE message SET lease_owner = NULL, lease_until = NULL, visible_at = @at,
                    attempts = attempts - @uncounted, failures = failures + 1 - @uncounted, last_error = COALESCE(@why, last_error)
                WHERE id = @id AND state = 'Waiting'
                """,
                new { id, at = time.GetUtcNow() + after, why, uncounted = countsAsAttempt ? 0 : 1 },
                token),
            cancellationToken);

    /// <summary>Marks a message as done without effects.</summary>
    public Task AcknowledgeAsync(long id, CancellationToken cancellationToken) =>
        database.WriteAsync((transaction, token) => AcknowledgeAsync(transaction, id, token), cancellationToken);

    /// <summary>Marks a message as done, with its effects.</summary>
    public Task AcknowledgeAsync(StageTransaction transaction, long id, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync(
            "UPDATE message SET state = 'Done', done_at = @now, lease_owner = NULL, lease_until = NULL WHERE id = @id",
            new { id, now = time.GetUtcNow() },
            cancellationToken);

    /// <summary>Keeps a message that failed for good, for people to look at and to send again.</summary>
    public Task BuryAsync(StageTransaction transaction, long id, string lastError, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync(
            """
            UPDATE message SET state = 'Dead', done_at = @now, last_error = @lastError, lease_owner = NULL, lease_until = NULL
            WHERE id = @id
            """,
            new { id, lastError, now = time.GetUtcNow() },
            cancellationToken);

    /// <summary>Adds work from outside a stage: the schedule, a person, the watchdog.</summary>
    /// <param name="source">Who sends it; the same message of the same source is kept once.</param>
    public Task SendAsync(string source, StageMessage message, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (transaction, token) => SendAsync(transaction, source, message, null, token), cancellationToken);

    /// <summary>Adds work that follows from work, in its transaction.</summary>
    /// <remarks>Keyed by source and message: keyed by message alone, a follow-up that answered "not yet" would swallow the next.</remarks>
    public Task SendAsync(
        StageTransaction transaction, string source, StageMessage message, string? traceParent, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        return transaction.ExecuteAsync(
            """
            INSERT INTO message (tenant_id, session_id, source, key, type, body, state, visible_at, created_at, trace_parent)
            VALUES (@TenantId, @SessionId, @source, @Key, @type, @body, 'Waiting', @now, @now, @traceParent)
            ON CONFLICT (source, key) DO NOTHING
            """,
            new
            {
                message.TenantId,
                message.SessionId,
                source,
                message.Key,
                type = StageRegistry.TypeOf(message),
                body = StageRegistry.BodyOf(message),
                now,
                traceParent,
            },
            cancellationToken);
    }
}
