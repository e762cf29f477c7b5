using CarrierOptimization.Pipeline.Storage;

namespace CarrierOptimization.Pipeline.Running;

/// <summary>How many of each are sent again.</summary>
public sealed record SentAgain(int Triggers, int Mails);

/// <summary>Triggers and mails that wait after failures or were put aside: sent again because a person says so.</summary>
public sealed class DeadLetters(Database database, TimeProvider time)
{
    /// <summary>Makes everything of a tenant that waits due now.</summary>
    /// <param name="includesDead">True to try again what was put aside, for another day.</param>
    public Task<SentAgain> SendAgainAsync(long tenantId, bool includesDead, CancellationToken cancellationToken) => database.WriteAsync(
        async (transaction, token) =>
        {
            var values = new { tenantId, now = time.GetUtcNow() };
            string which = includesDead ? "state IN ('Waiting', 'Dead')" : "state = 'Waiting'";

            // Their time to be delivered in begins anew.
            string created = includesDead ? ", created_at = CASE state WHEN 'Dead' THEN @now ELSE created_at END" : "";
            string set = $"SET next_at = @now, ended_at = NULL{created}, state = 'Waiting' WHERE tenant_id = @tenantId AND {which}";
            return new SentAgain(
                await transaction.ExecuteAsync("UPDATE amop_trigger " + set, values, token),
                await transaction.ExecuteAsync("UPDATE mail " + set, values, token));
        },
        cancellationToken);
}
