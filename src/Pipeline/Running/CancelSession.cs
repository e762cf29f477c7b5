using CarrierOptimization.Pipeline.Storage;

namespace CarrierOptimization.Pipeline.Running;

/// <summary>What became of a request to end a session.</summary>
/// <param name="IsCancelled">False: nothing was changed.</param>
/// <param name="Message">A sentence for the person who asked.</param>
public sealed record CancelAnswer(bool IsCancelled, string Message);

/// <summary>Ends an open session because a person wants it, whatever stage it is in; its messages are dropped by the runner.</summary>
public sealed class CancelSession(Database database, OutboxWriter outbox)
{
    private const string Stage = "CancelSession";

    /// <summary>Ends the session as Cancelled, in one transaction with its triggers.</summary>
    /// <param name="tenantId">Whose session it must be.</param>
    /// <param name="who">The person, as it stands in the triggers.</param>
    public Task<CancelAnswer> CancelAsync(long tenantId, long sessionId, string who, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (transaction, token) =>
            {
                bool isThere = await transaction.FirstOrDefaultAsync<long>(
                    "SELECT COUNT(*) FROM optimization_session WHERE id = @sessionId AND tenant_id = @tenantId",
                    new { sessionId, tenantId },
                    token) > 0;
                if (!isThere)
                {
                    return new CancelAnswer(false, $"There is no session {sessionId}. Look at \"cco sessions\".");
                }

                SessionHeader session = await SessionHeader.LoadAsync(transaction, sessionId, token);
                StageEffects effects = SessionEnd.Cancel(session, Stage, $"Cancelled by {who}.");
                if (await outbox.WriteAsync(transaction, sessionId, effects, null, token))
                {
                    return new CancelAnswer(true, $"Session {sessionId} is cancelled.");
                }

                session = await SessionHeader.LoadAsync(transaction, sessionId, token);
                return new CancelAnswer(
                    false, $"Session {sessionId} ended before with {session.Status}; a finished session never changes.");
            },
            cancellationToken);
}
