using System.CommandLine;
using CarrierOptimization.Benchmarks.Instances;
using CarrierOptimization.Benchmarks.Solvers;

namespace CarrierOptimization.Benchmarks.CrossChecks;

/// <summary><c>bench cross-check</c>: our engine against an independent model on random instances; fails on any disagreement.</summary>
internal static class CrossCheckCommand
{
    public static Command Make()
    {
        var instances = new Option<int>("--instances") { Description = "How many.", DefaultValueFactory = _ => 200 };
        var devices = new Option<int>("--devices") { Description = "Most SIMs of one; each has 1 to this many.", DefaultValueFactory = _ => 12 };
        var plans = new Option<int>("--plans") { Description = "Most plans of one; each has 1 to this many.", DefaultValueFactory = _ => 5 };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the first; the next ones count up.", DefaultValueFactory = _ => 1 };
        var solver = new Option<string>("--solver") { Description = "Who checks.", DefaultValueFactory = _ => "SCIP" };
        solver.AcceptOnlyFromAmong([.. AnySolver.Names]);
        var seconds = new Option<double>("--solver-seconds") { Description = "Its time limit on each.", DefaultValueFactory = _ => 60 };
        var command = new Command("cross-check", "Solves random instances by another solver too and fails when it finds anything cheaper.")
        {
            instances, devices, plans, seed, solver, seconds,
        };
        command.SetAction(parsed => Run(
            parsed.GetValue(instances), parsed.GetValue(devices), parsed.GetValue(plans), parsed.GetValue(seed),
            parsed.GetValue(solver)!, TimeSpan.FromSeconds(parsed.GetValue(seconds))));
        return command;
    }

    private static int Run(int instances, int devicesMax, int plansMax, ulong firstSeed, string solver, TimeSpan limit)
    {
        int failed = 0;
        var outcomes = new List<CrossCheckOutcome>();
        for (int number = 0; number < instances; number++)
        {
            ulong seed = firstSeed + (ulong)number;
            var sizes = new SplitMix(seed ^ 0x512E5);
            Instance instance = RandomInstance.Make(1 + sizes.Below(devicesMax), 1 + sizes.Below(plansMax), seed);
            CrossCheckOutcome outcome = CrossCheck.Run(instance, solver, limit);
            outcomes.Add(outcome);
            failed += outcome.Faults.Count > 0 ? 1 : 0;
            foreach (string fault in outcome.Faults)
            {
                Console.Out.WriteLine($"{instance.Name}: {fault}");
            }
        }

        double widest = outcomes.Select(outcome => outcome.Gap).DefaultIfEmpty(0).Max();
        Console.Out.WriteLine(FormattableString.Invariant(
            $"{instances} instances, {failed} with faults; {solver} proved {outcomes.Count(outcome => outcome.IsDecided)}, ")
            + FormattableString.Invariant($"ours proved {outcomes.Count(outcome => outcome.IsProvenByUs)}, ")
            + FormattableString.Invariant($"{outcomes.Count(outcome => outcome.IsEnumerated)} were tried out whole; ")
            + FormattableString.Invariant($"widest gap {widest:0.0e+0}"));
        return failed == 0 ? 0 : 1;
    }
}
