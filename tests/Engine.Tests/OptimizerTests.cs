using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Certificates;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CsCheck;
using Xunit;

namespace CarrierOptimization.Engine.Tests;

/// <summary>The optimizer against every assignment of small instances, and the laws every cheapest assignment obeys.</summary>
public sealed class OptimizerTests
{
    [Fact]
    public void Any_tiny_instance_is_solved_to_proven_optimality() =>
        Instances.Tiny.Sample(AssertProvenOptimal, iter: Instances.Iterations(4_000), print: Print);

    [Fact]
    public void A_tiny_fleet_in_pools_is_solved_to_proven_optimality() =>
        Instances.TinyPooled.Sample(AssertProvenOptimal, iter: Instances.Iterations(2_000), print: Print);

    [Fact]
    public void Two_plans_and_more_SIMs_are_solved_to_proven_optimality() =>
        Instances.Of(12, 2).Sample(AssertProvenOptimal, iter: Instances.Iterations(1_000), print: Print);

    [Fact]
    public void Two_pools_and_sixteen_SIMs_of_many_sizes_are_solved_to_proven_optimality() =>
        Instances.ManySizes(16, 2).Sample(AssertProvenOptimal, iter: Instances.Iterations(100), print: Print);

    [Fact]
    public void Every_effort_finds_a_valid_solution_and_more_effort_none_that_is_dearer() =>
        Instances.Of(30, 6).Sample(
            instance =>
            {
                if (IsInfeasible(instance))
                {
                    return;
                }

                Solution fast = SolveAndCheck(instance with { Options = instance.Options with { Effort = Effort.Fast } });
                Solution standard = SolveAndCheck(instance);
                Assert.True(standard.Cost <= fast.Cost);
                Assert.True(standard.LowerBound <= fast.Cost && fast.LowerBound <= standard.Cost);
            },
            iter: Instances.Iterations(200),
            print: Print);

    [Fact]
    public void The_order_of_the_SIMs_does_not_change_the_cost() =>
        Gen.Select(Instances.Tiny, Gen.Int[0, 1_000_000]).Sample(
            (instance, seed) =>
            {
                int[] order = [.. Enumerable.Range(0, instance.Fleet.Count)];
                new Random(seed).Shuffle(order);
                Assert.Equal(Cost(instance), Cost(instance with { Fleet = Instances.Reordered(instance.Fleet, order) }));
            },
            iter: Instances.Iterations(500));

    [Fact]
    public void The_order_of_the_plans_does_not_change_the_cost() =>
        Gen.Select(Instances.Tiny, Gen.Int[0, 1_000_000]).Sample(
            (instance, seed) => Assert.Equal(Cost(instance), Cost(Instances.WithPlansShuffled(instance, seed))),
            iter: Instances.Iterations(500));

    [Fact]
    public void One_more_plan_to_choose_from_never_costs_more() =>
        Gen.Select(Instances.Tiny, Gen.Int[0, 60], Gen.Int[0, 60]).Sample(
            (instance, rate, included) =>
            {
                Instance more = Instances.WithOnePlanMore(instance, new RatePlan
                {
                    Name = "more",
                    MonthlyRate = new Money(rate),
                    IncludedData = new DataVolume(included),
                    OverageRate = new Money(3),
                    OverageBlock = new DataVolume(4),
                    IsPooled = rate % 2 == 0,
                });
                long? before = Cost(instance);
                Assert.True(before is null || Cost(more) <= before);
            },
            iter: Instances.Iterations(500));

    [Fact]
    public void Prices_times_a_factor_cost_that_factor() =>
        Gen.Select(Instances.Tiny, Gen.Int[2, 1_000]).Sample(
            (instance, factor) =>
            {
                // Rounding of prorated rate charges does not scale; everything else does.
                Instance whole = instance with { Fleet = Instances.WithoutProration(instance.Fleet) };
                Assert.Equal(Cost(whole) * factor, Cost(Instances.WithPricesTimes(whole, factor)));
            },
            iter: Instances.Iterations(500));

