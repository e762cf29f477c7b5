using System.Globalization;
using CarrierOptimization.Benchmarks.Instances;
using CarrierOptimization.Engine;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Benchmarks.CrossChecks;

/// <summary>Small instances with any mix of features and many ties, within the tolerances of floating-point solvers.</summary>
/// <remarks>
/// Usages, allowances and blocks are whole units of one size, at most a few thousand of them: a solver that allows an error of
/// 1e-6 in a row can then not save a block by it.
/// </remarks>
internal static class RandomInstance
{
    private const int PeriodDays = 30;
    private const long ByteUnit = 30 * 4_096;
    private const long MoneyUnit = 30 * 1_000;

    public static Instance Make(int devices, int plans, ulong seed)
    {
        var random = new SplitMix(seed);
        var rules = new BillRules
        {
            PeriodDays = PeriodDays,
            ChargeType = random.Below(10) switch { 0 => ChargeType.RateChargeOnly, 1 => ChargeType.OverageOnly, _ => default },
            PoolScope = random.Below(5) == 0 ? PoolScope.CommGroup : PoolScope.Account,
        };
        PlanCatalog catalog = PlanCatalog.Create(Plans(plans, random), rules);
        List<PlanSet> sets = Sets(plans, random);
        bool hasCurrent = random.Below(2) == 0;
        bool isProrated = random.Below(3) == 0;
        var fleet = new Fleet
        {
            UsageBytes = [.. Each(devices, () => Usage(random))],
            PlanSets = sets,
            PlanSetOf = [.. Each(devices, () => (ushort)random.Below(sets.Count))],
            CurrentPlan = hasCurrent ? new ushort[devices] : null,
            ActiveDays = isProrated ? [.. Each(devices, () => ActiveDays(random))] : null,
            SmsCount = random.Below(4) == 0 ? [.. Each(devices, () => random.Below(6))] : null,
            CommGroup = rules.PoolScope == PoolScope.CommGroup ? [.. Each(devices, () => (ushort)random.Below(3))] : null,
        };
        for (int device = 0; hasCurrent && device < devices; device++)
        {
            // Only allowed plans: a SIM that must leave its plan could make a budget impossible to keep.
            PlanSet set = sets[fleet.PlanSetOf[device]];
            fleet.CurrentPlan![device] = set.IsEmpty || random.Below(10) == 0 ? Fleet.NoPlan : set.Plans[random.Below(set.Count)];
        }

        var options = new SolveOptions
        {
            MaxChanges = hasCurrent && random.Below(2) == 0 ? random.Below((devices / 2) + 1) : null,
            ChangeCost = new Money(hasCurrent && random.Below(2) == 0 ? random.Below(40) * MoneyUnit : 0),
            TimeLimit = TimeSpan.FromMinutes(2),
        };
        return new Instance(string.Create(CultureInfo.InvariantCulture, $"random-N{devices}-P{plans}-s{seed}"), fleet, catalog, options);
    }

    private static IEnumerable<T> Each<T>(int count, Func<T> make) => Enumerable.Range(0, count).Select(_ => make());

    private static ushort ActiveDays(SplitMix random) => (ushort)(random.Below(2) == 0 ? PeriodDays : 1 + random.Below(PeriodDays));

    private static long Usage(SplitMix random) => ByteUnit * (random.Below(10) switch
    {
        < 3 => 0,
        < 8 => random.Below(30),
        8 => random.Below(200),
        _ => random.Below(2_000),
    });

    /// <summary>All plans, some of them, one, none.</summary>
    private static List<PlanSet> Sets(int plans, SplitMix random)
    {
        var sets = new List<PlanSet> { new(Enumerable.Range(0, plans)) };
        for (int more = random.Below(5); more > 0; more--)
        {
            sets.Add(random.Below(8) switch
            {
                0 => PlanSet.Empty,
                1 => new PlanSet([random.Below(plans)]),
                _ => new PlanSet(Enumerable.Range(0, plans).Where(_ => random.Below(3) > 0)),
            });
        }

        return [.. sets.Distinct()];
    }

    private static List<RatePlan> Plans(int count, SplitMix random)
    {
        (long Rate, long Block) shared = (1 + random.Below(60), 1 + random.Below(12));
        bool onlyPools = random.Below(2) == 0;
        var plans = new List<RatePlan>();
        for (int plan = 0; plan < count; plan++)
        {
            int kind = random.Below(onlyPools ? 5 : 8);
            bool isShared = kind == 4;
            bool isUnlimited = kind == 7;
            long included = random.Below(4) == 0 ? 0 : random.Below(60);
            plans.Add(new RatePlan
            {
                Name = "P" + plan.ToString(CultureInfo.InvariantCulture),
                MonthlyRate = new Money((isUnlimited ? 200 : 10 + included + random.Below(40)) * MoneyUnit),
                IncludedData = isUnlimited ? null : new DataVolume(included * ByteUnit),
                OverageRate = new Money(isUnlimited ? 0 : (isShared ? shared.Rate : 1 + random.Below(60)) * MoneyUnit),
                OverageBlock = new DataVolume(isUnlimited ? 0 : (isShared ? shared.Block : 1 + random.Below(12)) * ByteUnit),
                IsPooled = kind <= 4,
                PoolName = isShared ? "Shared" : null,
                IncludedSms = random.Below(3),
                SmsRate = new Money(random.Below(4) * MoneyUnit),
            });
        }

        return plans;
    }
}
