using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Search;
using CarrierOptimization.Engine.Units;
using Xunit;

namespace CarrierOptimization.Engine.Tests;

/// <summary>Fleets above the size up to which SIMs are sorted: counted by bins, rounded by counts of whole classes.</summary>
public sealed class LargeFleetTests
{
    private const int Sims = 140_000;
    private const int PeriodDays = 30;

    /// <summary>Some dollars of a bill of some hundred thousand.</summary>
    private const double GapMax = 2e-4;

    public enum Kind
    {
        OwnPools,
        SharedPool,
        PlanSets,
        Proration,
        IndividualPlans,
        ChangeCost,
        ChangeLimit,
        AllOfThese,
    }

    [Theory]
    [InlineData(Kind.OwnPools)]
    [InlineData(Kind.SharedPool)]
    [InlineData(Kind.PlanSets)]
    [InlineData(Kind.Proration)]
    [InlineData(Kind.IndividualPlans)]
    [InlineData(Kind.ChangeCost)]
    public void A_large_fleet_is_solved_to_within_dollars_of_the_bound(Kind kind)
    {
        Instance instance = Make(kind);

        Solution solution = Solve(instance, threads: 2);

        Assert.True(solution.Gap <= GapMax, $"{kind}: gap {solution.Gap}, cost {solution.Cost}, bound {solution.LowerBound}.");
        Assert.Equal(StopReason.Finished, solution.StoppedBy);
    }

    [Theory]
    [InlineData(Kind.OwnPools)]
    [InlineData(Kind.PlanSets)]
    [InlineData(Kind.AllOfThese)]
    public void The_assignment_of_a_large_fleet_is_the_same_for_any_number_of_threads(Kind kind)
    {
        Instance instance = Make(kind);

        Solution alone = Solve(instance, threads: 1);

        foreach (int threads in new[] { 2, 3, 7 })
        {
            Solution together = Solve(instance, threads);
            Assert.Equal(alone.Assignment, together.Assignment);
            Assert.Equal(alone.LowerBound, together.LowerBound);
        }
    }

    [Theory]
    [InlineData(Kind.ChangeLimit)]
    [InlineData(Kind.AllOfThese)]
    public void A_limit_of_changes_is_kept_and_used_by_a_large_fleet(Kind kind)
    {
        Instance instance = Make(kind);

        Solution solution = Solve(instance, threads: 2);

        Assert.InRange(solution.Changes, instance.Options.MaxChanges!.Value * 9 / 10, instance.Options.MaxChanges.Value);
        Assert.True(solution.Gap <= 1e-3, $"{kind}: gap {solution.Gap}.");
    }

    [Fact]
    public void A_large_fleet_of_idle_SIMs_is_on_the_cheapest_plan()
    {
        Instance instance = Make(Kind.OwnPools);
        Fleet idle = With(instance.Fleet, new long[Sims]);

        Solution solution = Solve(instance with { Fleet = idle }, threads: 2);

        Assert.All(solution.Assignment, plan => Assert.Equal(0, plan));
        Assert.True(solution.ProvenOptimal);
    }

    [Fact]
    public void SIMs_that_are_not_billed_stay_out_of_a_large_solve()
    {
        Instance instance = Make(Kind.PlanSets);
        Fleet fleet = instance.Fleet;
        var sets = new List<PlanSet>(fleet.PlanSets) { new([]) };
        var setOf = (ushort[])fleet.PlanSetOf.Clone();
        for (int device = 0; device < setOf.Length; device += 10)
        {
            setOf[device] = (ushort)(sets.Count - 1);
        }

        var partly = new Fleet { UsageBytes = fleet.UsageBytes, PlanSets = sets, PlanSetOf = setOf };
        Solution solution = Solve(instance with { Fleet = partly }, threads: 2);

        Assert.Equal(Sims - (Sims / 10), solution.Bill.Devices);
        Assert.Equal(Fleet.NoPlan, solution.Assignment[0]);
    }

    [Fact]
    public void The_SIMs_of_an_instance_are_more_than_are_sorted() => Assert.True(Sims > SortedItems.ExactDevicesMax);

