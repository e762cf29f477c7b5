using System.Text.Json;
using System.Text.Json.Serialization;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Pipeline.Providers;

/// <summary>Which usage is priced: see docs/pricing-rules.md, "Usage that is priced".</summary>
public enum UsageProjection
{
    /// <summary>Cycle-to-date usage as it is.</summary>
    None,

    /// <summary>In proportion to the time of the period that is over, and a safety on top.</summary>
    Linear,
}

/// <summary>What happens with the changes that a run proposes.</summary>
public enum ChangeMode
{
    /// <summary>They are recommended only.</summary>
    Off,

    /// <summary>A person approves them.</summary>
    AfterApproval,

    /// <summary>They are pushed at once.</summary>
    Automatic,
}

/// <summary>The settings of one service provider. A session works with a copy frozen at its start.</summary>
public sealed record ProviderSettings
{
    /// <summary>Base address of the carrier's calls, <c>https://.../rws/api/v1/</c>.</summary>
    public required string BaseAddress { get; init; }

    /// <summary>Calls a second that the carrier takes of this account, 1 to 1,000; <c>null</c>: no limit.</summary>
    public int? CallsPerSecond { get; init; } = 5;

    /// <summary>Calls at the same time that the carrier takes of this account, 1 to 100.</summary>
    public int CallsInFlight { get; init; } = 1;

    /// <summary>True for a simulated carrier on this machine: plain HTTP to the loopback address is allowed.</summary>
    public bool AllowLoopback { get; init; }

    /// <summary>Day of the month on which a period begins, 1 to 28.</summary>
    public int CycleDay { get; init; } = 1;

    /// <summary>Local hour at which a period begins, 0 to 23.</summary>
    public int CycleHour { get; init; }

    /// <summary>IANA name of the zone in which the cycle and the schedule are meant.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>ISO 4217 code of every price of the account.</summary>
    public string Currency { get; init; } = "USD";

    /// <summary>Runs start by themselves in this many last days of the period, 1 to 31.</summary>
    public int OptimizationWindowDays { get; init; } = 8;

    /// <summary>... and not before this local hour, 0 to 23.</summary>
    public int OptimizationStartHour { get; init; } = 2;

    /// <summary>True to run again and again on the last day.</summary>
    public bool ContinuousLastDay { get; init; } = true;

    /// <summary>Minutes from the end of a run on the last day to the next, 5 to 1,440.</summary>
    public int ContinuousIntervalMinutes { get; init; } = 60;

    /// <summary>Comm groups with fewer SIMs keep their plans, 1 to 1,000,000.</summary>
    public int MinimumDevicesPerGroup { get; init; } = 2;

    /// <summary>True when the carrier bills SIMs activated inside the period for their days only.</summary>
    public bool UsesProration { get; init; }

    /// <summary>Bytes that the carrier counts as one MB.</summary>
    public long BytesPerMegabyte { get; init; } = DataVolume.DefaultBytesPerMegabyte;

    /// <summary>How far a pool reaches.</summary>
    public PoolScope PoolScope { get; init; } = PoolScope.Account;

    /// <summary>Which parts of a plan's price are billed.</summary>
    public ChargeType ChargeType { get; init; } = ChargeType.RateChargeAndOverage;

    /// <summary>How cycle-to-date usage becomes the usage that is priced.</summary>
    public UsageProjection Projection { get; init; } = UsageProjection.Linear;

    /// <summary>Added to projected usage, in percent, 0 to 100.</summary>
    public decimal ProjectionSafetyPercent { get; init; } = 1;

    /// <summary>True: an invalid rate plan ends the run, as older installations expect. False: the plan is left out.</summary>
    public bool StopOnInvalidPlan { get; init; }

    /// <summary>No change is proposed when a component saves less, in micro-units.</summary>
    public Money MinimumSavings { get; init; }

    /// <summary>A full sync when the last one is older, in days, 1 to 365.</summary>
    public int FullSyncAfterDays { get; init; } = 7;

