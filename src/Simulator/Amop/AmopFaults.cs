namespace CarrierOptimization.Simulator.Amop;

/// <summary>What goes wrong with a call.</summary>
public enum AmopFault
{
    None,

    /// <summary>503 with a page in place of JSON, as a gateway gives it.</summary>
    Down,

    /// <summary>Answered after <see cref="AmopFaults.SlowAnswer"/>.</summary>
    Slow,

    /// <summary>429 with <c>Retry-After</c>.</summary>
    TooManyRequests,

    /// <summary>Taken, and then no answer for <see cref="AmopFaults.SilentFor"/>: the sender can't know.</summary>
    AcceptedThenSilent,

    /// <summary>400: refused for good.</summary>
    BadRequest,

    /// <summary>401, although the token is right.</summary>
    Unauthorized,
}

/// <summary>What goes wrong, how often and how long. Can be changed while the simulator runs.</summary>
public sealed record AmopFaults
{
    public static AmopFaults None { get; } = new();

    /// <summary>One of these is drawn for a call that is harmed; empty for none.</summary>
    public IReadOnlyList<AmopFault> Kinds { get; init; } = [];

    /// <summary>Calls of a thousand that are harmed, 0 to 1,000; which ones depends on key, attempt and seed.</summary>
    public int PerMille { get; init; } = 1_000;

    /// <summary>After this many harmed calls all is well again; <c>null</c>: until changed.</summary>
    public int? CallsMax { get; init; }

    /// <summary>Seeds which calls are harmed.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Said with 429, whole seconds.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How late a slow answer is.</summary>
    public TimeSpan SlowAnswer { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a call that was taken stays without an answer; then 504.</summary>
    public TimeSpan SilentFor { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The words of <see cref="Parse"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["none", .. Named.Keys];

    private static Dictionary<string, AmopFault> Named => new()
    {
        ["down"] = AmopFault.Down,
        ["slow"] = AmopFault.Slow,
        ["too-many-requests"] = AmopFault.TooManyRequests,
        ["accepted-then-silent"] = AmopFault.AcceptedThenSilent,
        ["bad-request"] = AmopFault.BadRequest,
        ["unauthorized"] = AmopFault.Unauthorized,
    };

    /// <summary>Several kinds at once.</summary>
    /// <param name="names">Of <see cref="Names"/>, parted by commas.</param>
    /// <exception cref="ArgumentException">There is no fault of that name.</exception>
    public static AmopFaults Parse(string names)
    {
        var kinds = new List<AmopFault>();
        foreach (string name in names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (Named.TryGetValue(name, out AmopFault kind))
            {
                kinds.Add(kind);
            }
            else if (name != "none")
            {
                throw new ArgumentException(
                    $"Fault \"{name}\" is unknown; expected one or several of {string.Join(", ", Names)}.", nameof(names));
            }
        }

        return new AmopFaults { Kinds = kinds };
    }
}
