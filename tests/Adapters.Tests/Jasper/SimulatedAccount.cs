using CarrierOptimization.Adapters.Jasper;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.Carrier;
using CarrierOptimization.Simulator.Carrier;
using CarrierOptimization.Simulator.Carrier.Http;
using CarrierOptimization.Simulator.Fleets;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CarrierOptimization.Adapters.Tests.Jasper;

/// <summary>A simulated carrier and the client of its account, both on one clock that moves only when told.</summary>
internal sealed class SimulatedAccount : IAsyncDisposable
{
    public static readonly DateTimeOffset YearAgo = ClockPump.Start.AddDays(-360);

    private SimulatedAccount(CarrierSimulator simulator, CarrierFleet fleet, FakeTimeProvider clock, JasperOptions options)
    {
        Simulator = simulator;
        Fleet = fleet;
        Clock = clock;
        Client = OddCarrier.NewClient(options, clock);
    }

    public CarrierSimulator Simulator { get; }

    public CarrierFleet Fleet { get; }

    public FakeTimeProvider Clock { get; }

    public JasperClient Client { get; }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Without limits on either side unless told otherwise.</summary>
    public static async Task<SimulatedAccount> StartAsync(
        CarrierSimulatorOptions? carrier = null, int devices = 120, string profile = "pooled", Action<JasperOptions>? change = null)
    {
        carrier ??= new CarrierSimulatorOptions { OneCallInFlight = false, CallsPerSecondMax = null };
        FakeTimeProvider clock = ClockPump.NewClock();
        CarrierFleet fleet = CarrierFleet.Generate(
            FleetShape.OfProfile(profile, devices, seed: 3), carrier.Cycle.PeriodOf(clock.GetUtcNow()), clock.GetUtcNow());
        CarrierSimulator simulator = await CarrierSimulator.StartAsync(fleet, carrier, clock, Cancelled);
        JasperOptions options = OddCarrier.QuickOptions(simulator.ApiAddress, retriesMax: 5);
        options.UserName = CarrierSimulatorOptions.DefaultUser.Name;
        options.ApiKey = CarrierSimulatorOptions.DefaultUser.ApiKey;
        change?.Invoke(options);
        return new SimulatedAccount(simulator, fleet, clock, options);
    }

    public Task<TValue> RunAsync<TValue>(Task<TValue> work) => ClockPump.RunAsync(Clock, TimeSpan.FromMilliseconds(100), work);

    public Task RunAsync(Task work) => ClockPump.RunAsync(Clock, TimeSpan.FromMilliseconds(100), work);

    public static async Task<List<TRow>> PagesAsync<TRow>(Func<int, Task<CarrierPage<TRow>>> read)
    {
        var rows = new List<TRow>();
        for (int page = 1; ; page++)
        {
            CarrierPage<TRow> answer = await read(page);
            Assert.Equal(page, answer.PageNumber);
            rows.AddRange(answer.Rows);
            if (answer.IsLast)
            {
                return rows;
            }
        }
    }

    public Task<List<CarrierDevice>> ListAsync() =>
        PagesAsync(page => Client.ListDevicesAsync(YearAgo, null, page, Cancelled));

    public Task<List<CarrierRatePlan>> PlansAsync() => PagesAsync(page => Client.ListRatePlansAsync(page, Cancelled));

    public string? PlanOf(Iccid iccid)
    {
        ushort plan = Fleet.Plans[Array.BinarySearch(Fleet.Iccids, iccid)];
        return plan == Engine.Model.Fleet.NoPlan ? null : Fleet.Catalog.Plans[plan].Name;
    }

    public string OtherPlan(string? plan) => Fleet.Catalog.Plans.First(other => other.Name != plan).Name;

    /// <summary>Calls that the carrier refused, of every kind.</summary>
    public long Refused => Enum.GetValues<CarrierCall>().Sum(call => Simulator.CallsOf(call).Refused);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Simulator.DisposeAsync();
    }
}
