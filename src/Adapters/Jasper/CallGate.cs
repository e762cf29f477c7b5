using System.Threading.Channels;

namespace CarrierOptimization.Adapters.Jasper;

/// <summary>
/// Where calls to one carrier account wait for their turn, so that the carrier's limits are kept: calls in flight, and
/// calls per second. Every attempt passes, repetitions too.
/// </summary>
/// <remarks>All who call with one API user share one gate. A gate for many processes is made by deriving from this.</remarks>
public abstract class CallGate
{
    /// <summary>Waits until a call may begin.</summary>
    /// <returns>The turn; disposing of it says that the call is over.</returns>
    public abstract ValueTask<IAsyncDisposable> EnterAsync(CancellationToken cancellationToken);
}

/// <summary>A gate for the callers of one process, first come first served.</summary>
/// <remarks>
/// A turn comes back a second after the call's <em>end</em>: how long a call is under way to the carrier is not known,
/// but it had arrived before it was answered. So the carrier never counts more than the limit within any second.
/// </remarks>
public sealed class InProcessCallGate : CallGate, IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _inFlight;

    /// <summary>One entry per call of a second: the time stamp from which it may be used. <c>null</c>: no limit.</summary>
    private readonly Channel<long>? _turns;

    /// <param name="callsInFlight">At least 1.</param>
    /// <param name="callsPerSecond">At least 1; <c>null</c> for no limit.</param>
    public InProcessCallGate(int callsInFlight, int? callsPerSecond, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(callsInFlight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(callsPerSecond ?? 1, 1, nameof(callsPerSecond));
        _time = time;
        _inFlight = new SemaphoreSlim(callsInFlight);
        if (callsPerSecond is { } turns)
        {
            _turns = Channel.CreateUnbounded<long>();
            for (int turn = 0; turn < turns; turn++)
            {
                _turns.Writer.TryWrite(long.MinValue);
            }
        }
    }

    public override async ValueTask<IAsyncDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await _inFlight.WaitAsync(cancellationToken);
        try
        {
            await TakeTurnAsync(cancellationToken);
            return new Turn(this);
        }
        catch (OperationCanceledException)
        {
            _inFlight.Release();
            throw;
        }
    }

    public void Dispose() => _inFlight.Dispose();

    private async Task TakeTurnAsync(CancellationToken cancellationToken)
    {
        if (_turns is null)
        {
            return;
        }

        long usableFrom = await _turns.Reader.ReadAsync(cancellationToken);
        try
        {
            while (usableFrom > _time.GetTimestamp())
            {
                // Timers count whole milliseconds and cut off the rest: one more, so that none fires early.
                TimeSpan rest = _time.GetElapsedTime(_time.GetTimestamp(), usableFrom) + TimeSpan.FromMilliseconds(1);
                await Task.Delay(rest > Second ? Second : rest, _time, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            _turns.Writer.TryWrite(usableFrom);
            throw;
        }
    }

    private void Leave()
    {
        _turns?.Writer.TryWrite(_time.GetTimestamp() + _time.TimestampFrequency);
        _inFlight.Release();
    }

    private sealed class Turn(InProcessCallGate gate) : IAsyncDisposable
    {
        private InProcessCallGate? _gate = gate;

        public ValueTask DisposeAsync()
        {
            Interlocked.Exchange(ref _gate, null)?.Leave();
            return ValueTask.CompletedTask;
        }
    }
}
