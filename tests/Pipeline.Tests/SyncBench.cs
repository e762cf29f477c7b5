using System.Text;
using CarrierOptimization.Pipeline.Carrier;
using CarrierOptimization.Pipeline.GetDevices;
using CarrierOptimization.Pipeline.GroupDevices;
using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.QueueCarrierPlanOptimization;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Sessions;
using CarrierOptimization.Pipeline.Tests.Databases;
using CarrierOptimization.Pipeline.Tests.GetDevices;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CarrierOptimization.Pipeline.Tests;

/// <summary>Stages 1 and 2 on a fresh database, with a carrier and a clock of the test's own. Stage 3 only takes the message.</summary>
internal sealed class SyncBench : IAsyncDisposable
{
    private static readonly string[] Tables =
    [
        "billing_period", "optimization_session", "optimization_instance", "start_refusal", "rate_plan", "communication_plan",
        "sync_run", "sync_state", "staging_device", "staging_usage", "staging_single", "device", "device_issue", "ledger",
        "amop_trigger", "mail",
    ];

    private readonly TestDatabase _test;
    private int _started;

    private SyncBench(TestDatabase test, SyncOptions options, RunningOptions running)
    {
        _test = test;
        Running = running;
        Queue = new MessageQueue(test.Database, Time);
        Outbox = new OutboxWriter(Time);
        Stages = new StageRegistry()
            .Add(new Pipeline.QueueCarrierPlanOptimization.QueueCarrierPlanOptimization(
                test.Database, Outbox, new QueueOptions(), Time,
                NullLogger<Pipeline.QueueCarrierPlanOptimization.QueueCarrierPlanOptimization>.Instance))
            .Add(new Pipeline.GetDevices.GetDevices(
                test.Database, (_, _, _) => ValueTask.FromResult(Carrier), options, Time,
                NullLogger<Pipeline.GetDevices.GetDevices>.Instance))
            .Add(Grouping);
        Runner = new StageRunner(test.Database, Queue, Outbox, Stages, Running, Time, NullLogger<StageRunner>.Instance);
        Scheduler = new Scheduler(test.Database, Queue, new QueueOptions(), Time, NullLogger<Scheduler>.Instance);
    }

    public Pipeline.Storage.Database Database => _test.Database;

