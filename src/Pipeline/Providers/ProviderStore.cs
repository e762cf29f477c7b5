using CarrierOptimization.Pipeline.Storage;

namespace CarrierOptimization.Pipeline.Providers;

/// <summary>A service provider as it is stored.</summary>
public sealed record StoredProvider
{
    private ProviderSettings? _settings;

    public long ProviderId { get; init; }

    public long TenantId { get; init; }

    public string Name { get; init; } = "";

    public string SettingsJson { get; init; } = "{}";

    /// <summary>Encrypted; <c>null</c> when none were given.</summary>
    public string? Credentials { get; init; }

    public ProviderSettings Settings => _settings ??= ProviderSettings.FromJson(SettingsJson);
}

/// <summary>A rate plan as the last sync saw it, with the pool a person put it into.</summary>
public sealed record StoredRatePlan
{
    public string Name { get; init; } = "";

    public string Version { get; init; } = "";

    public bool IsPooled { get; init; }

    public string Currency { get; init; } = "";

    public Engine.Units.Money MonthlyRate { get; init; }

    /// <summary><c>null</c> is unlimited.</summary>
    public long? IncludedBytes { get; init; }

    public Engine.Units.Money OverageRate { get; init; }

    public long OverageBlockBytes { get; init; }

    public int IncludedSms { get; init; }

    public Engine.Units.Money SmsRate { get; init; }

    public bool IsRetired { get; init; }

    /// <summary>Why it can't be priced; <c>null</c> when it can.</summary>
    public string? WhyInvalid { get; init; }

    public string? PoolName { get; init; }

    public long Devices { get; init; }
}

/// <summary>Which rate plans a communication plan allows, as people set it.</summary>
public readonly record struct PlanMapping(string CommunicationPlan, string RatePlan);

/// <summary>Tenants, providers and what people say about their plans. Written by people, never by a stage.</summary>
public sealed class ProviderStore(Database database, TimeProvider time)
{
    private const string Select =
        "SELECT id AS provider_id, tenant_id, name, settings AS settings_json, credentials FROM service_provider";

    /// <summary>The tenant of that name; made when there is none.</summary>
    public Task<long> TenantAsync(string name, CancellationToken cancellationToken) => database.WriteAsync(
        async (transaction, token) =>
        {
            await transaction.ExecuteAsync(
                "INSERT INTO tenant (name) VALUES (@name) ON CONFLICT (name) DO NOTHING", new { name }, token);
            return await transaction.FirstOrDefaultAsync<long>("SELECT id FROM tenant WHERE name = @name", new { name }, token);
        },
        cancellationToken);

    /// <summary>All providers of a tenant, by name.</summary>
    public Task<IReadOnlyList<StoredProvider>> ListAsync(long tenantId, CancellationToken cancellationToken) =>
        database.QueryAsync<StoredProvider>(
            Select + " WHERE tenant_id = @tenantId ORDER BY name", new { tenantId }, cancellationToken);

    /// <summary>One provider of a tenant; <c>null</c> when it has none of that name.</summary>
    public Task<StoredProvider?> FindAsync(long tenantId, string name, CancellationToken cancellationToken) =>
        database.FirstOrDefaultAsync<StoredProvider>(
            Select + " WHERE tenant_id = @tenantId AND name = @name", new { tenantId, name }, cancellationToken);

    /// <summary>A provider by its number, for stages that work for every tenant.</summary>
    public Task<StoredProvider?> FindAsync(long providerId, CancellationToken cancellationToken) =>
        database.FirstOrDefaultAsync<StoredProvider>(Select + " WHERE id = @providerId", new { providerId }, cancellationToken);

