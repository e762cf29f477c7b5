using CarrierOptimization.Benchmarks.Instances;
using CarrierOptimization.Benchmarks.Measuring;

namespace CarrierOptimization.Benchmarks.Goals;

/// <summary>Fleets that cannot be proven to the cent but nearly: from 1,000 SIMs to 10 million.</summary>
internal static class LargeFleets
{
    private const int Repetitions = 3;
    private const double PeakBytesPerSimMax = 60;
    private const double GeneralGapMax = 1e-5;
    private const double GeneralSortsMax = 15;

    /// <summary>1,000 to 100,000 SIMs.</summary>
    public static IEnumerable<GoalRow> Medium(GoalOptions options)
    {
        foreach ((int devices, double gap) in new[] { (1_000, 2e-4), (10_000, 1e-4), (100_000, 1e-5) })
        {
            foreach (int plans in new[] { 7, 15 })
            {
                SolveMeasurement.WarmUp(new InstanceChoice(devices, plans), options.Effort);
                var solved = new List<SolveMeasurement>();
                for (ulong seed = 1; seed <= options.FewSeeds; seed++)
                {
                    solved.Add(SolveMeasurement.Of(new InstanceChoice(devices, plans, seed).Make(), options.Effort, Repetitions));
                }

                double widest = solved.Max(one => one.Gap);
                double slowest = solved.Max(one => one.Seconds);
                yield return GoalRow.Of(
                    $"gap <= {Figures.Gap(gap)} within 1 s",
                    $"N = {Figures.Count(devices)}, P = {plans}, {solved.Count} seeds",
                    $"widest gap {Figures.Gap(widest)}, slowest {Figures.Time(slowest)}",
                    widest <= gap && slowest <= 1);
            }
        }
    }

    /// <summary>One and ten million SIMs against one radix sort of their usages.</summary>
    public static IEnumerable<GoalRow> Millions(GoalOptions options)
    {
        foreach ((int devices, double gap, double sorts) in new[] { (1_000_000, 3e-6, 2.0), (10_000_000, 5e-7, 1.0) })
        {
            foreach (int plans in new[] { 7, 15 })
            {
                SolveMeasurement one = ChildMeasurement.Solve(new InstanceChoice(devices, plans), options.Effort, Repetitions);
                bool isLargest = devices == 10_000_000;
                double peak = (double)(one.PeakBytes ?? 0) / devices;
                yield return GoalRow.Of(
                    $"gap <= {Figures.Gap(gap)}, at most {sorts} x one radix sort" + (isLargest ? ", at most 60 bytes per SIM" : string.Empty),
                    $"N = {Figures.Count(devices)}, P = {plans}",
                    $"gap {Figures.Gap(one.Gap)}, {Against(one)}, peak {Figures.Format($"{peak:0.0}")} bytes per SIM",
                    one.Gap <= gap && one.Seconds <= sorts * one.SortSeconds && (!isLargest || peak <= PeakBytesPerSimMax));
                yield return GoalRow.Figure("time by phase", $"N = {Figures.Count(devices)}, P = {plans}", Phases(one));
            }
        }
    }

    /// <summary>One million SIMs with everything accounts have beside pools, each alone and all together.</summary>
    public static IEnumerable<GoalRow> General(GoalOptions options)
    {
        const GeneralCase All = GeneralCase.IndividualPlans | GeneralCase.PlanSets | GeneralCase.ChangeBudget
            | GeneralCase.ChangeCost | GeneralCase.Proration;
        GeneralCase[] cases =
        [
            GeneralCase.IndividualPlans, GeneralCase.PlanSets, GeneralCase.ChangeBudget, GeneralCase.ChangeCost,
            GeneralCase.Proration, All,
        ];
        List<(string Name, InstanceChoice Choice)> choices =
        [
            .. cases.Select(one => (one == All ? "all of these" : one.ToString(), new InstanceChoice(1_000_000, 15, 1, "general", one))),
            ("one shared pool", new InstanceChoice(1_000_000, 15, 1, "shared")),
        ];
        foreach ((string name, InstanceChoice choice) in choices)
        {
            SolveMeasurement one = ChildMeasurement.Solve(choice, options.Effort, Repetitions);
            yield return GoalRow.Of(
                "general case: gap <= 1e-5 within 15 x one radix sort",
                $"N = 1,000,000, P = 15, {name}",
                $"gap {Figures.Gap(one.Gap)}, {Against(one)}",
                one.Gap <= GeneralGapMax && one.Seconds <= GeneralSortsMax * one.SortSeconds);
        }
    }

    private static string Against(SolveMeasurement one) =>
        $"{Figures.Time(one.Seconds)} = {Figures.Format($"{one.Seconds / one.SortSeconds:0.00}")} x radix sort of "
        + $"{Figures.Time(one.SortSeconds ?? 0)} ({Figures.Format($"{one.Seconds / one.WarmSortSeconds:0.00}")} x "
        + $"with warm buffers, {Figures.Time(one.WarmSortSeconds ?? 0)})";

    private static string Phases(SolveMeasurement one) =>
        one.PhaseSeconds.Count == 0
            ? "none told"
            : string.Join(", ", one.PhaseSeconds.Select(phase => $"{phase.Key} {Figures.Time(phase.Value)}"));
}