    /// <summary>A run fails rather than optimise on holes when more active SIMs lack usage, in percent, 0 to 100.</summary>
    public decimal MaxMissingUsagePercent { get; init; } = 1;

    /// <summary>SIMs the owner expects; a difference is a warning. <c>null</c>: no expectation.</summary>
    public int? ExpectedDevices { get; init; }

    /// <summary>True to price the old strategies too, for comparison.</summary>
    public bool CompareSequences { get; init; }

    /// <summary>Seconds the engine may take for one component, 1 to 3,600.</summary>
    public int SolveSecondsMax { get; init; } = 30;

    /// <summary>What happens with the changes.</summary>
    public ChangeMode ChangeMode { get; init; } = ChangeMode.Off;

    /// <summary>True: when time is short, the best changes that fit are proposed in place of none.</summary>
    public bool PartialUpdates { get; init; } = true;

    /// <summary>Minutes before the end of the period in which nothing is changed any more, 0 to 1,440.</summary>
    public int SafetyMinutes { get; init; } = 10;

    /// <summary>Who gets reports, warnings and alerts.</summary>
    public IReadOnlyList<string> Recipients { get; init; } = [];

    /// <summary>Of this account at AMOP 2.0; stands in every trigger.</summary>
    public string CustomerId { get; init; } = "";

    /// <summary>Of this account at AMOP 2.0; stands in every trigger.</summary>
    public string SiteId { get; init; } = "";

    /// <summary>Every setting out of its range, as sentences; empty when all is well.</summary>
    public IReadOnlyList<string> Mistakes()
    {
        var mistakes = new List<string>();
        Check("CallsPerSecond", CallsPerSecond ?? 1, 1, 1_000);
        Check("CallsInFlight", CallsInFlight, 1, 100);
        Check("CycleDay", CycleDay, 1, 28);
        Check("CycleHour", CycleHour, 0, 23);
        Check("OptimizationWindowDays", OptimizationWindowDays, 1, 31);
        Check("OptimizationStartHour", OptimizationStartHour, 0, 23);
        Check("ContinuousIntervalMinutes", ContinuousIntervalMinutes, 5, 1_440);
        Check("MinimumDevicesPerGroup", MinimumDevicesPerGroup, 1, 1_000_000);
        Check("BytesPerMegabyte", BytesPerMegabyte, 1, 1L << 30);
        Check("ProjectionSafetyPercent", ProjectionSafetyPercent, 0, 100);
        Check("FullSyncAfterDays", FullSyncAfterDays, 1, 365);
        Check("MaxMissingUsagePercent", MaxMissingUsagePercent, 0, 100);
        Check("SolveSecondsMax", SolveSecondsMax, 1, 3_600);
        Check("SafetyMinutes", SafetyMinutes, 0, 1_440);
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
        {
            mistakes.Add($"TimeZone is \"{TimeZone}\"; expected an IANA name such as America/New_York.");
        }

        if (!Uri.TryCreate(BaseAddress, UriKind.Absolute, out Uri? address) || address.Scheme is not ("https" or "http"))
        {
            mistakes.Add($"BaseAddress is \"{BaseAddress}\"; expected an address such as https://pod.example.com/rws/api/v1/.");
        }

        return mistakes;

        void Check(string name, decimal found, decimal min, decimal max)
        {
            if (found < min || found > max)
            {
                mistakes.Add($"{name} is {found}; expected {min} to {max}.");
            }
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, ProviderSettingsJson.Options);

    /// <exception cref="JsonException">The text is not what <see cref="ToJson"/> writes.</exception>
    public static ProviderSettings FromJson(string json) =>
        JsonSerializer.Deserialize<ProviderSettings>(json, ProviderSettingsJson.Options)
        ?? throw new JsonException("The settings are null; expected an object.");
}

/// <summary>Settings as they stand in the database: names as here, enums by name, money as micro-units.</summary>
internal static class ProviderSettingsJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        Converters = { new JsonStringEnumConverter(), new MoneyConverter() },
    };

    private sealed class MoneyConverter : JsonConverter<Money>
    {
        public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.GetInt64());

        public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(value.MicroUnits);
    }
}
