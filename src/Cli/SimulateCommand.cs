using System.CommandLine;

namespace CarrierOptimization.Cli;

/// <summary><c>cco simulate</c>: stand-ins for what the product talks to.</summary>
internal static class SimulateCommand
{
    public static Command Create() => new("simulate", "Run a stand-in for an outside system, as a real server.")
    {
        SimulateCarrierCommand.Create(),
        SimulateAmopCommand.Create(),
    };
}
