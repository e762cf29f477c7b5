namespace CarrierOptimization.Simulator.Carrier.Http;

/// <summary>What goes wrong, and how often. Rates are calls per mille.</summary>
public sealed record FaultProfile
{
    public static FaultProfile None { get; } = new();

    /// <summary>Refused with 429 and <c>Retry-After</c>.</summary>
    public int TooManyRequestsPerMille { get; init; }

    /// <summary>Refused with 400 whose body says 40000029: the rate limit in disguise.</summary>
    public int HiddenLimitPerMille { get; init; }

    /// <summary>500, code 30000001.</summary>
    public int ServerErrorPerMille { get; init; }

    /// <summary>503 with a page in place of JSON, as a gateway gives it.</summary>
    public int UnavailablePerMille { get; init; }

    /// <summary>Answered after <see cref="SlowAnswer"/>.</summary>
    public int SlowPerMille { get; init; }

    /// <summary>A change that is made and never answered within <see cref="SilentFor"/>; then 504.</summary>
    public int TimeoutAfterApplyPerMille { get; init; }

    /// <summary>An answer whose JSON ends in the middle, with or without a broken connection.</summary>
    public int TornJsonPerMille { get; init; }

    /// <summary>After a page of the list one of its SIMs is changed, so that later rows move up and it comes again.</summary>
    public int MovingRowsPerMille { get; init; }

    /// <summary>The call (counted over all) after which one plan gets another name; 0 for never.</summary>
    public int PlanRenamedAfterCalls { get; init; }

    /// <summary>Every so many calls somebody else moves a SIM to another plan it may use; 0 for never.</summary>
    public int DeviceMovedEveryCalls { get; init; }

    /// <summary>True when three SIMs of ten report usage 6 to 72 hours late, also after the end of the period.</summary>
    public bool UsageArrivesLate { get; init; }

    /// <summary>How late a slow answer is.</summary>
    public TimeSpan SlowAnswer { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a change that is made stays without an answer.</summary>
    public TimeSpan SilentFor { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The same call with the same parameters fails at most so often in a row; then it is answered.</summary>
    public int RepeatsMax { get; init; } = 2;

    /// <summary>The profiles that have a name.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "none", "too-many-requests", "hidden-limit", "server-error", "unavailable", "slow", "timeout-after-apply",
        "torn-json", "moving-rows", "plan-renamed", "device-moved", "late-usage", "all",
    ];

    /// <summary>True when a call may be harmed: otherwise calls need not be remembered.</summary>
    internal bool HarmsCalls => TooManyRequestsPerMille + HiddenLimitPerMille + ServerErrorPerMille + UnavailablePerMille
        + SlowPerMille + TimeoutAfterApplyPerMille + TornJsonPerMille + MovingRowsPerMille > 0;

    /// <summary>Several profiles at once.</summary>
    /// <param name="names">Of <see cref="Names"/>, parted by commas.</param>
    /// <exception cref="ArgumentException">There is no profile of that name.</exception>
    public static FaultProfile Parse(string names)
    {
        FaultProfile profile = None;
        foreach (string name in names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            profile = profile.With(name);
        }

        return profile;
    }

    private FaultProfile With(string name) => name switch
    {
        "none" => this,
        "too-many-requests" => this with { TooManyRequestsPerMille = 100 },
        "hidden-limit" => this with { HiddenLimitPerMille = 100 },
        "server-error" => this with { ServerErrorPerMille = 100 },
        "unavailable" => this with { UnavailablePerMille = 100 },
        "slow" => this with { SlowPerMille = 50 },
        "timeout-after-apply" => this with { TimeoutAfterApplyPerMille = 150 },
        "torn-json" => this with { TornJsonPerMille = 100 },
        "moving-rows" => this with { MovingRowsPerMille = 200 },
        "plan-renamed" => this with { PlanRenamedAfterCalls = 40 },
        "device-moved" => this with { DeviceMovedEveryCalls = 25 },
        "late-usage" => this with { UsageArrivesLate = true },
        "all" => new FaultProfile
        {
            TooManyRequestsPerMille = 20,
            HiddenLimitPerMille = 20,
            ServerErrorPerMille = 20,
            UnavailablePerMille = 20,
            SlowPerMille = 5,
            TimeoutAfterApplyPerMille = 30,
            TornJsonPerMille = 20,
            MovingRowsPerMille = 50,
            PlanRenamedAfterCalls = 200,
            DeviceMovedEveryCalls = 100,
            UsageArrivesLate = true,
        },
        _ => throw new ArgumentException(
            $"Fault profile \"{name}\" is unknown; expected one or several of {string.Join(", ", Names)}.", nameof(name)),
    };
}
