namespace CarrierOptimization.Simulator.Carrier.Http;

/// <summary>The carrier's limits for one user: one call in flight, and so many within any second.</summary>
internal sealed class CallLimiter(CarrierSimulatorOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Queue<long> _lastSecond = new();
    private int _inFlight;

    /// <returns>False when the call is above the limits; then it does not count.</returns>
    public bool TryEnter()
    {
        lock (_gate)
        {
            long now = time.GetTimestamp();
            while (_lastSecond.TryPeek(out long begun) && time.GetElapsedTime(begun, now) >= TimeSpan.FromSeconds(1))
            {
                _lastSecond.Dequeue();
            }

            if ((options.OneCallInFlight && _inFlight > 0)
                || (options.CallsPerSecondMax is { } most && _lastSecond.Count >= most))
            {
                return false;
            }

            _inFlight++;
            if (options.CallsPerSecondMax is not null)
            {
                _lastSecond.Enqueue(now);
            }

            return true;
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            _inFlight--;
        }
    }
}
