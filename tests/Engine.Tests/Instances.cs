using System.Globalization;
using System.Text;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CsCheck;

namespace CarrierOptimization.Engine.Tests;

/// <summary>One SIM of a generated instance; the numbers become valid ones when the instance is built.</summary>
/// <param name="PlanBits">Bit p set: plan p is allowed.</param>
/// <param name="Current">Plan, modulo the number of plans; negative: none.</param>
public sealed record SimRow(long Usage, int PlanBits, int Current, int Days, int Sms, int Group);

/// <summary>One plan of a generated instance.</summary>
/// <param name="Kind">0 and 1: pool of its own; 2, 3: shared pool A, B; 4: individual; 5: unlimited.</param>
public sealed record PlanRow(long Rate, long Included, long OverageRate, long Block, int Kind, int IncludedSms, long SmsRate);

/// <summary>A fleet, its plans, and what the solve may do: everything a test needs, and its own printer.</summary>
public sealed record Instance(Fleet Fleet, PlanCatalog Catalog, SolveOptions Options)
{
    /// <summary>All that is needed to build the instance again by hand.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Append($"{Catalog.Rules.PeriodDays} days, {Catalog.Rules.ChargeType}, {Catalog.Rules.PoolScope}, ");
        Append($"max changes {Options.MaxChanges?.ToString(CultureInfo.InvariantCulture) ?? "-"}, ");
        Append($"change cost {Options.ChangeCost.MicroUnits}\n");
        foreach (RatePlan plan in Catalog.Plans)
        {
            Append($"  plan {plan.Name}: rate {plan.MonthlyRate.MicroUnits}, ");
            Append($"included {plan.IncludedData?.ToString() ?? "unlimited"}, ");
            Append($"overage {plan.OverageRate.MicroUnits} per {plan.OverageBlock.Bytes}, ");
            Append($"{(plan.IsPooled ? "pool " + (plan.PoolName ?? "own") : "individual")}, ");
            Append($"SMS {plan.IncludedSms} then {plan.SmsRate.MicroUnits}\n");
        }

        for (int device = 0; device < Fleet.Count; device++)
        {
            string plans = string.Join(",", Fleet.PlanSets[Fleet.PlanSetOf[device]].Plans.ToArray());
            Append($"  SIM {device}: usage {Fleet.UsageBytes[device]}, plans [{plans}], current {Fleet.CurrentPlan?[device]}, ");
            Append($"days {Fleet.ActiveDays?[device]}, SMS {Fleet.SmsCount?[device]}, group {Fleet.CommGroup?[device]}\n");
        }

        return text.ToString();

        void Append(FormattableString part) => text.Append(FormattableString.Invariant(part));
    }
}

/// <summary>Generators of small nasty instances: ties, zeros, huge blocks, everything a fleet can have.</summary>
public static class Instances
{
    /// <summary>Iterations of a property: more when the environment variable LONG_TESTS is a factor above 1.</summary>
    public static int Iterations(int normal) =>
        int.TryParse(Environment.GetEnvironmentVariable("LONG_TESTS"), CultureInfo.InvariantCulture, out int factor) && factor > 1
            ? checked(normal * factor)
            : normal;

    /// <summary>Few distinct small values, so that equal usages, equal prices and exact fits are common.</summary>
    private static readonly Gen<long> SmallAmount = Gen.Frequency(
        (2, Gen.Const(0L)), (6, Gen.Long[1, 6]), (4, Gen.Long[0, 25]), (1, Gen.Long[0, 200]));

    private static readonly Gen<SimRow> Sim = Gen.Select(
        SmallAmount, Gen.Frequency((12, Gen.Const(-1)), (4, Gen.Int[1, 15]), (1, Gen.Const(0))), Gen.Int[-2, 7],
        Gen.Int[1, 60], Gen.Int[0, 4], Gen.Int[0, 2],
        (usage, bits, current, days, sms, group) => new SimRow(usage, bits, current, days, sms, group));

    private static readonly Gen<PlanRow> Plan = Gen.Select(
        SmallAmount, SmallAmount, Gen.Frequency((6, Gen.Long[1, 12]), (1, Gen.Long[1, 300])),
        Gen.Frequency((3, Gen.Const(1L)), (6, Gen.Long[1, 12]), (1, Gen.Long[100, 5000])), Gen.Int[0, 5], Gen.Int[0, 3], Gen.Long[0, 3],
        (rate, included, overage, block, kind, includedSms, sms) =>
            new PlanRow(rate, included, overage, block, kind, includedSms, sms));

