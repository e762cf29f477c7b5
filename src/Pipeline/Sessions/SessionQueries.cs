using CarrierOptimization.Pipeline.Storage;

namespace CarrierOptimization.Pipeline.Sessions;

/// <summary>What people and programs ask about sessions. Every question is about one tenant: another tenant's numbers find nothing.</summary>
public sealed class SessionQueries(Database database)
{
    private const string Rows =
        """
        SELECT s.id AS session_id, s.guid AS session_guid, p.name AS provider_name, s.status, s.progress, s.device_count,
            s.started_by, s.created_at, s.ended_at, b.start_at AS period_start, b.end_at AS period_end, i.current_cost,
            i.base_cost, i.optimal_cost, i.lower_bound, i.is_proven, i.changes, s.error, s.has_errors, i.settings AS settings_json
        FROM optimization_session s
        JOIN optimization_instance i ON i.session_id = s.id
        JOIN service_provider p ON p.id = i.provider_id
        JOIN billing_period b ON b.id = i.billing_period_id
        WHERE s.tenant_id = @tenantId
        """;

    /// <summary>The latest sessions first.</summary>
    public Task<IReadOnlyList<SessionRow>> ListAsync(long tenantId, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync<SessionRow>(Rows + " ORDER BY s.id DESC LIMIT @limit", new { tenantId, limit }, cancellationToken);

    /// <summary>One session, or <c>null</c> when the tenant has none of that number.</summary>
    public Task<SessionRow?> FindAsync(long tenantId, long sessionId, CancellationToken cancellationToken) =>
        database.FirstOrDefaultAsync<SessionRow>(Rows + " AND s.id = @sessionId", new { tenantId, sessionId }, cancellationToken);

    /// <summary>The session that was asked for under a GUID; <c>null</c> while it has not begun, or when it was refused.</summary>
    public Task<SessionRow?> FindAsync(long tenantId, Guid sessionGuid, CancellationToken cancellationToken) =>
        database.FirstOrDefaultAsync<SessionRow>(Rows + " AND s.guid = @sessionGuid", new { tenantId, sessionGuid }, cancellationToken);

    /// <summary>The open session of a provider, if there is one.</summary>
    public Task<SessionRow?> FindOpenAsync(long tenantId, long providerId, CancellationToken cancellationToken) =>
        database.FirstOrDefaultAsync<SessionRow>(
            Rows + " AND i.provider_id = @providerId AND s.ended_at IS NULL", new { tenantId, providerId }, cancellationToken);

    /// <summary>True while a process that lives holds work of the session.</summary>
    public async Task<bool> IsWorkedOnAsync(long sessionId, DateTimeOffset now, CancellationToken cancellationToken) =>
        (await database.QueryAsync<string>(
            "SELECT lease_owner FROM message WHERE session_id = @sessionId AND state = 'Waiting' AND lease_until > @now",
            new { sessionId, now },
            cancellationToken)).Any(owner => !Running.ProcessName.IsGone(owner));

    /// <summary>Everything about one session, or <c>null</c> when the tenant has none of that number.</summary>
    public async Task<SessionView?> ViewAsync(long tenantId, long sessionId, CancellationToken cancellationToken)
    {
        if (await FindAsync(tenantId, sessionId, cancellationToken) is not { } session)
        {
            return null;
        }

        long instanceId = await database.FirstOrDefaultAsync<long>(
            "SELECT id FROM optimization_instance WHERE session_id = @sessionId AND tenant_id = @tenantId",
            new { sessionId, tenantId },
            cancellationToken);
        var values = new { sessionId, instanceId };
        return new SessionView(
            session,
            await database.FirstOrDefaultAsync<SyncView>(
                "SELECT * FROM sync_run WHERE instance_id = @instanceId", values, cancellationToken),
            await database.QueryAsync<ComponentView>(
                "SELECT * FROM component WHERE instance_id = @instanceId ORDER BY number", values, cancellationToken),
            await database.QueryAsync<CandidateView>(
                "SELECT * FROM candidate WHERE instance_id = @instanceId ORDER BY component, cost DESC, strategy",
                values, cancellationToken),
            await database.QueryAsync<TriggerView>(
                "SELECT * FROM amop_trigger WHERE session_id = @sessionId ORDER BY sequence", values, cancellationToken),
            await database.QueryAsync<MailView>(
                "SELECT * FROM mail WHERE session_id = @sessionId ORDER BY id", values, cancellationToken),
            await database.QueryAsync<MessageView>(
                """
                SELECT id, type, key, state, attempts, last_error FROM message
                WHERE session_id = @sessionId AND (state = 'Dead' OR (state = 'Waiting' AND last_error IS NOT NULL)) ORDER BY id
                """,
                values, cancellationToken),
            await database.QueryAsync<ReportFileView>(
                "SELECT name, path, bytes FROM report_file WHERE instance_id = @instanceId ORDER BY name", values, cancellationToken));
    }
}
