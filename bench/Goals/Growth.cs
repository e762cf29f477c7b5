using CarrierOptimization.Benchmarks.Measuring;

namespace CarrierOptimization.Benchmarks.Goals;

/// <summary>How the time grows with plans and with SIMs.</summary>
internal static class Growth
{
    private const int Repetitions = 3;

    /// <summary>From 3 to 64 plans no worse than quadratic.</summary>
    public static IEnumerable<GoalRow> InPlans(GoalOptions options)
    {
        var solved = new List<(int Plans, SolveMeasurement One)>();
        foreach (int plans in new[] { 3, 7, 15, 30, 64 })
        {
            var choice = new InstanceChoice(100_000, plans);
            SolveMeasurement.WarmUp(choice, options.Effort);
            solved.Add((plans, SolveMeasurement.Of(choice.Make(), options.Effort, Repetitions)));
        }

        double exponent = Exponent(
            solved[0].Plans, solved[0].One.Seconds, solved[^1].Plans, solved[^1].One.Seconds);
        yield return GoalRow.Of(
            "from 3 to 64 plans no worse than quadratic",
            "N = 100,000",
            Figures.Format($"grows as P^{exponent:0.00}: ")
                + string.Join(", ", solved.Select(row => $"P = {row.Plans} {Figures.Time(row.One.Seconds)} (gap {Figures.Gap(row.One.Gap)})")),
            exponent <= 2);
    }

    /// <summary>From 10,000 to 10 million SIMs no worse than linear.</summary>
    public static IEnumerable<GoalRow> InSims(GoalOptions options)
    {
        foreach (int plans in new[] { 7, 15 })
        {
            var solved = new List<SolveMeasurement>();
            foreach (int devices in new[] { 10_000, 100_000, 1_000_000, 10_000_000 })
            {
                solved.Add(ChildMeasurement.Solve(new InstanceChoice(devices, plans), options.Effort, Repetitions));
            }

            double exponent = Exponent(solved[0].Devices, solved[0].Seconds, solved[^1].Devices, solved[^1].Seconds);
            yield return GoalRow.Of(
                "from 10,000 to 10 million SIMs no worse than linear",
                $"P = {plans}",
                Figures.Format($"grows as N^{exponent:0.00}: ")
                    + string.Join(", ", solved.Select(one => $"{Figures.Count(one.Devices)}: {Figures.Time(one.Seconds)}")),
                exponent <= 1);
        }
    }

    private static double Exponent(double sizeBefore, double timeBefore, double sizeAfter, double timeAfter) =>
        Math.Log(timeAfter / timeBefore) / Math.Log(sizeAfter / sizeBefore);
}
