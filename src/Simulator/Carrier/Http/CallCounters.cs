namespace CarrierOptimization.Simulator.Carrier.Http;

/// <summary>The calls the carrier answers.</summary>
public enum CarrierCall
{
    Echo,
    Devices,
    DeviceDetails,
    CycleToDateUsage,
    UsageByRatePlan,
    UsageInZone,
    RatePlans,
    EditDevice,
    AuditTrails,
    Unknown,
}

/// <summary>How often a call was made.</summary>
/// <param name="Answered">With a status below 400.</param>
/// <param name="Refused">All others.</param>
public readonly record struct CallCount(long Answered, long Refused);

/// <summary>Counts calls.</summary>
internal sealed class CallCounters
{
    private readonly long[] _answered = new long[Enum.GetValues<CarrierCall>().Length];
    private readonly long[] _refused = new long[Enum.GetValues<CarrierCall>().Length];
    private long _all;

    public CallCount this[CarrierCall call] =>
        new(Interlocked.Read(ref _answered[(int)call]), Interlocked.Read(ref _refused[(int)call]));

    /// <returns>The number of the call, from 1.</returns>
    public long Begin() => Interlocked.Increment(ref _all);

    public void End(CarrierCall call, int status) =>
        Interlocked.Increment(ref (status < 400 ? _answered : _refused)[(int)call]);
}