    [Fact]
    public void A_higher_limit_of_changes_never_costs_more() =>
        Gen.Select(Instances.Tiny, Gen.Int[0, 4]).Sample(
            (instance, limit) =>
            {
                long? tight = Cost(instance with { Options = instance.Options with { MaxChanges = limit } });
                long? loose = Cost(instance with { Options = instance.Options with { MaxChanges = limit + 1 } });
                long? none = Cost(instance with { Options = instance.Options with { MaxChanges = null } });
                Assert.True(tight is null || loose <= tight);
                Assert.True(loose is null || none <= loose);
            },
            iter: Instances.Iterations(500));

    [Fact]
    public void Pools_merged_at_equal_prices_never_cost_more_than_apart() =>
        Instances.TinyPooled.Sample(
            instance => Assert.True(
                Cost(Instances.WithPools(instance, merged: true)) <= Cost(Instances.WithPools(instance, merged: false))),
            iter: Instances.Iterations(500));

    [Fact]
    public void No_random_assignment_costs_less_than_the_lower_bound() =>
        Gen.Select(Instances.Of(60, 8), Gen.Int[0, 1_000_000]).Sample(
            (instance, seed) =>
            {
                if (IsInfeasible(instance))
                {
                    return;
                }

                (Fleet fleet, PlanCatalog catalog, SolveOptions options) = instance;
                Solution solution = SolveAndCheck(instance with { Options = options with { Effort = Effort.Fast } });
                for (int next = 0; next < 30; next++)
                {
                    ushort[] assignment = Instances.RandomAssignment(fleet, seed + next);
                    int changes = Instances.Changes(fleet, assignment);
                    if (changes <= (options.MaxChanges ?? int.MaxValue))
                    {
                        Money cost = BillCalculator.Bill(fleet, catalog, assignment).Total + (changes * options.ChangeCost);
                        Assert.True(cost >= solution.LowerBound);
                    }
                }
            },
            iter: Instances.Iterations(300));

    [Theory]
    [InlineData(3_000)]
    [InlineData(250_000)]
    public void The_result_is_the_same_for_any_number_of_threads(int sims)
    {
        Instance instance = Instances.Realistic(sims, plans: 9, seed: 4);
        Solution one = SolveAndCheck(WithThreads(1));
        foreach (int threads in (int[])[2, 3, 8])
        {
            Solution more = SolveAndCheck(WithThreads(threads));
            Assert.Equal(one.Assignment, more.Assignment);
            Assert.Equal((one.Cost, one.LowerBound, one.ProvenOptimal), (more.Cost, more.LowerBound, more.ProvenOptimal));
        }

        Instance WithThreads(int threads) => instance with
        {
            Options = instance.Options with { Threads = threads, Effort = Effort.Fast, TimeLimit = TimeSpan.FromMinutes(5) },
        };
    }

    [Fact]
    public void The_same_input_gives_the_same_output_again()
    {
        Instance instance = Instances.Realistic(2_000, plans: 7, seed: 8);
        Assert.Equal(SolveAndCheck(instance).Assignment, SolveAndCheck(instance).Assignment);
    }

    [Fact]
    public void A_cancelled_token_ends_the_solve()
    {
        Instance instance = Instances.Realistic(1_000, plans: 7, seed: 1);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(
            () => Optimizer.Solve(instance.Fleet, instance.Catalog, instance.Options, source.Token));
    }

