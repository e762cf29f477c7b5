using CarrierOptimization.Simulator.Carrier;
using Xunit;

namespace CarrierOptimization.Simulator.Tests.Carrier;

public sealed class CarrierRefusalTests
{
    private static readonly CarrierSimulatorOptions Unlimited = new() { OneCallInFlight = false, CallsPerSecondMax = null };

    [Theory]
    [InlineData("devices", 400, "10000003")]
    [InlineData("devices?modifiedSince=", 400, "10000003")]
    [InlineData("devices?modifiedSince=2026-03-20T12:00:01Z", 400, "10002119")]
    [InlineData("devices?modifiedSince=2025-03-19T00:00:00Z", 400, "10000045")]
    [InlineData("devices?modifiedSince=2026-03-01T00:00:00+0000", 400, null)]
    [InlineData("devices?modifiedSince=yesterday", 400, null)]
    [InlineData("devices?modifiedSince=2026-03-01T00:00:00Z&pagesize=5", 400, "10000028")]
    [InlineData("devices?modifiedSince=2026-03-01T00:00:00Z&pageSize=0", 400, null)]
    [InlineData("devices?modifiedSince=2026-03-01T00:00:00Z&pageNumber=x", 400, null)]
    [InlineData("devices/12345678901234567890", 404, "20000001")]
    [InlineData("devices/nonsense/ctdUsages", 404, "20000001")]
    [InlineData("usages?ratePlanName=unknown", 400, null)]
    [InlineData("usages", 400, null)]
    [InlineData("nothing/here", 404, null)]
    [InlineData("../v2/echo/x", 400, "10000024")]
    public async Task A_mistake_has_its_status_and_code(string path, int status, string? code)
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync();

        using HttpResponseMessage answer = await carrier.GetAsync(path);

        (int Status, string? Code, string Message) refusal = await RunningCarrier.RefusalAsync(answer);
        Assert.Equal((status, code), (refusal.Status, refusal.Code));
        Assert.NotEmpty(refusal.Message);
    }

    [Theory]
    [InlineData("{\"ratePlan\":", "10000023")]
    [InlineData("[]", "10000023")]
    [InlineData("{\"rateplan\":\"x\"}", "10000028")]
    [InlineData("{\"ratePlan\":\"no such plan\"}", null)]
    [InlineData("{\"status\":\"ASLEEP\"}", null)]
    [InlineData("{\"effectiveDate\":\"soon\"}", null)]
    [InlineData("{\"effectiveDate\":\"2026-12-20Z\"}", null)]
    public async Task A_change_with_a_mistake_changes_nothing(string body, string? code)
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync();
        (string iccid, _) = await carrier.AnySimAsync();

        using HttpResponseMessage answer = await carrier.PutAsync($"devices/{iccid}", body);

        (int Status, string? Code, string Message) refusal = await RunningCarrier.RefusalAsync(answer);
        Assert.Equal((400, code), (refusal.Status, refusal.Code));
        Assert.Empty(carrier.Simulator.Audit);
    }

    [Fact]
    public async Task Older_customers_may_list_from_more_than_a_year_ago()
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync(Unlimited with { RefusesOldLists = false });

        using HttpResponseMessage answer = await carrier.GetAsync("devices?modifiedSince=2000-01-01T00:00:00Z");

        Assert.Equal(200, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Without_credentials_the_answer_says_how_to_sign_in()
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync();
        carrier.Client.DefaultRequestHeaders.Authorization = null;

        using HttpResponseMessage answer = await carrier.GetAsync("echo/x");

        Assert.Equal("Basic realm=\"Jasper\"", answer.Headers.WwwAuthenticate.Single().ToString());
        Assert.Equal(
            (401, null, "Full authentication is required to access this resource"), await RunningCarrier.RefusalAsync(answer));
    }

    [Fact]
    public async Task Wrong_credentials_are_told_apart_from_missing_ones()
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync();
        using HttpClient stranger = carrier.ClientOf(CarrierSimulatorOptions.DefaultUser with { ApiKey = "wrong" });

        using HttpResponseMessage answer = await stranger.GetAsync(
            new Uri("echo/x", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal((401, "10000001", "Invalid credentials"), await RunningCarrier.RefusalAsync(answer));
    }

    [Fact]
    public async Task Rate_plans_need_the_role_of_an_administrator()
    {
        CarrierUser plain = CarrierSimulatorOptions.DefaultUser with { IsAccountAdmin = false };
        await using RunningCarrier carrier = await RunningCarrier.StartAsync(Unlimited with { Users = [plain] });

        using HttpResponseMessage answer = await carrier.GetAsync("rateplans");

        (int Status, string? Code, string Message) refusal = await RunningCarrier.RefusalAsync(answer);
        Assert.Equal((400, "10000030"), (refusal.Status, refusal.Code));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(400)]
    public async Task The_sixth_call_within_a_second_is_refused_and_a_second_later_taken(int limitStatus)
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync(
            new CarrierSimulatorOptions { LimitStatus = (System.Net.HttpStatusCode)limitStatus });
        for (int call = 0; call < 5; call++)
        {
            await carrier.ReadAsync("echo/x");
        }

        using HttpResponseMessage sixth = await carrier.GetAsync("echo/x");
        carrier.Clock.Skip(TimeSpan.FromSeconds(1));
        using HttpResponseMessage later = await carrier.GetAsync("echo/x");

        Assert.Equal((limitStatus, "40000029", "Rate limit exceeded"), await RunningCarrier.RefusalAsync(sixth));
        Assert.Equal(1, sixth.Headers.RetryAfter?.Delta?.TotalSeconds);
        Assert.Equal(200, (int)later.StatusCode);
    }

    [Fact]
    public async Task A_second_call_at_the_same_time_is_refused_and_another_users_is_not()
    {
        var other = new CarrierUser("other", "00000000-0000-4000-8000-000000000002");
        await using RunningCarrier carrier = await RunningCarrier.StartAsync(new CarrierSimulatorOptions
        {
            Users = [CarrierSimulatorOptions.DefaultUser, other],
            Faults = new() { SlowPerMille = 1_000, SlowAnswer = TimeSpan.FromMinutes(5) },
        });
        using HttpClient another = carrier.ClientOf(other);
        using var givesUp = new CancellationTokenSource();

        // Whichever of the two comes in first is held for minutes, so the other one finds it there.
        Task<HttpResponseMessage> first = carrier.Client.GetAsync(new Uri("echo/1", UriKind.Relative), givesUp.Token);
        Task<HttpResponseMessage> second = carrier.Client.GetAsync(new Uri("echo/2", UriKind.Relative), givesUp.Token);
        Task<HttpResponseMessage> refused = await Task.WhenAny(first, second);
        Task<HttpResponseMessage> held = refused == first ? second : first;
        using HttpResponseMessage refusal = await refused;
        Assert.Equal((429, "40000029", "Rate limit exceeded"), await RunningCarrier.RefusalAsync(refusal));

        Task<HttpResponseMessage> ofOther = another.GetAsync(new Uri("echo/3", UriKind.Relative), givesUp.Token);
        await Task.WhenAny(ofOther, Task.Delay(300, TestContext.Current.CancellationToken));
        Assert.False(ofOther.IsCompleted);
        await givesUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => held);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ofOther);
    }
}
