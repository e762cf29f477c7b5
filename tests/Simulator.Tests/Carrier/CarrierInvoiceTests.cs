using System.Globalization;
using System.Text.Json;
using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Simulator.Carrier;
using CarrierOptimization.Simulator.Carrier.Http;
using CarrierOptimization.Simulator.Fleets;
using Xunit;

namespace CarrierOptimization.Simulator.Tests.Carrier;

public sealed class CarrierInvoiceTests
{
    private static readonly DateTimeOffset LastMinute = new(2026, 3, 31, 23, 59, 0, TimeSpan.Zero);

    private static readonly CarrierSimulatorOptions Unlimited = new() { OneCallInFlight = false, CallsPerSecondMax = null };

    public static TheoryData<string> Profiles => [.. FleetShape.ProfileNames];

    [Theory]
    [MemberData(nameof(Profiles))]
    public async Task The_invoice_is_the_bill_of_the_generated_fleet(string profile)
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync(Unlimited, 600, profile, LastMinute);
        GeneratedFleet generated = FleetGenerator.Generate(
            FleetShape.OfProfile(profile, 600, seed: 3) with { PeriodDays = 31 });
        ushort[] plans = [.. generated.Fleet.CurrentPlan!];
        foreach (int device in ActivatedInMarch(carrier.Fleet))
        {
            // The generator's own fleet leaves out those that are out of service again and used nothing.
            plans[device] = carrier.Fleet.Plans[device];
        }

        Bill expected = BillCalculator.Bill(generated.Fleet, generated.Catalog, plans);

        JsonElement invoice = await carrier.ReadAsync("/simulator/invoice?usage=whole");

