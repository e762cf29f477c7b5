using System.CommandLine;
using CarrierOptimization.Benchmarks.CrossChecks;
using CarrierOptimization.Benchmarks.Goals;
using CarrierOptimization.Benchmarks.Instances;
using CarrierOptimization.Benchmarks.Kernels;
using CarrierOptimization.Benchmarks.Measuring;

var root = new RootCommand("Benchmarks of the engine. What each figure means: docs/benchmarks.md.")
{
    GoalsCommand.Make(),
    CrossCheckCommand.Make(),
    ExportCommand.Make(),
    KernelsCommand.Make(),
    MeasureCommand.Make(),
};
return root.Parse(args).Invoke();
