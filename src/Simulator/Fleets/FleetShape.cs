namespace CarrierOptimization.Simulator.Fleets;

/// <summary>How the plans of a generated catalog share data.</summary>
public enum Pooling
{
    /// <summary>Each plan is its own pool: what carriers do by default.</summary>
    OwnPools,

    /// <summary>All plans share one pool.</summary>
    SharedPool,

    /// <summary>No plan is pooled.</summary>
    Individual,

    /// <summary>A pay-as-you-go plan, own pools, one shared pool for the large plans, and an unlimited plan.</summary>
    Mixed,
}

/// <summary>What data above the allowance costs, compared with the next larger plan.</summary>
public enum OveragePrice
{
    /// <summary>Two to four times the price of a byte on the step to the next plan, in small blocks.</summary>
    Dear,

    /// <summary>0.50 to 10 USD per GB, in blocks of 100 MB.</summary>
    Cheap,
}

/// <summary>What a fleet should look like. The same shape gives the same fleet, byte for byte, on every machine.</summary>
public sealed record FleetShape
{
    /// <summary>Most SIMs one generated fleet can have: what the number ranges hold.</summary>
    public const int DevicesMax = 50_000_000;

    public const int PlansMin = 3;
    public const int PlansMax = 64;
    public const int CommunicationPlansMax = 200;

    /// <summary>SIMs, 0 to <see cref="DevicesMax"/>.</summary>
    public required int Devices { get; init; }

    public ulong Seed { get; init; } = 1;

    /// <summary>Rate plans, <see cref="PlansMin"/> to <see cref="PlansMax"/>.</summary>
    public int Plans { get; init; } = 7;

    /// <summary>Communication plans, 1 to <see cref="CommunicationPlansMax"/>. With one, every SIM may use every plan.</summary>
    public int CommunicationPlans { get; init; } = 1;

    public Pooling Pooling { get; init; } = Pooling.OwnPools;

    public OveragePrice Overage { get; init; } = OveragePrice.Dear;

    /// <summary>Days of the billing period.</summary>
    public int PeriodDays { get; init; } = 30;

    /// <summary>SIMs activated inside the period, per mille; 0 leaves the proration out altogether.</summary>
    public int ActivatedInPeriodPerMille { get; init; }

    /// <summary>True for a few SIMs that are not in service; false when all are ACTIVATED.</summary>
    public bool WithEveryStatus { get; init; }

    /// <summary>The shapes with a name, for the command line.</summary>
    public static IReadOnlyList<string> ProfileNames { get; } =
        ["pooled", "shared-pool", "cheap-overage", "individual", "mixed"];

    /// <summary>A shape as carriers' accounts have it: activations inside the period, and SIMs in every status.</summary>
    /// <param name="profile">One of <see cref="ProfileNames"/>.</param>
    /// <exception cref="ArgumentException">The profile has no such name.</exception>
    public static FleetShape OfProfile(string profile, int devices, ulong seed)
    {
        var pooled = new FleetShape
        {
            Devices = devices,
            Seed = seed,
            Plans = 9,
            CommunicationPlans = 3,
            ActivatedInPeriodPerMille = 40,
            WithEveryStatus = true,
        };
        return profile switch
        {
            "pooled" => pooled,
            "shared-pool" => pooled with { Pooling = Pooling.SharedPool },
            "cheap-overage" => pooled with { Overage = OveragePrice.Cheap },
            "individual" => pooled with { Pooling = Pooling.Individual },
            "mixed" => pooled with { Pooling = Pooling.Mixed },
            _ => throw new ArgumentException(
                $"Profile \"{profile}\" is unknown; expected one of {string.Join(", ", ProfileNames)}.", nameof(profile)),
        };
    }

    /// <summary>Everything that makes this shape impossible, as sentences; empty when it can be generated.</summary>
    public IReadOnlyList<string> Mistakes()
    {
        var mistakes = new List<string>();
        CheckRange(mistakes, "devices", Devices, 0, DevicesMax);
        CheckRange(mistakes, "plans", Plans, PlansMin, PlansMax);
        CheckRange(mistakes, "communication plans", CommunicationPlans, 1, CommunicationPlansMax);
        CheckRange(mistakes, "days of the period", PeriodDays, 1, Engine.Model.Limits.PeriodDaysMax);
        CheckRange(mistakes, "activated in the period, per mille", ActivatedInPeriodPerMille, 0, 1_000);
        return mistakes;
    }

    private static void CheckRange(List<string> mistakes, string what, int found, int min, int max)
    {
        if (found < min || found > max)
        {
            mistakes.Add($"{found} {what}: expected {min} to {max}.");
        }
    }
}
