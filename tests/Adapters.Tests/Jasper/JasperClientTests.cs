using System.Globalization;
using CarrierOptimization.Adapters.Jasper;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.Carrier;
using CarrierOptimization.Simulator.Carrier;
using CarrierOptimization.Simulator.Fleets;
using Xunit;

namespace CarrierOptimization.Adapters.Tests.Jasper;

/// <summary>Every call, against the simulated carrier over HTTP.</summary>
public sealed class JasperClientTests
{
    private static readonly Iccid Nobody = Iccid.Parse("8900000000000000000");

    public static TheoryData<string> Profiles => [.. FleetShape.ProfileNames];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Echo_checks_address_and_credentials()
    {
        await using SimulatedAccount account = await SimulatedAccount.StartAsync();

        await account.Client.EchoAsync(Cancelled);

        Assert.Equal(1, account.Client.CallCounts[JasperCall.Echo].Calls);
    }

    [Fact]
    public async Task The_list_has_every_SIM_once_with_status_and_plans()
    {
        await using SimulatedAccount account = await SimulatedAccount.StartAsync();

        List<CarrierDevice> devices = await account.ListAsync();

        Assert.Equal(account.Fleet.Count, devices.Count);
        Assert.All(devices, row =>
        {
            int device = Array.BinarySearch(account.Fleet.Iccids, Iccid.Parse(row.Iccid));
            Assert.Equal(CarrierFleet.StatusNames[account.Fleet.Statuses[device]], row.Status);
            Assert.Equal(account.PlanOf(Iccid.Parse(row.Iccid)), row.RatePlan);
            Assert.Equal(
                account.Fleet.CommunicationPlans[account.Fleet.CommunicationPlanOf[device]].Name, row.CommunicationPlan);
        });
        Assert.Equal(3, account.Client.CallCounts[JasperCall.ListDevices].Calls);
    }

    [Fact]
    public async Task A_list_from_more_than_a_year_ago_is_refused_with_the_code_of_the_carrier()
    {
        await using SimulatedAccount account = await SimulatedAccount.StartAsync();

        CarrierException refused = await Assert.ThrowsAsync<CarrierException>(
            () => account.Client.ListDevicesAsync(ClockPump.Start.AddDays(-400), null, 1, Cancelled));

        Assert.Equal((CarrierFailure.Refused, "10000045"), (refused.Failure, refused.ErrorCode));
        Assert.Contains("last year", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, account.Client.CallCounts.Calls);
    }

    [Fact]
    public async Task Details_have_the_dates_of_the_SIM()
    {
        await using SimulatedAccount account = await SimulatedAccount.StartAsync();
        for (int device = 0; device < account.Fleet.Count; device += 10)
        {
            Iccid iccid = account.Fleet.Iccids[device];

            CarrierDeviceDetails? details = await account.Client.FindDeviceAsync(iccid, Cancelled);

            Assert.NotNull(details);
            Assert.Equal(iccid.ToString(), details.Iccid);
            Assert.Equal(account.Fleet.Msisdns[device].ToString(CultureInfo.InvariantCulture), details.Msisdn);
            long ticks = account.Fleet.ActivatedTicks[device];
            Assert.Equal(
                ticks == 0 ? null : ticks / TimeSpan.TicksPerMillisecond,
                details.ActivatedAt?.UtcTicks / TimeSpan.TicksPerMillisecond);
            Assert.Equal(account.Fleet.ModifiedTicks[device], details.UpdatedAt?.UtcTicks);
        }
    }

    [Fact]
    public async Task A_SIM_that_the_carrier_does_not_know_is_null()
    {
        await using SimulatedAccount account = await SimulatedAccount.StartAsync();

        Assert.Null(await account.Client.FindDeviceAsync(Nobody, Cancelled));
        Assert.Null(await account.Client.FindUsageAsync(Nobody, Cancelled));
        CarrierException failure = await Assert.ThrowsAsync<CarrierException>(
            () => account.Client.ChangeRatePlanAsync(Nobody, "any", null, Cancelled));
        Assert.Equal(CarrierFailure.NotFound, failure.Failure);
    }

