using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.Providers;

namespace CarrierOptimization.Pipeline.Tests.Stages;

/// <summary>A SIM of the tests, as the sync left it.</summary>
internal sealed record Sim(int Number, string? RatePlan, string? CommunicationPlan, long UsageBytes)
{
    public string Iccid { get; init; } = $"89010000000000{Number:D6}";

    public string? Status { get; init; } = "ACTIVATED";

    public string? Msisdn { get; init; }

    public DateTimeOffset? ActivatedAt { get; init; }

    /// <summary><c>null</c>: the usage is not projected.</summary>
    public DateTimeOffset? UsageAt { get; init; }

    public int SmsCount { get; init; }
}

/// <summary>An account of a provider: settings, plans, mappings and SIMs.</summary>
internal sealed record Account
{
    public const long Megabyte = DataVolume.DefaultBytesPerMegabyte;

    public ProviderSettings Settings { get; init; } = Simple;

    public IReadOnlyList<StoredRatePlan> Plans { get; init; } = [];

    public IReadOnlyList<PlanMapping> Mappings { get; init; } = [];

    public IReadOnlyList<Sim> Sims { get; init; } = [];

    /// <summary>No projection, so that bills can be made by hand.</summary>
    public static ProviderSettings Simple { get; } = new()
    {
        BaseAddress = "https://carrier.example/rws/api/v1/",
        Recipients = ["ops@example.com"],
        Projection = UsageProjection.None,
        MinimumDevicesPerGroup = 1,
    };

    /// <summary>Two groups that share no pool: meters on pooled plans, cameras on individual ones.</summary>
    public static Account TwoComponents { get; } = new()
    {
        Plans =
        [
            Pooled("Small", 2, 1), Pooled("Large", 5, 10), Pooled("Solo", 3, 5) with { IsPooled = false },
            Pooled("Solo XL", 8, 50) with { IsPooled = false },
        ],
        Mappings = [.. Map("Meter", "Small", "Large"), .. Map("Camera", "Solo", "Solo XL")],
        Sims =
        [
            new Sim(1, "Small", "Meter", 12 * Megabyte), new Sim(2, "Large", "Meter", Megabyte / 2),
            new Sim(3, "Large", "Meter", 0), new Sim(4, "Large", "Meter", Megabyte),
            new Sim(5, "Solo", "Camera", 30 * Megabyte), new Sim(6, "Solo XL", "Camera", Megabyte),
        ],
    };

    public static StoredRatePlan Pooled(string name, decimal rate, decimal megabytes) => new()
    {
        Name = name,
        Version = "1",
        Currency = "USD",
        MonthlyRate = Money.FromDecimal(rate),
        IncludedBytes = DataVolume.FromMegabytes(megabytes).Bytes,
        OverageRate = Money.FromDecimal(1),
        OverageBlockBytes = Megabyte,
        IsPooled = true,
    };

    public static IEnumerable<PlanMapping> Map(string communicationPlan, params string[] ratePlans) =>
        ratePlans.Select(plan => new PlanMapping(communicationPlan, plan));
}
