using System.Text.Json;
using CarrierOptimization.Simulator.Carrier;
using CarrierOptimization.Simulator.Carrier.Http;
using Xunit;

namespace CarrierOptimization.Simulator.Tests.Carrier;

public sealed class CarrierFaultTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("too-many-requests", 429, "40000029", true)]
    [InlineData("hidden-limit", 400, "40000029", false)]
    [InlineData("server-error", 500, "30000001", false)]
    public async Task Some_calls_are_refused_and_answered_when_made_again(
        string profile, int status, string code, bool saysWhen)
    {
        await using RunningCarrier carrier = await StartAsync(FaultProfile.Parse(profile));

        List<HttpResponseMessage> answers = await EchoAsync(carrier, 100);

        List<HttpResponseMessage> refused = [.. answers.Where(answer => !answer.IsSuccessStatusCode)];
        Assert.InRange(refused.Count, 1, 50);
        foreach (HttpResponseMessage answer in refused)
        {
            (int Status, string? Code, string Message) refusal = await RunningCarrier.RefusalAsync(answer);
            Assert.Equal((status, code), (refusal.Status, refusal.Code));
            Assert.Equal(saysWhen, answer.Headers.RetryAfter is not null);
        }
    }

    [Fact]
    public async Task An_unavailable_carrier_answers_with_a_page_in_place_of_JSON()
    {
        await using RunningCarrier carrier = await StartAsync(FaultProfile.Parse("unavailable"));

        List<HttpResponseMessage> answers = await EchoAsync(carrier, 100);

        HttpResponseMessage refused = answers.First(answer => !answer.IsSuccessStatusCode);
        Assert.Equal(503, (int)refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.StartsWith("<html>", await refused.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_call_fails_at_most_twice_in_a_row()
    {
        await using RunningCarrier carrier = await StartAsync(new FaultProfile { ServerErrorPerMille = 1_000 });

        int[] statuses = new int[6];
        for (int call = 0; call < statuses.Length; call++)
        {
            using HttpResponseMessage answer = await carrier.GetAsync("echo/again");
            statuses[call] = (int)answer.StatusCode;
        }

        Assert.Equal([500, 500, 200, 500, 500, 200], statuses);
    }

    [Fact]
    public async Task The_same_seed_harms_the_same_calls_and_another_seed_others()
    {
        var profile = new FaultProfile { ServerErrorPerMille = 300 };

        string once = await OutcomesAsync(1);
        string again = await OutcomesAsync(1);
        string other = await OutcomesAsync(2);

        Assert.Equal(once, again);
        Assert.NotEqual(once, other);

        async Task<string> OutcomesAsync(ulong seed)
        {
            await using RunningCarrier carrier = await StartAsync(profile, seed);
            return string.Concat((await EchoAsync(carrier, 60)).Select(answer => answer.IsSuccessStatusCode ? '.' : 'x'));
        }
    }

    [Fact]
    public async Task A_slow_answer_comes_after_all()
    {
        await using RunningCarrier carrier = await StartAsync(
            new FaultProfile { SlowPerMille = 1_000, SlowAnswer = TimeSpan.FromMilliseconds(300) });
        long begun = TimeProvider.System.GetTimestamp();

        await carrier.ReadAsync("echo/x");

        Assert.True(TimeProvider.System.GetElapsedTime(begun) >= TimeSpan.FromMilliseconds(290));
    }

    [Fact]
    public async Task A_change_without_an_answer_was_made()
    {
        await using RunningCarrier carrier = await StartAsync(
            new FaultProfile { TimeoutAfterApplyPerMille = 1_000, SilentFor = TimeSpan.FromMinutes(10) });
        (string iccid, string before) = await carrier.AnySimAsync();
        using HttpClient hasty = carrier.ClientOf(CarrierSimulatorOptions.DefaultUser);
        hasty.Timeout = TimeSpan.FromSeconds(1);

        using var body = new StringContent(JsonSerializer.Serialize(new { ratePlan = carrier.OtherPlan(before) }));
        await Assert.ThrowsAsync<TaskCanceledException>(
            () => hasty.PutAsync(new Uri($"devices/{iccid}", UriKind.Relative), body, Cancelled));

        JsonElement details = await carrier.ReadAsync($"devices/{iccid}");
        Assert.Equal(carrier.OtherPlan(before), details.GetProperty("ratePlan").GetString());
    }

    [Fact]
    public async Task A_change_without_an_answer_ends_with_504_for_who_waits_long_enough()
    {
        await using RunningCarrier carrier = await StartAsync(
            new FaultProfile { TimeoutAfterApplyPerMille = 1_000, SilentFor = TimeSpan.FromMilliseconds(20) });
        (string iccid, string before) = await carrier.AnySimAsync();

        using HttpResponseMessage answer = await carrier.ChangePlanAsync(iccid, carrier.OtherPlan(before));

        Assert.Equal(504, (int)answer.StatusCode);
        Assert.Single(carrier.Simulator.Audit);
    }

    [Fact]
    public async Task Torn_JSON_comes_whole_with_half_a_text_or_with_a_broken_connection()
    {
        await using RunningCarrier carrier = await StartAsync(new FaultProfile { TornJsonPerMille = 1_000 });
        int halfTexts = 0;
        int brokenConnections = 0;
        for (int call = 0; call < 20; call++)
        {
            try
            {
                using HttpResponseMessage answer = await carrier.GetAsync($"echo/{call}");
                string text = await answer.Content.ReadAsStringAsync(Cancelled);
                Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(text));
                halfTexts++;
            }
            catch (HttpRequestException)
            {
                brokenConnections++;
            }
        }

        Assert.True(halfTexts > 0 && brokenConnections > 0, $"{halfTexts} half texts, {brokenConnections} broken connections");
    }

    [Fact]
    public async Task Rows_that_move_while_paging_come_twice_and_push_others_out()
    {
        await using RunningCarrier carrier = await StartAsync(new FaultProfile { MovingRowsPerMille = 1_000 });

        List<JsonElement> rows = await carrier.ListAsync();

        string[] iccids = [.. rows.Select(row => row.GetProperty("iccid").GetString()!)];
        Assert.NotEqual(iccids.Length, iccids.Distinct().Count());
        Assert.True(iccids.Distinct().Count() < carrier.Fleet.Count);
    }

    [Fact]
    public async Task A_plan_gets_another_name_once()
    {
        await using RunningCarrier carrier = await StartAsync(new FaultProfile { PlanRenamedAfterCalls = 3 });
        string[] before = await NamesAsync(carrier);
        await EchoAsync(carrier, 4);

        string[] after = await NamesAsync(carrier);

        string changed = Assert.Single(after.Except(before));
        Assert.EndsWith(" (renamed)", changed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_else_moves_SIMs_to_plans_they_may_use()
    {
        await using RunningCarrier carrier = await StartAsync(new FaultProfile { DeviceMovedEveryCalls = 2 });
        await EchoAsync(carrier, 20);

        IReadOnlyList<AuditRecord> audit = carrier.Simulator.Audit;

        Assert.NotEmpty(audit);
        Assert.All(audit, record =>
        {
            int device = Array.IndexOf(carrier.Fleet.Iccids, record.Iccid);
            int communicationPlan = carrier.Fleet.CommunicationPlanOf[device];
            Assert.True(carrier.Fleet.CommunicationPlans[communicationPlan].AllowedPlans.Contains(
                carrier.Fleet.Catalog.IndexOf(record.Value!)));
            Assert.Equal("another.user", record.UserName);
        });
    }

    [Fact]
    public async Task All_named_profiles_can_be_told_and_together_still_let_a_patient_client_through()
    {
        FaultProfile together = FaultProfile.Parse(string.Join(',', FaultProfile.Names.Where(name => name != "all")));
        await using RunningCarrier carrier = await StartAsync(FaultProfile.Parse("all") with { SlowAnswer = TimeSpan.Zero });

        for (int call = 0; call < 100; call++)
        {
            Assert.True(await SucceedsAsync(carrier, $"echo/{call}"));
        }

        Assert.True(together.UsageArrivesLate && together.TornJsonPerMille > 0);
        Assert.Throws<ArgumentException>(() => FaultProfile.Parse("slow,nonsense"));
    }

    private static Task<RunningCarrier> StartAsync(FaultProfile faults, ulong seed = 1) => RunningCarrier.StartAsync(
        new CarrierSimulatorOptions { OneCallInFlight = false, CallsPerSecondMax = null, Faults = faults, Seed = seed },
        devices: 300);

    private static async Task<List<HttpResponseMessage>> EchoAsync(RunningCarrier carrier, int calls)
    {
        var answers = new List<HttpResponseMessage>();
        for (int call = 0; call < calls; call++)
        {
            answers.Add(await carrier.GetAsync($"echo/{call}"));
        }

        return answers;
    }

    private static async Task<string[]> NamesAsync(RunningCarrier carrier) =>
        [.. (await carrier.ReadAsync("rateplans")).GetProperty("ratePlans").EnumerateArray()
            .Select(plan => plan.GetProperty("name").GetString()!)];

    /// <summary>Up to three tries, as a client makes them.</summary>
    private static async Task<bool> SucceedsAsync(RunningCarrier carrier, string path)
    {
        for (int attempt = 0; attempt < 3; attempt++)
        {
            try
            {
                using HttpResponseMessage answer = await carrier.GetAsync(path);
                using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancelled));
                if (answer.IsSuccessStatusCode)
                {
                    return true;
                }
            }
            catch (Exception failure) when (failure is HttpRequestException or JsonException)
            {
                // The next try.
            }
        }

        return false;
    }
}