    [Fact]
    public async Task A_wrong_base_address_is_not_taken_for_a_SIM_that_is_not_there()
    {
        await using SimulatedAccount account = await SimulatedAccount.StartAsync(
            change: options => options.BaseAddress = new Uri(options.BaseAddress!, "../v1/nowhere"));

        CarrierException failure = await Assert.ThrowsAsync<CarrierException>(
            () => account.Client.FindDeviceAsync(account.Fleet.Iccids[0], Cancelled));

        Assert.Equal(CarrierFailure.NotFound, failure.Failure);
        Assert.Contains("base address", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Usage_in_bulk_and_SIM_by_SIM_are_the_same()
    {
        await using SimulatedAccount account = await SimulatedAccount.StartAsync();
        var inBulk = new Dictionary<string, long>();
        foreach (RatePlan plan in account.Fleet.Catalog.Plans)
        {
            foreach (CarrierUsage usage in await SimulatedAccount.PagesAsync(
                page => account.Client.ListUsageAsync(plan.Name, page, Cancelled)))
            {
                inBulk.Add(usage.Iccid, usage.DataBytes!.Value);
                Assert.NotNull(usage.SmsCount);
            }
        }

        Assert.NotEmpty(inBulk);
        foreach (Iccid iccid in account.Fleet.Iccids.Where(iccid => account.PlanOf(iccid) is not null))
        {
            CarrierUsage? usage = await account.Client.FindUsageAsync(iccid, Cancelled);
            Assert.Equal(inBulk[iccid.ToString()], usage!.DataBytes);
        }
    }

    [Fact]
    public async Task Usage_in_bulk_of_a_shared_plan_is_not_offered_and_of_an_unknown_plan_not_found()
    {
        await using SimulatedAccount account = await SimulatedAccount.StartAsync(profile: "shared-pool");
        string shared = account.Fleet.Catalog.Plans.First(plan => plan.PoolName is not null).Name;

        CarrierException notOffered = await Assert.ThrowsAsync<CarrierException>(
            () => account.Client.ListUsageAsync(shared, 1, Cancelled));
        CarrierException notFound = await Assert.ThrowsAsync<CarrierException>(
            () => account.Client.ListUsageAsync("no such plan", 1, Cancelled));

        Assert.Equal(CarrierFailure.NotOffered, notOffered.Failure);
        Assert.Equal(CarrierFailure.NotFound, notFound.Failure);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public async Task The_price_list_arrives_to_the_last_digit(string profile)
    {
        await using SimulatedAccount account = await SimulatedAccount.StartAsync(profile: profile);

        List<CarrierRatePlan> plans = await account.PlansAsync();

        Assert.Equal(account.Fleet.Catalog.Plans.Count, plans.Count);
        foreach ((RatePlan expected, CarrierRatePlan read) in account.Fleet.Catalog.Plans.Zip(plans))
        {
            Assert.Null(read.WhyNotPriceable);
            Assert.Equal((expected.Name, "1", expected.Currency), (read.Name, read.Version, read.Currency));
            Assert.Equal(expected.IsPooled, read.IsPooled);
            Assert.Equal(expected.MonthlyRate.ToDecimal(), read.MonthlyRate);
            Assert.Equal(expected.IncludedData?.Bytes, read.IncludedDataBytes);
            Assert.Equal(expected.IsUnlimited ? null : expected.OverageRate.ToDecimal(), read.OverageRate);
            Assert.Equal(expected.IsUnlimited ? null : expected.OverageBlock.Bytes, read.OverageBlockBytes);
            Assert.Equal((expected.IncludedSms, expected.SmsRate.ToDecimal()), (read.IncludedSms, read.SmsRate));
            Assert.False(read.IsRetired);
        }
    }

    [Fact]
    public async Task The_price_list_needs_a_role()
    {
        var user = CarrierSimulatorOptions.DefaultUser with { IsAccountAdmin = false };
        await using SimulatedAccount account = await SimulatedAccount.StartAsync(new CarrierSimulatorOptions
        {
            Users = [user],
            CallsPerSecondMax = null,
        });

        CarrierException failure = await Assert.ThrowsAsync<CarrierException>(
            () => account.Client.ListRatePlansAsync(1, Cancelled));

        Assert.Equal((CarrierFailure.NotAllowed, "10000030"), (failure.Failure, failure.ErrorCode));
        Assert.Contains("AccountAdmin", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_is_made_and_shows_in_details_and_history()
    {
        await using SimulatedAccount account = await SimulatedAccount.StartAsync();
        Iccid iccid = account.Fleet.Iccids.First(iccid => account.PlanOf(iccid) is not null);
        string? before = account.PlanOf(iccid);
        string after = account.OtherPlan(before);

        bool isDone = await account.Client.ChangeRatePlanAsync(iccid, after, null, Cancelled);

        Assert.True(isDone);
        Assert.Equal(after, (await account.Client.FindDeviceAsync(iccid, Cancelled))!.RatePlan);
        CarrierPage<CarrierAuditRecord> history = await account.Client.ListAuditTrailAsync(iccid, 30, 1, Cancelled);
        CarrierAuditRecord record = history.Rows[0];
        Assert.Equal(("Rate Plan", before, after), (record.Field, record.PriorValue, record.Value));
        Assert.Equal((ClockPump.Start, "simulator"), (record.EffectiveAt, record.UserName));
        Assert.True(history.IsLast);
    }

    [Fact]
    public async Task A_change_with_a_date_is_accepted_for_later()
    {
        await using SimulatedAccount account = await SimulatedAccount.StartAsync();
        Iccid iccid = account.Fleet.Iccids.First(iccid => account.PlanOf(iccid) is not null);
        string after = account.OtherPlan(account.PlanOf(iccid));

        bool isDone = await account.Client.ChangeRatePlanAsync(iccid, after, ClockPump.Start.AddDays(1), Cancelled);
        CarrierDeviceDetails? before = await account.Client.FindDeviceAsync(iccid, Cancelled);
        account.Clock.Advance(TimeSpan.FromDays(1.1));
        CarrierDeviceDetails? later = await account.Client.FindDeviceAsync(iccid, Cancelled);

        Assert.False(isDone);
        Assert.NotEqual(after, before!.RatePlan);
        Assert.Equal(after, later!.RatePlan);
    }

    [Fact]
    public async Task A_change_to_an_unknown_plan_is_refused_and_not_repeated()
    {
        await using SimulatedAccount account = await SimulatedAccount.StartAsync();

        CarrierException failure = await Assert.ThrowsAsync<CarrierException>(
            () => account.Client.ChangeRatePlanAsync(account.Fleet.Iccids[0], "no such plan", null, Cancelled));

        Assert.Equal(CarrierFailure.Refused, failure.Failure);
        Assert.False(failure.IsTransient);
        Assert.Equal(1, account.Client.CallCounts[JasperCall.ChangeRatePlan].Calls);
    }

    [Fact]
    public async Task Plans_whose_names_need_care_survive_the_way_there_and_back()
    {
        await using SimulatedAccount account = await SimulatedAccount.StartAsync();
        const string Name = "5 MB & \"über\" + 100% / #1?";
        Iccid iccid = account.Fleet.Iccids.First(iccid => account.PlanOf(iccid) is not null);
        account.Simulator.RenamePlan(account.OtherPlan(account.PlanOf(iccid)), Name);

        await account.Client.ChangeRatePlanAsync(iccid, Name, null, Cancelled);

        Assert.Equal(Name, (await account.Client.FindDeviceAsync(iccid, Cancelled))!.RatePlan);
        Assert.Contains(
            await SimulatedAccount.PagesAsync(page => account.Client.ListUsageAsync(Name, page, Cancelled)),
            usage => usage.Iccid == iccid.ToString());
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("x", 1_001)]
    [InlineData("half of a sign: ", 0xD83D)]
    public async Task A_name_that_can_not_be_sent_is_refused_before_it_is(string start, int more)
    {
        await using SimulatedAccount account = await SimulatedAccount.StartAsync();
        string name = more > 2_000 ? start + (char)more : start.PadRight(more, 'x');

        await Assert.ThrowsAsync<CarrierException>(
            () => account.Client.ChangeRatePlanAsync(account.Fleet.Iccids[0], name, null, Cancelled));
        await Assert.ThrowsAsync<CarrierException>(() => account.Client.ListUsageAsync(name, 1, Cancelled));

        Assert.Equal(0, account.Client.CallCounts.Calls);
    }

    [Fact]
    public async Task A_caller_who_gives_up_is_not_told_of_a_failure_of_the_carrier()
    {
        await using OddCarrier carrier = await OddCarrier.StartAsync(
            async (context, _) => await Task.Delay(Timeout.Infinite, context.RequestAborted));
        using JasperClient client = carrier.Client();
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.EchoAsync(impatient.Token));
    }
}
