using System.Data.Common;
using System.Text.Json;
using CarrierOptimization.Adapters.Files;
using CarrierOptimization.Pipeline.GroupDevices;
using CarrierOptimization.Pipeline.OptimizerCleanup;
using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.Reports;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.SimCardCostOptimizer;
using CarrierOptimization.Pipeline.Tests.Databases;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using Group = CarrierOptimization.Pipeline.GroupDevices.GroupDevices;
using Optimize = CarrierOptimization.Pipeline.SimCardCostOptimizer.SimCardCostOptimizer;

namespace CarrierOptimization.Pipeline.Tests.Stages;

/// <summary>A file store that fails as the test says.</summary>
internal sealed class WatchedFiles(IFileStore inner) : IFileStore
{
    /// <summary>Asked before each file; what it returns is thrown.</summary>
    public Func<string, Exception?> Refuse { get; set; } = _ => null;

    public Task<StoredFile> WriteAsync(string name, Action<Stream> write, CancellationToken cancellationToken) =>
        Refuse(name) is { } failure ? Task.FromException<StoredFile>(failure) : inner.WriteAsync(name, write, cancellationToken);
}

/// <summary>Stages 3 to 5 on a fresh database: devices are in, the session is to be grouped.</summary>
internal sealed class StageBench : IAsyncDisposable
{
    public const long Session = 17;
    public const long Instance = 18;
    public const long Provider = 3;
    public const long Tenant = 1;

    /// <summary>Everything but the messages, which may be sent any number of times.</summary>
    private static readonly string[] Tables =
    [
        "optimization_session", "optimization_instance", "comm_group", "snapshot_device", "component", "candidate", "assignment",
        "rate_plan_change", "report_file", "amop_trigger", "mail", "ledger",
    ];

    private readonly TestDatabase _test;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cco-stages-");

    private StageBench(TestDatabase test)
    {
        _test = test;
        Files = new WatchedFiles(new FolderFileStore(_folder.FullName));
        Queue = new MessageQueue(Database, Time);
        var registry = new StageRegistry();
        registry.Add(new Group(Database, Time, NullLogger<Group>.Instance));
        registry.Add(new Optimize(Database, Time, NullLogger<Optimize>.Instance));
        registry.Add(new OptimizerCleanup.OptimizerCleanup(
            Database, Files, ReportFormats.All, new OptimizerCleanupOptions(), Time,
            NullLogger<OptimizerCleanup.OptimizerCleanup>.Instance));
        Runner = new StageRunner(
            Database, Queue, new OutboxWriter(Time), registry, Options, Time, NullLogger<StageRunner>.Instance);
    }

