using CarrierOptimization.Engine.Model;
using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.Storage;
using CarrierOptimization.Pipeline.Triggers;

namespace CarrierOptimization.Pipeline.Running;

/// <summary>What every stage must know of its session: who, which provider, which period, which settings.</summary>
public sealed record SessionHeader
{
    private const string Select =
        """
        SELECT s.id AS session_id, s.guid AS session_guid, s.tenant_id, s.status, s.progress, s.device_count, s.started_by, s.is_override,
               s.has_errors, s.created_at, s.ended_at, i.id AS instance_id, i.provider_id, p.name AS provider_name,
               i.billing_period_id, b.start_at AS period_start, b.end_at AS period_end, i.settings AS settings_json, i.catalog
        FROM optimization_session s
        JOIN optimization_instance i ON i.session_id = s.id
        JOIN service_provider p ON p.id = i.provider_id
        JOIN billing_period b ON b.id = i.billing_period_id
        WHERE s.id = @sessionId
        """;

    private ProviderSettings? _settings;

    public long SessionId { get; init; }

    public Guid SessionGuid { get; init; }

    public long TenantId { get; init; }

    public SessionStatus Status { get; init; }

    /// <summary>Of the last trigger, -1 before the first.</summary>
    public int Progress { get; init; }

    public int DeviceCount { get; init; }

    public string StartedBy { get; init; } = "";

    public bool IsOverride { get; init; }

    /// <summary>True when a part of the session failed although it goes on.</summary>
    public bool HasErrors { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public long InstanceId { get; init; }

    public long ProviderId { get; init; }

    public string ProviderName { get; init; } = "";

    public long BillingPeriodId { get; init; }

    public DateTimeOffset PeriodStart { get; init; }

    public DateTimeOffset PeriodEnd { get; init; }

    /// <summary>The settings as they were when the session began.</summary>
    public string SettingsJson { get; init; } = "{}";

    /// <summary>The rate plans as they were when the session was grouped, as JSON; <c>null</c> before.</summary>
    public string? Catalog { get; init; }

    public BillingPeriod Period => new(PeriodStart, PeriodEnd);

    public ProviderSettings Settings => _settings ??= ProviderSettings.FromJson(SettingsJson);

    public TriggerContext TriggerContext => new(
        BillingPeriodId, Settings.SiteId, ProviderId, PeriodStart, PeriodEnd, TenantId, Settings.CustomerId);

    /// <summary>Reads the header of a session that is there.</summary>
    /// <exception cref="InvalidOperationException">There is no such session.</exception>
    public static async Task<SessionHeader> LoadAsync(Database database, long sessionId, CancellationToken cancellationToken) =>
        await database.FirstOrDefaultAsync<SessionHeader>(Select, new { sessionId }, cancellationToken)
        ?? throw new InvalidOperationException($"Session {sessionId} is not in the database.");

    /// <summary>The same inside a transaction.</summary>
    public static async Task<SessionHeader> LoadAsync(
        StageTransaction transaction, long sessionId, CancellationToken cancellationToken) =>
        await transaction.FirstOrDefaultAsync<SessionHeader>(Select, new { sessionId }, cancellationToken)
        ?? throw new InvalidOperationException($"Session {sessionId} is not in the database.");
}
