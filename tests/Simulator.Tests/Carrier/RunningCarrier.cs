using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using CarrierOptimization.Simulator.Carrier;
using CarrierOptimization.Simulator.Fleets;
using Xunit;

namespace CarrierOptimization.Simulator.Tests.Carrier;

/// <summary>A clock that moves only when told; it also drives the limits.</summary>
internal sealed class StandingClock(DateTimeOffset now) : TimeProvider
{
    private DateTimeOffset _now = now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.UtcTicks;

    public void Skip(TimeSpan time) => _now += time;
}

/// <summary>A simulated carrier on a free port, and somebody who calls it.</summary>
internal sealed class RunningCarrier : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 3, 20, 12, 0, 0, TimeSpan.Zero);

    private RunningCarrier(CarrierSimulator simulator, CarrierFleet fleet, StandingClock clock)
    {
        Simulator = simulator;
        Fleet = fleet;
        Clock = clock;
        Client = ClientOf(CarrierSimulatorOptions.DefaultUser);
    }

    public CarrierSimulator Simulator { get; }

    public CarrierFleet Fleet { get; }

    public StandingClock Clock { get; }

    public HttpClient Client { get; }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Without limits unless the options say otherwise.</summary>
    public static async Task<RunningCarrier> StartAsync(
        CarrierSimulatorOptions? options = null, int devices = 120, string profile = "pooled", DateTimeOffset? now = null)
    {
        options ??= new CarrierSimulatorOptions { OneCallInFlight = false, CallsPerSecondMax = null };
        var clock = new StandingClock(now ?? Start);
        CarrierFleet fleet = CarrierFleet.Generate(
            FleetShape.OfProfile(profile, devices, seed: 3), options.Cycle.PeriodOf(clock.GetUtcNow()), clock.GetUtcNow());
        return new RunningCarrier(await CarrierSimulator.StartAsync(fleet, options, clock, Cancelled), fleet, clock);
    }

    public HttpClient ClientOf(CarrierUser user)
    {
        var client = new HttpClient { BaseAddress = Simulator.ApiAddress };
        string credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user.Name}:{user.ApiKey}"));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", credentials);
        return client;
    }

    public Task<HttpResponseMessage> GetAsync(string path) => Client.GetAsync(new Uri(path, UriKind.Relative), Cancelled);

    public Task<HttpResponseMessage> PutAsync(string path, string body) => Client.PutAsync(
        new Uri(path, UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"), Cancelled);

    public Task<HttpResponseMessage> ChangePlanAsync(string iccid, string plan, string? effectiveDate = null) => PutAsync(
        $"devices/{iccid}",
        effectiveDate is null
            ? JsonSerializer.Serialize(new { ratePlan = plan })
            : JsonSerializer.Serialize(new { ratePlan = plan, effectiveDate }));

    /// <summary>The body of a call that must succeed.</summary>
    public async Task<JsonElement> ReadAsync(string path)
    {
        using HttpResponseMessage answer = await GetAsync(path);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(Cancelled)}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
    }

    /// <summary>All rows of a call with pages.</summary>
    public async Task<List<JsonElement>> ReadPagesAsync(string path, Func<JsonElement, JsonElement> rowsOf)
    {
        var rows = new List<JsonElement>();
        for (int page = 1; ; page++)
        {
            JsonElement answer = await ReadAsync($"{path}{(path.Contains('?') ? '&' : '?')}pageNumber={page}");
            rows.AddRange(rowsOf(answer).EnumerateArray());
            Assert.Equal(page, answer.GetProperty("pageNumber").GetInt32());
            if (answer.GetProperty("lastPage").GetBoolean())
            {
                return rows;
            }
        }
    }

    public Task<List<JsonElement>> ListAsync() =>
        ReadPagesAsync("devices?modifiedSince=2025-04-01T00:00:00Z", answer => answer.GetProperty("devices"));

    public Task<List<JsonElement>> UsageOfPlanAsync(string plan) => ReadPagesAsync(
        $"usages?ratePlanName={Uri.EscapeDataString(plan)}", answer => answer.GetProperty("zones")[0].GetProperty("devices"));

    /// <summary>A SIM in service, as the list has it.</summary>
    public async Task<(string Iccid, string Plan)> AnySimAsync()
    {
        List<JsonElement> devices = await ListAsync();
        JsonElement device = devices.First(device => device.GetProperty("status").GetString() == "ACTIVATED");
        return (device.GetProperty("iccid").GetString()!, device.GetProperty("ratePlan").GetString()!);
    }

    public string OtherPlan(string plan) => Fleet.Catalog.Plans.First(other => other.Name != plan).Name;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Simulator.DisposeAsync();
    }

    /// <summary>Status, code and message of an answer that refuses.</summary>
    public static async Task<(int Status, string? Code, string Message)> RefusalAsync(HttpResponseMessage answer)
    {
        JsonElement body = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
        return (
            (int)answer.StatusCode,
            body.TryGetProperty("errorCode", out JsonElement code) ? code.GetString() : null,
            body.GetProperty("errorMessage").GetString()!);
    }
}
