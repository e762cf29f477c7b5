namespace CarrierOptimization.Pipeline.Running;

/// <summary>How messages, triggers and mails are worked off.</summary>
public sealed record RunningOptions
{
    /// <summary>Attempts at one message before that part fails, 1 to 100.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>How often a message may lose its worker (killed, out of memory, database gone) before that part fails, 1 to 1,000.</summary>
    public int MaxLostAttempts { get; init; } = 20;

    /// <summary>A worker that says nothing for this long has lost its message, 1 s to 1 h.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Wait after the first failed attempt; doubled with each further one, 0 to 10 min.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest wait between two attempts.</summary>
    public TimeSpan RetryDelayMax { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A trigger or a mail that is not taken for this long is put aside for people to look at.</summary>
    public TimeSpan DeliverFor { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How often an idle worker looks for work it was not told of.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the watchdog looks for sessions that do not move.</summary>
    public TimeSpan WatchdogInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>An open session without open work is sent on again after this long.</summary>
    public TimeSpan StalledAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Messages worked on at the same time in one process, 1 to 64.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>Every setting out of its range, as sentences; empty when all is well.</summary>
    public IReadOnlyList<string> Mistakes()
    {
        var mistakes = new List<string>();
        Check(MaxAttempts is >= 1 and <= 100, $"MaxAttempts is {MaxAttempts}; expected 1 to 100.");
        Check(MaxLostAttempts is >= 1 and <= 1_000, $"MaxLostAttempts is {MaxLostAttempts}; expected 1 to 1000.");
        Check(Workers is >= 1 and <= 64, $"Workers is {Workers}; expected 1 to 64.");
        Check(
            Lease >= TimeSpan.FromSeconds(1) && Lease <= TimeSpan.FromHours(1), $"Lease is {Lease}; expected 1 s to 1 h.");
        Check(
            RetryDelay >= TimeSpan.Zero && RetryDelay <= TimeSpan.FromMinutes(10),
            $"RetryDelay is {RetryDelay}; expected 0 to 10 min.");
        return mistakes;

        void Check(bool isGood, string mistake)
        {
            if (!isGood)
            {
                mistakes.Add(mistake);
            }
        }
    }

    /// <summary>Wait after the given number of failed attempts, without jitter.</summary>
    public TimeSpan DelayAfter(int attempts)
    {
        double seconds = RetryDelay.TotalSeconds * Math.Pow(2, Math.Min(Math.Max(attempts, 1) - 1, 20));
        return seconds < RetryDelayMax.TotalSeconds ? TimeSpan.FromSeconds(seconds) : RetryDelayMax;
    }
}
