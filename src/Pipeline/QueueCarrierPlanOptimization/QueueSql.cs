namespace CarrierOptimization.Pipeline.QueueCarrierPlanOptimization;

/// <summary>Statements of the stage.</summary>
internal static class QueueSql
{
    public const string OpenSession =
        """
        SELECT s.id AS session_id, s.status, s.created_at
        FROM optimization_instance i JOIN optimization_session s ON s.id = i.session_id
        WHERE i.provider_id = @ProviderId AND i.ended_at IS NULL
        """;

    public const string LastEndedAt = "SELECT MAX(ended_at) FROM optimization_instance WHERE provider_id = @ProviderId";

    public const string AddPeriod =
        """
        INSERT INTO billing_period (tenant_id, provider_id, start_at, end_at) VALUES (@TenantId, @ProviderId, @Start, @End)
        ON CONFLICT (provider_id, start_at) DO UPDATE SET end_at = excluded.end_at
        RETURNING id
        """;

    public const string AddSession =
        """
        INSERT INTO optimization_session (guid, tenant_id, status, started_by, is_override, created_at, moved_at)
        VALUES (@SessionGuid, @TenantId, 'Queued', @StartedBy, @isOverride, @now, @now)
        RETURNING id
        """;

    /// <summary>No row comes back when the provider has an open instance: the partial unique index is the guard.</summary>
    public const string AddInstance =
        """
        INSERT INTO optimization_instance (session_id, tenant_id, provider_id, billing_period_id, status, settings,
            stage_deadline_at, created_at)
        VALUES (@sessionId, @TenantId, @ProviderId, @periodId, 'Queued', @settings, @deadline, @now)
        ON CONFLICT (provider_id) WHERE ended_at IS NULL DO NOTHING
        RETURNING id
        """;

    public const string RemoveSession = "DELETE FROM optimization_session WHERE id = @sessionId";

    /// <summary>Takes the row of a session that may still be superseded, so that it can't move on meanwhile.</summary>
    public const string TakeSuperseded =
        """
        UPDATE optimization_session SET moved_at = @now
        WHERE id = @sessionId AND status IN ('Queued', 'Syncing', 'Grouping', 'Optimizing')
        """;

    public const string AddRefusal =
        """
        INSERT INTO start_refusal (session_guid, tenant_id, provider_id, why, refused_at)
        VALUES (@SessionGuid, @TenantId, @ProviderId, @why, @now)
        ON CONFLICT (session_guid) DO NOTHING
        """;

    /// <summary>All providers with what the schedule asks.</summary>
    public const string Schedules =
        """
        SELECT p.id AS provider_id, p.tenant_id, p.settings AS settings_json,
            MAX(i.ended_at) AS last_ended_at, MAX(i.session_id) AS last_session_id,
            SUM(CASE WHEN i.id IS NOT NULL AND i.ended_at IS NULL THEN 1 ELSE 0 END) AS running
        FROM service_provider p LEFT JOIN optimization_instance i ON i.provider_id = p.id
        GROUP BY p.id, p.tenant_id, p.settings
        ORDER BY p.id
        """;
}
