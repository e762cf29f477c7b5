namespace CarrierOptimization.Pipeline.QueueCarrierPlanOptimization;

/// <summary>How sessions are started.</summary>
public sealed record QueueOptions
{
    /// <summary>From the start of a session until the watchdog ends it if it still reads from the carrier, 5 min to 3 days.</summary>
    public TimeSpan SyncTimeLimit { get; init; } = TimeSpan.FromHours(6);

    /// <summary>How often the schedule is looked at, 1 s to 1 h.</summary>
    public TimeSpan TickInterval { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Every setting out of its range, as sentences; empty when all is well.</summary>
    public IReadOnlyList<string> Mistakes()
    {
        var mistakes = new List<string>();
        if (SyncTimeLimit < TimeSpan.FromMinutes(5) || SyncTimeLimit > TimeSpan.FromDays(3))
        {
            mistakes.Add($"SyncTimeLimit is {SyncTimeLimit}; expected 5 min to 3 days.");
        }

        if (TickInterval < TimeSpan.FromSeconds(1) || TickInterval > TimeSpan.FromHours(1))
        {
            mistakes.Add($"TickInterval is {TickInterval}; expected 1 s to 1 h.");
        }

        return mistakes;
    }
}
