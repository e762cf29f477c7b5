namespace CarrierOptimization.Simulator.Amop;

/// <summary>An OAuth client that may fetch tokens at <c>/oauth/token</c>.</summary>
/// <param name="TokenLifetime">Whole seconds, at least 1.</param>
public sealed record AmopOAuthClient(string Id, string Secret, TimeSpan TokenLifetime);

/// <summary>How a simulated AMOP 2.0 behaves.</summary>
public sealed record AmopSimulatorOptions
{
    /// <summary>The key that commands and pages use unless another is given.</summary>
    public const string DefaultToken = "amop-simulator";

    /// <summary>The port to listen on, on the loopback address; 0 takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>The bearer token that is accepted; empty accepts none.</summary>
    public string Token { get; init; } = DefaultToken;

    /// <summary>Who may fetch tokens; <c>null</c> for nobody.</summary>
    public AmopOAuthClient? OAuthClient { get; init; }

    /// <summary>What goes wrong at first.</summary>
    public AmopFaults Faults { get; init; } = AmopFaults.None;

    /// <summary>Triggers kept at most; the oldest are dropped beyond. At least 1.</summary>
    public int TriggersKept { get; init; } = 100_000;

    /// <summary>Told each trigger that is taken, once per key, in order; <c>null</c> for nobody.</summary>
    public Action<ArrivedTrigger>? TriggerSink { get; init; }

    /// <summary>Told each violation; <c>null</c> for nobody.</summary>
    public Action<AmopViolation>? ViolationSink { get; init; }
}
