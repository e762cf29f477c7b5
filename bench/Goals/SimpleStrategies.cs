using System.Diagnostics;
using CarrierOptimization.Benchmarks.Instances;
using CarrierOptimization.Benchmarks.Measuring;
using CarrierOptimization.Engine;

namespace CarrierOptimization.Benchmarks.Goals;

/// <summary>What the strategies cost that are kept for comparison. Figures, not goals; a strategy that beats ours is a miss.</summary>
internal static class SimpleStrategies
{
    public static IEnumerable<GoalRow> Rows(GoalOptions options)
    {
        foreach (int devices in new[] { 1_000, 10_000 })
        {
            foreach (int plans in new[] { 7, 15 })
            {
                foreach (string family in new[] { "pooled", "shared" })
                {
                    Instance instance = new InstanceChoice(devices, plans, 1, family).Make();
                    SolveMeasurement ours = SolveMeasurement.Of(instance, options.Effort, 1);
                    yield return Compare(ours, "Sequences", () => Strategies.Sequences(
                        instance.Fleet, instance.Catalog, new SequenceOptions(), CancellationToken.None));
                    yield return Compare(
                        ours, "CheapestPerSim", () => Strategies.CheapestPerSim(instance.Fleet, instance.Catalog));
                    yield return Compare(
                        ours, "BaseAssignment", () => Strategies.BaseAssignment(instance.Fleet, instance.Catalog));
                }
            }
        }
    }

    private static GoalRow Compare(SolveMeasurement ours, string name, Func<Candidate> strategy)
    {
        long start = Stopwatch.GetTimestamp();
        Candidate candidate = strategy();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        long cost = candidate.Cost.MicroUnits;
        string measured = $"{Figures.Percent((double)(cost - ours.BoundMicroUnits) / ours.BoundMicroUnits)} above the bound, "
            + $"{Figures.Time(seconds)} (ours {Figures.Percent((double)(ours.CostMicroUnits - ours.BoundMicroUnits) / ours.BoundMicroUnits)}, "
            + $"{Figures.Time(ours.Seconds)})";
        return cost < ours.CostMicroUnits
            ? GoalRow.Of("never dearer than a simple strategy", $"{name}, {ours.Instance}", measured, isMet: false)
            : GoalRow.Figure("cost of a simple strategy", $"{name}, {ours.Instance}", measured);
    }
}
