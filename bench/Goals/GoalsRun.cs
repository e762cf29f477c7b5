namespace CarrierOptimization.Benchmarks.Goals;

/// <summary>The parts of the goals table, in the order in which they run.</summary>
internal static class GoalsRun
{
    private static readonly (string Name, Func<GoalOptions, IEnumerable<GoalRow>> Rows)[] Parts =
    [
        ("small", SmallFleets.Proven),
        ("hundred", SmallFleets.Hundred),
        ("two-hundred", SmallFleets.TwoHundred),
        ("medium", LargeFleets.Medium),
        ("millions", LargeFleets.Millions),
        ("general", LargeFleets.General),
        ("plans", Growth.InPlans),
        ("sims", Growth.InSims),
        ("strategies", SimpleStrategies.Rows),
        ("solvers", OtherSolvers.Rows),
    ];

    public static IReadOnlyList<string> PartNames { get; } = [.. Parts.Select(part => part.Name)];

    /// <param name="only">Names of parts; empty for all.</param>
    /// <param name="progress">Called with each row as soon as it is measured.</param>
    public static List<GoalRow> Run(GoalOptions options, IReadOnlyCollection<string> only, Action<GoalRow> progress)
    {
        var rows = new List<GoalRow>();
        foreach ((string name, Func<GoalOptions, IEnumerable<GoalRow>> part) in Parts)
        {
            if (only.Count > 0 && !only.Contains(name))
            {
                continue;
            }

            foreach (GoalRow row in part(options))
            {
                rows.Add(row);
                progress(row);
            }
        }

        return rows;
    }
}
