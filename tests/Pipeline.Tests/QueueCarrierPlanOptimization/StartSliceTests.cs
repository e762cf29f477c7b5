using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.QueueCarrierPlanOptimization;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Sessions;
using CarrierOptimization.Pipeline.Tests.Databases;
using Xunit;

namespace CarrierOptimization.Pipeline.Tests.QueueCarrierPlanOptimization;

/// <summary>Stage 1 on real databases.</summary>
public sealed class StartSliceTests
{
    public static TheoryData<DatabaseKind> Kinds => TestDatabase.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_start_makes_session_instance_and_period_and_tells_0_percent(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        Guid guid = await bench.AskAsync();

        Assert.Equal(RunResult.Done, await bench.StepAsync());

        SessionRow session = (await bench.SessionAsync(guid))!;
        Assert.Equal(SessionStatus.Syncing, session.Status);
        Assert.Equal(0, session.Progress);
        Assert.Equal(new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero), session.PeriodStart);
        Assert.Equal(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero), session.PeriodEnd);
        Assert.Equal(["Progress 0"], await bench.TriggersAsync());
        Assert.Equal(1, await bench.CountAsync("message", $"key = 'sync/{session.SessionId}/Begin/0/0' AND state = 'Waiting'"));
        Assert.Equal(
            bench.Time.GetUtcNow().AddHours(6).ToUnixTimeMilliseconds(),
            await bench.ValueAsync<long>("SELECT stage_deadline_at FROM optimization_instance"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_second_start_is_refused_with_a_sentence_and_warned_of_once(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        await bench.AskAsync();
        await bench.StepAsync();
        Guid second = await bench.AskAsync();
        Guid third = await bench.AskAsync();
        while (await bench.CountAsync("message", "type = 'StartOptimization' AND state = 'Waiting'") > 0)
        {
            await bench.StepAsync();
        }

        Assert.Equal(1, await bench.CountAsync("optimization_session"));
        foreach (Guid refused in (Guid[])[second, third])
        {
            StartState state = await new StartAnswers(bench.Database).FindAsync(
                bench.Provider.TenantId, refused, CancellationToken.None);
            Assert.Null(state.SessionId);
            Assert.Contains("two at once are not started", state.Refusal, StringComparison.Ordinal);
        }

        Assert.Equal(["warning/1/a second start was refused"], await bench.MailsAsync());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Of_starts_at_the_same_time_the_index_lets_one_through(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        var claimed = new List<ClaimedMessage>();
        for (int start = 0; start < 6; start++)
        {
            await bench.AskAsync();
            claimed.Add((await bench.Queue.ClaimAsync("test", bench.Running.Lease, CancellationToken.None))!);
        }

        RunResult[] results = await Task.WhenAll(
            claimed.Select(message => Task.Run(() => bench.Runner.RunAsync(message, CancellationToken.None))));

        Assert.All(results, result => Assert.Equal(RunResult.Done, result));
        Assert.Equal(1, await bench.CountAsync("optimization_session"));
        Assert.Equal(1, await bench.CountAsync("optimization_instance"));
        Assert.Equal(5, await bench.CountAsync("start_refusal"));
        Assert.Single(await bench.MailsAsync());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_index_refuses_a_second_instance_that_the_decision_did_not_see(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        Guid guid = await bench.AskAsync();
        ClaimedMessage late = (await bench.Queue.ClaimAsync("test", bench.Running.Lease, CancellationToken.None))!;
        StageMessage message = bench.Stages.Read(late.Type, late.Body);
        StageOutcome decided = await bench.Stages.HandleAsync(late.Type, message, CancellationToken.None);
        await bench.AskAsync();
        await bench.StepAsync();

        StageEffects effects = await bench.Database.WriteAsync(
            (transaction, token) => ((StageOutcome.Done)decided).Effects.Open!(transaction, token), CancellationToken.None);
        await bench.Database.WriteAsync((transaction, token) => effects.Save!(transaction, token), CancellationToken.None);

        Assert.Null(effects.SessionId);
        Assert.Null(await bench.SessionAsync(guid));
        Assert.Equal(1, await bench.CountAsync("optimization_session"));
        Assert.Single(await bench.MailsAsync());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_start_that_supersedes_ends_the_running_session_in_the_same_transaction(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        Guid first = await bench.AskAsync();
        await bench.StepAsync();
        Guid second = await bench.AskAsync(supersedes: true);
        while (await bench.SessionAsync(second) is null)
        {
            await bench.StepAsync();
        }

        SessionRow old = (await bench.SessionAsync(first))!;
        Assert.Equal(SessionStatus.Cancelled, old.Status);
        Assert.Contains("Superseded", old.Error, StringComparison.Ordinal);
        Assert.Equal(100, old.Progress);
        Assert.Equal(
            ["Progress 0", "Progress 20", "ErrorMessage 0", "Progress 90", "Completion 100", "Progress 0"],
            await bench.TriggersAsync());
        Assert.Equal(SessionStatus.Syncing, (await bench.SessionAsync(second))!.Status);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite, SessionStatus.CleaningUp, "too far to be superseded")]
    [InlineData(DatabaseKind.Postgres, SessionStatus.CleaningUp, "too far to be superseded")]
    [InlineData(DatabaseKind.Postgres, SessionStatus.Optimizing, null)]
    public async Task A_session_is_superseded_up_to_stage_4(DatabaseKind kind, SessionStatus status, string? refusal)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        await bench.AskAsync();
        await bench.StepAsync();
        await bench.ExecuteAsync("UPDATE message SET state = 'Done'");
        await bench.EndAsync(1, status);
        Guid second = await bench.AskAsync(supersedes: true);

        await bench.StepAsync();

        StartState state = await new StartAnswers(bench.Database).FindAsync(bench.Provider.TenantId, second, CancellationToken.None);
        Assert.Equal(refusal is null, state.SessionId is not null);
        Assert.Contains(refusal ?? "", state.Refusal ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Before_the_last_day_nothing_is_superseded(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind, SyncBench.Settings() with { CycleDay = 20 });
        await bench.AskAsync();
        await bench.StepAsync();
        await bench.ExecuteAsync("UPDATE message SET state = 'Done'");
        await bench.AskAsync(supersedes: true);

        await bench.StepAsync();

        Assert.Contains(
            "last day of the period only", await bench.ValueAsync<string>("SELECT why FROM start_refusal"), StringComparison.Ordinal);
        Assert.Equal(1, await bench.CountAsync("optimization_session", "status = 'Syncing'"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_start_that_is_not_due_and_one_without_provider_are_refused_without_mail(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind, SyncBench.Settings() with { CycleDay = 20 });
        await bench.AskAsync(isOverride: false);
        await bench.AskAsync(providerId: 99);
        await bench.UntilIdleAsync();

        IReadOnlyList<string> why = await bench.RowsAsync<string>("SELECT why FROM start_refusal ORDER BY session_guid");
        Assert.Equal(2, why.Count);
        Assert.Contains(why, sentence => sentence.StartsWith("No run is due.", StringComparison.Ordinal));
        Assert.Contains(why, sentence => sentence.StartsWith("There is no provider 99.", StringComparison.Ordinal));
        Assert.Empty(await bench.MailsAsync());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_start_that_cannot_be_made_is_told_to_people_once(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        await bench.AskAsync();

        // A lost worker, again and again.
        await bench.ExecuteAsync("UPDATE message SET attempts = 20, last_error = 'the database was lost'");
        Assert.Equal(RunResult.GivenUp, await bench.StepAsync());

        Assert.Contains("the database was lost", await bench.ValueAsync<string>("SELECT why FROM start_refusal"), StringComparison.Ordinal);
        Assert.EndsWith("/StartFailed", Assert.Single(await bench.MailsAsync()), StringComparison.Ordinal);
        Assert.Equal(0, await bench.CountAsync("optimization_session"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task An_open_session_is_cancelled_once_and_a_finished_one_not(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        await bench.AskAsync();
        await bench.StepAsync();
        var cancel = new CancelSession(bench.Database, bench.Outbox);

        CancelAnswer first = await cancel.CancelAsync(bench.Provider.TenantId, 1, "Ada", CancellationToken.None);
        CancelAnswer second = await cancel.CancelAsync(bench.Provider.TenantId, 1, "Ada", CancellationToken.None);
        CancelAnswer other = await cancel.CancelAsync(bench.Provider.TenantId + 1, 1, "Eve", CancellationToken.None);
        await bench.UntilIdleAsync();

        Assert.True(first.IsCancelled);
        Assert.False(second.IsCancelled);
        Assert.Contains("never changes", second.Message, StringComparison.Ordinal);
        Assert.False(other.IsCancelled);
        Assert.Equal(["Progress 0", "ErrorMessage 0", "Progress 90", "Completion 100"], await bench.TriggersAsync());
        Assert.Equal("Cancelled", await bench.ValueAsync<string>("SELECT status FROM optimization_session"));
        Assert.Empty(bench.Scripted.Calls);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_schedule_asks_for_a_due_run_once_however_many_look(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);

        IReadOnlyList<StartOptimization> first = await bench.Scheduler.TickAsync(CancellationToken.None);
        IReadOnlyList<StartOptimization> second = await bench.Scheduler.TickAsync(CancellationToken.None);

        Assert.Equal(first, second);
        Assert.Single(first);
        Assert.Equal(1, await bench.CountAsync("message"));
        await bench.StepAsync();
        Assert.Empty(await bench.Scheduler.TickAsync(CancellationToken.None));
        await bench.EndAsync(1);
        Assert.Empty(await bench.Scheduler.TickAsync(CancellationToken.None));
        bench.Time.Advance(TimeSpan.FromMinutes(60));
        Assert.NotEqual(first, await bench.Scheduler.TickAsync(CancellationToken.None));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Settings_that_cannot_be_read_stop_one_provider_only(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        var store = new ProviderStore(bench.Database, bench.Time);
        await store.SaveAsync(bench.Provider.TenantId, "Broken", SyncBench.Settings(), null, CancellationToken.None);
        await bench.ExecuteAsync("UPDATE service_provider SET settings = '{' WHERE name = 'Broken'");

        StartOptimization start = Assert.Single(await bench.Scheduler.TickAsync(CancellationToken.None));

        Assert.Equal(bench.Provider.ProviderId, start.ProviderId);
    }
}
