using BenchmarkDotNet.Attributes;
using CarrierOptimization.Benchmarks.Instances;
using CarrierOptimization.Benchmarks.Measuring;
using CarrierOptimization.Engine;
using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Certificates;

namespace CarrierOptimization.Benchmarks.Kernels;

/// <summary>What is done once per solve over all SIMs: the bill, the check of the certificate, and the sort as a yardstick.</summary>
[MemoryDiagnoser]
public class KernelBenchmarks
{
    private Instance _instance = null!;
    private Solution _solution = null!;

    [Params(10_000, 1_000_000)]
    public int Devices { get; set; }

    [Params(7, 15)]
    public int Plans { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _instance = FleetFamily.Pooled(Devices, Plans, 1);
        _solution = Optimizer.Solve(_instance.Fleet, _instance.Catalog, _instance.Options, CancellationToken.None);
    }

    [Benchmark]
    public Bill Bill() => BillCalculator.Bill(_instance.Fleet, _instance.Catalog, _solution.Assignment);

    [Benchmark]
    public void Check() => CertificateChecker.Check(_instance.Fleet, _instance.Catalog, _instance.Options, _solution);

    [Benchmark(Baseline = true)]
    public long[] Sort() => RadixSort.SortedCopy(_instance.Fleet.UsageBytes);

    [Benchmark]
    public Candidate CheapestPerSim() => Strategies.CheapestPerSim(_instance.Fleet, _instance.Catalog);
}

/// <summary>Whole solves by size.</summary>
[MemoryDiagnoser]
public class SolveBenchmarks
{
    private Instance _instance = null!;

    [Params(100, 1_000, 10_000, 100_000, 1_000_000)]
    public int Devices { get; set; }

    [Params(7, 15)]
    public int Plans { get; set; }

    [Params(Effort.Fast, Effort.Standard)]
    public Effort Effort { get; set; }

    [GlobalSetup]
    public void Setup() => _instance = FleetFamily.Pooled(Devices, Plans, 1);

    [Benchmark]
    public Solution Solve() => Optimizer.Solve(
        _instance.Fleet, _instance.Catalog, _instance.Options with { Effort = Effort }, CancellationToken.None);
}