    /// <summary>Within the last day of a period that begins on the first of the month.</summary>
    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 5, 31, 12, 0, 0, TimeSpan.Zero));

    public RunningOptions Running { get; }

    public ICarrier Carrier { get; set; } = new ScriptedCarrier();

    public ScriptedCarrier Scripted => (ScriptedCarrier)Carrier;

    public GroupingStub Grouping { get; } = new();

    public StageRegistry Stages { get; }

    public MessageQueue Queue { get; }

    public OutboxWriter Outbox { get; }

    public StageRunner Runner { get; }

    public Scheduler Scheduler { get; }

    public StoredProvider Provider { get; private set; } = new();

    public static async Task<SyncBench> CreateAsync(
        DatabaseKind kind, ProviderSettings? settings = null, SyncOptions? options = null, RunningOptions? running = null)
    {
        var bench = new SyncBench(
            await TestDatabase.CreateAsync(kind),
            options ?? new SyncOptions { PagesPerMessage = 2, SinglesPerMessage = 2 },
            running ?? new RunningOptions());
        var store = new ProviderStore(bench.Database, bench.Time);
        long tenant = await store.TenantAsync("Acme", CancellationToken.None);
        await store.SaveAsync(tenant, "Acme on AT&T", settings ?? Settings(), null, CancellationToken.None);
        bench.Provider = (await store.FindAsync(tenant, "Acme on AT&T", CancellationToken.None))!;
        await store.SetPlansAsync(
            bench.Provider,
            [new PlanMapping("Meters", "5 MB"), new PlanMapping("Meters", "10 MB")],
            new Dictionary<string, string>(),
            CancellationToken.None);
        return bench;
    }

    public static ProviderSettings Settings() => new()
    {
        BaseAddress = "https://carrier.example/rws/api/v1/",
        Recipients = ["ops@example.com"],
    };

    /// <summary>Asks for a session; it has a number of its own that is the same in every test.</summary>
    public async Task<Guid> AskAsync(
        bool isOverride = true, bool supersedes = false, bool fullSync = false, long? providerId = null)
    {
        var guid = new Guid(++_started, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);
        await Queue.SendAsync(
            "test",
            new StartOptimization
            {
                TenantId = Provider.TenantId,
                ProviderId = providerId ?? Provider.ProviderId,
                SessionGuid = guid,
                StartedBy = "Ada",
                IsOverride = isOverride,
                Supersedes = supersedes,
                FullSync = fullSync,
            },
            CancellationToken.None);
        return guid;
    }

    /// <summary>Runs a session up to the grouping, or to its end.</summary>
    public async Task<SessionRow> SyncAsync(bool fullSync = false)
    {
        Guid guid = await AskAsync(fullSync: fullSync);
        await UntilIdleAsync();
        return (await SessionAsync(guid))!;
    }

    /// <summary>The same, and the session ends well.</summary>
    public async Task<SessionRow> SyncToEndAsync(bool fullSync = false)
    {
        SessionRow session = await SyncAsync(fullSync);
        Assert.Equal(SessionStatus.Grouping, session.Status);
        await EndAsync(session.SessionId);
        return session;
    }

    public async Task<SessionRow?> SessionAsync(Guid guid) =>
        await new SessionQueries(Database).FindAsync(Provider.TenantId, guid, CancellationToken.None);

    public Task EndAsync(long sessionId, SessionStatus status = SessionStatus.CompleteWithSuccess) => Database.TryWriteAsync(
        (transaction, token) => Outbox.WriteAsync(
            transaction, sessionId, new StageEffects { Session = new SessionChange(status) }, null, token),
        CancellationToken.None);

    /// <summary>Claims and handles the next message; <c>null</c> when none is due.</summary>
    public async Task<RunResult?> StepAsync() =>
        await Queue.ClaimAsync("test", Running.Lease, CancellationToken.None) is { } claimed
            ? await Runner.RunAsync(claimed, CancellationToken.None)
            : null;

    /// <summary>Until nothing waits; what is put off comes as soon as the clock is there.</summary>
    public async Task UntilIdleAsync()
    {
        while (true)
        {
            if (await StepAsync() is not null)
            {
                continue;
            }

            long? next = await Database.FirstOrDefaultAsync<long?>(
                "SELECT MIN(visible_at) FROM message WHERE state = 'Waiting'", null, CancellationToken.None);
            if (next is not { } at)
            {
                return;
            }

            Time.SetUtcNow(DateTimeOffset.FromUnixTimeMilliseconds(at));
        }
    }

    /// <summary>
    /// Until nothing waits, with the worst that can happen to each message: its first worker dies before it saves, and it
    /// comes once more after it was saved.
    /// </summary>
    public async Task UntilIdleWithDoublesAsync()
    {
        while (await Queue.ClaimAsync("test", Running.Lease, CancellationToken.None) is { } claimed)
        {
            StageMessage message = Stages.Read(claimed.Type, claimed.Body);
            await Stages.HandleAsync(claimed.Type, message, CancellationToken.None);
            await Runner.RunAsync(claimed, CancellationToken.None);
            await ExecuteAsync("UPDATE message SET state = 'Waiting' WHERE id = @Id", new { claimed.Id });
            Assert.Equal(RunResult.AlreadyDone, await Runner.RunAsync(claimed, CancellationToken.None));
        }
    }

    public Task<int> ExecuteAsync(string sql, object? values = null) => Database.WriteAsync(
        (transaction, token) => transaction.ExecuteAsync(sql, values, token), CancellationToken.None);

    public async Task<TValue?> ValueAsync<TValue>(string sql) =>
        await Database.FirstOrDefaultAsync<TValue>(sql, null, CancellationToken.None);

    public async Task<IReadOnlyList<TRow>> RowsAsync<TRow>(string sql) =>
        await Database.QueryAsync<TRow>(sql, null, CancellationToken.None);

    public async Task<long> CountAsync(string table, string where = "1 = 1") =>
        await ValueAsync<long>($"SELECT COUNT(*) FROM {table} WHERE {where}");

    /// <summary>Type and progress of every trigger, in order: <c>Progress 20</c>.</summary>
    public Task<IReadOnlyList<string>> TriggersAsync() => RowsAsync<string>(
        "SELECT type || ' ' || CAST(progress AS TEXT) FROM amop_trigger ORDER BY session_id, sequence");

    public Task<IReadOnlyList<string>> MailsAsync() => RowsAsync<string>("SELECT key FROM mail ORDER BY id");

    /// <summary>Every row that the stages write, as text.</summary>
    public async Task<string> DumpAsync()
    {
        var dump = new StringBuilder();
        foreach (string table in Tables)
        {
            dump.AppendLine(table);
            var rows = new List<string>();
            await Database.StreamAsync(
                $"SELECT * FROM {table}",
                null,
                reader => rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount)
                    .Where(column => reader.GetName(column) != "trace_parent")
                    .Select(column => $"{reader.GetName(column)}={reader.GetValue(column)}"))),
                CancellationToken.None);
            rows.Sort(StringComparer.Ordinal);
            rows.ForEach(row => dump.AppendLine(row));
        }

        return dump.ToString();
    }

    public ValueTask DisposeAsync() => _test.DisposeAsync();
}

/// <summary>Stands where stage 3 will: takes the message and does nothing.</summary>
internal sealed class GroupingStub : IStage<FormGroups>
{
    public Task<StageOutcome> HandleAsync(FormGroups message, CancellationToken cancellationToken) =>
        Task.FromResult<StageOutcome>(new StageOutcome.Done(StageEffects.None));

    public Task<StageEffects> GiveUpAsync(FormGroups message, string lastError, CancellationToken cancellationToken) =>
        Task.FromResult(StageEffects.None);
}
