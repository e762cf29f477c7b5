using CarrierOptimization.Pipeline.Storage;

namespace CarrierOptimization.Pipeline.QueueCarrierPlanOptimization;

/// <summary>What became of a start that was asked for.</summary>
/// <param name="SessionId">Of the session; <c>null</c> while it waits, or when it was refused.</param>
/// <param name="Refusal">Why there is none; <c>null</c> otherwise.</param>
public sealed record StartState(long? SessionId, string? Refusal)
{
    /// <summary>Nobody has looked at it yet.</summary>
    public bool IsWaiting => SessionId is null && Refusal is null;
}

/// <summary>Answers whoever asked for a session, by the GUID they gave it.</summary>
public sealed class StartAnswers(Database database)
{
    public async Task<StartState> FindAsync(long tenantId, Guid sessionGuid, CancellationToken cancellationToken)
    {
        var values = new { tenantId, sessionGuid };
        return new StartState(
            await database.FirstOrDefaultAsync<long?>(
                "SELECT id FROM optimization_session WHERE guid = @sessionGuid AND tenant_id = @tenantId", values, cancellationToken),
            await database.FirstOrDefaultAsync<string>(
                "SELECT why FROM start_refusal WHERE session_guid = @sessionGuid AND tenant_id = @tenantId", values, cancellationToken));
    }
}
