using CarrierOptimization.Engine;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Benchmarks.Instances;

/// <summary>Seeded synthetic fleets as machine-to-machine accounts have them: 30 % idle, a lognormal body, a Pareto tail.</summary>
internal static class FleetFamily
{
    private const int PeriodDays = 30;
    private const int IdlePercent = 30;
    private const int TailPercent = 5;
    private const double BodyMedianMegabytes = 3;
    private const double BodySigma = 1.6;
    private const double TailLeastMegabytes = 50;
    private const double TailShape = 1.3;
    private const double UsageMegabytesMax = 1_048_576;

    /// <summary>Own pools, every SIM may use every plan.</summary>
    public static Instance Pooled(int devices, int plans, ulong seed)
    {
        PlanCatalog catalog = PlanCatalog.Create(Ladder.Make(plans, seed), new BillRules { PeriodDays = PeriodDays });
        return new Instance(Name("pooled", devices, plans, seed), AllPlans(catalog, Usages(devices, seed)), catalog, new SolveOptions());
    }

    /// <summary>As <see cref="Pooled"/>, with one pool for all plans.</summary>
    public static Instance SharedPool(int devices, int plans, ulong seed)
    {
        PlanCatalog catalog = PlanCatalog.Create(Ladder.Make(plans, seed, "Shared"), new BillRules { PeriodDays = PeriodDays });
        return new Instance(Name("shared", devices, plans, seed), AllPlans(catalog, Usages(devices, seed)), catalog, new SolveOptions());
    }

    /// <summary>As <see cref="Pooled"/>; 10 % of the SIMs were activated inside the period.</summary>
    public static Instance Prorated(int devices, int plans, ulong seed)
    {
        Instance pooled = Pooled(devices, plans, seed);
        var random = new SplitMix(seed ^ 0xDA75);
        var days = new ushort[devices];
        for (int device = 0; device < devices; device++)
        {
            days[device] = (ushort)(random.Below(100) < 10 ? 1 + random.Below(PeriodDays) : PeriodDays);
        }

        return pooled with
        {
            Name = Name("prorated", devices, plans, seed),
            Fleet = With(pooled.Fleet, pooled.Fleet.PlanSets, pooled.Fleet.PlanSetOf, null, days),
        };
    }

    /// <summary>
    /// What accounts have beside pools, each by choice: two individual plans; five communication plans, each allowing its own set;
    /// SIMs on a current plan, with a budget or a cost of changes; proration.
    /// </summary>
    public static Instance General(int devices, int plans, ulong seed, GeneralCase cases)
    {
        List<RatePlan> ladder = Ladder.Make(plans - (cases.HasFlag(GeneralCase.IndividualPlans) ? 2 : 0), seed);
        if (cases.HasFlag(GeneralCase.IndividualPlans))
        {
            ladder.Add(PayAsYouGo());
            ladder.Add(OwnAllowance());
        }

        PlanCatalog catalog = PlanCatalog.Create(ladder, new BillRules { PeriodDays = PeriodDays });
        var random = new SplitMix(seed ^ 0x6E4E4A1);
        Fleet all = AllPlans(catalog, Usages(devices, seed));
        IReadOnlyList<PlanSet> sets = cases.HasFlag(GeneralCase.PlanSets) ? PlanSets(catalog, random) : all.PlanSets;
        var setOf = new ushort[devices];
        ushort[]? current = cases.HasFlag(GeneralCase.ChangeBudget) || cases.HasFlag(GeneralCase.ChangeCost) ? new ushort[devices] : null;
        ushort[]? days = cases.HasFlag(GeneralCase.Proration) ? new ushort[devices] : null;
        for (int device = 0; device < devices; device++)
        {
            setOf[device] = (ushort)random.Below(sets.Count);
            if (days is not null)
            {
                days[device] = (ushort)(random.Below(100) < 10 ? 1 + random.Below(PeriodDays) : PeriodDays);
            }

            if (current is not null)
            {
                current[device] = CurrentPlan(catalog, sets[setOf[device]], all.UsageBytes[device], random);
            }
        }

        var options = new SolveOptions
        {
            MaxChanges = cases.HasFlag(GeneralCase.ChangeBudget) ? devices / 20 : null,
            ChangeCost = cases.HasFlag(GeneralCase.ChangeCost) ? Money.FromDecimal(0.25m) : Money.Zero,
        };
        return new Instance(Name($"general[{cases}]", devices, plans, seed), With(all, sets, setOf, current, days), catalog, options);
    }

