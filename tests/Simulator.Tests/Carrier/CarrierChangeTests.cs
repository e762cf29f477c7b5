using System.Text.Json;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Simulator.Carrier;
using CarrierOptimization.Simulator.Carrier.Http;
using Xunit;

namespace CarrierOptimization.Simulator.Tests.Carrier;

public sealed class CarrierChangeTests
{
    private static readonly CarrierSimulatorOptions Unlimited = new() { OneCallInFlight = false, CallsPerSecondMax = null };

    [Fact]
    public async Task A_change_is_seen_by_every_later_read_and_in_the_audit_trail()
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync();
        (string iccid, string before) = await carrier.AnySimAsync();
        string after = carrier.OtherPlan(before);

        using HttpResponseMessage answer = await carrier.ChangePlanAsync(iccid, after);

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal(after, (await carrier.ReadAsync($"devices/{iccid}")).GetProperty("ratePlan").GetString());
        Assert.Equal(after, (await carrier.ReadAsync($"devices/{iccid}/ctdUsages")).GetProperty("ratePlan").GetString());
        JsonElement last = (await carrier.ListAsync())[^1];
        Assert.Equal(iccid, last.GetProperty("iccid").GetString());
        Assert.Equal(after, last.GetProperty("ratePlan").GetString());
        JsonElement record = (await carrier.ReadAsync($"devices/{iccid}/auditTrails")).GetProperty("deviceAuditTrails")[0];
        Assert.Equal("Rate Plan", record.GetProperty("field").GetString());
        Assert.Equal(before, record.GetProperty("priorValue").GetString());
        Assert.Equal(after, record.GetProperty("value").GetString());
        Assert.Equal("2026-03-20T12:00:00.000Z", record.GetProperty("effectiveDate").GetString());
        Assert.Equal(CarrierSimulatorOptions.DefaultUser.Name, record.GetProperty("userName").GetString());
        Assert.Equal(1, (await carrier.ReadAsync("/simulator/audit")).GetProperty("changes").GetArrayLength());
        Assert.Equal(new CallCount(1, 0), carrier.Simulator.CallsOf(CarrierCall.EditDevice));
    }

    [Fact]
    public async Task A_list_since_the_last_read_has_only_what_was_changed()
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync();
        (string iccid, string plan) = await carrier.AnySimAsync();
        carrier.Clock.Skip(TimeSpan.FromHours(1));
        using HttpResponseMessage answer = await carrier.ChangePlanAsync(iccid, carrier.OtherPlan(plan));

        List<JsonElement> changed = await carrier.ReadPagesAsync(
            "devices?modifiedSince=2026-03-20T13:00:00Z", page => page.GetProperty("devices"));

        Assert.Equal(iccid, Assert.Single(changed).GetProperty("iccid").GetString());
    }

    [Fact]
    public async Task Usage_of_a_moved_SIM_is_parted_by_plan_and_adds_up()
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync();
        int device = Array.FindIndex(carrier.Fleet.UsageBytes, usage => usage > 1_000_000);
        string iccid = carrier.Fleet.Iccids[device].ToString();
        string before = carrier.Fleet.Catalog.Plans[carrier.Fleet.Plans[device]].Name;
        string after = carrier.OtherPlan(before);
        using HttpResponseMessage answer = await carrier.ChangePlanAsync(iccid, after);
        carrier.Clock.Skip(TimeSpan.FromDays(2));

        long total = (await carrier.ReadAsync($"devices/{iccid}/ctdUsages")).GetProperty("ctdDataUsage").GetInt64();
        long onFirst = await UsageOn(before);
        long onSecond = await UsageOn(after);
        JsonElement zones = (await carrier.ReadAsync($"devices/{iccid}/usageInZone")).GetProperty("deviceCycleUsageInZones");

        Assert.True(onFirst > 0 && onSecond > 0);
        Assert.Equal(total, onFirst + onSecond);
        Assert.Equal(onFirst, zones.GetProperty($"{before}, 1")[0].GetProperty("dataUsage").GetInt64());
        Assert.Equal(onSecond, zones.GetProperty($"{after}, 1")[0].GetProperty("dataUsage").GetInt64());

        async Task<long> UsageOn(string plan) => (await carrier.UsageOfPlanAsync(plan))
            .Single(row => row.GetProperty("deviceId").GetString() == iccid)
            .GetProperty("usage").GetProperty("dataUsage").GetInt64();
    }

    [Fact]
    public async Task A_change_with_a_date_is_accepted_and_made_on_that_date()
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync();
        (string iccid, string before) = await carrier.AnySimAsync();
        string after = carrier.OtherPlan(before);

        using HttpResponseMessage answer = await carrier.ChangePlanAsync(iccid, after, "2026-03-22Z");
        string? atOnce = (await carrier.ReadAsync($"devices/{iccid}")).GetProperty("ratePlan").GetString();
        carrier.Clock.Skip(TimeSpan.FromDays(2));
        string? then = (await carrier.ReadAsync($"devices/{iccid}")).GetProperty("ratePlan").GetString();

        Assert.Equal(202, (int)answer.StatusCode);
        Assert.Equal(before, atOnce);
        Assert.Equal(after, then);
        Assert.Equal(new DateTimeOffset(2026, 3, 22, 0, 0, 0, TimeSpan.Zero), Assert.Single(carrier.Simulator.Audit).At);
    }

    [Fact]
    public async Task A_slow_carrier_accepts_a_change_and_makes_it_later()
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync(
            Unlimited with { ChangeDelay = TimeSpan.FromMinutes(10) });
        (string iccid, string before) = await carrier.AnySimAsync();

        using HttpResponseMessage answer = await carrier.ChangePlanAsync(iccid, carrier.OtherPlan(before));
        carrier.Clock.Skip(TimeSpan.FromMinutes(9));
        string? early = (await carrier.ReadAsync($"devices/{iccid}")).GetProperty("ratePlan").GetString();
        carrier.Clock.Skip(TimeSpan.FromMinutes(1));
        string? late = (await carrier.ReadAsync($"devices/{iccid}")).GetProperty("ratePlan").GetString();

        Assert.Equal(202, (int)answer.StatusCode);
        Assert.Equal(before, early);
        Assert.Equal(carrier.OtherPlan(before), late);
    }

    [Fact]
    public async Task Own_fields_status_and_communication_plan_can_be_changed_too()
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync();
        (string iccid, _) = await carrier.AnySimAsync();
        string communicationPlan = carrier.Fleet.CommunicationPlans[^1].Name;

        using HttpResponseMessage answer = await carrier.PutAsync(
            $"devices/{iccid}",
            $$"""{"customerCustom1":"Depot 7","status":"DEACTIVATED","communicationPlan":"{{communicationPlan}}"}""");
        JsonElement details = await carrier.ReadAsync($"devices/{iccid}");

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal("Depot 7", details.GetProperty("customerCustom1").GetString());
        Assert.Equal("DEACTIVATED", details.GetProperty("status").GetString());
        Assert.Equal(communicationPlan, details.GetProperty("communicationPlan").GetString());
    }

    [Fact]
    public async Task An_edit_that_changes_nothing_leaves_no_trace()
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync();
        (string iccid, string plan) = await carrier.AnySimAsync();
        JsonElement before = await carrier.ReadAsync($"devices/{iccid}");

        // As clients send it that write a whole SIM back.
        using HttpResponseMessage answer = await carrier.PutAsync(
            $"devices/{iccid}", $$"""{"status":"ACTIVATED","ratePlan":"{{plan}}","accountCustom1":"","customer":null}""");

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Empty(carrier.Simulator.Audit);
        Assert.Equal(before.GetRawText(), (await carrier.ReadAsync($"devices/{iccid}")).GetRawText());
    }

    [Fact]
    public async Task SIMs_are_found_by_their_own_fields()
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync();
        (string iccid, _) = await carrier.AnySimAsync();
        using HttpResponseMessage answer = await carrier.PutAsync(
            $"devices/{iccid}", """{"accountCustom1":"Depot 7","overageLimitOverride":"TEMPORARY_OVERRIDE"}""");

        JsonElement found = await carrier.ReadAsync("devices?modifiedSince=2025-04-01T00:00:00Z&accountCustom1=Depot%207");
        JsonElement others = await carrier.ReadAsync("devices?modifiedSince=2025-04-01T00:00:00Z&operatorCustom1=Depot%207");
        JsonElement usage = await carrier.ReadAsync($"devices/{iccid}/ctdUsages");

        Assert.Equal(iccid, Assert.Single(found.GetProperty("devices").EnumerateArray()).GetProperty("iccid").GetString());
        Assert.Empty(others.GetProperty("devices").EnumerateArray());
        Assert.Equal("TEMPORARY_OVERRIDE", usage.GetProperty("overageLimitOverride").GetString());
    }

    [Fact]
    public async Task Usage_by_zone_can_be_cut_to_the_plan_in_force()
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync();
        (string iccid, string before) = await carrier.AnySimAsync();
        using HttpResponseMessage answer = await carrier.ChangePlanAsync(iccid, carrier.OtherPlan(before));

        JsonElement all = await carrier.ReadAsync($"devices/{iccid}/usageInZone?zone=Home");
        JsonElement inForce = await carrier.ReadAsync($"devices/{iccid}/usageInZone?isActiveRatePlan=true");

        Assert.Equal(2, all.GetProperty("deviceCycleUsageInZones").EnumerateObject().Count());
        Assert.StartsWith(
            carrier.OtherPlan(before),
            Assert.Single(inForce.GetProperty("deviceCycleUsageInZones").EnumerateObject()).Name,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Moves_and_new_names_by_others_are_seen()
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync();
        (string iccid, string before) = await carrier.AnySimAsync();
        string after = carrier.OtherPlan(before);

        carrier.Simulator.MoveDevice(Iccid.Parse(iccid), after, "somebody");
        carrier.Simulator.RenamePlan(after, "New name");

        Assert.Equal("New name", (await carrier.ReadAsync($"devices/{iccid}")).GetProperty("ratePlan").GetString());
        Assert.Equal("somebody", Assert.Single(carrier.Simulator.Audit).UserName);
        using HttpResponseMessage oldName = await carrier.ChangePlanAsync(iccid, after);
        Assert.Equal(400, (int)oldName.StatusCode);
        Assert.Throws<ArgumentException>(() => carrier.Simulator.RenamePlan(after, "x"));
    }
}
