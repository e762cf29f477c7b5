namespace CarrierOptimization.Simulator.Carrier;

/// <summary>A clock that starts where it is told and runs as fast as it is told; limits and delays keep real time.</summary>
/// <param name="start">What it shows at first.</param>
/// <param name="speed">Simulated seconds per real second, at least 0; 0 stands still.</param>
public sealed class VirtualClock(DateTimeOffset start, double speed = 1) : TimeProvider
{
    private readonly long _begun = System.GetTimestamp();
    private long _skippedTicks;

    public override DateTimeOffset GetUtcNow() =>
        start + (System.GetElapsedTime(_begun) * speed) + TimeSpan.FromTicks(Interlocked.Read(ref _skippedTicks));

    /// <summary>Lets <paramref name="time"/> pass at once.</summary>
    public void Skip(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        Interlocked.Add(ref _skippedTicks, time.Ticks);
    }
}
