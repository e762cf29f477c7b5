using CarrierOptimization.Engine;
using Spectre.Console;

namespace CarrierOptimization.Cli.Optimize;

/// <summary>How far reading, solving and writing are; shown as bars on a terminal, else nowhere.</summary>
internal sealed class RunProgress
{
    private const int WidthMin = 24;
    private const int WidthOfFullNames = 60;

    private RunProgress(ProgressTask? read, ProgressTask? solve, ProgressTask? write)
    {
        Read = new Bar(read);
        Solve = new SolveBar(new Bar(solve));
        Write = new Bar(write);
    }

    public IProgress<double> Read { get; }

    public IProgress<SolveProgress> Solve { get; }

    public IProgress<double> Write { get; }

    /// <summary>Runs work on another thread and shows its progress on <paramref name="error"/> if that is a terminal.</summary>
    public static async Task<T> WatchAsync<T>(
        bool isWanted, TextWriter error, Func<RunProgress, T> work, CancellationToken cancellationToken)
    {
        if (!isWanted || Console.IsErrorRedirected || !ReferenceEquals(error, Console.Error))
        {
            return await Task.Run(() => work(new RunProgress(null, null, null)), cancellationToken);
        }

        bool hasColour = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(error),
            ColorSystem = hasColour ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        });
        (string[] names, ProgressColumn[] columns) = LayoutOf(console.Profile.Width);
        if (!console.Profile.Capabilities.Ansi || columns.Length == 0)
        {
            return await Task.Run(() => work(new RunProgress(null, null, null)), cancellationToken);
        }

        return await console.Progress().AutoClear(true).HideCompleted(false).Columns(columns).StartAsync(context =>
        {
            ProgressTask[] tasks = [.. names.Select(name => context.AddTask(name, maxValue: 1))];
            return Task.Run(() => work(new RunProgress(tasks[0], tasks[1], tasks[2])), cancellationToken);
        });
    }

    /// <summary>What fits one line of the terminal: a line that breaks would be drawn again and again down the screen.</summary>
    private static (string[] Names, ProgressColumn[] Columns) LayoutOf(int width)
    {
        // Between two columns stands one blank; a percentage takes 4.
        const int percentage = 5;
        const int remaining = 9;
        string[] names = width < WidthOfFullNames
            ? ["Reading", "Solving", "Writing"]
            : ["Reading the files", "Finding the cheapest plans", "Writing the results"];
        int bar = width - names.Max(name => name.Length) - 1 - percentage - 1;
        var description = new TaskDescriptionColumn { Alignment = Justify.Left };
        return width switch
        {
            < WidthMin => (names, []),
            < WidthOfFullNames => (names, [description, new ProgressBarColumn { Width = bar }, new PercentageColumn()]),
            _ => (names, [
                description, new ProgressBarColumn { Width = Math.Min(34, bar - remaining) }, new PercentageColumn(),
                new RemainingTimeColumn()]),
        };
    }

    private sealed class Bar(ProgressTask? task) : IProgress<double>
    {
        public void Report(double value)
        {
            if (task is not null)
            {
                task.Value = value;
            }
        }
    }

    private sealed class SolveBar(Bar bar) : IProgress<SolveProgress>
    {
        public void Report(SolveProgress value) => bar.Report(value.Fraction);
    }
}
