using System.CommandLine;

namespace CarrierOptimization.Benchmarks.Instances;

/// <summary><c>bench export</c>: writes a pooled instance as text, for other solvers.</summary>
internal static class ExportCommand
{
    public static Command Make()
    {
        var devices = new Option<int>("--devices") { Description = "SIMs.", Required = true };
        var plans = new Option<int>("--plans") { Description = "Rate plans.", DefaultValueFactory = _ => 7 };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the instance.", DefaultValueFactory = _ => 1 };
        var command = new Command("export", "Writes the pooled instance of a size and seed to standard output, as text.")
        {
            devices, plans, seed,
        };
        command.SetAction(parsed =>
        {
            InstanceText.Write(FleetFamily.Pooled(parsed.GetValue(devices), parsed.GetValue(plans), parsed.GetValue(seed)), Console.Out);
            return 0;
        });
        return command;
    }
}
