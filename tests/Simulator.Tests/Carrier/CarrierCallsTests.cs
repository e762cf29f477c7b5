using System.Text.Json;
using System.Text.RegularExpressions;
using CarrierOptimization.Simulator.Carrier.Http;
using Xunit;

namespace CarrierOptimization.Simulator.Tests.Carrier;

public sealed partial class CarrierCallsTests
{
    [Fact]
    public async Task Echo_gives_the_text_back()
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync();

        JsonElement answer = await carrier.ReadAsync("echo/are%20you%20there");

        Assert.Equal("are you there", answer.GetProperty("message").GetString());
        Assert.Equal(new CallCount(1, 0), carrier.Simulator.CallsOf(CarrierCall.Echo));
    }

    [Fact]
    public async Task The_list_has_every_SIM_once_in_pages_of_50_in_order_of_the_last_change()
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync(devices: 120);

        JsonElement first = await carrier.ReadAsync("devices?modifiedSince=2025-04-01T00:00:00Z&pageSize=500");
        List<JsonElement> all = await carrier.ListAsync();

        Assert.Equal(50, first.GetProperty("devices").GetArrayLength());
        Assert.False(first.GetProperty("lastPage").GetBoolean());
        string[] iccids = [.. all.Select(device => device.GetProperty("iccid").GetString()!)];
        Assert.Equal(carrier.Fleet.Iccids.Select(iccid => iccid.ToString()), iccids.Order(StringComparer.Ordinal));
        long[] modified = [.. iccids.Select(iccid =>
            carrier.Fleet.ModifiedTicks[Array.FindIndex(carrier.Fleet.Iccids, other => other.ToString() == iccid)])];
        Assert.Equal(modified.Order(), modified);
        Assert.Equal(
            ["iccid", "status", "ratePlan", "communicationPlan"], all[0].EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task The_list_can_be_narrowed_by_time_and_status()
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync(devices: 400);
        DateTimeOffset from = RunningCarrier.Start.AddDays(-100);
        DateTimeOffset till = RunningCarrier.Start.AddDays(-20);
        int expected = Enumerable.Range(0, 400).Count(device => carrier.Fleet.ModifiedTicks[device] >= from.UtcTicks
            && carrier.Fleet.ModifiedTicks[device] <= till.UtcTicks && carrier.Fleet.Statuses[device] == 0);

        List<JsonElement> found = await carrier.ReadPagesAsync(
            $"devices?modifiedSince={from:yyyy-MM-dd'T'HH:mm:ss'%2B0000'}&modifiedTill={till:yyyy-MM-dd'T'HH:mm:ss'Z'}&status=ACTIVATED",
            answer => answer.GetProperty("devices"));

        Assert.NotEqual(0, expected);
        Assert.Equal(expected, found.Count);
    }

    [Fact]
    public async Task Details_have_all_keys_and_dates_in_their_own_form()
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync();
        (string iccid, string plan) = await carrier.AnySimAsync();

        JsonElement details = await carrier.ReadAsync($"devices/{iccid}");

        string[] expected =
        [
            "iccid", "imsi", "msisdn", "imei", "status", "ratePlan", "communicationPlan", "customer", "dateActivated",
            "dateAdded", "dateUpdated", "dateShipped", "accountId", "fixedIPAddress", "accountCustom1", "accountCustom10",
            "operatorCustom5", "customerCustom5", "simNotes", "deviceID", "modemID", "globalSimType", "eid", "euiccid", "mec",
        ];
        Assert.All(expected, key => Assert.True(details.TryGetProperty(key, out _), key));
        Assert.Equal(plan, details.GetProperty("ratePlan").GetString());
        Assert.Equal(JsonValueKind.String, details.GetProperty("accountId").ValueKind);
        Assert.Matches(DetailsDate(), details.GetProperty("dateActivated").GetString());
    }

    [Fact]
    public async Task Usage_to_date_grows_with_time_and_agrees_in_all_three_calls()
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync();
        int device = Array.FindIndex(carrier.Fleet.UsageBytes, usage => usage > 1_000_000);
        string iccid = carrier.Fleet.Iccids[device].ToString();
        string plan = carrier.Fleet.Catalog.Plans[carrier.Fleet.Plans[device]].Name;

        long early = (await carrier.ReadAsync($"devices/{iccid}/ctdUsages")).GetProperty("ctdDataUsage").GetInt64();
        carrier.Clock.Skip(TimeSpan.FromDays(3));
        long later = (await carrier.ReadAsync($"devices/{iccid}/ctdUsages")).GetProperty("ctdDataUsage").GetInt64();
        JsonElement inZone = await carrier.ReadAsync($"devices/{iccid}/usageInZone");
        List<JsonElement> ofPlan = await carrier.UsageOfPlanAsync(plan);

        Assert.InRange(later, early + 1, carrier.Fleet.UsageBytes[device]);
        Assert.Equal("2026-03-01T00:00:00.000Z", inZone.GetProperty("cycleStartDate").GetString());
        JsonElement part = inZone.GetProperty("deviceCycleUsageInZones").GetProperty($"{plan}, 1")[0];
        Assert.Equal(later, part.GetProperty("dataUsage").GetInt64());
        Assert.True(part.TryGetProperty("smsmtusage", out _));
        JsonElement row = ofPlan.Single(row => row.GetProperty("deviceId").GetString() == iccid).GetProperty("usage");
        Assert.Equal(later, row.GetProperty("dataUsage").GetInt64());
        Assert.True(row.TryGetProperty("smsMOUsage", out _));
    }

    [Fact]
    public async Task Usage_can_be_read_for_the_last_three_periods()
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync();
        (string iccid, string plan) = await carrier.AnySimAsync();

        JsonElement before = await carrier.ReadAsync($"devices/{iccid}/usageInZone?cycleStartDate=2026-01-01Z");
        JsonElement ofPlan = await carrier.ReadAsync(
            $"usages?ratePlanName={Uri.EscapeDataString(plan)}&cycleStartDate=2026-02-01&usageType=SMS");
        using HttpResponseMessage tooOld = await carrier.GetAsync($"devices/{iccid}/usageInZone?cycleStartDate=2025-12-01Z");

        Assert.Equal("2026-01-31T23:59:59.000Z", before.GetProperty("cycleEndDate").GetString());
        JsonElement usage = ofPlan.GetProperty("zones")[0].GetProperty("devices")[0].GetProperty("usage");
        Assert.False(usage.TryGetProperty("dataUsage", out _));
        Assert.Equal(400, (int)tooOld.StatusCode);
    }

    [Fact]
    public async Task A_plan_of_a_shared_pool_has_no_usage_in_bulk()
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync(profile: "shared-pool");
        string plan = Uri.EscapeDataString(carrier.Fleet.Catalog.Plans[0].Name);

        using HttpResponseMessage answer = await carrier.GetAsync($"usages?ratePlanName={plan}");

        Assert.Equal((400, null), await StatusAndCode(answer));
    }

    [Theory]
    [InlineData("pooled", "Monthly - Flexible Pool")]
    [InlineData("individual", "Monthly - Individual")]
    public async Task Rate_plans_carry_their_prices_exactly(string profile, string type)
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync(profile: profile);

        List<JsonElement> plans = await carrier.ReadPagesAsync("rateplans?pageSize=4", answer => answer.GetProperty("ratePlans"));

        Assert.Equal(carrier.Fleet.Catalog.Plans.Select(plan => plan.Name), plans.Select(plan => plan.GetProperty("name").GetString()));
        foreach ((JsonElement read, Engine.Model.RatePlan plan) in plans.Zip(carrier.Fleet.Catalog.Plans))
        {
            JsonElement zone = read.GetProperty("dataUsage").GetProperty("zones").EnumerateObject().Single().Value;
            Assert.Equal(type, read.GetProperty("type").GetString());
            Assert.Equal(plan.MonthlyRate.ToDecimal(), read.GetProperty("subscriptionCharge").GetDecimal());
            Assert.Equal(plan.IncludedData!.Value.ToMegabytes(), zone.GetProperty("includedData").GetDecimal());
            Assert.Equal("true", zone.GetProperty("bulkOverageEnabled").GetString());
            Assert.Equal(plan.OverageRate.ToDecimal(), zone.GetProperty("tiers")[0].GetProperty("dataOverage").GetDecimal());
        }
    }

    [Fact]
    public async Task The_overview_tells_which_plans_a_communication_plan_may_use()
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync();

        JsonElement overview = await carrier.ReadAsync("/simulator");
        JsonElement calls = await carrier.ReadAsync("/simulator/calls");

        Assert.Equal(
            carrier.Fleet.CommunicationPlans.Select(plan => plan.AllowedPlans.Count),
            overview.GetProperty("communicationPlans").EnumerateArray().Select(plan => plan.GetProperty("ratePlans").GetArrayLength()));
        Assert.Equal(0, calls.GetProperty("all").GetInt64());
    }

    private static async Task<(int Status, string? Code)> StatusAndCode(HttpResponseMessage answer)
    {
        (int status, string? code, _) = await RunningCarrier.RefusalAsync(answer);
        return (status, code);
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\+0000$")]
    private static partial Regex DetailsDate();
}