    private static Solution Solve(Instance instance, int threads) => Optimizer.Solve(
        instance.Fleet, instance.Catalog,
        instance.Options with { Threads = threads, TimeLimit = TimeSpan.FromMinutes(5) }, CancellationToken.None);

    private static Instance Make(Kind kind)
    {
        var random = new Random(20_260);
        PlanCatalog catalog = PlanCatalog.Create(
            Plans(kind), new BillRules { PeriodDays = PeriodDays });
        bool all = kind == Kind.AllOfThese;
        PlanSet everything = PlanSet.All(catalog);
        PlanSet[] sets = kind == Kind.PlanSets || all
            ? [everything, new PlanSet([0, 2, 4, 5, 6]), new PlanSet([0, 1, 3, 5])]
            : [everything];
        var usage = new long[Sims];
        var setOf = new ushort[Sims];
        ushort[]? days = kind == Kind.Proration || all ? new ushort[Sims] : null;
        ushort[]? current = kind is Kind.ChangeCost or Kind.ChangeLimit || all ? new ushort[Sims] : null;
        for (int device = 0; device < Sims; device++)
        {
            usage[device] = Usage(random);
            setOf[device] = (ushort)random.Next(sets.Length);
            if (days is not null)
            {
                days[device] = (ushort)(random.Next(10) == 0 ? random.Next(1, PeriodDays + 1) : PeriodDays);
            }

            if (current is not null)
            {
                PlanSet set = sets[setOf[device]];
                current[device] = set.Plans[random.Next(set.Count)];
            }
        }

        var fleet = new Fleet { UsageBytes = usage, PlanSets = sets, PlanSetOf = setOf, ActiveDays = days, CurrentPlan = current };
        return new Instance(fleet, catalog, new SolveOptions
        {
            MaxChanges = kind == Kind.ChangeLimit || all ? Sims / 20 : null,
            ChangeCost = kind == Kind.ChangeCost || all ? Money.FromDecimal(0.25m) : Money.Zero,
        });
    }

    private static Fleet With(Fleet fleet, long[] usage) => new()
    {
        UsageBytes = usage,
        PlanSets = fleet.PlanSets,
        PlanSetOf = fleet.PlanSetOf,
    };

    /// <summary>Idle, a few megabytes, or a long tail up to a terabyte.</summary>
    private static long Usage(Random random)
    {
        double megabytes = random.Next(100) switch
        {
            < 30 => 0,
            < 95 => 3 * Math.Exp(1.6 * ((random.NextDouble() * 4) - 2)),
            _ => Math.Min(1_048_576, 50 * Math.Pow(1 - random.NextDouble(), -1 / 1.3)),
        };
        return (long)(megabytes * DataVolume.DefaultBytesPerMegabyte);
    }

    private static List<RatePlan> Plans(Kind kind)
    {
        (int Megabytes, decimal Rate, decimal Overage, int Block)[] ladder =
        [
            (1, 1.00m, 0.60m, 1), (5, 2.00m, 0.40m, 1), (25, 3.90m, 0.25m, 1), (100, 6.50m, 0.08m, 1), (500, 12.00m, 0.25m, 10),
            (2_048, 22.00m, 0.15m, 10), (10_240, 46.00m, 0.70m, 100),
        ];
        List<RatePlan> plans = [.. ladder.Select(rung => new RatePlan
        {
            Name = $"{rung.Megabytes} MB",
            MonthlyRate = Money.FromDecimal(rung.Rate),
            IncludedData = DataVolume.FromMegabytes(rung.Megabytes),
            OverageRate = Money.FromDecimal(kind == Kind.SharedPool ? 0.40m : rung.Overage),
            OverageBlock = DataVolume.FromMegabytes(kind == Kind.SharedPool ? 1 : rung.Block),
            IsPooled = true,
            PoolName = kind == Kind.SharedPool ? "Shared" : null,
        })];
        if (kind is Kind.IndividualPlans or Kind.AllOfThese)
        {
            plans.Add(new RatePlan
            {
                Name = "Pay as you go",
                MonthlyRate = Money.FromDecimal(0.40m),
                IncludedData = DataVolume.Zero,
                OverageRate = Money.FromDecimal(0.50m),
                OverageBlock = DataVolume.FromMegabytes(1),
            });
        }

        return plans;
    }
}
