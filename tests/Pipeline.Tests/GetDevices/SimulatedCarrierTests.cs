using CarrierOptimization.Adapters.Jasper;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Pipeline.GetDevices;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Sessions;
using CarrierOptimization.Pipeline.Tests.Databases;
using CarrierOptimization.Simulator.Carrier;
using CarrierOptimization.Simulator.Carrier.Http;
using CarrierOptimization.Simulator.Fleets;
using Xunit;

namespace CarrierOptimization.Pipeline.Tests.GetDevices;

/// <summary>Stage 2 with the real client over real HTTP against the simulated carrier.</summary>
public sealed class SimulatedCarrierTests
{
    [Theory]
    [InlineData("pooled", false)]
    [InlineData("shared-pool", false)]
    [InlineData("pooled", true)]
    [InlineData("mixed", true)]
    public async Task What_the_carrier_holds_is_in_the_database_also_when_much_goes_wrong(string profile, bool hasFaults)
    {
        var faults = new FaultProfile
        {
            ServerErrorPerMille = 60, TornJsonPerMille = 40, TooManyRequestsPerMille = 40, UnavailablePerMille = 40, MovingRowsPerMille = 300,
        };
        await using SyncBench bench = await CreateAsync();
        CarrierFleet fleet = FleetOf(bench, profile, devices: 600);
        await using CarrierSimulator carrier = await StartAsync(bench, fleet, hasFaults ? faults : FaultProfile.None);
        using JasperClient client = ClientOf(carrier);
        bench.Carrier = client;

        SessionRow session = await bench.SyncAsync();

        Assert.Equal(SessionStatus.Grouping, session.Status);
        var stored = new Dictionary<string, (string? Status, string? Plan, long? Bytes)>();
        await bench.Database.StreamAsync(
            "SELECT iccid, status, rate_plan, usage_bytes FROM device",
            null,
            row => stored.Add(
                row.GetString(0),
                (row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2), row.IsDBNull(3) ? null : row.GetInt64(3))),
            TestContext.Current.CancellationToken);
        Assert.Equal(fleet.Count, stored.Count);
        for (int device = 0; device < fleet.Count; device++)
        {
            (string? status, string? plan, long? bytes) = stored[fleet.Iccids[device].ToString()];
            Assert.Equal(CarrierFleet.StatusNames[fleet.Statuses[device]], status);
            Assert.Equal(fleet.Plans[device] == Fleet.NoPlan ? null : fleet.Catalog.Plans[fleet.Plans[device]].Name, plan);
            Assert.Equal(status == "ACTIVATED" ? fleet.UsageBytes[device] : bytes ?? 0, bytes ?? 0);
        }
    }

    [Fact]
    public async Task Ten_thousand_SIMs_of_the_simulated_carrier_need_at_most_450_calls()
    {
        await using SyncBench bench = await SyncBench.CreateAsync(
            DatabaseKind.Sqlite, SyncBench.Settings() with { ExpectedDevices = 10_000 }, new SyncOptions());
        await using CarrierSimulator carrier = await StartAsync(bench, FleetOf(bench, "pooled", devices: 10_000), FaultProfile.None);
        using JasperClient client = ClientOf(carrier);
        bench.Carrier = client;

        SessionRow session = await bench.SyncAsync();

        SyncView sync = (await new SessionQueries(bench.Database).ViewAsync(
            bench.Provider.TenantId, session.SessionId, CancellationToken.None))!.Sync!;
        Assert.Equal(10_000, sync.DevicesReceived);
        Assert.Equal(0, sync.UsageMissing);
        Assert.InRange(sync.Calls - sync.SingleCalls, 400, 450);
        Assert.InRange(sync.SingleCalls, 0, 60);
    }

    private static Task<SyncBench> CreateAsync() => SyncBench.CreateAsync(DatabaseKind.Sqlite, options: new SyncOptions());

    private static CarrierFleet FleetOf(SyncBench bench, string profile, int devices)
    {
        DateTimeOffset now = bench.Time.GetUtcNow();
        return CarrierFleet.Generate(
            FleetShape.OfProfile(profile, devices, seed: 3), new CarrierSimulatorOptions().Cycle.PeriodOf(now), now);
    }

    /// <summary>The usage of the whole period is there from the start, so that the fleet says what must come.</summary>
    private static Task<CarrierSimulator> StartAsync(SyncBench bench, CarrierFleet fleet, FaultProfile faults) =>
        CarrierSimulator.StartAsync(
            fleet,
            new CarrierSimulatorOptions
            {
                OneCallInFlight = false, CallsPerSecondMax = null, Usage = UsageGrowth.Complete, Faults = faults, RefusesOldLists = false,
            },
            bench.Time,
            TestContext.Current.CancellationToken);

    private static JasperClient ClientOf(CarrierSimulator carrier) => new(
        new JasperOptions
        {
            BaseAddress = carrier.ApiAddress,
            UserName = CarrierSimulatorOptions.DefaultUser.Name,
            ApiKey = CarrierSimulatorOptions.DefaultUser.ApiKey,
            AllowLoopback = true,
            CallsPerSecond = null,
            CallsInFlight = 4,
            RetryDelay = TimeSpan.FromMilliseconds(1),
            RetryDelayMax = TimeSpan.FromMilliseconds(5),
        },
        new InProcessCallGate(4, null, TimeProvider.System),
        TimeProvider.System);
}
