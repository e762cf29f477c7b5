using System.Net;
using CarrierOptimization.Simulator.Carrier.Http;

namespace CarrierOptimization.Simulator.Carrier;

/// <summary>Somebody who may call the carrier.</summary>
/// <param name="ApiKey">A GUID in its form of 36 characters.</param>
/// <param name="IsAccountAdmin">False for a user who may not read the rate plans.</param>
public sealed record CarrierUser(string Name, string ApiKey, bool IsAccountAdmin = true);

/// <summary>How a SIM's usage comes together over a period.</summary>
public enum UsageGrowth
{
    /// <summary>In proportion to the time since the start of the period or the activation.</summary>
    Linear,

    /// <summary>All at the start of the period: every read and the invoice see the same numbers.</summary>
    Complete,
}

/// <summary>How a simulated carrier behaves.</summary>
public sealed record CarrierSimulatorOptions
{
    /// <summary>The name and the key that commands and pages use unless others are given.</summary>
    public static CarrierUser DefaultUser { get; } = new("simulator", "00000000-0000-4000-8000-000000000001");

    /// <summary>The port to listen on, on the loopback address; 0 takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>Who may call; each has limits of his own.</summary>
    public IReadOnlyList<CarrierUser> Users { get; init; } = [DefaultUser];

    /// <summary>Of the one account, a number as text.</summary>
    public string AccountId { get; init; } = "100000001";

    /// <summary>Seeds usage of later periods, identities and faults.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>When the periods begin.</summary>
    public BillingCycle Cycle { get; init; } = BillingCycle.FirstOfMonth;

    /// <summary>How usage comes together.</summary>
    public UsageGrowth Usage { get; init; } = UsageGrowth.Linear;

    /// <summary>False to bill every SIM for the whole period, whenever it was activated.</summary>
    public bool UsesProration { get; init; } = true;

    /// <summary>True to refuse a second call of a user while the first is under way.</summary>
    public bool OneCallInFlight { get; init; } = true;

    /// <summary>Calls of one user within any second, at least 1; <c>null</c> for no limit.</summary>
    public int? CallsPerSecondMax { get; init; } = 5;

    /// <summary>Status of the answer to a call above the limits: 429, or 400 as some servers give.</summary>
    public HttpStatusCode LimitStatus { get; init; } = HttpStatusCode.TooManyRequests;

    /// <summary>True to refuse lists from more than a year ago, as for newer customers.</summary>
    public bool RefusesOldLists { get; init; } = true;

    /// <summary>From a change without a date until it holds: zero answers 200, more answers 202. At least 0.</summary>
    public TimeSpan ChangeDelay { get; init; } = TimeSpan.Zero;

    /// <summary>What goes wrong, and how often.</summary>
    public FaultProfile Faults { get; init; } = FaultProfile.None;

    /// <summary>Told each invoice at the end of its period; <c>null</c> for nobody.</summary>
    public Action<CarrierInvoice>? InvoiceSink { get; init; }
}