    /// <summary>Bytes; the same for the same number of SIMs and seed, whatever the plans.</summary>
    public static long[] Usages(int devices, ulong seed)
    {
        var random = new SplitMix(seed);
        var usages = new long[devices];
        for (int device = 0; device < devices; device++)
        {
            int kind = random.Below(100);
            double megabytes = kind switch
            {
                < IdlePercent => 0,
                < 100 - TailPercent => BodyMedianMegabytes * Math.Exp(BodySigma * random.NextNormal()),
                _ => TailLeastMegabytes * Math.Pow(1 - random.NextUnit(), -1 / TailShape),
            };
            usages[device] = (long)(Math.Min(megabytes, UsageMegabytesMax) * DataVolume.DefaultBytesPerMegabyte);
        }

        return usages;
    }

    private static string Name(string family, int devices, int plans, ulong seed) => $"{family}-N{devices}-P{plans}-s{seed}";

    private static Fleet AllPlans(PlanCatalog catalog, long[] usages) => new()
    {
        UsageBytes = usages,
        PlanSets = [PlanSet.All(catalog)],
        PlanSetOf = new ushort[usages.Length],
    };

    private static Fleet With(Fleet fleet, IReadOnlyList<PlanSet> sets, ushort[] setOf, ushort[]? current, ushort[]? days) => new()
    {
        UsageBytes = fleet.UsageBytes,
        PlanSets = sets,
        PlanSetOf = setOf,
        CurrentPlan = current,
        ActiveDays = days,
    };

    /// <summary>All plans, then four sets that each leave out about a third.</summary>
    private static List<PlanSet> PlanSets(PlanCatalog catalog, SplitMix random)
    {
        var sets = new List<PlanSet> { PlanSet.All(catalog) };
        while (sets.Count < 5)
        {
            var set = new PlanSet(Enumerable.Range(0, catalog.Plans.Count).Where(_ => random.Below(3) > 0));
            if (set.Count > 1)
            {
                sets.Add(set);
            }
        }

        return sets;
    }

    /// <summary>As people choose by hand: mostly the smallest allowance that holds the usage, sometimes anything.</summary>
    private static ushort CurrentPlan(PlanCatalog catalog, PlanSet set, long usage, SplitMix random)
    {
        if (random.Below(10) < 3)
        {
            return set.Plans[random.Below(set.Count)];
        }

        ushort best = set.Plans[^1];
        long nearest = long.MaxValue;
        foreach (ushort plan in set.Plans)
        {
            long included = catalog.Plans[plan].IncludedData?.Bytes ?? long.MaxValue;
            if (included >= usage && included < nearest)
            {
                (best, nearest) = (plan, included);
            }
        }

        return best;
    }

    private static RatePlan PayAsYouGo() => new()
    {
        Name = "Pay as you go",
        MonthlyRate = Money.FromDecimal(0.40m),
        IncludedData = DataVolume.Zero,
        OverageRate = Money.FromDecimal(0.50m),
        OverageBlock = DataVolume.FromMegabytes(1),
    };

    private static RatePlan OwnAllowance() => new()
    {
        Name = "20 MB own",
        MonthlyRate = Money.FromDecimal(3.20m),
        IncludedData = DataVolume.FromMegabytes(20),
        OverageRate = Money.FromDecimal(0.12m),
        OverageBlock = DataVolume.FromMegabytes(1),
    };
}

/// <summary>What a general instance has beside pools.</summary>
[Flags]
internal enum GeneralCase
{
    None = 0,
    IndividualPlans = 1,
    PlanSets = 2,
    ChangeBudget = 4,
    ChangeCost = 8,
    Proration = 16,
}
