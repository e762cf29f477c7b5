namespace CarrierOptimization.Benchmarks.Goals;

/// <summary>How a figure stands to its goal.</summary>
internal enum Verdict
{
    Met,
    Missed,

    /// <summary>A figure without a goal.</summary>
    Figure,
}

/// <summary>One line of the goals table.</summary>
/// <param name="Goal">What is wanted, or what the figure is where nothing is.</param>
/// <param name="Subject">The instance or solver.</param>
internal sealed record GoalRow(string Goal, string Subject, string Measured, Verdict Verdict)
{
    public static GoalRow Of(string goal, string subject, string measured, bool isMet) =>
        new(goal, subject, measured, isMet ? Verdict.Met : Verdict.Missed);

    public static GoalRow Figure(string what, string subject, string measured) => new(what, subject, measured, Verdict.Figure);
}

/// <summary>What a run of the goals may take.</summary>
/// <param name="Effort">Effort level of our engine.</param>
/// <param name="SolverLimit">Time limit of each other solver on each instance.</param>
/// <param name="Seeds">Instances per size where many are wanted; a fifth of it on larger fleets, at least 1.</param>
internal sealed record GoalOptions(Engine.Effort Effort, TimeSpan SolverLimit, int Seeds)
{
    public ulong FewSeeds => (ulong)Math.Max(1, Seeds / 5);
}
