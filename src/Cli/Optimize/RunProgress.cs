using CarrierOptimization.Engine;
using Spectre.Console;

namespace CarrierOptimization.Cli.Optimize;

/// <summary>How far reading, solving and writing are; shown as bars on a terminal, else nowhere.</summary>
internal sealed class RunProgress
{
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

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        Progress bars = console.Progress().AutoClear(true).HideCompleted(false).Columns(
            new TaskDescriptionColumn { Alignment = Justify.Left },
            new ProgressBarColumn { Width = 34 },
            new PercentageColumn(),
            new RemainingTimeColumn());
        return await bars.StartAsync(context =>
        {
            var progress = new RunProgress(
                context.AddTask("Reading the files", maxValue: 1),
                context.AddTask("Finding the cheapest plans", maxValue: 1),
                context.AddTask("Writing the results", maxValue: 1));
            return Task.Run(() => work(progress), cancellationToken);
        });
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
