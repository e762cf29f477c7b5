using System.CommandLine;
using CarrierOptimization.Cli.Installations;
using CarrierOptimization.Simulator.Fleets;

namespace CarrierOptimization.Cli.Demo;

/// <summary><c>cco demo</c>: the main job on parts that all run here, from the first call to the report.</summary>
internal static class DemoCommand
{
    public const int UsualDevices = 10_000;
    public const ulong UsualSeed = 1;

    private static readonly Option<int> Devices = new("--devices", "-n")
    {
        Description = "SIMs of the simulated carrier.",
        HelpName = "N",
        DefaultValueFactory = _ => UsualDevices,
    };

    private static readonly Option<ulong> Seed = new("--seed")
    {
        Description = "The same seed gives the same SIMs and usage.",
        HelpName = "S",
        DefaultValueFactory = _ => UsualSeed,
    };

    private static readonly Option<bool> NoBrowser = new("--no-browser") { Description = "Open no browser." };

    private static readonly Option<bool> Exit = new("--exit") { Description = "End after the run in place of waiting for Ctrl-C." };

    public static Command Create()
    {
        Command command = new Command(
            "demo", "Run a whole optimization here: simulated carrier, SQLite, local receiver of AMOP 2.0 triggers, mail to a folder.")
        {
            Devices, Seed, NoBrowser, Exit, PipelineLogs.Level,
        }.WithInstallation();
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        TextWriter error = parsed.InvocationConfiguration.Error;
        FleetShape shape = FleetShape.OfProfile("pooled", parsed.GetValue(Devices), parsed.GetValue(Seed));
        if (shape.Mistakes() is { Count: > 0 } mistakes)
        {
            await error.WriteLineAsync("cco demo: " + string.Join(' ', mistakes));
            return ExitCode.BadInput;
        }

        try
        {
            var demo = new DemoRun(
                new DemoOptions(
                    shape, InstallationOptions.Settings(parsed), parsed.GetValue(InstallationOptions.Json),
                    WaitsAtEnd: !parsed.GetValue(Exit)),
                PipelineLogs.Create(parsed),
                parsed.InvocationConfiguration.Output,
                error);
            return await demo.RunAsync(cancellationToken);
        }
        catch (SettingException mistake)
        {
            await error.WriteLineAsync("cco demo: " + mistake.Message);
            return ExitCode.BadInput;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await error.WriteLineAsync("cco demo: stopped.");
            return ExitCode.Cancelled;
        }
    }
}
