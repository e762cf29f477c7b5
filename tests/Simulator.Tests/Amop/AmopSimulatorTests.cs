using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CarrierOptimization.Simulator.Amop;
using Xunit;

namespace CarrierOptimization.Simulator.Tests.Amop;

/// <summary>Calls written by hand from docs/amop.md, right ones and wrong ones.</summary>
public sealed class AmopSimulatorTests : IAsyncLifetime
{
    private const string Guid = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";

    private readonly HttpClient _client = new();
    private readonly List<ArrivedTrigger> _told = [];
    private AmopSimulator _simulator = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _simulator = await AmopSimulator.StartAsync(
        new AmopSimulatorOptions { TriggerSink = _told.Add }, TimeProvider.System, Token);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _simulator.DisposeAsync();
    }

    [Fact]
    public async Task A_session_with_an_error_is_taken_without_violations()
    {
        await TakenAsync(Call(1, Progress(0)));
        await TakenAsync(Call(2, Progress(20)));
        await TakenAsync(Call(3, Error()));
        await TakenAsync(Call(4, Progress(90)));
        await TakenAsync(Call(5, Progress(100)));

        Assert.Empty(_simulator.Violations);
        Assert.Equal([0, 20, 0, 90, 100], _simulator.Triggers.Select(trigger => trigger.Progress));
        Assert.Equal(["Progress", "Progress", "ErrorMessage", "Progress", "Completion"], _told.Select(trigger => trigger.Type));
        Assert.Equal([1, 2, 3, 4, 5], _told.Select(trigger => trigger.Number));
    }

    [Theory]
    [InlineData("Progress", "path", "\"/get_optimization_error_details_data\"", "path")]
    [InlineData("Progress", "job_name", "\"progress\"", "job_name")]
    [InlineData("Progress", "SessionId", "17", "SessionId")]
    [InlineData("Progress", "SessionId", "\"\"", "SessionId")]
    [InlineData("Progress", "OptimizationSessionGuid", "null", "OptimizationSessionGuid")]
    [InlineData("Progress", "OptimizationSessionGuid", "\"3f2504e04f8941d39a0c0305e82c3301\"", "OptimizationSessionGuid")]
    [InlineData("Progress", "DeviceCount", "-1", "DeviceCount")]
    [InlineData("Progress", "DeviceCount", "\"10\"", "DeviceCount")]
    [InlineData("Progress", "DeviceCount", "11", "DeviceCount")]
    [InlineData("Progress", "ErrorMessage", "\"\"", "ErrorMessage")]
    [InlineData("Progress", "Progress", "101", "Progress")]
    [InlineData("Progress", "Progress", "33.5", "Progress")]
    [InlineData("Progress", "Progress", "100", "Progress")]
    [InlineData("Progress", "CustomerId", "null", "CustomerId")]
    [InlineData("Progress", "AdditionalInfo", "null", "AdditionalInfo")]
    [InlineData("Progress", "AdditionalJson", "\"\"", "AdditionalJson")]
    [InlineData("Progress", "AdditionalJson", "{}", "AdditionalJson")]
    [InlineData("Progress", "Unknown", "1", "names")]
    [InlineData("ErrorMessage", "path", "\"/get_optimization_progress_bar_data\"", "path")]
    [InlineData("ErrorMessage", "OptimizationSessionGuid", "\"3f2504e0-4f89-41d3-9a0c-0305e82c3301\"", "OptimizationSessionGuid")]
    [InlineData("ErrorMessage", "DeviceCount", "10", "DeviceCount")]
    [InlineData("ErrorMessage", "Progress", "20", "Progress")]
    [InlineData("ErrorMessage", "ErrorMessage", "null", "ErrorMessage")]
    [InlineData("ErrorMessage", "ErrorMessage", "\" \"", "ErrorMessage")]
    public async Task A_body_that_breaks_a_rule_is_refused_and_named(string type, string name, string value, string rule)
    {
        JsonObject body = type == "ErrorMessage" ? Error() : Progress(20);
        body["data"]![name] = JsonNode.Parse(value);

        await RefusedAsync(Call(1, body), rule);
    }

    [Theory]
    [InlineData("path")]
    [InlineData("job_name")]
    [InlineData("SessionId")]
    [InlineData("OptimizationSessionGuid")]
    [InlineData("DeviceCount")]
    [InlineData("ErrorMessage")]
    [InlineData("Progress")]
    [InlineData("CustomerId")]
    [InlineData("AdditionalInfo")]
    [InlineData("AdditionalJson")]
    public async Task A_name_that_is_missing_is_named(string name)
    {
        JsonObject body = Progress(20);
        body["data"]!.AsObject().Remove(name);

        await RefusedAsync(Call(1, body), name);
    }

    [Theory]
    [InlineData("BillPeriodId", "\"605\"")]
    [InlineData("SiteId", "null")]
    [InlineData("OptimizationType", "1")]
    [InlineData("OptimizationFrom", "\"customer\"")]
    [InlineData("BillingPeriodStartDate", "\"05/01/2026\"")]
    [InlineData("BillingPeriodEndDate", "\"2026-04-01T00:00:00Z\"")]
    [InlineData("DeviceCount", "9")]
    [InlineData("TenantId", "null")]
    public async Task Additional_data_that_breaks_a_rule_is_named(string name, string value)
    {
        JsonObject additional = Additional(10);
        additional["data"]![name] = JsonNode.Parse(value);
        JsonObject body = Progress(20);
        body["data"]!["AdditionalJson"] = additional.ToJsonString();

        await RefusedAsync(Call(1, body), name);
    }

    [Theory]
    [InlineData("Stage")]
    [InlineData("ErrorCode")]
    [InlineData("OptimizationSessionGuid")]
    public async Task An_error_says_stage_code_and_session_in_its_additional_data(string name)
    {
        JsonObject additional = ErrorAdditional();
        additional["data"]!.AsObject().Remove(name);
        JsonObject body = Error();
        body["data"]!["AdditionalJson"] = additional.ToJsonString();

        await RefusedAsync(Call(1, body), name);
    }

    [Theory]
    [InlineData("Idempotency-Key", "", "idempotency-key")]
    [InlineData("X-Sequence", "", "x-sequence")]
    [InlineData("X-Sequence", "0", "x-sequence")]
    [InlineData("X-Sequence", "one", "x-sequence")]
    [InlineData("traceparent", "00-1-2-3", "traceparent")]
    public async Task A_header_that_breaks_a_rule_is_named(string name, string value, string rule)
    {
        HttpRequestMessage call = Call(1, Progress(0));
        call.Headers.Remove(name);
        if (value.Length > 0)
        {
            call.Headers.TryAddWithoutValidation(name, value);
        }

        await RefusedAsync(call, rule);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"data\":1}")]
    [InlineData("{\"data\":{},\"more\":1}")]
    public async Task What_is_no_trigger_is_refused(string body)
    {
        HttpRequestMessage call = Call(1, Progress(0));
        call.Content = new StringContent(body, Encoding.UTF8, "application/json");

        using HttpResponseMessage answer = await _client.SendAsync(call, Token);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(_simulator.Triggers);
    }

    [Fact]
    public async Task Another_content_type_is_refused()
    {
        HttpRequestMessage call = Call(1, Progress(0));
        call.Content!.Headers.ContentType = new MediaTypeHeaderValue("text/plain");

        await RefusedAsync(call, "content-type");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer wrong")]
    [InlineData("Basic YW1vcC1zaW11bGF0b3I=")]
    public async Task Without_the_token_nothing_is_taken(string? authorization)
    {
        HttpRequestMessage call = Call(1, Progress(0));
        call.Headers.Authorization = authorization is null ? null : AuthenticationHeaderValue.Parse(authorization);

        using HttpResponseMessage answer = await _client.SendAsync(call, Token);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Empty(_simulator.Triggers);
    }

    [Fact]
    public async Task A_gap_in_the_sequence_is_a_violation()
    {
        await TakenAsync(Call(1, Progress(0)));
        await TakenAsync(Call(3, Progress(20)));

        Assert.Equal("sequence", Assert.Single(_simulator.Violations).Rule);
    }

    [Fact]
    public async Task A_place_that_was_refused_for_good_is_no_gap_and_may_be_filled_later()
    {
        await TakenAsync(Call(1, Progress(0)));
        _simulator.Faults = AmopFaults.Parse("bad-request") with { CallsMax = 1 };
        using HttpResponseMessage refused = await _client.SendAsync(Call(2, Progress(20)), Token);
        await TakenAsync(Call(3, Progress(30)));
        await TakenAsync(Call(2, Progress(20)));
        await TakenAsync(Call(4, Progress(40)));

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Empty(_simulator.Violations);
    }

    [Fact]
    public async Task Progress_that_falls_is_a_violation()
    {
        await TakenAsync(Call(1, Progress(30)));
        await TakenAsync(Call(2, Progress(20)));

        Assert.Equal("progress", Assert.Single(_simulator.Violations).Rule);
    }

    [Fact]
    public async Task A_second_completion_is_a_violation_and_an_error_after_it_is_none()
    {
        await TakenAsync(Call(1, Progress(100)));
        await TakenAsync(Call(2, Error()));
        Assert.Empty(_simulator.Violations);

        await TakenAsync(Call(3, Progress(100)));

        Assert.Equal("completion", Assert.Single(_simulator.Violations).Rule);
    }

    [Fact]
    public async Task Sessions_have_sequences_of_their_own()
    {
        await TakenAsync(Call(1, Progress(0)));
        await TakenAsync(Call(1, Progress(0, session: "18"), key: "b"));
        await TakenAsync(Call(2, Progress(20)));

        Assert.Empty(_simulator.Violations);
    }

    [Fact]
    public async Task The_guid_of_a_session_stays()
    {
        await TakenAsync(Call(1, Progress(0)));
        JsonObject other = Progress(20);
        other["data"]!["OptimizationSessionGuid"] = "00000000-0000-4000-8000-000000000001";
        await TakenAsync(Call(2, other));

        Assert.Equal("OptimizationSessionGuid", Assert.Single(_simulator.Violations).Rule);
    }

    [Fact]
    public async Task A_repeated_key_is_answered_and_not_counted_and_never_stands_for_something_else()
    {
        await TakenAsync(Call(1, Progress(0)));
        await TakenAsync(Call(1, Progress(0)));
        Assert.Equal((1, 1), (_simulator.Triggers.Count, _simulator.Repeated));
        Assert.Empty(_simulator.Violations);

        using HttpResponseMessage answer = await _client.SendAsync(Call(1, Progress(20)), Token);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal("idempotency-key", Assert.Single(_simulator.Violations).Rule);
    }

    [Fact]
    public async Task Its_pages_show_what_arrived()
    {
        await TakenAsync(Call(1, Progress(30)));
        await TakenAsync(Call(3, Progress(40)));

        JsonElement overview = await PageAsync("simulator");
        JsonElement triggers = await PageAsync("simulator/triggers");
        JsonElement violations = await PageAsync("simulator/violations");

        Assert.Equal((2, 1), (overview.GetProperty("triggers").GetInt32(), overview.GetProperty("violations").GetInt32()));
        Assert.Equal([30, 40], triggers.EnumerateArray().Select(trigger => trigger.GetProperty("progress").GetInt32()));
        Assert.Equal("sequence", violations[0].GetProperty("rule").GetString());
    }

    [Fact]
    public async Task Faults_are_switched_over_HTTP_while_it_runs()
    {
        using HttpResponseMessage on = await _client.PutAsync(
            new Uri(_simulator.Address, "simulator/faults?names=down&calls=1"), null, Token);
        using HttpResponseMessage down = await _client.SendAsync(Call(1, Progress(0)), Token);
        await TakenAsync(Call(1, Progress(0)));
        using HttpResponseMessage unknown = await _client.PutAsync(
            new Uri(_simulator.Address, "simulator/faults?names=earthquake"), null, Token);

        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable, HttpStatusCode.BadRequest),
            (on.StatusCode, down.StatusCode, unknown.StatusCode));
    }

    [Fact]
    public async Task A_share_of_calls_fails_by_the_seed()
    {
        _simulator.Faults = AmopFaults.Parse("down,too-many-requests") with { PerMille = 500, Seed = 3 };
        var statuses = new List<HttpStatusCode>();
        for (int session = 1; session <= 60; session++)
        {
            using HttpResponseMessage answer = await _client.SendAsync(
                Call(1, Progress(0, session: $"{session}"), key: $"s{session}"), Token);
            statuses.Add(answer.StatusCode);
        }

        Assert.InRange(statuses.Count(status => status == HttpStatusCode.OK), 20, 40);
        Assert.Contains(HttpStatusCode.ServiceUnavailable, statuses);
        Assert.Contains(HttpStatusCode.TooManyRequests, statuses);
        Assert.Equal(_simulator.Triggers.Count, statuses.Count(status => status == HttpStatusCode.OK));
    }

    private static JsonObject Progress(int progress, string session = "17") => Body(
        progress == 100 ? "Completion" : "Progress", "/get_optimization_progress_bar_data", session, Guid, 10, null, progress,
        Additional(10));

    private static JsonObject Error() => Body(
        "ErrorMessage", "/get_optimization_error_details_data", "17", null, 0, "A plan has no price.", 0, ErrorAdditional());

    private static JsonObject Body(
        string type, string path, string session, string? guid, int devices, string? error, int progress, JsonObject additional) => new()
    {
        ["data"] = new JsonObject
        {
            ["path"] = path,
            ["job_name"] = type,
            ["SessionId"] = session,
            ["OptimizationSessionGuid"] = guid,
            ["DeviceCount"] = devices,
            ["ErrorMessage"] = error,
            ["Progress"] = progress,
            ["CustomerId"] = "ACME",
            ["AdditionalInfo"] = "",
            ["AdditionalJson"] = additional.ToJsonString(),
        },
    };

    private static JsonObject Additional(int devices) => new()
    {
        ["data"] = new JsonObject
        {
            ["BillPeriodId"] = 605,
            ["SiteId"] = "",
            ["ServiceProviderId"] = 4,
            ["OptimizationType"] = 0,
            ["OptimizationFrom"] = "group",
            ["BillingPeriodStartDate"] = "2026-05-01T00:00:00Z",
            ["BillingPeriodEndDate"] = "2026-06-01T00:00:00Z",
            ["DeviceCount"] = devices,
            ["TenantId"] = 1,
        },
    };

    private static JsonObject ErrorAdditional()
    {
        JsonObject additional = Additional(0);
        additional["data"]!["Stage"] = "GroupDevices";
        additional["data"]!["ErrorCode"] = "InvalidRatePlan";
        additional["data"]!["OptimizationSessionGuid"] = Guid;
        return additional;
    }

    private HttpRequestMessage Call(int sequence, JsonObject body, string? key = null)
    {
        var call = new HttpRequestMessage(HttpMethod.Post, _simulator.Endpoint)
        {
            Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        call.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AmopSimulatorOptions.DefaultToken);
        call.Headers.Add("Idempotency-Key", key ?? $"trigger-17-{sequence}");
        call.Headers.Add("X-Sequence", $"{sequence}");
        return call;
    }

    private async Task TakenAsync(HttpRequestMessage call)
    {
        using HttpResponseMessage answer = await _client.SendAsync(call, Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
    }

    private async Task RefusedAsync(HttpRequestMessage call, string rule)
    {
        using HttpResponseMessage answer = await _client.SendAsync(call, Token);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(_simulator.Triggers);
        Assert.Contains(rule, _simulator.Violations.Select(violation => violation.Rule));
    }

    private async Task<JsonElement> PageAsync(string path) =>
        await _client.GetFromJsonAsync<JsonElement>(new Uri(_simulator.Address, path), Token);
}
