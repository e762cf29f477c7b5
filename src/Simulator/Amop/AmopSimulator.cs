using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Simulator.Amop;

/// <summary>AMOP 2.0's receiver as a real HTTP server on the loopback address; checks every trigger against docs/amop.md.</summary>
public sealed class AmopSimulator : IAsyncDisposable
{
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(5);

    private readonly WebApplication _application;
    private readonly TriggerLedger _ledger;
    private readonly IssuedTokens _tokens;
    private readonly AmopServer _server;
    private readonly CancellationTokenSource _stopping = new();
    private bool _isDisposed;

    private AmopSimulator(WebApplication application, AmopSimulatorOptions options, TimeProvider time)
    {
        _application = application;
        _ledger = new TriggerLedger(options, time);
        _tokens = new IssuedTokens(options, time);
        _server = new AmopServer(_ledger, _tokens, options, time, _stopping.Token);
    }

    /// <summary>Where it listens, for example <c>http://127.0.0.1:40123/</c>.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    /// <summary>Where triggers are posted: the <c>AMOP_API_ENDPOINT</c>.</summary>
    public Uri Endpoint => new(Address, AmopServer.Path);

    /// <summary>Where an OAuth client fetches its token.</summary>
    public Uri TokenEndpoint => new(Address, "oauth/token");

    /// <summary>What was taken, each key once, in the order of arrival.</summary>
    public IReadOnlyList<ArrivedTrigger> Triggers => _server.Locked(() => _ledger.Triggers.ToArray());

    /// <summary>What senders did that they must not; empty is good.</summary>
    public IReadOnlyList<AmopViolation> Violations => _server.Locked(() => _ledger.Violations.ToArray());

    /// <summary>Calls that repeated a trigger taken before.</summary>
    public int Repeated => _server.Locked(() => _ledger.Repeated);

    /// <summary>OAuth tokens given out.</summary>
    public int TokensIssued => _tokens.Count;

    /// <summary>What goes wrong from the next call on.</summary>
    public AmopFaults Faults
    {
        get => _server.Faults;
        set => _server.Faults = value;
    }

    /// <summary>Starts answering calls.</summary>
    /// <param name="time">Time of arrival, expiry of tokens, and pauses of slow answers.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<AmopSimulator> StartAsync(
        AmopSimulatorOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopWithin);
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.Listen(System.Net.IPAddress.Loopback, options.Port);
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = AmopServer.BodyBytesMax;
        });

        // Ctrl-C belongs to whoever started the simulator.
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        WebApplication application = builder.Build();
        var simulator = new AmopSimulator(application, options, time);
        simulator._server.Map(application);
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
        return simulator;
    }

    /// <summary>Takes back every OAuth token given out.</summary>
    public void RevokeTokens() => _tokens.Revoke();

    /// <summary>Stops answering, within 5 s also where calls are under way.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await _stopping.CancelAsync();
        await _application.StopAsync(CancellationToken.None);
        await _application.DisposeAsync();
        _stopping.Dispose();
    }

    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
