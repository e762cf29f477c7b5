namespace CarrierOptimization.Adapters.Jasper;

/// <summary>The kinds of calls made to the carrier.</summary>
public enum JasperCall
{
    Echo,
    ListDevices,
    FindDevice,
    ListUsage,
    FindUsage,
    ListRatePlans,
    ChangeRatePlan,
    ListAuditTrail,
}

/// <summary>How often one kind of call was made.</summary>
/// <param name="Calls">Requests sent to the carrier, repetitions included.</param>
/// <param name="Retries">Of these, repetitions.</param>
/// <param name="Limited">Of these, refused by the carrier's rate limit.</param>
public readonly record struct CarrierCallCount(JasperCall Call, long Calls, long Retries, long Limited);

/// <summary>What was asked of the carrier since the client was made: one entry per kind of call, all kinds.</summary>
public sealed record CarrierCallCounts(IReadOnlyList<CarrierCallCount> ByCall)
{
    /// <summary>Requests sent, of all kinds.</summary>
    public long Calls => ByCall.Sum(count => count.Calls);

    public long Retries => ByCall.Sum(count => count.Retries);

    public long Limited => ByCall.Sum(count => count.Limited);

    public CarrierCallCount this[JasperCall call] => ByCall[(int)call];
}

/// <summary>Counts calls; safe for callers at once.</summary>
internal sealed class JasperCallCounters
{
    private static readonly JasperCall[] Kinds = Enum.GetValues<JasperCall>();

    private readonly long[] _calls = new long[Kinds.Length];
    private readonly long[] _retries = new long[Kinds.Length];
    private readonly long[] _limited = new long[Kinds.Length];

    public void Begin(JasperCall call, bool isRetry)
    {
        Interlocked.Increment(ref _calls[(int)call]);
        if (isRetry)
        {
            Interlocked.Increment(ref _retries[(int)call]);
        }
    }

    public void Limited(JasperCall call) => Interlocked.Increment(ref _limited[(int)call]);

    public CarrierCallCounts Snapshot() => new([.. Kinds.Select(kind => new CarrierCallCount(
        kind,
        Interlocked.Read(ref _calls[(int)kind]),
        Interlocked.Read(ref _retries[(int)kind]),
        Interlocked.Read(ref _limited[(int)kind])))]);
}
