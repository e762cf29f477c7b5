using CarrierOptimization.Adapters.Jasper;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.Carrier;
using CarrierOptimization.Simulator.Carrier;
using CarrierOptimization.Simulator.Carrier.Http;
using Xunit;

namespace CarrierOptimization.Adapters.Tests.Jasper;

/// <summary>Everything the simulated carrier can do wrong: a whole synchronisation with changes ends in the right result.</summary>
public sealed class JasperFaultTests
{
    public static TheoryData<string> Profiles => [.. FaultProfile.Names];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Profiles))]
    public async Task Reading_and_changing_ends_right_under(string profile)
    {
        await using SimulatedAccount account = await StartAsync(FaultProfile.Parse(profile));
        await account.RunAsync(account.Client.EchoAsync(Cancelled));

        HashSet<string> listed = await account.RunAsync(ListUntilCompleteAsync(account));
        Assert.Equal(account.Fleet.Iccids.Select(iccid => iccid.ToString()).Order(), listed.Order());

        List<CarrierRatePlan> plans = await account.RunAsync(account.PlansAsync());
        Assert.Equal(account.Fleet.Catalog.Plans.Count, plans.Count);
        Assert.All(plans, plan => Assert.Null(plan.WhyNotPriceable));

        long sum = await account.RunAsync(SumOfUsageAsync(account));
        Assert.True(sum > 0);

        foreach (Iccid iccid in account.Fleet.Iccids.Where(iccid => account.PlanOf(iccid) is not null).Take(12))
        {
            await account.RunAsync(ChangeAsync(account, iccid));
        }

        AssertHarm(profile, account);
    }

    [Fact]
    public async Task A_change_without_an_answer_times_out_is_not_repeated_and_was_made()
    {
        await using SimulatedAccount account = await StartAsync(
            new FaultProfile { TimeoutAfterApplyPerMille = 1_000, SilentFor = TimeSpan.FromMinutes(10) });
        Iccid iccid = account.Fleet.Iccids.First(iccid => account.PlanOf(iccid) is not null);
        string after = account.OtherPlan(account.PlanOf(iccid));

        CarrierException failure = await Assert.ThrowsAsync<CarrierException>(
            () => account.RunAsync(account.Client.ChangeRatePlanAsync(iccid, after, null, Cancelled)));

        Assert.Equal(CarrierFailure.TimedOut, failure.Failure);
        Assert.Contains("read the SIM", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, account.Client.CallCounts[JasperCall.ChangeRatePlan].Calls);
        Assert.Single(account.Simulator.Audit);
        Assert.Equal(after, (await account.Client.FindDeviceAsync(iccid, Cancelled))!.RatePlan);
    }

    [Theory]
    [InlineData("too-many-requests")]
    [InlineData("hidden-limit")]
    public async Task A_change_that_the_limit_refused_is_repeated(string profile)
    {
        FaultProfile always = profile == "hidden-limit"
            ? new FaultProfile { HiddenLimitPerMille = 1_000 }
            : new FaultProfile { TooManyRequestsPerMille = 1_000 };
        await using SimulatedAccount account = await StartAsync(always);
        Iccid iccid = account.Fleet.Iccids.First(iccid => account.PlanOf(iccid) is not null);

        bool isDone = await account.RunAsync(
            account.Client.ChangeRatePlanAsync(iccid, account.OtherPlan(account.PlanOf(iccid)), null, Cancelled));

        Assert.True(isDone);
        CarrierCallCount count = account.Client.CallCounts[JasperCall.ChangeRatePlan];
        Assert.Equal((3, 2, 2), (count.Calls, count.Retries, count.Limited));
        Assert.Single(account.Simulator.Audit);
    }

    [Fact]
    public async Task A_plan_that_got_another_name_is_not_found_under_the_old_one()
    {
        await using SimulatedAccount account = await StartAsync(new FaultProfile { PlanRenamedAfterCalls = 2 });
        string[] before = [.. (await account.PlansAsync()).Select(plan => plan.Name)];
        await account.Client.EchoAsync(Cancelled);
        List<CarrierRatePlan> after = await account.PlansAsync();
        string gone = before.Except(after.Select(plan => plan.Name)).Single();

        CarrierException failure = await Assert.ThrowsAsync<CarrierException>(
            () => account.Client.ListUsageAsync(gone, 1, Cancelled));

        Assert.Equal(CarrierFailure.NotFound, failure.Failure);
        Assert.Equal("2", after.Single(plan => !before.Contains(plan.Name)).Version);
    }

    private static Task<SimulatedAccount> StartAsync(FaultProfile faults) => SimulatedAccount.StartAsync(
        new CarrierSimulatorOptions
        {
            OneCallInFlight = false,
            CallsPerSecondMax = null,
            Usage = UsageGrowth.Complete,
            Faults = faults with { SlowAnswer = TimeSpan.FromMilliseconds(20), SilentFor = TimeSpan.FromMinutes(10) },
        },
        devices: 300,
        change: options => options.AttemptTimeout = TimeSpan.FromSeconds(10));

    /// <summary>As the pipeline does: pages are read again while rows move, until nothing is missing.</summary>
    private static async Task<HashSet<string>> ListUntilCompleteAsync(SimulatedAccount account)
    {
        var listed = new HashSet<string>();
        for (int pass = 0; pass < 10 && listed.Count < account.Fleet.Count; pass++)
        {
            listed.UnionWith((await account.ListAsync()).Select(device => device.Iccid));
        }

        return listed;
    }

    private static async Task<long> SumOfUsageAsync(SimulatedAccount account)
    {
        long sum = 0;
        foreach (RatePlan plan in account.Fleet.Catalog.Plans)
        {
            try
            {
                List<CarrierUsage> usage = await SimulatedAccount.PagesAsync(
                    page => account.Client.ListUsageAsync(plan.Name, page, Cancelled));
                sum += usage.Sum(row => row.DataBytes!.Value);
            }
            catch (CarrierException renamed) when (renamed.Failure == CarrierFailure.NotFound)
            {
                // Somebody gave the plan another name meanwhile.
            }
        }

        return sum;
    }

    /// <summary>A change, and a look at the SIM where the change may have been made.</summary>
    private static async Task ChangeAsync(SimulatedAccount account, Iccid iccid)
    {
        CarrierDeviceDetails? before = await account.Client.FindDeviceAsync(iccid, Cancelled);
        string target = (await account.PlansAsync()).First(plan => plan.Name != before!.RatePlan).Name;
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await account.Client.ChangeRatePlanAsync(iccid, target, null, Cancelled);
            }
            catch (CarrierException failure) when (failure.Failure == CarrierFailure.TimedOut && attempt < 5)
            {
                CarrierDeviceDetails? now = await account.Client.FindDeviceAsync(iccid, Cancelled);
                if (now!.RatePlan != target)
                {
                    continue;
                }
            }

            CarrierPage<CarrierAuditRecord> history = await account.Client.ListAuditTrailAsync(iccid, 30, 1, Cancelled);
            Assert.Contains(history.Rows, record => record.Field == "Rate Plan" && record.Value == target);
            return;
        }
    }

    /// <summary>The profile did harm, so the test showed something.</summary>
    private static void AssertHarm(string profile, SimulatedAccount account)
    {
        CarrierCallCounts counts = account.Client.CallCounts;
        switch (profile)
        {
            case "too-many-requests" or "hidden-limit":
                Assert.True(counts.Limited > 0);
                Assert.Equal(counts.Limited, counts.Retries);
                break;
            case "server-error" or "unavailable" or "torn-json" or "all":
                Assert.True(counts.Retries > 0);
                break;
            case "none" or "slow" or "moving-rows" or "plan-renamed" or "device-moved" or "late-usage":
                Assert.Equal(0, counts.Retries);
                break;
        }

        long sent = Enum.GetValues<CarrierCall>().Sum(
            call => account.Simulator.CallsOf(call).Answered + account.Simulator.CallsOf(call).Refused);
        Assert.InRange(counts.Calls, sent, sent + 20);
    }
}