        Assert.Equal(expected.Total.MicroUnits, invoice.GetProperty("totalMicroUnits").GetInt64());
        Assert.Equal(expected.DataOverage.MicroUnits, invoice.GetProperty("dataOverageMicroUnits").GetInt64());
        Assert.Equal(expected.SmsCharge.MicroUnits, invoice.GetProperty("smsChargeMicroUnits").GetInt64());
        Assert.Equal(expected.Devices, invoice.GetProperty("devices").GetInt32());
        Assert.True(expected.Total > Money.Zero);
    }

    [Fact]
    public async Task What_a_client_reads_prices_to_the_invoice_before_and_after_changes()
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync(Unlimited, 150, now: LastMinute);
        Money before = await PriceWhatIsReadAsync(carrier);
        Assert.Equal(before, carrier.Simulator.InvoiceOf(InvoicePlans.Current, InvoiceUsage.ToDate).Bill.Total);
        foreach (JsonElement device in (await carrier.ListAsync()).Where((_, row) => row % 10 == 0))
        {
            using HttpResponseMessage answer = await carrier.ChangePlanAsync(
                device.GetProperty("iccid").GetString()!, carrier.Fleet.Catalog.Plans[^1].Name);
        }

        Money after = await PriceWhatIsReadAsync(carrier);

        Assert.Equal(after, carrier.Simulator.InvoiceOf(InvoicePlans.Current, InvoiceUsage.ToDate).Bill.Total);
        Assert.Equal(before, carrier.Simulator.InvoiceOf(InvoicePlans.Initial, InvoiceUsage.ToDate).Bill.Total);
        Assert.NotEqual(before, after);
    }

    [Fact]
    public async Task A_SIM_that_was_activated_and_deactivated_within_the_period_is_billed_though_it_used_nothing()
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync(Unlimited, 3_000, now: LastMinute);
        int device = ActivatedInMarch(carrier.Fleet).First(
            device => carrier.Fleet.UsageBytes[device] == 0 && carrier.Fleet.Statuses[device] != CarrierFleet.Activated);
        int billed = carrier.Simulator.InvoiceOf(InvoicePlans.Current, InvoiceUsage.Whole).Bill.Devices;

        carrier.Fleet.ActivatedTicks[device] = new DateTimeOffset(2026, 2, 27, 0, 0, 0, TimeSpan.Zero).UtcTicks;
        int billedWithout = carrier.Simulator.InvoiceOf(InvoicePlans.Current, InvoiceUsage.Whole).Bill.Devices;

        Assert.Equal(billed - 1, billedWithout);
    }

    [Fact]
    public async Task Without_proration_every_SIM_is_billed_for_the_whole_period()
    {
        await using RunningCarrier prorating = await RunningCarrier.StartAsync(Unlimited, 400, now: LastMinute);
        await using RunningCarrier carrier = await RunningCarrier.StartAsync(
            Unlimited with { UsesProration = false }, 400, now: LastMinute);
        Money expected = Money.Zero;
        for (int device = 0; device < carrier.Fleet.Count; device++)
        {
            bool isBilled = carrier.Fleet.Plans[device] != Fleet.NoPlan
                && (carrier.Fleet.Statuses[device] == CarrierFleet.Activated || carrier.Fleet.UsageBytes[device] > 0
                    || ActivatedInMarch(carrier.Fleet).Contains(device));
            expected += isBilled ? carrier.Fleet.Catalog.Plans[carrier.Fleet.Plans[device]].MonthlyRate : Money.Zero;
        }

        Assert.Equal(expected, carrier.Simulator.InvoiceOf(InvoicePlans.Current, InvoiceUsage.Whole).Bill.RateCharge);
        Assert.True(expected > prorating.Simulator.InvoiceOf(InvoicePlans.Current, InvoiceUsage.Whole).Bill.RateCharge);
    }

    [Fact]
    public async Task A_preview_is_the_invoice_that_the_changes_would_give_and_changes_nothing()
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync(Unlimited, 200, now: LastMinute);
        CarrierInvoice before = carrier.Simulator.InvoiceOf(InvoicePlans.Current, InvoiceUsage.Whole);
        string target = carrier.Fleet.Catalog.Plans[^1].Name;
        var newPlans = carrier.Fleet.Iccids.Where((_, device) => device % 7 == 0).ToDictionary(iccid => iccid, _ => target);
        Money preview = carrier.Simulator.PreviewInvoice(newPlans, InvoiceUsage.Whole).Bill.Total;
        long asJson = await PreviewAsync(
            carrier, JsonSerializer.Serialize(newPlans.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value)));
        long asLines = await PreviewAsync(
            carrier, "iccid,rate_plan\r\n" + string.Join("\r\n", newPlans.Select(pair => $"{pair.Key},\"{pair.Value}\"")) + "\r\n");

        Assert.Equal(before.Bill.Total, carrier.Simulator.InvoiceOf(InvoicePlans.Current, InvoiceUsage.Whole).Bill.Total);
        Assert.Empty(carrier.Simulator.Audit);
        foreach (Iccid iccid in newPlans.Keys)
        {
            carrier.Simulator.MoveDevice(iccid, target, "test");
        }

        Money after = carrier.Simulator.InvoiceOf(InvoicePlans.Current, InvoiceUsage.Whole).Bill.Total;
        Assert.NotEqual(before.Bill.Total, after);
        Assert.Equal([after.MicroUnits, after.MicroUnits, after.MicroUnits], [preview.MicroUnits, asJson, asLines]);
    }

    [Theory]
    [InlineData("{\"12\":\"nothing\"}", "SIM \"12\" is not there.")]
    [InlineData("{\"12\":", "Malformed JSON")]
    [InlineData("no comma", "Line 1 is \"no comma\"")]
    public async Task A_preview_that_can_not_be_made_says_why(string body, string why)
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync(Unlimited, 20);
        using var content = new StringContent(body);
        using HttpResponseMessage answer = await carrier.Client.PostAsync(
            new Uri(carrier.Simulator.Address, "simulator/invoice/preview"), content, TestContext.Current.CancellationToken);

        (int status, string? _, string message) = await RunningCarrier.RefusalAsync(answer);

        Assert.Equal(400, status);
        Assert.StartsWith(why, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_of_a_period_gives_an_invoice_and_starts_usage_anew()
    {
        var printed = new List<CarrierInvoice>();
        await using RunningCarrier carrier = await RunningCarrier.StartAsync(
            Unlimited with { InvoiceSink = printed.Add }, 300, now: LastMinute);
        Money expected = carrier.Simulator.InvoiceOf(InvoicePlans.Current, InvoiceUsage.Whole).Bill.Total;
        int busiest = Array.IndexOf(carrier.Fleet.UsageBytes, carrier.Fleet.UsageBytes.Max());
        string path = $"devices/{carrier.Fleet.Iccids[busiest]}/ctdUsages";
        long atTheEnd = (await carrier.ReadAsync(path)).GetProperty("ctdDataUsage").GetInt64();

        carrier.Clock.Skip(TimeSpan.FromMinutes(2));
        long afterwards = (await carrier.ReadAsync(path)).GetProperty("ctdDataUsage").GetInt64();
        JsonElement invoices = (await carrier.ReadAsync("/simulator/invoices")).GetProperty("invoices");

        Assert.InRange(afterwards, 0, atTheEnd / 100);
        Assert.Equal(expected.MicroUnits, invoices[0].GetProperty("totalMicroUnits").GetInt64());
        Assert.Equal(expected, Assert.Single(printed).Bill.Total);
        Assert.Equal(30, carrier.Simulator.Period.Days);

        carrier.Clock.Skip(TimeSpan.FromDays(61));
        Assert.Equal(3, carrier.Simulator.Invoices.Count);
        Assert.All(carrier.Simulator.Invoices, invoice => Assert.True(invoice.Bill.Total > Money.Zero));
    }

    [Fact]
    public async Task Late_usage_is_billed_though_reads_did_not_show_it_and_arrives_after_the_end()
    {
        await using RunningCarrier carrier = await RunningCarrier.StartAsync(
            Unlimited with { Faults = FaultProfile.Parse("late-usage") }, 200, now: LastMinute);
        long whole = carrier.Fleet.UsageBytes.Sum();
        long shown = await ReadUsageAsync(carrier, "");
        carrier.Clock.Skip(TimeSpan.FromDays(4));
        long shownLater = await ReadUsageAsync(carrier, "?cycleStartDate=2026-03-01Z");

        Assert.True(shown < whole);
        Assert.Equal(whole, shownLater);
        Assert.Equal(
            carrier.Fleet.UsageBytes.Where((_, device) => carrier.Fleet.Plans[device] != Fleet.NoPlan).Sum(),
            carrier.Simulator.Invoices[0].Bill.Pools.Sum(pool => pool.UsageBytes));
    }

    [Theory]
    [InlineData(1, 0, "2026-03-20T12:00:00Z", "2026-03-01T00:00:00Z", 31)]
    [InlineData(25, 6, "2026-03-20T12:00:00Z", "2026-02-25T06:00:00Z", 28)]
    [InlineData(20, 13, "2026-03-20T12:59:59Z", "2026-02-20T13:00:00Z", 28)]
    [InlineData(20, 12, "2026-01-01T00:00:00Z", "2025-12-20T12:00:00Z", 31)]
    public void A_period_begins_on_the_day_and_hour_of_the_cycle(int day, int hour, string at, string start, int days)
    {
        BillingPeriod period = new BillingCycle(day, hour, TimeZoneInfo.Utc).PeriodOf(Instant(at));

        Assert.Equal(Instant(start), period.Start);
        Assert.Equal(days, period.Days);
    }

    [Fact]
    public void A_period_over_a_change_of_daylight_time_keeps_its_local_hour()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");

        BillingPeriod period = new BillingCycle(1, 0, zone).PeriodOf(Instant("2026-03-20T12:00:00Z"));

        Assert.Equal(Instant("2026-03-01T05:00:00Z"), period.Start);
        Assert.Equal(Instant("2026-04-01T04:00:00Z"), period.End);
    }

    private static int[] ActivatedInMarch(CarrierFleet fleet)
    {
        long start = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero).UtcTicks;
        return [.. Enumerable.Range(0, fleet.Count).Where(device => fleet.ActivatedTicks[device] >= start)];
    }

    private static async Task<long> PreviewAsync(RunningCarrier carrier, string body)
    {
        using var content = new StringContent(body);
        using HttpResponseMessage answer = await carrier.Client.PostAsync(
            new Uri(carrier.Simulator.Address, "simulator/invoice/preview?usage=whole"), content,
            TestContext.Current.CancellationToken);
        using var invoice = JsonDocument.Parse(
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return invoice.RootElement.GetProperty("totalMicroUnits").GetInt64();
    }

    /// <summary>A client's way: list, details, usage in bulk, prices; then the one bill function.</summary>
    private static async Task<Money> PriceWhatIsReadAsync(RunningCarrier carrier)
    {
        List<RatePlan> plans = [.. (await carrier.ReadPagesAsync("rateplans", answer => answer.GetProperty("ratePlans")))
            .Select(ReadPlan)];
        BillingPeriod period = carrier.Simulator.Period;
        PlanCatalog catalog = PlanCatalog.Create(plans, new BillRules { PeriodDays = period.Days });
        var usage = new Dictionary<string, long>();
        foreach (RatePlan plan in plans)
        {
            foreach (JsonElement row in await carrier.UsageOfPlanAsync(plan.Name))
            {
                string iccid = row.GetProperty("deviceId").GetString()!;
                usage[iccid] = usage.GetValueOrDefault(iccid)
                    + row.GetProperty("usage").GetProperty("dataUsage").GetInt64();
            }
        }

        List<JsonElement> devices = await carrier.ListAsync();
        var bytes = new long[devices.Count];
        var days = new ushort[devices.Count];
        var assignment = new ushort[devices.Count];
        for (int device = 0; device < devices.Count; device++)
        {
            JsonElement details = await carrier.ReadAsync($"devices/{devices[device].GetProperty("iccid").GetString()}");
            bytes[device] = usage.GetValueOrDefault(details.GetProperty("iccid").GetString()!);
            string? activated = details.GetProperty("dateActivated").GetString();
            days[device] = (ushort)(activated is null ? period.Days : period.ActiveDays(Instant(activated)));
            bool isBilled = details.GetProperty("status").GetString() == "ACTIVATED" || bytes[device] > 0
                || (activated is not null && Instant(activated) >= period.Start);
            assignment[device] = isBilled
                ? (ushort)catalog.IndexOf(details.GetProperty("ratePlan").GetString()!) : Fleet.NoPlan;
        }

        var fleet = new Fleet
        {
            UsageBytes = bytes,
            ActiveDays = days,
            PlanSets = [PlanSet.All(catalog)],
            PlanSetOf = new ushort[bytes.Length],
        };
        return BillCalculator.Bill(fleet, catalog, assignment).Total;
    }

    private static RatePlan ReadPlan(JsonElement plan)
    {
        JsonElement zone = plan.GetProperty("dataUsage").GetProperty("zones").GetProperty("Home");
        string unit = zone.GetProperty("tiers")[0].GetProperty("dataOverageUnit").GetString()!;
        decimal blockMegabytes = unit == "MB" ? 1 : decimal.Parse(unit.Split(' ')[0], CultureInfo.InvariantCulture);
        return new RatePlan
        {
            Name = plan.GetProperty("name").GetString()!,
            MonthlyRate = Money.FromDecimal(plan.GetProperty("subscriptionCharge").GetDecimal()),
            IncludedData = DataVolume.FromMegabytes(zone.GetProperty("includedData").GetDecimal()),
            OverageRate = Money.FromDecimal(zone.GetProperty("tiers")[0].GetProperty("dataOverage").GetDecimal()),
            OverageBlock = DataVolume.FromMegabytes(blockMegabytes),
            IsPooled = plan.GetProperty("type").GetString() == "Monthly - Flexible Pool",
        };
    }

    private static async Task<long> ReadUsageAsync(RunningCarrier carrier, string query)
    {
        long sum = 0;
        foreach (Iccid iccid in carrier.Fleet.Iccids)
        {
            JsonElement usage = await carrier.ReadAsync($"devices/{iccid}/usageInZone{query}");
            sum += usage.GetProperty("deviceCycleUsageInZones").EnumerateObject()
                .Sum(plan => plan.Value.EnumerateArray().Sum(zone => zone.GetProperty("dataUsage").GetInt64()));
        }

        return sum;
    }

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
