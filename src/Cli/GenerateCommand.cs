using System.CommandLine;
using System.Globalization;
using CarrierOptimization.Simulator.Fleets;
using Spectre.Console;

namespace CarrierOptimization.Cli;

/// <summary><c>cco generate</c>: writes an invented fleet as the CSV files that <c>cco optimize</c> reads.</summary>
internal static class GenerateCommand
{
    public static Command Create()
    {
        var devices = new Option<int>("--devices", "-n")
        {
            Description = $"SIMs to invent, up to {Count(FleetShape.DevicesMax)}.",
            HelpName = "N",
            DefaultValueFactory = _ => 10_000,
        };
        var seed = new Option<ulong>("--seed")
        {
            Description = "The same seed gives the same files, byte for byte, on every machine.",
            HelpName = "S",
            DefaultValueFactory = _ => 1,
        };
        var output = new Option<DirectoryInfo>("--output", "-o")
        {
            Description = "Folder for the files; it is made if missing, files of the same names are replaced.",
            HelpName = "DIR",
            Required = true,
        };
        var profile = new Option<string>("--profile")
        {
            Description = "How the plans share data: each plan its own pool with dear overage (pooled), one pool for all "
                + "(shared-pool), cheap overage, individual plans, or a mixture with pay-as-you-go and unlimited (mixed).",
            HelpName = "NAME",
            DefaultValueFactory = _ => "pooled",
        };
        profile.AcceptOnlyFromAmong([.. FleetShape.ProfileNames]);
        Option<int?> plans = Number(
            "--plans", "P", $"Rate plans, {FleetShape.PlansMin} to {FleetShape.PlansMax}; 9 unless given.");
        Option<int?> communicationPlans = Number(
            "--communication-plans", "C", $"Communication plans, 1 to {FleetShape.CommunicationPlansMax}; 3 unless given.");
        Option<int?> periodDays = Number("--period-days", "D", "Days of the billing period; 30 unless given.");
        var compress = new Option<bool>("--gzip") { Description = "Write devices.csv.gz in place of devices.csv." };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print nothing but errors." };

        var command = new Command("generate", "Write an invented fleet as CSV files, to try the optimizer with.")
        {
            devices, seed, output, profile, plans, communicationPlans, periodDays, compress, quiet,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            FleetShape shape = FleetShape.OfProfile(
                parsed.GetValue(profile)!, parsed.GetValue(devices), parsed.GetValue(seed));
            shape = shape with
            {
                Plans = parsed.GetValue(plans) ?? shape.Plans,
                CommunicationPlans = parsed.GetValue(communicationPlans) ?? shape.CommunicationPlans,
                PeriodDays = parsed.GetValue(periodDays) ?? shape.PeriodDays,
            };
            string directory = parsed.GetValue(output)!.FullName;
            InvocationConfiguration screen = parsed.InvocationConfiguration;
            TextWriter result = parsed.GetValue(quiet) ? TextWriter.Null : screen.Output;
            bool compressed = parsed.GetValue(compress);

            // On another thread: Ctrl-C is watched for only once the action has returned its task.
            return Task.Run(
                () => Run(shape, directory, compressed, result, screen.Error, cancellationToken), CancellationToken.None);
        });
        return command;
    }

    private static int Run(
        FleetShape shape,
        string directory,
        bool compress,
        TextWriter output,
        TextWriter error,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<string> mistakes = shape.Mistakes();
        if (mistakes.Count > 0)
        {
            foreach (string mistake in mistakes)
            {
                error.WriteLine($"cco generate: {mistake}");
            }

            return ExitCode.BadInput;
        }

        long begun = TimeProvider.System.GetTimestamp();
        IReadOnlyList<string> files;
        try
        {
            files = Write(shape, directory, compress, showBar: output != TextWriter.Null, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"cco generate: can't write to {directory}: {failure.Message} Choose another --output.");
            return ExitCode.BadInput;
        }
        catch (OperationCanceledException)
        {
            error.WriteLine("cco generate: stopped; no file of devices was written.");
            return ExitCode.Cancelled;
        }

        TimeSpan elapsed = TimeProvider.System.GetElapsedTime(begun);
        output.WriteLine($"{Count(shape.Devices)} SIMs, {shape.Plans} rate plans and {shape.CommunicationPlans} communication "
            + $"plans written to {directory} in {elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s.");
        output.WriteLine($"Next: cco optimize --devices {Argument(files[0])} --plans {Argument(files[1])} "
            + $"--communication-plans {Argument(files[2])} --period-days {shape.PeriodDays} --output result");
        return ExitCode.Done;
    }

    /// <summary>Shows a bar on standard error where that is a terminal.</summary>
    private static IReadOnlyList<string> Write(
        FleetShape shape, string directory, bool compress, bool showBar, CancellationToken cancellationToken)
    {
        if (!showBar || Console.IsErrorRedirected)
        {
            return FleetFiles.Write(shape, directory, compress, progress: null, cancellationToken);
        }

        IReadOnlyList<string> files = [];
        IAnsiConsole terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        terminal.Progress().AutoClear(true).Start(context =>
        {
            ProgressTask bar = context.AddTask("Writing SIMs", maxValue: Math.Max(1, shape.Devices));
            files = FleetFiles.Write(shape, directory, compress, new BarProgress(bar), cancellationToken);
        });
        return files;
    }

    private static Option<int?> Number(string name, string helpName, string description) =>
        new(name) { Description = description, HelpName = helpName };

    private static string Count(int number) => number.ToString("#,##0", CultureInfo.InvariantCulture);

    /// <summary>Quoted for a shell where a space needs it.</summary>
    private static string Argument(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"'{path}'" : path;

    private sealed class BarProgress(ProgressTask bar) : IProgress<int>
    {
        public void Report(int value) => bar.Value = value;
    }
}
