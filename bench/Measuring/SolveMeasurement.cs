using System.Diagnostics;
using CarrierOptimization.Benchmarks.Instances;
using CarrierOptimization.Engine;

namespace CarrierOptimization.Benchmarks.Measuring;

/// <summary>One instance solved by our engine.</summary>
/// <param name="Seconds">Median of the repetitions: validation, search, and the check of the certificate.</param>
/// <param name="PhaseSeconds">Of the last repetition.</param>
/// <param name="PeakBytes">Of the whole process: runtime, fleet and search; <c>null</c> where it was not measured.</param>
/// <param name="SortSeconds">One radix sort into a copy, median; <c>null</c> where it was not measured.</param>
/// <param name="WarmSortSeconds">The same with both buffers at hand.</param>
internal sealed record SolveMeasurement(
    string Instance,
    int Devices,
    long CostMicroUnits,
    long BoundMicroUnits,
    double Gap,
    bool IsProven,
    double Seconds,
    StopReason StoppedBy,
    Dictionary<string, double> PhaseSeconds,
    long? PeakBytes = null,
    double? SortSeconds = null,
    double? WarmSortSeconds = null)
{
    private const int WarmUpDevices = 3_000;

    public static SolveMeasurement Of(Instance instance, Effort effort, int repetitions)
    {
        var seconds = new double[repetitions];
        Solution? solution = null;
        for (int repetition = 0; repetition < repetitions; repetition++)
        {
            solution = null;
            GC.Collect();
            long start = Stopwatch.GetTimestamp();
            solution = Optimizer.Solve(instance.Fleet, instance.Catalog, instance.Options with { Effort = effort }, CancellationToken.None);
            seconds[repetition] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        var phases = new Dictionary<string, double>();
        foreach (PhaseTime phase in solution!.Phases)
        {
            phases[phase.Phase] = phases.GetValueOrDefault(phase.Phase) + phase.Elapsed.TotalSeconds;
        }

        return new SolveMeasurement(
            instance.Name, instance.Fleet.Count, solution.Cost.MicroUnits, solution.LowerBound.MicroUnits, solution.Gap,
            solution.ProvenOptimal, Median(seconds), solution.StoppedBy, phases);
    }

    /// <summary>Memory, then the sort: what the sort needs must not count.</summary>
    public static SolveMeasurement WithMemoryAndSort(Instance instance, Effort effort, int repetitions)
    {
        SolveMeasurement solved = Of(instance, effort, repetitions) with { PeakBytes = PeakMemory.Bytes() };
        long[] usages = instance.Fleet.UsageBytes;
        var cold = new double[repetitions];
        var warm = new double[repetitions];
        for (int repetition = 0; repetition < repetitions; repetition++)
        {
            long start = Stopwatch.GetTimestamp();
            long[] sorted = RadixSort.SortedCopy(usages);
            cold[repetition] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            CheckSorted(sorted);
        }

        long[] values = [.. usages];
        var spare = new long[usages.Length];
        for (int repetition = 0; repetition < repetitions; repetition++)
        {
            usages.CopyTo(values, 0);
            long start = Stopwatch.GetTimestamp();
            bool isInSpare = RadixSort.Sort(values, spare);
            warm[repetition] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            CheckSorted(isInSpare ? spare : values);
        }

        return solved with { SortSeconds = Median(cold), WarmSortSeconds = Median(warm) };
    }

    /// <summary>Runs everything once, so that no figure holds the time of the compiler.</summary>
    public static void WarmUp(InstanceChoice choice, Effort effort)
    {
        InstanceChoice small = choice with { Devices = Math.Min(choice.Devices, WarmUpDevices), Seed = choice.Seed + 1_000 };
        _ = Of(small.Make(), effort, 1);
        if (choice.Devices > 100_000)
        {
            _ = WithMemoryAndSort((small with { Devices = 300_000 }).Make(), effort, 1);
        }
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static void CheckSorted(long[] values)
    {
        for (int i = 1; i < values.Length; i++)
        {
            if (values[i] < values[i - 1])
            {
                throw new InvalidOperationException($"The radix sort left {values[i]} behind {values[i - 1]}.");
            }
        }
    }
}