    /// <summary>What the whole instance has: each part is there or not.</summary>
    private static readonly Gen<Shape> Shapes = Gen.Select(
        Gen.Frequency((3, Gen.Const(1)), (2, Gen.Const(30)), (1, Gen.Int[2, 7])),
        Gen.Frequency(
            (5, ChargeType.RateChargeAndOverage), (1, ChargeType.RateChargeOnly), (1, ChargeType.OverageOnly)),
        Gen.Int[0, 5], Gen.Int[0, 63], Gen.Int[-4, 5], SmallAmount, Gen.Int[0, 3],
        (periodDays, charge, scope, parts, maxChanges, changeCost, scale) =>
            new Shape(periodDays, charge, scope, parts, maxChanges, changeCost, scale));

    /// <summary>At most 4 plans and 8 SIMs with any mix of features: small enough to try every assignment.</summary>
    public static Gen<Instance> Tiny { get; } = Of(8, 4);

    /// <summary>Pools only, every SIM may use every plan: what most fleets look like.</summary>
    public static Gen<Instance> TinyPooled { get; } = Gen.Select(
        Sim.Array[0, 8], Plan.Array[1, 4], Gen.Int[0, 3],
        (sims, plans, scale) => Build(
            [.. sims.Select(sim => sim with { PlanBits = -1 })], [.. plans.Select(plan => plan with { Kind = plan.Kind % 4 })],
            new Shape(30, ChargeType.RateChargeAndOverage, 0, 0, -1, 0, scale)));

    public static Gen<Instance> Of(int simsMax, int plansMax) =>
        Gen.Select(Sim.Array[0, simsMax], Plan.Array[1, plansMax], Shapes, Build);

    /// <summary>Any plan of its set for each SIM, none for a SIM that is not billed; the same for the same seed.</summary>
    public static ushort[] RandomAssignment(Fleet fleet, int seed)
    {
        var random = new Random(seed);
        var assignment = new ushort[fleet.Count];
        for (int device = 0; device < fleet.Count; device++)
        {
            PlanSet set = fleet.PlanSets[fleet.PlanSetOf[device]];
            assignment[device] = set.IsEmpty ? Fleet.NoPlan : set.Plans[random.Next(set.Count)];
        }

        return assignment;
    }

    /// <summary>The fleet with SIM <c>order[i]</c> at position i.</summary>
    public static Fleet Reordered(Fleet fleet, int[] order) => new()
    {
        UsageBytes = [.. order.Select(device => fleet.UsageBytes[device])],
        PlanSets = fleet.PlanSets,
        PlanSetOf = [.. order.Select(device => fleet.PlanSetOf[device])],
        CurrentPlan = fleet.CurrentPlan is null ? null : [.. order.Select(device => fleet.CurrentPlan[device])],
        ActiveDays = fleet.ActiveDays is null ? null : [.. order.Select(device => fleet.ActiveDays[device])],
        SmsCount = fleet.SmsCount is null ? null : [.. order.Select(device => fleet.SmsCount[device])],
        CommGroup = fleet.CommGroup is null ? null : [.. order.Select(device => fleet.CommGroup[device])],
    };

    /// <summary>Pools only, and sizes, rates and blocks of the kind carriers have, few of them alike.</summary>
    public static Gen<Instance> ManySizes(int simsMax, int plansMax) => Gen.Select(
        Gen.Select(Gen.Long[0, 3_000], Sim, (usage, sim) => sim with { Usage = usage, PlanBits = -1 }).Array[0, simsMax],
        Gen.Select(Gen.Long[10, 900], Gen.Long[0, 2_000], Gen.Long[10, 400], Gen.Long[50, 600], Plan,
            (rate, included, overage, block, plan) => plan with
            {
                Rate = rate, Included = included, OverageRate = overage, Block = block, Kind = plan.Kind % 4,
            }).Array[1, plansMax],
        (sims, plans) => Build(sims, plans, new Shape(30, ChargeType.RateChargeAndOverage, 0, 0, -1, 0, 0)));

