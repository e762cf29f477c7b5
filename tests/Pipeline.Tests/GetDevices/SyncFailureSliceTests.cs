using CarrierOptimization.Pipeline.Carrier;
using CarrierOptimization.Pipeline.GetDevices;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Sessions;
using CarrierOptimization.Pipeline.Tests.Databases;
using Xunit;

namespace CarrierOptimization.Pipeline.Tests.GetDevices;

/// <summary>Stage 2 on real databases: what can't go on ends once, with one error trigger, one alert and a reason.</summary>
public sealed class SyncFailureSliceTests
{
    public static TheoryData<DatabaseKind> Kinds => TestDatabase.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_page_that_keeps_failing_fails_the_sync(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(20);
        bench.Scripted.OnDevices = (_, page) =>
        {
            if (page == 2)
            {
                throw new CarrierException(CarrierFailure.Unavailable, "Carrier, list of SIMs, page 2: 500.");
            }
        };

        await bench.SyncAsync();

        await AssertFailedAsync(bench, SyncFailure.Failed, "page 2: 500.");
        Assert.True(bench.Scripted.Calls.Count(call => call == "devices/2") >= 5);
        Assert.Equal(0, await bench.CountAsync("device"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_carrier_that_does_not_answer_in_time_fails_the_sync_under_its_own_code(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(3);
        bench.Scripted.OnUsage = (_, _) => throw new CarrierException(CarrierFailure.TimedOut, "Carrier, usage: no answer in 30 s.");

        await bench.SyncAsync();

        await AssertFailedAsync(bench, SyncFailure.TimedOut, "no answer in 30 s.");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_carrier_that_comes_back_within_the_attempts_is_no_failure(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(10);
        int failures = 0;
        bench.Scripted.OnDevices = (_, _) =>
        {
            if (failures++ < 4)
            {
                throw new CarrierException(CarrierFailure.TimedOut, "no answer");
            }
        };

        SessionRow session = await bench.SyncAsync();

        Assert.Equal(SessionStatus.Grouping, session.Status);
        Assert.Empty(await bench.MailsAsync());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Wrong_credentials_fail_the_sync_at_once(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(3);
        bench.Scripted.OnDevices = (_, _) =>
            throw new CarrierException(CarrierFailure.NotAllowed, "Invalid credentials. Correct the API key.", "10000001");

        await bench.SyncAsync();

        await AssertFailedAsync(bench, SyncFailure.Refused, "Correct the API key.");
        Assert.Single(bench.Scripted.Calls, call => call.StartsWith("devices", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_price_list_that_was_never_read_and_may_not_be_fails_the_sync(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.OnPlans = () => throw new CarrierException(CarrierFailure.NotAllowed, "no access", "10000030");

        await bench.SyncAsync();

        await AssertFailedAsync(bench, SyncFailure.Refused, "AccountAdmin", startsAt20: false);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Too_many_SIMs_without_usage_fail_the_sync(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(50, (sim, number) => number < 2 ? sim with { Usage = new Dictionary<string, long?> { ["5 MB"] = null } } : sim);

        await bench.SyncAsync();

        await AssertFailedAsync(bench, SyncFailure.Incomplete, "2 of 50 active SIMs have no usage; at most 1 %");
        Assert.Equal(1, await bench.CountAsync("sync_run", "devices_received = 50 AND usage_missing = 2 AND ended_at IS NOT NULL"));
        Assert.Equal(2, await bench.CountAsync("device_issue", "kind = 'NoUsage'"));
        Assert.Equal(0, await bench.CountAsync("sync_state"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task More_SIMs_to_ask_alone_than_the_limit_are_named_as_the_reason(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind, options: new SyncOptions { SinglesMax = 3 });
        bench.Scripted.Add(20);
        bench.Scripted.OnUsage = (_, _) => throw new CarrierException(CarrierFailure.NotOffered, "shared plan");

        await bench.SyncAsync();

        await AssertFailedAsync(bench, SyncFailure.Incomplete, "17 SIMs were not asked for one by one because of the limit SinglesMax");
        Assert.Equal(3, bench.Scripted.Calls.Count(call => call.StartsWith("ctd", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_complete_list_that_lacks_most_known_SIMs_is_not_believed(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(10);
        await bench.SyncToEndAsync();
        bench.Scripted.Sims.RemoveRange(4, 6);

        await bench.SyncAsync(fullSync: true);

        Assert.Equal("CompleteWithErrors", await bench.ValueAsync<string>("SELECT status FROM optimization_session WHERE id = 2"));
        Assert.Contains(
            "6 of 10 known SIMs are not in the carrier's list any more",
            await bench.ValueAsync<string>("SELECT error FROM optimization_session WHERE id = 2"), StringComparison.Ordinal);
        Assert.Equal(10, await bench.CountAsync("device"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_period_that_ends_during_the_sync_fails_it(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(3);
        bench.Scripted.OnUsage = (_, _) => bench.Time.SetUtcNow(new DateTimeOffset(2026, 6, 1, 0, 0, 1, TimeSpan.Zero));

        await bench.SyncAsync();

        await AssertFailedAsync(bench, SyncFailure.Incomplete, "The billing period ended");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_worker_that_is_lost_each_time_fails_the_sync(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        await bench.AskAsync();
        await bench.StepAsync();
        await bench.StepAsync();
        await bench.ExecuteAsync("UPDATE message SET attempts = 20, last_error = 'connection to the database lost' WHERE state = 'Waiting'");

        await bench.UntilIdleAsync();

        await AssertFailedAsync(bench, SyncFailure.Failed, "connection to the database lost");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_session_that_ends_during_the_sync_keeps_nothing_of_it(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(10);
        await bench.AskAsync();
        await bench.StepAsync();
        await bench.StepAsync();
        ClaimedMessage claimed = (await bench.Queue.ClaimAsync("test", bench.Running.Lease, CancellationToken.None))!;
        var reading = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        bench.Scripted.BeforeDevices = () =>
        {
            reading.TrySetResult();
            return ended.Task;
        };
        Task<RunResult> work = bench.Runner.RunAsync(claimed, CancellationToken.None);
        await reading.Task;
        await bench.EndAsync(1, SessionStatus.Cancelled);
        ended.SetResult();

        Assert.Equal(RunResult.AlreadyDone, await work);
        Assert.Equal(0, await bench.CountAsync("staging_device"));
        Assert.Equal(SessionStatus.Cancelled.ToString(), await bench.ValueAsync<string>("SELECT status FROM optimization_session"));
    }

    private static async Task AssertFailedAsync(SyncBench bench, string code, string sentence, bool startsAt20 = true)
    {
        SessionRow session = (await bench.SessionAsync(new Guid(1, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0])))!;
        Assert.Equal(SessionStatus.CompleteWithErrors, session.Status);
        Assert.Contains(sentence, session.Error, StringComparison.Ordinal);
        string[] start = startsAt20 ? ["Progress 0", "Progress 20"] : ["Progress 0"];
        Assert.Equal([.. start, "ErrorMessage 0", "Progress 90", "Completion 100"], await bench.TriggersAsync());
        Assert.Equal($"error/{code}", await bench.ValueAsync<string>("SELECT key FROM amop_trigger WHERE type = 'ErrorMessage'"));
        Assert.Equal([$"alert/1/{code}"], await bench.MailsAsync());
        Assert.Equal(0, await bench.CountAsync("message", "state = 'Waiting'"));
    }
}
