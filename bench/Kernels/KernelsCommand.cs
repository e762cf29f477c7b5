using System.CommandLine;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace CarrierOptimization.Benchmarks.Kernels;

/// <summary><c>bench kernels</c>: BenchmarkDotNet over the parts of a solve.</summary>
internal static class KernelsCommand
{
    public static Command Make()
    {
        var rest = new Argument<string[]>("options")
        {
            Description = "Passed to BenchmarkDotNet after --, for instance -- --filter *Check* or -- --list flat.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var quick = new Option<bool>("--quick") { Description = "Few iterations: a first impression." };
        var command = new Command("kernels", "Times the parts of a solve with BenchmarkDotNet.") { quick, rest };
        command.SetAction(parsed =>
        {
            // In this process: a second build of this project by BenchmarkDotNet would measure other settings than goals does.
            Job job = (parsed.GetValue(quick) ? Job.ShortRun : Job.Default).WithToolchain(InProcessEmitToolchain.Instance);
            IConfig config = DefaultConfig.Instance.AddJob(job).WithArtifactsPath("artifacts/benchmarks");
            string[] options = parsed.GetValue(rest)!;
            _ = BenchmarkSwitcher.FromAssembly(typeof(KernelsCommand).Assembly)
                .Run(options.Length == 0 ? ["--filter", "*"] : options, config);
            return 0;
        });
        return command;
    }
}
