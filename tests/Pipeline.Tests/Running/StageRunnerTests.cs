using CarrierOptimization.Pipeline.Carrier;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Tests.Databases;
using Xunit;

namespace CarrierOptimization.Pipeline.Tests.Running;

/// <summary>What the runner promises of every message, on both databases.</summary>
public sealed class StageRunnerTests
{
    private static StageOutcome Done(StageEffects effects) => new StageOutcome.Done(effects);

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Rows_follow_up_and_ledger_are_saved_together(DatabaseKind kind)
    {
        await using RunningBench bench = await RunningBench.CreateAsync(kind);
        bench.Stage.Handle = (work, _) => Task.FromResult(Done(work.Name == "a"
            ? new StageEffects
            {
                Save = (transaction, token) => transaction.ExecuteAsync("INSERT INTO tenant (name) VALUES ('saved')", null, token),
                Messages = [new Work { TenantId = 1, Name = "b" }],
            }
            : StageEffects.None));
        await bench.SendAsync("a");

        Assert.Equal([RunResult.Done, RunResult.Done], await bench.UntilIdleAsync());

        Assert.Equal(1, await bench.CountAsync("tenant"));
        Assert.Equal(2, await bench.CountAsync("ledger"));
        Assert.Equal(2, await bench.CountAsync("message", "state = 'Done'"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task The_same_work_sent_twice_is_done_once(DatabaseKind kind)
    {
        await using RunningBench bench = await RunningBench.CreateAsync(kind);
        bench.Stage.Handle = (_, _) => Task.FromResult(Done(new StageEffects
        {
            Save = (transaction, token) => transaction.ExecuteAsync("INSERT INTO tenant (name) VALUES ('once')", null, token),
        }));
        await bench.SendAsync("a");
        await bench.SendAsync("a");
        await bench.SendAsync("a", source: "elsewhere");

        Assert.Equal([RunResult.Done, RunResult.AlreadyDone], await bench.UntilIdleAsync());
        Assert.Equal(1, await bench.CountAsync("tenant"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Of_twins_that_work_at_the_same_time_one_commits(DatabaseKind kind)
    {
        await using RunningBench bench = await RunningBench.CreateAsync(kind);
        var bothInside = new TaskCompletionSource();
        int inside = 0;
        bench.Stage.Handle = async (_, _) =>
        {
            if (Interlocked.Increment(ref inside) == 2)
            {
                bothInside.SetResult();
            }

            await bothInside.Task;
            return Done(new StageEffects
            {
                Save = (transaction, token) => transaction.ExecuteAsync("INSERT INTO service_provider "
                    + "(tenant_id, name, settings, created_at) SELECT id, 'p' || (SELECT COUNT(*) FROM service_provider), '{}', 0 "
                    + "FROM tenant", null, token),
            });
        };
        await bench.Database.WriteAsync(
            (transaction, token) => transaction.ExecuteAsync("INSERT INTO tenant (name) VALUES ('t')", null, token),
            TestContext.Current.CancellationToken);
        await bench.SendAsync("a");
        await bench.SendAsync("a", source: "elsewhere");

        RunResult?[] results = await Task.WhenAll(bench.StepAsync(), bench.StepAsync());

        Assert.Equal([RunResult.Done, RunResult.AlreadyDone], results.Order());
        Assert.Equal(1, await bench.CountAsync("service_provider"));
        Assert.Equal(0, await bench.CountAsync("message", "state = 'Waiting'"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task What_may_work_later_is_tried_again_with_growing_pauses(DatabaseKind kind)
    {
        await using RunningBench bench = await RunningBench.CreateAsync(kind);
        int attempts = 0;
        bench.Stage.Handle = (_, _) => ++attempts < 4
            ? throw new CarrierException(CarrierFailure.Unavailable, "503")
            : Task.FromResult(Done(StageEffects.None));
        await bench.SendAsync("a");

        var pauses = new List<double>();
        while (await bench.CountAsync("message", "state = 'Waiting'") > 0)
        {
            DateTimeOffset before = bench.Time.GetUtcNow();
            while (await bench.StepAsync() is null)
            {
                bench.Time.Advance(TimeSpan.FromSeconds(1));
            }

            pauses.Add((bench.Time.GetUtcNow() - before).TotalSeconds);
        }

        Assert.Equal([0, 2, 4, 8], pauses);
        Assert.Equal(4, attempts);
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task The_wait_that_a_carrier_asks_for_is_kept(DatabaseKind kind)
    {
        await using RunningBench bench = await RunningBench.CreateAsync(kind);
        bench.Stage.Handle = (_, _) => throw new CarrierException(CarrierFailure.Unavailable, "429") { RetryAfter = TimeSpan.FromMinutes(3) };
        await bench.SendAsync("a");
        Assert.Equal(RunResult.Later, await bench.StepAsync());

        bench.Time.Advance(TimeSpan.FromSeconds(179));
        Assert.Null(await bench.StepAsync());
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(RunResult.Later, await bench.StepAsync());
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Work_that_keeps_failing_is_given_up_and_kept_with_its_error(DatabaseKind kind)
    {
        await using RunningBench bench = await RunningBench.CreateAsync(kind);
        long session = await bench.OpenSessionAsync();
        bench.Stage.Handle = (_, _) => throw new CarrierException(CarrierFailure.TimedOut, "no answer in 30 s");
        bench.Stage.GiveUp = (_, error) => new StageEffects
        {
            Triggers = [TriggerRequest.Error("Test", "Failed", error)],
        };
        await bench.SendAsync("a", session);

        RunResult? last = null;
        for (int step = 0; step < 20 && last != RunResult.GivenUp; step++)
        {
            last = await bench.StepAsync() ?? last;
            bench.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(RunResult.GivenUp, last);
        Assert.Equal(["no answer in 30 s"], bench.Stage.GivenUpWith);
        Assert.Equal(1, await bench.CountAsync("message", "state = 'Dead' AND last_error = 'no answer in 30 s' AND attempts = 5"));
        Assert.Equal(1, await bench.CountAsync("amop_trigger", "type = 'ErrorMessage'"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task A_bug_is_given_up_at_once_and_not_swallowed(DatabaseKind kind)
    {
        await using RunningBench bench = await RunningBench.CreateAsync(kind);
        bench.Stage.Handle = (_, _) => throw new InvalidOperationException("a bug");
        await bench.SendAsync("a");

        Assert.Equal(RunResult.GivenUp, await bench.StepAsync());
        Assert.Equal(1, await bench.CountAsync("message", "state = 'Dead' AND last_error = 'a bug'"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task A_bug_in_giving_up_ends_the_session_and_does_not_come_again(DatabaseKind kind)
    {
        await using RunningBench bench = await RunningBench.CreateAsync(kind);
        long session = await bench.OpenSessionAsync();
        bench.Stage.Handle = (_, _) => throw new InvalidOperationException("a bug");
        bench.Stage.GiveUp = (_, _) => throw new InvalidOperationException("another bug");
        await bench.SendAsync("a", session);

        Assert.Equal([RunResult.GivenUp], await bench.UntilIdleAsync());

        Assert.Equal(1, await bench.CountAsync("message", "state = 'Dead' AND last_error LIKE 'a bug (another bug%'"));
        Assert.Equal(1, await bench.CountAsync("optimization_session", "status = 'CompleteWithErrors' AND progress = 100"));
        Assert.Equal(1, await bench.CountAsync("amop_trigger", "type = 'ErrorMessage'"));
        Assert.Equal(1, await bench.CountAsync("mail", "kind = 'Alert'"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task A_message_that_nobody_can_read_is_kept_aside(DatabaseKind kind)
    {
        await using RunningBench bench = await RunningBench.CreateAsync(kind);
        await bench.SendAsync("a");
        await bench.SendAsync("b");
        await bench.Database.WriteAsync(
            (transaction, token) => transaction.ExecuteAsync(
                "UPDATE message SET type = CASE key WHEN 'work/a' THEN 'Unknown' ELSE type END, "
                + "body = CASE key WHEN 'work/b' THEN '{broken' ELSE body END", null, token),
            TestContext.Current.CancellationToken);

        Assert.Equal([RunResult.GivenUp, RunResult.GivenUp], await bench.UntilIdleAsync());
        Assert.Equal(2, await bench.CountAsync("message", "state = 'Dead' AND last_error IS NOT NULL"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task A_save_that_fails_leaves_no_row_no_key_and_no_follow_up(DatabaseKind kind)
    {
        await using RunningBench bench = await RunningBench.CreateAsync(kind);
        int saves = 0;
        bench.Stage.Handle = (work, _) => Task.FromResult(Done(new StageEffects
        {
            Save = async (transaction, token) =>
            {
                await transaction.ExecuteAsync($"INSERT INTO tenant (name) VALUES ('{work.Name}')", null, token);
                if (++saves == 1)
                {
                    throw new TimeoutException("the database went away");
                }
            },
            Messages = work.Name == "a" ? [new Work { TenantId = 1, Name = "b" }] : [],
        }));
        await bench.SendAsync("a");

        Assert.Equal(RunResult.Later, await bench.StepAsync());
        Assert.Equal(0, await bench.CountAsync("tenant") + await bench.CountAsync("ledger"));
        Assert.Equal(1, await bench.CountAsync("message"));

        bench.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([RunResult.Done, RunResult.Done], await bench.UntilIdleAsync());
        Assert.Equal(2, await bench.CountAsync("tenant"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task A_message_whose_worker_was_lost_comes_again_and_at_last_fails(DatabaseKind kind)
    {
        await using RunningBench bench = await RunningBench.CreateAsync(kind);
        await bench.SendAsync("a");
        for (int attempt = 1; attempt <= bench.Options.MaxLostAttempts; attempt++)
        {
            ClaimedMessage claimed = (await bench.Queue.ClaimAsync(
                $"lost {attempt}", bench.Options.Lease, TestContext.Current.CancellationToken))!;
            Assert.Equal(attempt, claimed.Attempts);
            Assert.Null(await bench.StepAsync());
            bench.Time.Advance(bench.Options.Lease + TimeSpan.FromSeconds(1));
        }

        Assert.Equal(RunResult.GivenUp, await bench.StepAsync());
        Assert.Contains("lost", Assert.Single(bench.Stage.GivenUpWith), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task What_a_killed_process_of_this_machine_held_is_free_at_the_next_start(DatabaseKind kind)
    {
        await using RunningBench bench = await RunningBench.CreateAsync(kind);
        CancellationToken token = TestContext.Current.CancellationToken;
        string gone = $"{Environment.MachineName}:{int.MaxValue}:1";
        string[] owners = [$"{gone}/1", $"{ProcessName.Own}/1", "elsewhere:17:1/1"];
        foreach (string owner in owners)
        {
            await bench.SendAsync(owner);
            await bench.Queue.ClaimAsync(owner, bench.Options.Lease, token);
        }

        Assert.Equal(1, await bench.Queue.FreeLostAsync(token));

        Assert.Equal(1, await bench.CountAsync("message", $"lease_owner IS NULL AND key = 'work/{gone}/1' AND attempts = 1"));
        Assert.Equal(2, await bench.CountAsync("message", "lease_owner IS NOT NULL"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task A_fan_in_goes_on_once_when_the_last_part_is_in(DatabaseKind kind)
    {
        await using RunningBench bench = await RunningBench.CreateAsync(kind);
        const int Parts = 5;
        int followUps = 0;
        bench.Stage.Handle = async (work, _) =>
        {
            if (work.Name != "end")
            {
                return Done(new StageEffects { Messages = [new Work { TenantId = 1, Name = "end" }] });
            }

            long done = await bench.CountAsync("ledger", "key LIKE 'work/part%'");
            followUps += done == Parts ? 1 : 0;
            return done < Parts ? new StageOutcome.NotYet($"{done} of {Parts}") : Done(StageEffects.None);
        };

        // Handled after each part, as a quick worker would: none of them may swallow the last one.
        for (int part = 1; part <= Parts; part++)
        {
            await bench.SendAsync($"part{part}");
            await bench.UntilIdleAsync();
        }

        Assert.Equal(1, followUps);
        Assert.Equal(1, await bench.CountAsync("ledger", "key = 'work/end'"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Work_of_a_session_that_has_ended_is_dropped(DatabaseKind kind)
    {
        await using RunningBench bench = await RunningBench.CreateAsync(kind);
        long session = await bench.OpenSessionAsync();
        await bench.SendAsync("before", session);
        await bench.SaveAsync(session, new StageEffects { Session = new SessionChange(SessionStatus.Cancelled) });
        await bench.UntilIdleAsync();
        await bench.SendAsync("after", session);

        Assert.Equal([RunResult.AlreadyDone], await bench.UntilIdleAsync());
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Work_that_was_under_way_when_its_session_ended_saves_nothing(DatabaseKind kind)
    {
        await using RunningBench bench = await RunningBench.CreateAsync(kind);
        long session = await bench.OpenSessionAsync();
        bench.Stage.Handle = async (_, _) =>
        {
            await bench.Database.WriteAsync(
                (transaction, token) => bench.Outbox.WriteAsync(
                    transaction, session, new StageEffects { Session = new SessionChange(SessionStatus.Cancelled) }, null, token),
                CancellationToken.None);
            return Done(new StageEffects
            {
                Save = (transaction, token) => transaction.ExecuteAsync("INSERT INTO tenant (name) VALUES ('late')", null, token),
            });
        };
        await bench.SendAsync("a", session);

        Assert.Equal(RunResult.AlreadyDone, await bench.StepAsync());
        Assert.Equal(0, await bench.CountAsync("tenant", "name = 'late'"));
        Assert.Equal(1, await bench.CountAsync("optimization_session", "status = 'Cancelled'"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task A_host_that_stops_puts_its_message_back_uncounted(DatabaseKind kind)
    {
        await using RunningBench bench = await RunningBench.CreateAsync(kind);
        using var stop = new CancellationTokenSource();
        bench.Stage.Handle = async (_, token) =>
        {
            await stop.CancelAsync();
            token.ThrowIfCancellationRequested();
            return Done(StageEffects.None);
        };
        await bench.SendAsync("a");
        ClaimedMessage claimed = (await bench.Queue.ClaimAsync("x", bench.Options.Lease, TestContext.Current.CancellationToken))!;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.Runner.RunAsync(claimed, stop.Token));

        Assert.Equal(1, await bench.CountAsync("message", "state = 'Waiting' AND attempts = 0 AND lease_owner IS NULL"));
    }
}