    [Fact]
    public void A_token_cancelled_while_the_solve_runs_ends_it()
    {
        Instance instance = Instances.Realistic(20_000, plans: 12, seed: 1);
        using var source = new CancellationTokenSource();
        var cancelling = new Observer(_ => source.Cancel());
        Assert.Throws<OperationCanceledException>(() => Optimizer.Solve(
            instance.Fleet, instance.Catalog, instance.Options with { Progress = cancelling }, source.Token));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    [InlineData(30_000)]
    public void No_time_at_all_still_gives_a_valid_solution_that_says_so(int sims)
    {
        Instance instance = Instances.Realistic(sims, plans: 9, seed: 2);
        Solution solution = SolveAndCheck(instance with { Options = instance.Options with { TimeLimit = TimeSpan.Zero } });
        Assert.True(solution.StoppedBy == StopReason.TimeLimit || solution.ProvenOptimal);
        Assert.True(sims == 1 || solution.StoppedBy == StopReason.TimeLimit);
    }

    [Fact]
    public void Enough_time_ends_finished()
    {
        Solution solution = SolveAndCheck(Instances.Realistic(30, plans: 5, seed: 2));
        Assert.Equal(StopReason.Finished, solution.StoppedBy);
    }

    [Fact]
    public void Progress_never_falls_and_ends_at_the_result()
    {
        Instance instance = Instances.Realistic(2_000, plans: 7, seed: 3);
        var seen = new List<SolveProgress>();
        Solution solution = SolveAndCheck(instance with { Options = instance.Options with { Progress = new Observer(seen.Add) } });
        Assert.NotEmpty(seen);
        Assert.Equal(seen.Select(step => step.Fraction).Order(), seen.Select(step => step.Fraction));
        Assert.All(seen, step => Assert.InRange(step.Fraction, 0, 1));
        Assert.Equal((1.0, solution.Cost), (seen[^1].Fraction, seen[^1].BestCost));
    }

    [Fact]
    public void A_fleet_that_cannot_be_priced_exactly_is_refused_before_the_search()
    {
        Instance good = Instances.Realistic(3, plans: 2, seed: 1);
        var fleet = new Fleet
        {
            UsageBytes = [Limits.UsageBytesMax + 1, -1, 0], PlanSets = good.Fleet.PlanSets, PlanSetOf = good.Fleet.PlanSetOf,
        };
        ModelException refusal = Assert.Throws<ModelException>(
            () => Optimizer.Solve(fleet, good.Catalog, good.Options, TestContext.Current.CancellationToken));
        Assert.Equal(["SIM 0", "SIM 1"], refusal.Mistakes.Select(mistake => mistake.Subject));
    }

    private static void AssertProvenOptimal(Instance instance)
    {
        BruteForce best = BruteForce.Solve(instance);
        if (best.LeastCost is null)
        {
            Assert.Throws<ModelException>(() => Solve(instance));
            return;
        }

        Solution solution = SolveAndCheck(instance);
        Assert.True(
            solution.Cost.MicroUnits == best.LeastCost && solution.ProvenOptimal && solution.LowerBound == solution.Cost,
            $"found {solution.Cost.MicroUnits}, bound {solution.LowerBound.MicroUnits}, proven {solution.ProvenOptimal}, "
            + $"stopped by {solution.StoppedBy}, by {string.Join(",", solution.Assignment)}; {best}");
    }

    /// <summary>The cheapest cost; null when no assignment keeps the limit of changes.</summary>
    private static long? Cost(Instance instance)
    {
        if (IsInfeasible(instance))
        {
            return null;
        }

        Solution solution = SolveAndCheck(instance);
        Assert.True(solution.ProvenOptimal);
        return solution.Cost.MicroUnits;
    }

    /// <summary>True when more SIMs must leave their current plan, because it is not in their set, than may.</summary>
    private static bool IsInfeasible(Instance instance)
    {
        (Fleet fleet, _, SolveOptions options) = instance;
        return fleet.CurrentPlan is not null && options.MaxChanges is { } limit
            && Enumerable.Range(0, fleet.Count).Count(device => fleet.CurrentPlan[device] != Fleet.NoPlan
                && fleet.PlanSets[fleet.PlanSetOf[device]] is { IsEmpty: false } set
                && !set.Contains(fleet.CurrentPlan[device])) > limit;
    }

    private static Solution SolveAndCheck(Instance instance)
    {
        Solution solution = Solve(instance);
        CertificateChecker.Check(instance.Fleet, instance.Catalog, instance.Options, solution);
        return solution;
    }

    private static Solution Solve(Instance instance) =>
        Optimizer.Solve(instance.Fleet, instance.Catalog, instance.Options, TestContext.Current.CancellationToken);

    private static string Print(Instance instance) => instance.ToString();

    /// <summary>Progress that is told at once, on the thread of the solve.</summary>
    private sealed class Observer(Action<SolveProgress> told) : IProgress<SolveProgress>
    {
        public void Report(SolveProgress value) => told(value);
    }
}
