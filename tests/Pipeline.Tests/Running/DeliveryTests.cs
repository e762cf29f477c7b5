using System.Text.Json;
using CarrierOptimization.Pipeline.Mail;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Tests.Databases;
using CarrierOptimization.Pipeline.Triggers;
using Xunit;

namespace CarrierOptimization.Pipeline.Tests.Running;

/// <summary>Triggers and mails: recorded with the work, delivered in order, at least once.</summary>
public sealed class DeliveryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static StageEffects Milestones(params int[] progress) =>
        new() { Triggers = [.. progress.Select(percent => TriggerRequest.Milestone(percent, 7))] };

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Triggers_have_a_sequence_and_progress_never_falls(DatabaseKind kind)
    {
        await using RunningBench bench = await RunningBench.CreateAsync(kind);
        long session = await bench.OpenSessionAsync();

        await bench.SaveAsync(session, Milestones(0, 20));
        await bench.SaveAsync(session, Milestones(10, 20, 30));
        TriggerRequest error = TriggerRequest.Error("Test", "Bad", "bad");
        await bench.SaveAsync(session, new StageEffects { Triggers = [error, error] });
        await bench.SaveAsync(session, Milestones(40));
        while (await bench.Triggers.DeliverDueAsync(Token) > 0)
        {
        }

        Assert.Equal([1, 2, 3, 4, 5], bench.Receiver.Triggers.Select(trigger => trigger.Sequence));
        Assert.Equal([0, 20, 30, 0, 40], bench.Receiver.Triggers.Select(trigger => Data(trigger).GetProperty("Progress").GetInt32()));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task An_error_trigger_has_no_guid_no_count_and_no_progress(DatabaseKind kind)
    {
        await using RunningBench bench = await RunningBench.CreateAsync(kind);
        long session = await bench.OpenSessionAsync();
        await bench.SaveAsync(session, new StageEffects { Triggers = [TriggerRequest.Error("GetDevices", "SyncFailed", "no answer")] });
        await bench.Triggers.DeliverDueAsync(Token);

        JsonElement data = Data(Assert.Single(bench.Receiver.Triggers));

        Assert.Equal("/get_optimization_error_details_data", data.GetProperty("path").GetString());
        Assert.Equal(JsonValueKind.Null, data.GetProperty("OptimizationSessionGuid").ValueKind);
        Assert.Equal((0, 0), (data.GetProperty("DeviceCount").GetInt32(), data.GetProperty("Progress").GetInt32()));
        Assert.Equal("no answer", data.GetProperty("ErrorMessage").GetString());
        JsonElement additional = JsonDocument.Parse(data.GetProperty("AdditionalJson").GetString()!).RootElement.GetProperty("data");
        Assert.Equal("SyncFailed", additional.GetProperty("ErrorCode").GetString());
        Assert.Equal(36, additional.GetProperty("OptimizationSessionGuid").GetString()!.Length);
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task A_trigger_that_is_not_taken_holds_back_later_ones_of_its_session_only(DatabaseKind kind)
    {
        await using RunningBench bench = await RunningBench.CreateAsync(kind);
        long blocked = await bench.OpenSessionAsync();
        long free = await bench.OpenSessionAsync();
        await bench.SaveAsync(blocked, Milestones(0, 20));
        await bench.SaveAsync(free, Milestones(0, 20));
        bench.Receiver.Refuse = trigger => trigger.SessionId == blocked ? new TriggerException("503", isPermanent: false) : null;

        while (await bench.Triggers.DeliverDueAsync(Token) > 0)
        {
        }

        Assert.Equal([(free, 1), (free, 2)], bench.Receiver.Triggers.Select(trigger => (trigger.SessionId, trigger.Sequence)));
        bench.Receiver.Refuse = _ => null;
        bench.Time.Advance(TimeSpan.FromSeconds(3));
        while (await bench.Triggers.DeliverDueAsync(Token) > 0)
        {
        }

        Assert.Equal([(blocked, 1), (blocked, 2)], bench.Receiver.Triggers.Skip(2).Select(trigger => (trigger.SessionId, trigger.Sequence)));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Keys_stay_apart_when_the_numbers_of_sessions_begin_anew(DatabaseKind kind)
    {
        var keys = new List<(long Session, string Key)>();
        for (int installation = 0; installation < 2; installation++)
        {
            await using RunningBench bench = await RunningBench.CreateAsync(kind);
            long session = await bench.OpenSessionAsync();
            await bench.SaveAsync(session, Milestones(0));
            await bench.Triggers.DeliverDueAsync(Token);
            keys.Add((session, bench.Receiver.Triggers.Single().IdempotencyKey));
        }

        Assert.Equal(keys[0].Session, keys[1].Session);
        Assert.NotEqual(keys[0].Key, keys[1].Key);
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task A_refusal_for_good_is_kept_aside_and_the_next_goes_on(DatabaseKind kind)
    {
        await using RunningBench bench = await RunningBench.CreateAsync(kind);
        long session = await bench.OpenSessionAsync();
        await bench.SaveAsync(session, Milestones(0, 20));
        bench.Receiver.Refuse = trigger => trigger.Sequence == 1 ? new TriggerException("400 Bad Request", isPermanent: true) : null;

        while (await bench.Triggers.DeliverDueAsync(Token) > 0)
        {
        }

        Assert.Equal([2], bench.Receiver.Triggers.Select(trigger => trigger.Sequence));
        Assert.Equal(1, await bench.CountAsync("amop_trigger", "state = 'Dead' AND last_error = '400 Bad Request'"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task A_receiver_that_is_down_for_hours_gets_everything_afterwards_in_order(DatabaseKind kind)
    {
        await using RunningBench bench = await RunningBench.CreateAsync(kind);
        long session = await bench.OpenSessionAsync();
        await bench.SaveAsync(session, Milestones(0, 20, 30, 40));
        DateTimeOffset up = bench.Time.GetUtcNow().AddHours(7);
        bench.Receiver.Refuse = _ => bench.Time.GetUtcNow() < up ? new TriggerException("down", isPermanent: false) : null;

        for (int minute = 0; minute < 8 * 60; minute++)
        {
            while (await bench.Triggers.DeliverDueAsync(Token) > 0)
            {
            }

            bench.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal([1, 2, 3, 4], bench.Receiver.Triggers.Select(trigger => trigger.Sequence));
        Assert.InRange(await bench.Database.FirstOrDefaultAsync<int>("SELECT MAX(attempts) FROM amop_trigger", null, Token), 10, 80);
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task After_a_day_without_success_a_trigger_is_kept_aside(DatabaseKind kind)
    {
        await using RunningBench bench = await RunningBench.CreateAsync(kind);
        long session = await bench.OpenSessionAsync();
        await bench.SaveAsync(session, Milestones(0));
        bench.Receiver.Refuse = _ => new TriggerException("down", isPermanent: false);

        for (int hour = 0; hour < 26; hour++)
        {
            await bench.Triggers.DeliverDueAsync(Token);
            bench.Time.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(1, await bench.CountAsync("amop_trigger", "state = 'Dead'"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Two_deliveries_at_once_send_each_trigger_once(DatabaseKind kind)
    {
        await using RunningBench bench = await RunningBench.CreateAsync(kind);
        for (int number = 0; number < 5; number++)
        {
            await bench.SaveAsync(await bench.OpenSessionAsync(), Milestones(0));
        }

        await Task.WhenAll(bench.Triggers.DeliverDueAsync(Token), bench.Triggers.DeliverDueAsync(Token));

        Assert.Equal(5, bench.Receiver.Triggers.Count);
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task A_mail_is_recorded_once_retried_and_kept_aside_when_refused_for_good(DatabaseKind kind)
    {
        await using RunningBench bench = await RunningBench.CreateAsync(kind);
        long session = await bench.OpenSessionAsync();
        MailRequest Mail(string key) => new(key, "Alert", ["a@example.com"], "Subject", "Text", "<p>Text</p>", []);
        await bench.SaveAsync(session, new StageEffects { Mails = [Mail("one"), Mail("one"), Mail("two")] });
        await bench.SaveAsync(session, new StageEffects { Mails = [Mail("one") with { Recipients = [] }] });
        int tries = 0;
        bench.Receiver.RefuseMail = mail => mail.MessageId.StartsWith("two", StringComparison.Ordinal)
            ? new MailException("550 no such user", isPermanent: true)
            : ++tries == 1 ? new MailException("451 later", isPermanent: false) : null;

        await bench.Mails.DeliverDueAsync(Token);
        bench.Time.Advance(TimeSpan.FromSeconds(3));
        await bench.Mails.DeliverDueAsync(Token);

        Assert.StartsWith("one", Assert.Single(bench.Receiver.Mails).MessageId, StringComparison.Ordinal);
        Assert.Equal(1, await bench.CountAsync("mail", "state = 'Delivered' AND attempts = 2"));
        Assert.Equal(1, await bench.CountAsync("mail", "state = 'Dead' AND last_error = '550 no such user'"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task A_session_past_its_deadline_is_ended_with_one_error_one_alert_and_one_hundred(DatabaseKind kind)
    {
        await using RunningBench bench = await RunningBench.CreateAsync(kind);
        long session = await bench.OpenSessionAsync();
        await bench.SaveAsync(session, Milestones(0, 20));
        Assert.Equal(0, await bench.Watchdog.LookAsync(Token));
        bench.Time.Advance(TimeSpan.FromHours(2));

        Assert.Equal(1, await bench.Watchdog.LookAsync(Token));
        Assert.Equal(0, await bench.Watchdog.LookAsync(Token));

        Assert.Equal(1, await bench.CountAsync(
            "optimization_session", "status = 'CompleteWithErrors' AND ended_at IS NOT NULL AND progress = 100"));
        Assert.Equal(1, await bench.CountAsync("optimization_instance", "status = 'CompleteWithErrors' AND ended_at IS NOT NULL"));
        Assert.Equal(1, await bench.CountAsync("amop_trigger", "type = 'ErrorMessage'"));
        Assert.Equal(1, await bench.CountAsync("amop_trigger", "type = 'Completion' AND progress = 100"));
        Assert.Equal(1, await bench.CountAsync("mail", "kind = 'Alert'"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task A_session_whose_work_was_lost_is_sent_on(DatabaseKind kind)
    {
        await using RunningBench bench = await RunningBench.CreateAsync(kind);
        await bench.OpenSessionAsync(SessionStatus.Grouping);
        bench.Time.Advance(bench.Options.StalledAfter + TimeSpan.FromSeconds(1));

        Assert.Equal(1, await bench.Watchdog.LookAsync(Token));

        Assert.Equal(1, await bench.CountAsync("message", "type = 'FormGroups' AND key = 'group/1' AND state = 'Waiting'"));
        Assert.Equal(0, await bench.Watchdog.LookAsync(Token));
    }

    private static JsonElement Data(OutgoingTrigger trigger) => JsonDocument.Parse(trigger.Body).RootElement.GetProperty("data");
}
