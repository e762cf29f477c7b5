using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Simulator.Carrier.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Simulator.Carrier;

/// <summary>A carrier as a real HTTP server on the loopback address, with one account, its SIMs and its bill.</summary>
/// <remarks>Calls, faults and what differs from a carrier: docs/simulator.md.</remarks>
public sealed class CarrierSimulator : IAsyncDisposable
{
    private static readonly TimeSpan LookAtClockEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(5);

    private readonly WebApplication _application;
    private readonly CarrierAccount _account;
    private readonly CallCounters _counters;
    private readonly CancellationTokenSource _stopping = new();
    private Task _clock = Task.CompletedTask;

    private CarrierSimulator(WebApplication application, CarrierAccount account, CallCounters counters)
    {
        _application = application;
        _account = account;
        _counters = counters;
    }

    /// <summary>Where it listens, for example <c>http://127.0.0.1:40123/</c>.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    /// <summary>Base of the carrier's calls: <see cref="Address"/> and <c>rws/api/v1/</c>.</summary>
    public Uri ApiAddress => new(Address, "rws/api/v1/");

    /// <summary>The period at the clock's time.</summary>
    public BillingPeriod Period => Locked(() => _account.Period);

    /// <summary>Every change since the start, the oldest first.</summary>
    public IReadOnlyList<AuditRecord> Audit => Locked(() => _account.Audit.Records.ToArray());

    /// <summary>The invoices of the periods that ended since the start.</summary>
    public IReadOnlyList<CarrierInvoice> Invoices => Locked(() => _account.Invoices.ToArray());

    /// <summary>Starts answering calls.</summary>
    /// <param name="fleet">Owned by the simulator from now on: it changes the arrays.</param>
    /// <param name="time">The carrier's clock; limits use its time stamps.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<CarrierSimulator> StartAsync(
        CarrierFleet fleet, CarrierSimulatorOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopWithin);
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.Listen(System.Net.IPAddress.Loopback, options.Port);
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = CarrierServer.BodyBytesMax;
        });

        // Ctrl-C belongs to whoever started the simulator.
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        WebApplication application = builder.Build();
        var account = new CarrierAccount(fleet, options, time);
        var counters = new CallCounters();
        var simulator = new CarrierSimulator(application, account, counters);
        new CarrierServer(account, counters, options, time, simulator._stopping.Token).Map(application);
        try
        {
            await application.StartAsync(cancellationToken);
        }
        catch (IOException)
        {
            await simulator.DisposeAsync();
            throw;
        }

        simulator.Address = new Uri(application.Urls.Single() + "/");
        simulator._clock = simulator.WatchClockAsync();
        return simulator;
    }

    /// <summary>How often a call was made.</summary>
    public CallCount CallsOf(CarrierCall call) => _counters[call];

    /// <summary>The bill of the current period.</summary>
    public CarrierInvoice InvoiceOf(InvoicePlans plans, InvoiceUsage usage) =>
        Locked(() => _account.InvoiceOf(plans, usage));

    /// <summary>The bill of the current period as it would be if these SIMs were on these plans. Nothing is changed.</summary>
    /// <param name="newPlans">Name of the plan by SIM; all other SIMs stay on theirs.</param>
    /// <exception cref="ArgumentException">There is no such SIM or plan.</exception>
    public CarrierInvoice PreviewInvoice(IReadOnlyDictionary<Iccid, string> newPlans, InvoiceUsage usage) => Locked(() =>
    {
        var plans = new Dictionary<int, ushort>(newPlans.Count);
        foreach ((Iccid iccid, string planName) in newPlans)
        {
            int device = _account.IndexOf(iccid.ToString());
            int plan = _account.IndexOfPlan(planName);
            plans[device] = device < 0 || plan < 0
                ? throw new ArgumentException($"SIM {iccid} or plan \"{planName}\" is not there.", nameof(newPlans))
                : (ushort)plan;
        }

        return _account.PreviewInvoice(plans, usage);
    });

    /// <summary>Moves a SIM as somebody else would.</summary>
    /// <exception cref="ArgumentException">There is no such SIM or plan.</exception>
    public void MoveDevice(Iccid iccid, string planName, string userName) => Locked(() =>
    {
        int device = _account.IndexOf(iccid.ToString());
        int plan = _account.IndexOfPlan(planName);
        return device < 0 || plan < 0
            ? throw new ArgumentException($"SIM {iccid} or plan \"{planName}\" is not there.", nameof(iccid))
            : _account.ChangePlan(device, (ushort)plan, _account.Now, userName);
    });

    /// <summary>Gives a plan another name.</summary>
    /// <exception cref="ArgumentException">There is no such plan.</exception>
    public void RenamePlan(string planName, string newName) => Locked(() =>
    {
        int plan = _account.IndexOfPlan(planName);
        if (plan < 0)
        {
            throw new ArgumentException($"Plan \"{planName}\" is not there.", nameof(planName));
        }

        _account.RenamePlan(plan, newName);
        return plan;
    });

    /// <summary>Stops answering, within 5 s also where calls are under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _clock;
        await _application.StopAsync(CancellationToken.None);
        await _application.DisposeAsync();
        _stopping.Dispose();
    }

    private TValue Locked<TValue>(Func<TValue> read)
    {
        lock (_account.Gate)
        {
            _account.Advance();
            return read();
        }
    }

    /// <summary>Periods end, and invoices come, also while nobody calls.</summary>
    private async Task WatchClockAsync()
    {
        using var timer = new PeriodicTimer(LookAtClockEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                lock (_account.Gate)
                {
                    _account.Advance();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The simulator is being stopped.
        }
    }

    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