    /// <summary>A heavy-tailed fleet on a ladder of pooled plans, as at a carrier; the same for the same seed.</summary>
    public static Instance Realistic(int sims, int plans, int seed)
    {
        var random = new Random(seed);
        PlanCatalog catalog = PlanCatalog.Create([.. Enumerable.Range(0, plans).Select(step => new RatePlan
        {
            Name = $"{1 << step}MB",
            MonthlyRate = new Money(400_000 + (200_000L * (1 << step) / (step + 1))),
            IncludedData = DataVolume.FromMegabytes(1 << step),
            OverageRate = new Money(500_000),
            OverageBlock = DataVolume.FromMegabytes(1),
            IsPooled = true,
        })]);
        var fleet = new Fleet
        {
            UsageBytes = [.. Enumerable.Range(0, sims).Select(_ => random.NextDouble() < 0.3 ? 0 : HeavyTailed(random, plans))],
            PlanSets = [PlanSet.All(catalog)],
            PlanSetOf = new ushort[sims],
        };
        return new Instance(fleet, catalog, new SolveOptions { TimeLimit = TimeSpan.FromMinutes(2) });

        static long HeavyTailed(Random random, int plans) =>
            (long)(200_000 / Math.Pow(1 - random.NextDouble(), 0.9)) % (1_048_576L << plans);
    }

    /// <summary>The same fleet and plans, the plans in another order.</summary>
    public static Instance WithPlansShuffled(Instance instance, int seed)
    {
        int plans = instance.Catalog.Plans.Count;
        int[] order = [.. Enumerable.Range(0, plans)];
        new Random(seed).Shuffle(order);
        return WithPlans(
            instance,
            [.. order.Select(plan => instance.Catalog.Plans[plan])],
            set => new PlanSet(set.Select(plan => Array.IndexOf(order, plan))),
            plan => (ushort)Array.IndexOf(order, plan));
    }

    /// <summary>One plan more, that every billed SIM may use.</summary>
    public static Instance WithOnePlanMore(Instance instance, RatePlan plan) => WithPlans(
        instance, [.. instance.Catalog.Plans, plan],
        set => set.Length == 0 ? PlanSet.Empty : new PlanSet([.. set, instance.Catalog.Plans.Count]), current => current);

    public static Instance WithPricesTimes(Instance instance, int factor)
    {
        Instance scaled = WithPlans(
            instance,
            [.. instance.Catalog.Plans.Select(plan => plan with
            {
                MonthlyRate = factor * plan.MonthlyRate, OverageRate = factor * plan.OverageRate, SmsRate = factor * plan.SmsRate,
            })],
            set => new PlanSet(set), current => current);
        return scaled with { Options = scaled.Options with { ChangeCost = factor * scaled.Options.ChangeCost } };
    }

    /// <summary>All plans with the overage of the first pooled one, all in one pool or each in its own.</summary>
    public static Instance WithPools(Instance instance, bool merged)
    {
        RatePlan first = instance.Catalog.Plans[0];
        return WithPlans(
            instance,
            [.. instance.Catalog.Plans.Select(plan => plan with
            {
                OverageRate = first.OverageRate, OverageBlock = first.OverageBlock, PoolName = merged ? "common" : null,
            })],
            set => new PlanSet(set), current => current);
    }

    public static Fleet WithoutProration(Fleet fleet) => new()
    {
        UsageBytes = fleet.UsageBytes,
        PlanSets = fleet.PlanSets,
        PlanSetOf = fleet.PlanSetOf,
        CurrentPlan = fleet.CurrentPlan,
        SmsCount = fleet.SmsCount,
        CommGroup = fleet.CommGroup,
    };

    /// <summary>SIMs that leave their current plan.</summary>
    public static int Changes(Fleet fleet, ushort[] assignment) => fleet.CurrentPlan is null
        ? 0
        : assignment.Where((plan, device) => plan != Fleet.NoPlan
            && fleet.CurrentPlan[device] != Fleet.NoPlan && fleet.CurrentPlan[device] != plan).Count();

    private static Instance WithPlans(
        Instance instance, RatePlan[] plans, Func<int[], PlanSet> newSet, Func<ushort, ushort> newCurrent)
    {
        Fleet fleet = instance.Fleet;
        return instance with
        {
            Catalog = PlanCatalog.Create(plans, instance.Catalog.Rules),
            Fleet = new Fleet
            {
                UsageBytes = fleet.UsageBytes,
                PlanSets = [.. fleet.PlanSets.Select(set => newSet([.. set.Plans.ToArray()]))],
                PlanSetOf = fleet.PlanSetOf,
                CurrentPlan = fleet.CurrentPlan is null
                    ? null
                    : [.. fleet.CurrentPlan.Select(plan => plan == Fleet.NoPlan ? plan : newCurrent(plan))],
                ActiveDays = fleet.ActiveDays,
                SmsCount = fleet.SmsCount,
                CommGroup = fleet.CommGroup,
            },
        };
    }

