using System.Text.Json.Serialization;
using CarrierOptimization.Adapters.Outbound;

namespace CarrierOptimization.Adapters.Jasper;

/// <summary>How one account of Cisco IoT Control Center is called. Page: docs/carrier.md.</summary>
public sealed class JasperOptions
{
    /// <summary>Base of all calls, for example <c>https://restapi1.jasper.com/rws/api/v1/</c>. HTTPS unless it is this machine.</summary>
    public Uri? BaseAddress { get; set; }

    /// <summary>Name of the API user, without a colon.</summary>
    public string UserName { get; set; } = "";

    /// <summary>Key of the API user: a secret, never shown.</summary>
    [JsonIgnore]
    public string ApiKey { get; set; } = "";

    /// <summary>True to call this machine, also without TLS: the simulator.</summary>
    public bool AllowLoopback { get; set; }

    /// <summary>True to call addresses of private networks, for a carrier behind a private line.</summary>
    public bool AllowPrivateAddresses { get; set; }

    /// <summary>Calls within any second, 1 to 10,000; <c>null</c> for no limit (simulators only).</summary>
    public int? CallsPerSecond { get; set; } = 5;

    /// <summary>Calls at once, 1 to 1,000. The carrier takes one per API user.</summary>
    public int CallsInFlight { get; set; } = 1;

    /// <summary>Rows asked for per page, 1 to <see cref="JasperLimits.PageSizeMax"/>.</summary>
    public int PageSize { get; set; } = JasperLimits.PageSizeMax;

    /// <summary>How long one attempt may take, 0.1 s to 10 min; waiting for a turn is not counted.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Repetitions of a call after its first attempt, 0 to 20.</summary>
    public int RetriesMax { get; set; } = 5;

    /// <summary>Wait before the first repetition, 1 ms to 1 min; doubled each time, with jitter. <c>Retry-After</c> goes first.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest of those waits, 1 ms to 10 min and not below <see cref="RetryDelay"/>.</summary>
    public TimeSpan RetryDelayMax { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Total limit: no repetition begins later than this after the first attempt, 0 to 1 h.</summary>
    public TimeSpan RetryFor { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The circuit opens when this share of the attempts failed, 1 to 100 percent.</summary>
    public int BreakerFailurePercent { get; set; } = 80;

    /// <summary>It never opens on fewer attempts than these, 2 to 1,000.</summary>
    public int BreakerAttemptsMin { get; set; } = 10;

    /// <summary>Attempts of the last so long are counted, 1 s to 1 h.</summary>
    public TimeSpan BreakerWindow { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long an open circuit refuses all calls before it tries one, 1 s to 1 h.</summary>
    public TimeSpan BreakFor { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest body that is read, in bytes, 64 KiB to 256 MiB.</summary>
    public int BodyBytesMax { get; set; } = 16 * 1024 * 1024;

    /// <summary>Bytes of a megabyte in the carrier's price list: 1,048,576 or 1,000,000. KB, GB and TB follow it.</summary>
    public long BytesPerMegabyte { get; set; } = 1_048_576;

    internal OutboundRules Rules => new(AllowLoopback, AllowPrivateAddresses);

    /// <summary>All mistakes, each what was found and what was expected. Never quotes the key.</summary>
    public IReadOnlyList<string> Mistakes()
    {
        var mistakes = new List<string>();
        if (Rules.MistakeIn(BaseAddress, nameof(BaseAddress)) is { } mistake)
        {
            mistakes.Add(mistake);
        }

        Expect(UserName.Length > 0 && !UserName.Any(character => character == ':' || char.IsControl(character)),
            $"UserName is \"{UserName}\"; expected a name without a colon.");
        Expect(ApiKey.Length > 0 && !ApiKey.Any(character => char.IsControl(character) || char.IsWhiteSpace(character)),
            ApiKey.Length == 0 ? "ApiKey is missing." : "ApiKey has blanks or control characters; expected 36 characters.");
        Between(CallsPerSecond ?? 1, 1, 10_000, nameof(CallsPerSecond));
        Between(CallsInFlight, 1, 1_000, nameof(CallsInFlight));
        Between(PageSize, 1, JasperLimits.PageSizeMax, nameof(PageSize));
        Within(AttemptTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10), nameof(AttemptTimeout));
        Between(RetriesMax, 0, 20, nameof(RetriesMax));
        Within(RetryDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1), nameof(RetryDelay));
        Within(RetryDelayMax, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10), nameof(RetryDelayMax));
        Expect(RetryDelayMax >= RetryDelay,
            $"RetryDelayMax is {RetryDelayMax}; expected at least RetryDelay, {RetryDelay}.");
        Within(RetryFor, TimeSpan.Zero, TimeSpan.FromHours(1), nameof(RetryFor));
        Between(BreakerFailurePercent, 1, 100, nameof(BreakerFailurePercent));
        Between(BreakerAttemptsMin, 2, 1_000, nameof(BreakerAttemptsMin));
        Within(BreakerWindow, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), nameof(BreakerWindow));
        Within(BreakFor, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), nameof(BreakFor));
        Between(BodyBytesMax, 64 * 1024, 256 * 1024 * 1024, nameof(BodyBytesMax));
        Expect(BytesPerMegabyte is 1_000_000 or 1_048_576,
            $"BytesPerMegabyte is {BytesPerMegabyte}; expected 1048576 or 1000000.");
        return mistakes;

        void Expect(bool isRight, string otherwise)
        {
            if (!isRight)
            {
                mistakes.Add(otherwise);
            }
        }

        void Between(int value, int least, int most, string name) =>
            Expect(value >= least && value <= most, $"{name} is {value}; expected {least} to {most}.");

        void Within(TimeSpan value, TimeSpan least, TimeSpan most, string name) =>
            Expect(value >= least && value <= most, $"{name} is {value}; expected {least} to {most}.");
    }

    /// <summary>Without the key.</summary>
    public override string ToString() => $"{UserName} at {BaseAddress} (key hidden)";
}
