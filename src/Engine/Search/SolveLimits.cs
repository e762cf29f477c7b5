namespace CarrierOptimization.Engine.Search;

/// <summary>The safety stop on the wall clock, and cancellation.</summary>
internal sealed class SolveLimits(SolveOptions options, CancellationToken cancellationToken)
{
    private readonly long _started = options.Clock.GetTimestamp();

    /// <summary>True once the clock has stopped some work short.</summary>
    public bool CutShort { get; private set; }

    /// <summary>True when the time is over; the caller leaves work undone then.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public bool IsOver
    {
        get
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool over = Elapsed >= options.TimeLimit;
            CutShort |= over;
            return over;
        }
    }

    public TimeSpan Elapsed => options.Clock.GetElapsedTime(_started);
}
