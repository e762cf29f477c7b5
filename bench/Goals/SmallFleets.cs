using CarrierOptimization.Benchmarks.Measuring;
using CarrierOptimization.Benchmarks.Solvers;

namespace CarrierOptimization.Benchmarks.Goals;

/// <summary>Fleets that must be proven, or nearly so: up to 200 SIMs.</summary>
internal static class SmallFleets
{
    private const double MedianSecondsMax = 0.1;
    private const double WorstSecondsMax = 2;

    /// <summary>N up to 40: every one proven, fast.</summary>
    public static IEnumerable<GoalRow> Proven(GoalOptions options)
    {
        foreach (int devices in new[] { 20, 40 })
        {
            foreach (int plans in new[] { 7, 15 })
            {
                List<SolveMeasurement> solved = Solve(devices, plans, (ulong)options.Seeds, options);
                double median = SolveMeasurement.Median(solved.Select(one => one.Seconds));
                double worst = solved.Max(one => one.Seconds);
                int proven = solved.Count(one => one.IsProven);
                yield return GoalRow.Of(
                    "proven optimal, all; median under 0.1 s, worst 2 s",
                    $"N = {devices}, P = {plans}, {solved.Count} seeds",
                    $"{proven} proven, median {Figures.Time(median)}, worst {Figures.Time(worst)}, "
                        + $"widest gap {Figures.Gap(solved.Max(one => one.Gap))}",
                    proven == solved.Count && median < MedianSecondsMax && worst <= WorstSecondsMax);
            }
        }
    }

    /// <summary>N = 100: proven, and faster than the integer programming solvers on the same instances.</summary>
    public static IEnumerable<GoalRow> Hundred(GoalOptions options)
    {
        foreach (int plans in new[] { 7, 15 })
        {
            SolveMeasurement.WarmUp(new InstanceChoice(100, plans), options.Effort);
            for (ulong seed = 1; seed <= options.FewSeeds; seed++)
            {
                var choice = new InstanceChoice(100, plans, seed);
                SolveMeasurement ours = SolveMeasurement.Of(choice.Make(), options.Effort, 1);
                List<SolverMeasurement> others =
                    [.. AnySolver.Names.Select(solver => ChildMeasurement.Solver(choice, solver, options.SolverLimit))];
                // A solver that proved nothing in its limit was not faster than one that did.
                bool isFastest = others.All(other => !other.IsProven || ours.Seconds < other.Seconds);
                bool isCheapest = others.All(other => other.CostMicroUnits is null || ours.CostMicroUnits <= other.CostMicroUnits);
                yield return GoalRow.Of(
                    "proven, faster than SCIP and HiGHS",
                    ours.Instance,
                    $"{Figures.Money(ours.CostMicroUnits)} {(ours.IsProven ? "proven" : "gap " + Figures.Gap(ours.Gap))} in "
                        + $"{Figures.Time(ours.Seconds)}; {string.Join("; ", others.Select(OtherSolvers.Describe))}",
                    ours.IsProven && isFastest && isCheapest);
            }
        }
    }

    public static IEnumerable<GoalRow> TwoHundred(GoalOptions options)
    {
        foreach (int plans in new[] { 7, 15 })
        {
            List<SolveMeasurement> solved = Solve(200, plans, options.FewSeeds, options);
            yield return GoalRow.Of(
                "proven or gap <= 5e-4 within 1 s",
                $"N = 200, P = {plans}, {solved.Count} seeds",
                $"{solved.Count(one => one.IsProven)} proven, widest gap {Figures.Gap(solved.Max(one => one.Gap))}, "
                    + $"worst {Figures.Time(solved.Max(one => one.Seconds))}",
                solved.All(one => (one.IsProven || one.Gap <= 5e-4) && one.Seconds <= 1));
        }
    }

    private static List<SolveMeasurement> Solve(int devices, int plans, ulong seeds, GoalOptions options)
    {
        SolveMeasurement.WarmUp(new InstanceChoice(devices, plans), options.Effort);
        var solved = new List<SolveMeasurement>();
        for (ulong seed = 1; seed <= seeds; seed++)
        {
            solved.Add(SolveMeasurement.Of(new InstanceChoice(devices, plans, seed).Make(), options.Effort, 1));
        }

        return solved;
    }
}
