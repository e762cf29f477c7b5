namespace CarrierOptimization.Pipeline.GetDevices;

/// <summary>How SIMs and their usage are read from a carrier.</summary>
public sealed record SyncOptions
{
    /// <summary>Pages read before what they brought is saved, 1 to 200. At 50 SIMs a page 20 are a batch of 1,000.</summary>
    public int PagesPerMessage { get; init; } = 20;

    /// <summary>SIMs asked for one by one before the answers are saved, 1 to 1,000.</summary>
    public int SinglesPerMessage { get; init; } = 100;

    /// <summary>Calls about single SIMs at the same time, 1 to 32; the carrier's client may let fewer through.</summary>
    public int SingleCallsAtOnce { get; init; } = 4;

    /// <summary>SIMs of one sync that may be asked for one by one, 0 to 10,000,000. At 5 calls a second 20,000 take 67 minutes.</summary>
    public int SinglesMax { get; init; } = 20_000;

    /// <summary>Rounds in which SIMs that changed during the sync are read again, 1 to 10.</summary>
    public int ReconcileRoundsMax { get; init; } = 3;

    /// <summary>
    /// A complete list in which more of the known SIMs are missing is not believed, in percent, 0 to 100. 100 believes every list.
    /// </summary>
    public int MaxVanishedPercent { get; init; } = 50;

    /// <summary>The clocks here and at the carrier may differ by this much, 0 to 1 h.</summary>
    public TimeSpan ClockDifference { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>From the end of the sync until the watchdog ends the session if it is still being grouped, 1 min to 1 day.</summary>
    public TimeSpan GroupingTimeLimit { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Every setting out of its range, as sentences; empty when all is well.</summary>
    public IReadOnlyList<string> Mistakes()
    {
        var mistakes = new List<string>();
        Check("PagesPerMessage", PagesPerMessage, 1, 200);
        Check("SinglesPerMessage", SinglesPerMessage, 1, 1_000);
        Check("SingleCallsAtOnce", SingleCallsAtOnce, 1, 32);
        Check("SinglesMax", SinglesMax, 0, 10_000_000);
        Check("ReconcileRoundsMax", ReconcileRoundsMax, 1, 10);
        Check("MaxVanishedPercent", MaxVanishedPercent, 0, 100);
        Check("ClockDifference (seconds)", (long)ClockDifference.TotalSeconds, 0, 3_600);
        Check("GroupingTimeLimit (minutes)", (long)GroupingTimeLimit.TotalMinutes, 1, 1_440);
        return mistakes;

        void Check(string name, long found, long min, long max)
        {
            if (found < min || found > max)
            {
                mistakes.Add($"{name} is {found}; expected {min} to {max}.");
            }
        }
    }
}
