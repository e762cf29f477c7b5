namespace CarrierOptimization.Pipeline.Running;

/// <summary>Wakes idle workers and deliveries of this process: there may be something to do.</summary>
public sealed class WorkSignal(TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _set = NewSource();

    /// <summary>Wakes everybody who waits.</summary>
    public void Set()
    {
        TaskCompletionSource set;
        lock (_gate)
        {
            (set, _set) = (_set, NewSource());
        }

        set.TrySetResult();
    }

    /// <summary>Waits for the signal, at most for <paramref name="atMost"/>.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        Task set;
        lock (_gate)
        {
            set = _set.Task;
        }

        try
        {
            await set.WaitAsync(atMost, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Nobody called: the caller looks by itself.
        }
    }

    public void Dispose() => Set();

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