    /// <summary>Adds a provider or changes its settings; credentials stay when none are given.</summary>
    /// <param name="credentials">Encrypted.</param>
    /// <exception cref="ProviderSettingsException">The settings have mistakes; the message lists them.</exception>
    public Task<long> SaveAsync(
        long tenantId, string name, ProviderSettings settings, string? credentials, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> mistakes = settings.Mistakes();
        if (mistakes.Count > 0)
        {
            throw new ProviderSettingsException(string.Join(' ', mistakes));
        }

        return database.WriteAsync(
            async (transaction, token) =>
            {
                await transaction.ExecuteAsync(
                    """
                    INSERT INTO service_provider (tenant_id, name, settings, credentials, created_at)
                    VALUES (@tenantId, @name, @settings, @credentials, @now)
                    ON CONFLICT (tenant_id, name) DO UPDATE SET settings = excluded.settings,
                        credentials = COALESCE(excluded.credentials, service_provider.credentials)
                    """,
                    new { tenantId, name, settings = settings.ToJson(), credentials, now = time.GetUtcNow() },
                    token);
                return await transaction.FirstOrDefaultAsync<long>(
                    "SELECT id FROM service_provider WHERE tenant_id = @tenantId AND name = @name", new { tenantId, name }, token);
            },
            cancellationToken);
    }

    /// <summary>Replaces which plans each communication plan of a provider allows, and which plans share a pool.</summary>
    /// <param name="pools">Rate plan to pool name.</param>
    public Task SetPlansAsync(
        StoredProvider provider, IReadOnlyList<PlanMapping> mappings, IReadOnlyDictionary<string, string> pools,
        CancellationToken cancellationToken) => database.WriteAsync(
        async (transaction, token) =>
        {
            await transaction.ExecuteAsync(
                "DELETE FROM communication_plan_rate_plan WHERE provider_id = @ProviderId", provider, token);
            await transaction.ExecuteAsync("DELETE FROM rate_plan_pool WHERE provider_id = @ProviderId", provider, token);
            foreach (PlanMapping mapping in mappings)
            {
                await transaction.ExecuteAsync(
                    """
                    INSERT INTO communication_plan_rate_plan (provider_id, tenant_id, communication_plan, rate_plan)
                    VALUES (@ProviderId, @TenantId, @CommunicationPlan, @RatePlan) ON CONFLICT DO NOTHING
                    """,
                    new { provider.ProviderId, provider.TenantId, mapping.CommunicationPlan, mapping.RatePlan },
                    token);
            }

            foreach ((string ratePlan, string poolName) in pools)
            {
                await transaction.ExecuteAsync(
                    """
                    INSERT INTO rate_plan_pool (provider_id, tenant_id, rate_plan, pool_name)
                    VALUES (@ProviderId, @TenantId, @ratePlan, @poolName)
                    """,
                    new { provider.ProviderId, provider.TenantId, ratePlan, poolName },
                    token);
            }
        },
        cancellationToken);

    /// <summary>The rate plans of a provider as last read, with the SIMs on each.</summary>
    public Task<IReadOnlyList<StoredRatePlan>> RatePlansAsync(StoredProvider provider, CancellationToken cancellationToken) =>
        database.QueryAsync<StoredRatePlan>(
            """
            SELECT r.*, o.pool_name, COALESCE(d.devices, 0) AS devices
            FROM rate_plan r
            LEFT JOIN rate_plan_pool o ON o.provider_id = r.provider_id AND o.rate_plan = r.name
            LEFT JOIN (SELECT rate_plan, COUNT(*) AS devices FROM device WHERE provider_id = @ProviderId GROUP BY rate_plan) d
                ON d.rate_plan = r.name
            WHERE r.provider_id = @ProviderId AND r.tenant_id = @TenantId ORDER BY r.monthly_rate, r.name
            """,
            new { provider.ProviderId, provider.TenantId },
            cancellationToken);

    /// <summary>The plans each communication plan allows; unmapped ones that a sync saw come with no plan.</summary>
    public Task<IReadOnlyList<PlanMapping>> MappingsAsync(StoredProvider provider, CancellationToken cancellationToken) =>
        database.QueryAsync<PlanMapping>(
            """
            SELECT communication_plan, rate_plan FROM communication_plan_rate_plan WHERE provider_id = @ProviderId
            UNION ALL
            SELECT c.name, '' FROM communication_plan c
            WHERE c.provider_id = @ProviderId AND NOT EXISTS (
                SELECT 1 FROM communication_plan_rate_plan m WHERE m.provider_id = c.provider_id AND m.communication_plan = c.name)
            ORDER BY 1, 2
            """,
            new { provider.ProviderId },
            cancellationToken);
}

/// <summary>Settings of a provider that are out of their ranges, one sentence each.</summary>
public sealed class ProviderSettingsException(string message) : Exception(message);
