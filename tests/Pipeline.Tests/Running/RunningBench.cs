using CarrierOptimization.Pipeline.Mail;
using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Tests.Databases;
using CarrierOptimization.Pipeline.Triggers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CarrierOptimization.Pipeline.Tests.Running;

/// <summary>A piece of work of the tests.</summary>
internal sealed record Work : StageMessage
{
    public required string Name { get; init; }

    public override string Key => $"work/{Name}";
}

/// <summary>A stage that does what the test says.</summary>
internal sealed class ScriptedStage : IStage<Work>
{
    public Func<Work, CancellationToken, Task<StageOutcome>> Handle { get; set; } =
        (_, _) => Task.FromResult<StageOutcome>(new StageOutcome.Done(StageEffects.None));

    public Func<Work, string, StageEffects> GiveUp { get; set; } = (_, _) => StageEffects.None;

    public List<string> GivenUpWith { get; } = [];

    public Task<StageOutcome> HandleAsync(Work message, CancellationToken cancellationToken) => Handle(message, cancellationToken);

    public Task<StageEffects> GiveUpAsync(Work message, string lastError, CancellationToken cancellationToken)
    {
        GivenUpWith.Add(lastError);
        return Task.FromResult(GiveUp(message, lastError));
    }
}

/// <summary>Takes triggers and mails as the test says, and remembers what arrived.</summary>
internal sealed class Receiver : ITriggerSender, IMailer
{
    private readonly Lock _gate = new();

    public List<OutgoingTrigger> Triggers { get; } = [];

    public List<OutgoingMail> Mails { get; } = [];

    /// <summary>Asked before a trigger is taken; what it returns is thrown.</summary>
    public Func<OutgoingTrigger, Exception?> Refuse { get; set; } = _ => null;

    public Func<OutgoingMail, Exception?> RefuseMail { get; set; } = _ => null;

    public Task SendAsync(OutgoingTrigger trigger, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (Refuse(trigger) is { } failure)
            {
                return Task.FromException(failure);
            }

            Triggers.Add(trigger);
            return Task.CompletedTask;
        }
    }

    public Task SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        if (RefuseMail(mail) is { } failure)
        {
            return Task.FromException(failure);
        }

        Mails.Add(mail);
        return Task.CompletedTask;
    }
}

/// <summary>Queue, runner, deliveries and watchdog on a fresh database and a clock of the test's own.</summary>
internal sealed class RunningBench : IAsyncDisposable
{
    private readonly TestDatabase _test;

    private RunningBench(TestDatabase test)
    {
        _test = test;
        Queue = new MessageQueue(test.Database, Time);
        Outbox = new OutboxWriter(Time);
        Registry.Add(Stage);
        Runner = new StageRunner(
            test.Database, Queue, Outbox, Registry, Options, Time, NullLogger<StageRunner>.Instance);
        Triggers = new TriggerDelivery(test.Database, Receiver, Options, Time, NullLogger<TriggerDelivery>.Instance);
        Mails = new MailDelivery(test.Database, Receiver, Options, Time, NullLogger<MailDelivery>.Instance);
        Watchdog = new Watchdog(test.Database, Queue, Outbox, Options, Time, NullLogger<Watchdog>.Instance);
    }

    public Pipeline.Storage.Database Database => _test.Database;

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 5, 30, 12, 0, 0, TimeSpan.Zero));

    public RunningOptions Options { get; } = new();

    public StageRegistry Registry { get; } = new();

    public ScriptedStage Stage { get; } = new();

    public Receiver Receiver { get; } = new();

    public MessageQueue Queue { get; }

    public OutboxWriter Outbox { get; }

    public StageRunner Runner { get; }

    public TriggerDelivery Triggers { get; }

    public MailDelivery Mails { get; }

    public Watchdog Watchdog { get; }

    public static async Task<RunningBench> CreateAsync(DatabaseKind kind) => new(await TestDatabase.CreateAsync(kind));

    public Task SendAsync(string name, long? sessionId = null, string source = "test") => Queue.SendAsync(
        source, new Work { TenantId = 1, SessionId = sessionId, Name = name }, CancellationToken.None);

    /// <summary>Claims and handles the next message; <c>null</c> when none is due.</summary>
    public async Task<RunResult?> StepAsync() =>
        await Queue.ClaimAsync("test", Options.Lease, CancellationToken.None) is { } claimed
            ? await Runner.RunAsync(claimed, CancellationToken.None)
            : null;

    public async Task<IReadOnlyList<RunResult>> UntilIdleAsync()
    {
        var results = new List<RunResult>();
        while (await StepAsync() is { } result)
        {
            results.Add(result);
        }

        return results;
    }

    /// <summary>A session that runs, with tenant, provider and period.</summary>
    public Task<long> OpenSessionAsync(SessionStatus status = SessionStatus.Optimizing) => Database.WriteAsync(
        async (transaction, token) =>
        {
            await transaction.ExecuteAsync("INSERT INTO tenant (id, name) VALUES (1, 't') ON CONFLICT DO NOTHING", null, token);
            var settings = new ProviderSettings { BaseAddress = "https://carrier.example/", Recipients = ["ops@example.com"] };
            long number = await transaction.FirstOrDefaultAsync<long>("SELECT COUNT(*) FROM service_provider", null, token) + 1;
            var values = new
            {
                number,
                name = $"Provider {number}",
                settings = settings.ToJson(),
                now = Time.GetUtcNow(),
                start = new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero),
                end = new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero),
                guid = Guid.NewGuid(),
                status = status.ToString(),
                deadline = Time.GetUtcNow().AddHours(1),
            };
            await transaction.ExecuteAsync(
                """
                INSERT INTO service_provider (id, tenant_id, name, settings, created_at) VALUES (@number, 1, @name, @settings, @now);
                INSERT INTO billing_period (id, tenant_id, provider_id, start_at, end_at) VALUES (@number, 1, @number, @start, @end);
                INSERT INTO optimization_session (id, guid, tenant_id, status, started_by, is_override, created_at, moved_at)
                VALUES (@number, @guid, 1, @status, 'test', 1, @now, @now);
                INSERT INTO optimization_instance (id, session_id, tenant_id, provider_id, billing_period_id, status, settings,
                    stage_deadline_at, created_at)
                VALUES (@number, @number, 1, @number, @number, @status, @settings, @deadline, @now);
                """,
                values,
                token);
            return number;
        },
        CancellationToken.None);

    /// <summary>Saves effects as the runner would at the end of a message of its own.</summary>
    public async Task<RunResult?> SaveAsync(long sessionId, StageEffects effects)
    {
        Stage.Handle = (_, _) => Task.FromResult<StageOutcome>(new StageOutcome.Done(effects));
        await SendAsync(Guid.NewGuid().ToString("N"), sessionId);
        return await StepAsync();
    }

    public async Task<long> CountAsync(string table, string where = "1 = 1") =>
        await Database.FirstOrDefaultAsync<long>($"SELECT COUNT(*) FROM {table} WHERE {where}", null, CancellationToken.None);

    public ValueTask DisposeAsync() => _test.DisposeAsync();
}
