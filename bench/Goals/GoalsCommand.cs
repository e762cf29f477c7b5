using System.CommandLine;
using CarrierOptimization.Engine;

namespace CarrierOptimization.Benchmarks.Goals;

/// <summary><c>bench goals</c>: measures every goal in one run and says which are met.</summary>
internal static class GoalsCommand
{
    private const double SolverSecondsDefault = 60;
    private const double SolverSecondsQuick = 10;
    private const int SeedsDefault = 20;
    private const int SeedsQuick = 5;

    public static Command Make()
    {
        var quick = new Option<bool>("--quick") { Description = "Fewer seeds, and 10 s for each other solver." };
        var solverSeconds = new Option<double?>("--solver-seconds") { Description = "Time limit of each other solver; default 60." };
        var effort = new Option<Effort>("--effort")
        {
            Description = "Effort level of the engine.",
            DefaultValueFactory = _ => Effort.Standard,
        };
        var only = new Option<string[]>("--only")
        {
            Description = "Only these parts: " + string.Join(", ", GoalsRun.PartNames) + ".",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [],
        };
        only.AcceptOnlyFromAmong([.. GoalsRun.PartNames]);
        var json = new Option<bool>("--json") { Description = "Print JSON; the rows go to standard error as they come." };
        var output = new Option<string?>("--output")
        {
            Description = "Also write a page: a file.md, or a folder, where it is named after the processor.",
        };
        var date = new Option<string>("--date")
        {
            Description = "Date to put on the page.",
            DefaultValueFactory = _ => "on an unnamed day",
        };
        var command = new Command("goals", "Measures every goal of docs/benchmarks.md in one run.")
        {
            quick, solverSeconds, effort, only, json, output, date,
        };
        command.SetAction(parsed =>
        {
            bool isQuick = parsed.GetValue(quick);
            double seconds = parsed.GetValue(solverSeconds) ?? (isQuick ? SolverSecondsQuick : SolverSecondsDefault);
            var options = new GoalOptions(
                parsed.GetValue(effort), TimeSpan.FromSeconds(seconds), isQuick ? SeedsQuick : SeedsDefault);
            return Run(options, parsed.GetValue(only)!, parsed.GetValue(json), parsed.GetValue(output), parsed.GetValue(date)!);
        });
        return command;
    }

    private static int Run(GoalOptions options, string[] only, bool asJson, string? output, string date)
    {
        Machine machine = Machine.Here(date);
        TextWriter progress = asJson ? Console.Error : Console.Out;
        progress.WriteLine($"{machine.Processor}, {machine.Processors} processors, {machine.Runtime}, effort {options.Effort}");
        List<GoalRow> rows = GoalsRun.Run(options, only, row => progress.WriteLine(GoalsTable.Line(row)));
        progress.WriteLine(GoalsTable.Summary(rows));
        if (asJson)
        {
            Console.Out.WriteLine(GoalsTable.ToJson(machine, rows));
        }

        if (output is not null)
        {
            string file = output.EndsWith(".md", StringComparison.Ordinal) ? output : Path.Combine(output, machine.FileName);
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            IEnumerable<string> words = Environment.GetCommandLineArgs().Skip(1);
            File.WriteAllText(file, GoalsTable.ToPage(machine, "./cco bench " + string.Join(' ', words), rows));
        }

        // A missed goal is a figure to work on, not a failed run.
        return 0;
    }
}