    private static Instance Build(SimRow[] sims, PlanRow[] plans, Shape shape)
    {
        long byteUnit = (shape.Scale & 1) == 0 ? 1 : 262_144;
        long moneyUnit = (shape.Scale & 2) == 0 ? 1 : 10_000;
        var rules = new BillRules
        {
            PeriodDays = shape.PeriodDays,
            ChargeType = shape.ChargeType,
            PoolScope = shape.Scope == 5 ? PoolScope.CommGroup : PoolScope.Account,
        };
        PlanCatalog catalog = PlanCatalog.Create(BuildPlans(plans, byteUnit, moneyUnit), rules);
        List<PlanSet> sets = [.. sims.Select(sim => SetOf(sim.PlanBits, plans.Length)).Distinct()];
        var fleet = new Fleet
        {
            UsageBytes = [.. sims.Select(sim => sim.Usage * byteUnit)],
            PlanSets = sets,
            PlanSetOf = [.. sims.Select(sim => (ushort)sets.IndexOf(SetOf(sim.PlanBits, plans.Length)))],
            CurrentPlan = shape.HasCurrent
                ? [.. sims.Select(sim => sim.Current < 0 ? Fleet.NoPlan : (ushort)(sim.Current % plans.Length))]
                : null,
            ActiveDays = shape.HasProration
                ? [.. sims.Select(sim => (ushort)Math.Min(sim.Days, shape.PeriodDays))]
                : null,
            SmsCount = shape.HasSms ? [.. sims.Select(sim => sim.Sms)] : null,
            CommGroup = shape.Scope == 5 ? [.. sims.Select(sim => (ushort)sim.Group)] : null,
        };
        var options = new SolveOptions
        {
            MaxChanges = shape.HasCurrent && shape.MaxChanges >= 0 ? shape.MaxChanges : null,
            ChangeCost = new Money(shape.HasChangeCost ? shape.ChangeCost * moneyUnit : 0),
            TimeLimit = TimeSpan.FromMinutes(2),
            Threads = 1,
        };
        return new Instance(fleet, catalog, options);
    }

    private static RatePlan[] BuildPlans(PlanRow[] plans, long byteUnit, long moneyUnit)
    {
        PlanRow? FirstOf(int kind) => Array.Find(plans, plan => plan.Kind == kind);

        return [.. plans.Select((row, index) =>
        {
            PlanRow pool = row.Kind is 2 or 3 ? FirstOf(row.Kind)! : row;
            bool unlimited = row.Kind == 5;
            return new RatePlan
            {
                Name = "P" + index.ToString(CultureInfo.InvariantCulture),
                MonthlyRate = new Money(row.Rate * moneyUnit),
                IncludedData = unlimited ? null : new DataVolume(row.Included * byteUnit),
                OverageRate = new Money(unlimited ? 0 : pool.OverageRate * moneyUnit),
                OverageBlock = new DataVolume(unlimited ? 0 : pool.Block * byteUnit),
                IsPooled = row.Kind < 4,
                PoolName = row.Kind switch { 2 => "A", 3 => "B", _ => null },
                IncludedSms = row.IncludedSms,
                SmsRate = new Money(row.SmsRate * moneyUnit),
            };
        })];
    }

    private static PlanSet SetOf(int bits, int plans)
    {
        int inside = bits & ((1 << plans) - 1);
        return new PlanSet(Enumerable.Range(0, plans).Where(plan => ((inside >> plan) & 1) == 1));
    }

    /// <param name="Parts">Bits: current plans (two of four values), proration, SMS, cost of changing.</param>
    private sealed record Shape(
        int PeriodDays, ChargeType ChargeType, int Scope, int Parts, int MaxChanges, long ChangeCost, int Scale)
    {
        public bool HasCurrent => (Parts & 1) != 0;

        public bool HasProration => (Parts & 6) == 6;

        public bool HasSms => (Parts & 24) == 24;

        public bool HasChangeCost => (Parts & 33) == 33;
    }
}