    public Storage.Database Database => _test.Database;

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 5, 30, 12, 0, 0, TimeSpan.Zero));

    public RunningOptions Options { get; } = new();

    public WatchedFiles Files { get; }

    public MessageQueue Queue { get; }

    public StageRunner Runner { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<StageBench> CreateAsync(DatabaseKind kind, Account account)
    {
        var bench = new StageBench(await TestDatabase.CreateAsync(kind));
        await bench.Database.WriteAsync((transaction, token) => AccountRows.InsertAsync(transaction, account, bench.Time, token), Token);
        return bench;
    }

    /// <summary>Runs stages 3 to 5 to the end.</summary>
    public async Task<IReadOnlyList<RunResult>> RunAsync()
    {
        await SendAsync(new FormGroups { TenantId = Tenant, SessionId = Session });
        return await UntilIdleAsync();
    }

    public Task SendAsync(StageMessage message, string source = "test") => Queue.SendAsync(source, message, Token);

    public async Task<RunResult?> StepAsync() =>
        await Queue.ClaimAsync("test", Options.Lease, Token) is { } claimed ? await Runner.RunAsync(claimed, Token) : null;

    public async Task<IReadOnlyList<RunResult>> UntilIdleAsync()
    {
        var results = new List<RunResult>();
        while (await StepAsync() is { } result)
        {
            results.Add(result);
        }

        return results;
    }

    /// <summary>Sends every message that was ever sent once more, and works it off.</summary>
    public async Task<IReadOnlyList<RunResult>> AgainAsync()
    {
        foreach (string body in await ColumnAsync<string>("SELECT type || ' ' || body FROM message ORDER BY id"))
        {
            string[] parts = body.Split(' ', 2);
            StageMessage message = parts[0] switch
            {
                nameof(FormGroups) => JsonSerializer.Deserialize<FormGroups>(parts[1])!,
                nameof(OptimizeComponent) => JsonSerializer.Deserialize<OptimizeComponent>(parts[1])!,
                _ => JsonSerializer.Deserialize<CleanUp>(parts[1])!,
            };
            await SendAsync(message, "again");
        }

        return await UntilIdleAsync();
    }

    public Task<IReadOnlyList<T>> ColumnAsync<T>(string sql) => Database.QueryAsync<T>(sql, null, Token);

    public Task<T?> ValueAsync<T>(string sql) => Database.FirstOrDefaultAsync<T>(sql, null, Token);

    public Task ExecuteAsync(string sql) =>
        Database.WriteAsync((transaction, token) => transaction.ExecuteAsync(sql, null, token), Token);

    public string ReadFile(string name) =>
        File.ReadAllText(Path.Combine(_folder.FullName, "sessions", $"{Session}", name));

    public byte[] ReadBytes(string name) =>
        File.ReadAllBytes(Path.Combine(_folder.FullName, "sessions", $"{Session}", name));

    public IReadOnlyList<string> FileNames() =>
        [.. Directory.GetFiles(_folder.FullName, "*", SearchOption.AllDirectories).Select(path => Path.GetFileName(path))
            .Order(StringComparer.Ordinal)];

    /// <summary>Cells of a csv file without its header; cells of these tests hold no commas.</summary>
    public string[][] Rows(string name) =>
        [.. ReadFile(name).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(','))];

    public JsonElement Summary() => JsonSerializer.Deserialize<JsonElement>(ReadFile("summary.json"));

    public async Task<SessionStatus> StatusAsync() =>
        Enum.Parse<SessionStatus>((await ValueAsync<string>("SELECT status FROM optimization_session"))!);

    /// <summary>Type, progress and error code of every trigger, in order.</summary>
    public async Task<IReadOnlyList<string>> TriggersAsync() =>
        await ColumnAsync<string>("SELECT key FROM amop_trigger ORDER BY sequence");

    public async Task<JsonElement> TriggerAsync(string key)
    {
        string body = (await ValueAsync<string>($"SELECT body FROM amop_trigger WHERE key = '{key}'"))!;
        return JsonSerializer.Deserialize<JsonElement>(body).GetProperty("data");
    }

    /// <summary>What the completion says beside its own message.</summary>
    public async Task<JsonElement> AdditionalAsync(string key)
    {
        JsonElement trigger = await TriggerAsync(key);
        return JsonSerializer.Deserialize<JsonElement>(trigger.GetProperty("AdditionalJson").GetString()!).GetProperty("data");
    }

    /// <summary>One trigger and one alert of the scenario, a finished status, and 100 % once.</summary>
    public async Task AssertScenarioAsync(string code, SessionStatus status)
    {
        IReadOnlyList<string> triggers = await TriggersAsync();
        Assert.Single(triggers, key => key == $"error/{code}");
        Assert.Single(triggers, key => key.StartsWith("error/", StringComparison.Ordinal));
        Assert.Equal("completion", triggers[^1]);
        Assert.Single(await ColumnAsync<string>($"SELECT key FROM mail WHERE key = 'alert/{Session}/{code}'"));
        Assert.Equal(status, await StatusAsync());
        Assert.Equal(100L, await ValueAsync<long>("SELECT progress FROM optimization_session"));
    }

    /// <summary>All rows of all tables as text.</summary>
    public async Task<string> DumpAsync()
    {
        var lines = new List<string>();
        foreach (string table in Tables)
        {
            var rows = new List<string>();
            await Database.StreamAsync(
                $"SELECT * FROM {table}",
                null,
                row => rows.Add(table + ": " + string.Join(" | ", Enumerable.Range(0, row.FieldCount).Select(column => Cell(row, column)))),
                Token);
            lines.AddRange(rows.Order(StringComparer.Ordinal));
        }

        return string.Join('\n', lines);
    }

    public async ValueTask DisposeAsync()
    {
        await _test.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static string Cell(DbDataReader row, int column) => row.IsDBNull(column) ? "-" : $"{row.GetName(column)}={row.GetValue(column)}";
}

