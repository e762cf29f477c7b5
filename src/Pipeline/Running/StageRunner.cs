using System.Data.Common;
using System.Diagnostics;
using CarrierOptimization.Pipeline.Carrier;
using CarrierOptimization.Pipeline.Storage;
using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Pipeline.Running;

/// <summary>How one handling of a message ended, for the host.</summary>
public enum RunResult
{
    /// <summary>Saved; what follows is in the queue.</summary>
    Done,

    /// <summary>Nothing to do: done before, or the session has ended.</summary>
    AlreadyDone,

    /// <summary>Others must finish first.</summary>
    NotYet,

    /// <summary>Put back for later.</summary>
    Later,

    /// <summary>Failed for good; the part was given up.</summary>
    GivenUp,
}

/// <summary>
/// What every host calls for a message: ledger, stage, one transaction with everything that follows, retries, giving up.
/// </summary>
/// <remarks>No transaction is open while a stage works: twins may both work, one commits. See docs/running.md.</remarks>
public sealed class StageRunner(
    Database database,
    MessageQueue queue,
    OutboxWriter outbox,
    StageRegistry stages,
    RunningOptions options,
    TimeProvider time,
    ILogger<StageRunner> log)
{
    /// <summary>Traces of the pipeline, one span per message.</summary>
    public static readonly ActivitySource Traces = new("CarrierOptimization.Pipeline");

    /// <summary>Handles a claimed message to its end.</summary>
    /// <exception cref="OperationCanceledException">The host stops; the message is back in the queue.</exception>
    /// <exception cref="DbException">The database is gone; the lease runs out and the message comes again.</exception>
    public async Task<RunResult> RunAsync(ClaimedMessage claimed, CancellationToken cancellationToken)
    {
        using Activity? activity = Traces.StartActivity(claimed.Type, ActivityKind.Consumer, claimed.TraceParent);
        activity?.SetTag("cco.key", claimed.Key);
        long begun = time.GetTimestamp();
        RunResult result;
        try
        {
            result = await HandleAsync(claimed, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await queue.PutBackAsync(claimed.Id, TimeSpan.Zero, null, countsAsAttempt: false, CancellationToken.None);
            throw;
        }

        RunningLog.Handled(
            log, claimed.Type, claimed.Key, claimed.Attempts, result, (long)time.GetElapsedTime(begun).TotalMilliseconds);
        return result;
    }

    private async Task<RunResult> HandleAsync(ClaimedMessage claimed, CancellationToken cancellationToken)
    {
        StageMessage message;
        try
        {
            message = stages.Read(claimed.Type, claimed.Body);
        }
        catch (Exception failure) when (failure is System.Text.Json.JsonException or InvalidOperationException)
        {
            RunningLog.GivenUp(log, claimed.Type, claimed.Key, claimed.Attempts, failure.Message);
            await database.WriteAsync(
                (transaction, token) => queue.BuryAsync(transaction, claimed.Id, failure.Message, token), cancellationToken);
            return RunResult.GivenUp;
        }

        if (await IsDoneAsync(claimed, message, cancellationToken))
        {
            await queue.AcknowledgeAsync(claimed.Id, cancellationToken);
            return RunResult.AlreadyDone;
        }

        // Its workers were lost without a word, again and again: it may be what kills them.
        if (claimed.Attempts - claimed.Failures > options.MaxLostAttempts)
        {
            string lost = claimed.LastError ?? "the worker or the database was lost each time";
            return await GiveUpAsync(claimed, message, $"{claimed.Attempts - 1} attempts: {lost}", cancellationToken);
        }

        try
        {
            StageOutcome outcome = await stages.HandleAsync(claimed.Type, message, cancellationToken);
            return await SaveAsync(claimed, message, outcome, cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return await AfterFailureAsync(claimed, message, failure, cancellationToken);
        }
    }

    private async Task<bool> IsDoneAsync(ClaimedMessage claimed, StageMessage message, CancellationToken cancellationToken)
    {
        long done = await database.FirstOrDefaultAsync<long>(
            """
            SELECT (SELECT COUNT(*) FROM ledger WHERE key = @Key)
                + (SELECT COUNT(*) FROM optimization_session WHERE id = @sessionId AND ended_at IS NOT NULL)
            """,
            new { claimed.Key, sessionId = message.NeedsOpenSession ? message.SessionId : null },
            cancellationToken);
        return done > 0;
    }

    private async Task<RunResult> SaveAsync(
        ClaimedMessage claimed, StageMessage message, StageOutcome outcome, CancellationToken cancellationToken)
    {
        switch (outcome)
        {
            case StageOutcome.Done done:
                return await CommitAsync(claimed, message, done.Effects, null, cancellationToken);
            case StageOutcome.AlreadyDone:
                await queue.AcknowledgeAsync(claimed.Id, cancellationToken);
                return RunResult.AlreadyDone;
            case StageOutcome.NotYet:
                await queue.AcknowledgeAsync(claimed.Id, cancellationToken);
                return RunResult.NotYet;
            case StageOutcome.Park park:
                await queue.PutBackAsync(claimed.Id, park.After, park.Why, countsAsAttempt: false, cancellationToken);
                return RunResult.Later;
            case StageOutcome.Retry retry when claimed.Failures + 1 < options.MaxAttempts:
                await queue.PutBackAsync(claimed.Id, retry.After, retry.Why, countsAsAttempt: true, cancellationToken);
                return RunResult.Later;
            case StageOutcome.Retry retry:
                return await GiveUpAsync(claimed, message, retry.Why, cancellationToken);
            default:
                throw new InvalidOperationException($"Outcome {outcome} is not known to the runner.");
        }
    }

    /// <param name="buriedWith">The error of a message that failed for good; <c>null</c> when it was done.</param>
    private async Task<RunResult> CommitAsync(
        ClaimedMessage claimed, StageMessage message, StageEffects effects, string? buriedWith, CancellationToken cancellationToken)
    {
        string? traceParent = Activity.Current?.Id ?? claimed.TraceParent;
        bool isSaved = await database.TryWriteAsync(
            async (transaction, token) =>
            {
                // The key first: of two that did the same work, the second stops here.
                int isFirst = await transaction.ExecuteAsync(
                    "INSERT INTO ledger (key, session_id, done_at) VALUES (@Key, @SessionId, @now) ON CONFLICT (key) DO NOTHING",
                    new { message.Key, message.SessionId, now = time.GetUtcNow() },
                    token);
                if (isFirst == 0)
                {
                    return false;
                }

                if (effects.Open is { } open)
                {
                    effects = await open(transaction, token);
                }

                if (effects.Save is { } save)
                {
                    await save(transaction, token);
                }

                foreach (StageMessage next in effects.Messages)
                {
                    await queue.SendAsync(transaction, message.Key, next, traceParent, token);
                }

                if ((effects.SessionId ?? message.SessionId) is { } sessionId
                    && !await outbox.WriteAsync(transaction, sessionId, effects, traceParent, token)
                    && message.NeedsOpenSession)
                {
                    return false;
                }

                await (buriedWith is null
                    ? queue.AcknowledgeAsync(transaction, claimed.Id, token)
                    : queue.BuryAsync(transaction, claimed.Id, buriedWith, token));
                return true;
            },
            cancellationToken);
        if (!isSaved)
        {
            await queue.AcknowledgeAsync(claimed.Id, cancellationToken);
            return RunResult.AlreadyDone;
        }

        return buriedWith is null ? RunResult.Done : RunResult.GivenUp;
    }

    private async Task<RunResult> AfterFailureAsync(
        ClaimedMessage claimed, StageMessage message, Exception failure, CancellationToken cancellationToken)
    {
        RunningLog.Failed(log, claimed.Type, claimed.Key, claimed.Attempts, failure);
        if (IsTransient(failure) && claimed.Failures + 1 < options.MaxAttempts)
        {
            TimeSpan asked = failure is CarrierException { RetryAfter: { } after } ? after : TimeSpan.Zero;
            TimeSpan delay = options.DelayAfter(claimed.Failures + 1);
            await queue.PutBackAsync(
                claimed.Id, asked > delay ? asked : delay, failure.Message, countsAsAttempt: true, cancellationToken);
            return RunResult.Later;
        }

        return await GiveUpAsync(claimed, message, failure.Message, cancellationToken);
    }

    private async Task<RunResult> GiveUpAsync(
        ClaimedMessage claimed, StageMessage message, string lastError, CancellationToken cancellationToken)
    {
        RunningLog.GivenUp(log, claimed.Type, claimed.Key, claimed.Attempts, lastError);
        try
        {
            StageEffects effects = await stages.GiveUpAsync(claimed.Type, message, lastError, cancellationToken);
            return await CommitAsync(claimed, message, effects, lastError, cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException && !IsTransient(failure))
        {
            // A bug in giving up must not come again and again: the session ends, the message is kept.
            RunningLog.Failed(log, claimed.Type, claimed.Key, claimed.Attempts, failure);
            return await EndAsync(claimed, message, $"{lastError} ({failure.Message})", cancellationToken);
        }
    }

    private async Task<RunResult> EndAsync(
        ClaimedMessage claimed, StageMessage message, string lastError, CancellationToken cancellationToken)
    {
        StageEffects effects = StageEffects.None;
        if (message.SessionId is { } sessionId)
        {
            SessionHeader session = await SessionHeader.LoadAsync(database, sessionId, cancellationToken);
            effects = SessionEnd.Fail(
                session, stages.StageOf(claimed.Type), "InternalError",
                $"An internal error ended the session: {lastError} Please report it with the log lines of this time.");
        }

        return await CommitAsync(claimed, message, effects, lastError, cancellationToken);
    }

    private bool IsTransient(Exception failure) => failure switch
    {
        CarrierException carrier => carrier.IsTransient,
        DbException store => database.Dialect.IsTransient(store),
        TimeoutException or IOException => true,
        _ => false,
    };
}
