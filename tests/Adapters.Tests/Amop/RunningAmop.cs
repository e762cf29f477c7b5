using CarrierOptimization.Adapters.Amop;
using CarrierOptimization.Pipeline.Triggers;
using CarrierOptimization.Simulator.Amop;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CarrierOptimization.Adapters.Tests.Amop;

/// <summary>A simulated AMOP 2.0 on a free port, and a sender to it.</summary>
internal sealed class RunningAmop : IAsyncDisposable
{
    public const string ClientSecret = "cl1ent/secret+%";

    private static readonly TriggerContext Context = new(
        605, "", 4, new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero), 1, "ACME");

    private RunningAmop(AmopSimulator simulator, AmopOptions options, TimeProvider time)
    {
        Simulator = simulator;
        Options = options;
        Sender = new AmopSender(options, time, NullLogger<AmopSender>.Instance);
    }

    public AmopSimulator Simulator { get; }

    public AmopOptions Options { get; }

    public AmopSender Sender { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>With a fixed key.</summary>
    /// <param name="time">Drives the sender only; real time unless given.</param>
    public static async Task<RunningAmop> StartAsync(
        Func<AmopOptions, AmopOptions>? change = null, FakeTimeProvider? time = null)
    {
        AmopSimulator simulator = await AmopSimulator.StartAsync(new AmopSimulatorOptions(), TimeProvider.System, Token);
        var options = new AmopOptions { Endpoint = simulator.Endpoint.ToString(), ApiKey = AmopSimulatorOptions.DefaultToken };
        return new RunningAmop(simulator, change?.Invoke(options) ?? options, time ?? TimeProvider.System);
    }

    /// <summary>With OAuth; tokens live for 10 minutes.</summary>
    public static async Task<RunningAmop> StartWithOAuthAsync(
        Func<AmopOptions, AmopOptions>? change = null, FakeTimeProvider? time = null)
    {
        AmopSimulator simulator = await AmopSimulator.StartAsync(
            new AmopSimulatorOptions
            {
                Token = "",
                OAuthClient = new AmopOAuthClient("client:1", ClientSecret, TimeSpan.FromMinutes(10)),
            },
            time ?? TimeProvider.System, Token);
        var options = new AmopOptions
        {
            Endpoint = simulator.Endpoint.ToString(),
            TokenEndpoint = simulator.TokenEndpoint.ToString(),
            ClientId = "client:1",
            ClientSecret = ClientSecret,
        };
        return new RunningAmop(simulator, change?.Invoke(options) ?? options, time ?? TimeProvider.System);
    }

    /// <summary>A milestone of session 17.</summary>
    public static OutgoingTrigger Milestone(int sequence, int progress, string? traceParent = null) => new(
        $"trigger-17-{sequence}", 17, sequence,
        TriggerBody.Write(
            Context, progress == 100 ? TriggerType.Completion : TriggerType.Progress, "17",
            Guid.Parse("3f2504e0-4f89-41d3-9a0c-0305e82c3301"), 10_000, null, progress, "", new Dictionary<string, object?>()),
        traceParent);

    public Task SendAsync(OutgoingTrigger trigger) => Sender.SendAsync(trigger, Token);

    public Task<TriggerException> RefusedAsync(OutgoingTrigger trigger) =>
        Assert.ThrowsAsync<TriggerException>(() => Sender.SendAsync(trigger, Token));

    public async ValueTask DisposeAsync()
    {
        Sender.Dispose();
        await Simulator.DisposeAsync();
    }
}