/// <summary>Writes an account and its open session as stages 1 and 2 would.</summary>
internal static class AccountRows
{
    public static async Task InsertAsync(
        Storage.StageTransaction transaction, Account account, TimeProvider time, CancellationToken cancellationToken)
    {
        var values = new
        {
            tenant = StageBench.Tenant,
            provider = StageBench.Provider,
            session = StageBench.Session,
            instance = StageBench.Instance,
            settings = account.Settings.ToJson(),
            now = time.GetUtcNow(),
            start = new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero),
            end = new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero),
            deadline = time.GetUtcNow().AddHours(1),
        };
        await transaction.ExecuteAsync(
            """
            INSERT INTO tenant (id, name) VALUES (@tenant, 't');
            INSERT INTO service_provider (id, tenant_id, name, settings, created_at) VALUES (@provider, @tenant, 'Acme', @settings, @now);
            INSERT INTO billing_period (id, tenant_id, provider_id, start_at, end_at) VALUES (5, @tenant, @provider, @start, @end);
            INSERT INTO optimization_session (id, guid, tenant_id, status, progress, started_by, is_override, created_at, moved_at)
            VALUES (@session, '2f3c1d5e-0000-4000-8000-000000000017', @tenant, 'Grouping', 20, 'test', 1, @now, @now);
            INSERT INTO optimization_instance (id, session_id, tenant_id, provider_id, billing_period_id, status, settings,
                stage_deadline_at, created_at)
            VALUES (@instance, @session, @tenant, @provider, 5, 'Grouping', @settings, @deadline, @now);
            """,
            values,
            cancellationToken);
        await InsertPlansAsync(transaction, account, cancellationToken);
        foreach (Sim sim in account.Sims)
        {
            await transaction.ExecuteAsync(
                """
                INSERT INTO device (provider_id, iccid, tenant_id, status, rate_plan, communication_plan, msisdn, activated_at,
                    usage_bytes, sms_count, usage_at, first_seen_at)
                VALUES (@Provider, @Iccid, @Tenant, @Status, @RatePlan, @CommunicationPlan, @Msisdn, @ActivatedAt, @UsageBytes,
                    @SmsCount, @UsageAt, 0)
                """,
                new
                {
                    StageBench.Provider,
                    StageBench.Tenant,
                    sim.Iccid,
                    sim.Status,
                    sim.RatePlan,
                    sim.CommunicationPlan,
                    sim.Msisdn,
                    sim.ActivatedAt,
                    sim.UsageBytes,
                    sim.SmsCount,
                    sim.UsageAt,
                },
                cancellationToken);
        }
    }

    private static async Task InsertPlansAsync(
        Storage.StageTransaction transaction, Account account, CancellationToken cancellationToken)
    {
        foreach (StoredRatePlan plan in account.Plans)
        {
            await transaction.ExecuteAsync(
                """
                INSERT INTO rate_plan (provider_id, tenant_id, name, version, is_pooled, currency, monthly_rate, included_bytes,
                    overage_rate, overage_block_bytes, included_sms, sms_rate, is_retired, why_invalid, read_at)
                VALUES (@Provider, @Tenant, @Name, @Version, @isPooled, @Currency, @MonthlyRate, @IncludedBytes, @OverageRate,
                    @OverageBlockBytes, @IncludedSms, @SmsRate, @isRetired, @WhyInvalid, 0)
                """,
                new
                {
                    StageBench.Provider,
                    StageBench.Tenant,
                    plan.Name,
                    plan.Version,
                    isPooled = plan.IsPooled ? 1 : 0,
                    plan.Currency,
                    plan.MonthlyRate,
                    plan.IncludedBytes,
                    plan.OverageRate,
                    plan.OverageBlockBytes,
                    plan.IncludedSms,
                    plan.SmsRate,
                    isRetired = plan.IsRetired ? 1 : 0,
                    plan.WhyInvalid,
                },
                cancellationToken);
            if (plan.PoolName is not null)
            {
                await transaction.ExecuteAsync(
                    "INSERT INTO rate_plan_pool (provider_id, tenant_id, rate_plan, pool_name) VALUES (@Provider, @Tenant, @Name, @PoolName)",
                    new { StageBench.Provider, StageBench.Tenant, plan.Name, plan.PoolName },
                    cancellationToken);
            }
        }

        foreach (PlanMapping mapping in account.Mappings)
        {
            await transaction.ExecuteAsync(
                """
                INSERT INTO communication_plan_rate_plan (provider_id, tenant_id, communication_plan, rate_plan)
                VALUES (@Provider, @Tenant, @CommunicationPlan, @RatePlan)
                """,
                new { StageBench.Provider, StageBench.Tenant, mapping.CommunicationPlan, mapping.RatePlan },
                cancellationToken);
        }
    }
}
