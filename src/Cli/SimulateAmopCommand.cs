using System.CommandLine;
using CarrierOptimization.Simulator.Amop;

namespace CarrierOptimization.Cli;

/// <summary><c>cco simulate amop</c>: a receiver of AMOP 2.0 triggers, as an HTTP server. See docs/amop.md.</summary>
internal static class SimulateAmopCommand
{
    private static readonly Option<int> Port = new("--port", "-p")
    {
        Description = "Port on the loopback address; 0 takes any free one.",
        HelpName = "P",
        DefaultValueFactory = _ => 8481,
    };

    private static readonly Option<string> Token = new("--token")
    {
        Description = "The bearer token that is accepted.",
        HelpName = "T",
        DefaultValueFactory = _ => AmopSimulatorOptions.DefaultToken,
    };

    private static readonly Option<string> Faults = new("--faults")
    {
        Description = "What goes wrong, several with commas: " + string.Join(", ", AmopFaults.Names) + ".",
        HelpName = "NAMES",
        DefaultValueFactory = _ => "none",
    };

    private static readonly Option<int> FaultPercent = new("--fault-percent")
    {
        Description = "Share of the calls that is harmed, 0 to 100.",
        HelpName = "N",
        DefaultValueFactory = _ => 100,
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Print each trigger as one line of JSON, and nothing else." };

    public static Command Create()
    {
        var command = new Command("amop", "Take the triggers of AMOP 2.0, check and show each, until Ctrl-C.")
        {
            Port, Token, Faults, FaultPercent, Json,
        };
        command.SetAction((parsed, cancellationToken) => Task.Run(
            () => RunAsync(parsed, cancellationToken), CancellationToken.None));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        InvocationConfiguration screen = parsed.InvocationConfiguration;
        bool isJson = parsed.GetValue(Json);
        var lines = new TriggerLines(screen.Output, isJson);
        if (!TryReadOptions(parsed, lines, out AmopSimulatorOptions options, out string mistake))
        {
            await screen.Error.WriteLineAsync($"cco simulate amop: {mistake}");
            return ExitCode.BadInput;
        }

        AmopSimulator simulator;
        try
        {
            simulator = await AmopSimulator.StartAsync(options, TimeProvider.System, cancellationToken);
        }
        catch (IOException taken)
        {
            await screen.Error.WriteLineAsync(
                $"cco simulate amop: can't listen on port {options.Port}: {taken.Message} Choose another --port.");
            return ExitCode.BadInput;
        }

        await using (simulator)
        {
            await SayHowToCallAsync(isJson ? screen.Error : screen.Output, simulator, parsed);
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                // Ctrl-C is how this command ends.
            }
        }

        if (!isJson)
        {
            await screen.Output.WriteLineAsync(
                $"Stopped. {simulator.Triggers.Count} triggers, {simulator.Violations.Count} violations.");
        }

        return ExitCode.Done;
    }

    private static bool TryReadOptions(
        ParseResult parsed, TriggerLines lines, out AmopSimulatorOptions options, out string mistake)
    {
        options = new AmopSimulatorOptions();
        mistake = parsed.GetValue(Port) is < 0 or > 65_535 ? $"--port is {parsed.GetValue(Port)}; expected 0 to 65535. " : "";
        mistake += parsed.GetValue(FaultPercent) is < 0 or > 100
            ? $"--fault-percent is {parsed.GetValue(FaultPercent)}; expected 0 to 100. "
            : "";
        mistake += parsed.GetValue(Token) is { Length: > 0 } ? "" : "--token is empty; expected what AMOP_API_KEY will be.";
        mistake = mistake.TrimEnd();
        if (mistake.Length > 0)
        {
            return false;
        }

        try
        {
            options = new AmopSimulatorOptions
            {
                Port = parsed.GetValue(Port),
                Token = parsed.GetValue(Token)!,
                Faults = AmopFaults.Parse(parsed.GetValue(Faults)!) with { PerMille = 10 * parsed.GetValue(FaultPercent) },
                TriggerSink = lines.Show,
                ViolationSink = lines.Show,
            };
            return true;
        }
        catch (ArgumentException unknown)
        {
            mistake = unknown.Message;
            return false;
        }
    }

    private static async Task SayHowToCallAsync(TextWriter output, AmopSimulator simulator, ParseResult parsed)
    {
        await output.WriteLineAsync(
            $"Simulated AMOP 2.0 (faults: {parsed.GetValue(Faults)}). For the sender:");
        await output.WriteLineAsync($"  export AMOP_API_ENDPOINT={simulator.Endpoint} AMOP_API_KEY={parsed.GetValue(Token)}");
        await output.WriteLineAsync(
            $"Triggers, violations, faults: {simulator.Address}simulator/triggers, /violations, /faults. Stop with Ctrl-C.");
        await output.FlushAsync();
    }
}
