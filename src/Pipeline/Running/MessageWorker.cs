using System.Data.Common;
using CarrierOptimization.Pipeline.Storage;
using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Pipeline.Running;

/// <summary>Takes messages from the queue one by one and has them handled, until it is stopped.</summary>
public sealed class MessageWorker(
    Database database,
    MessageQueue queue,
    StageRunner runner,
    WorkSignal signal,
    RunningOptions options,
    TimeProvider time,
    ILogger<MessageWorker> log)
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(2);

    /// <summary>Works until the token is cancelled; then the message at hand goes back to the queue.</summary>
    /// <param name="owner">Names this worker in leases; different for each.</param>
    public async Task RunAsync(string owner, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (!await WorkOnceAsync(owner, cancellationToken))
                {
                    await signal.WaitAsync(options.PollInterval, cancellationToken);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is DbException store && database.Dialect.IsTransient(store)
                || failure is IOException or TimeoutException)
            {
                // The message keeps its lease and comes again when that runs out.
                RunningLog.WorkerFailed(log, (long)AfterFailure.TotalMilliseconds, failure);
                await signal.WaitAsync(AfterFailure, cancellationToken);
            }
        }
    }

    /// <summary>Handles one message if one is due.</summary>
    /// <returns>False when there was nothing to do.</returns>
    public async Task<bool> WorkOnceAsync(string owner, CancellationToken cancellationToken)
    {
        if (await queue.ClaimAsync(owner, options.Lease, cancellationToken) is not { } message)
        {
            return false;
        }

        using var lost = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var ended = new CancellationTokenSource();
        Task heartbeat = KeepLeaseAsync(message, owner, lost, ended.Token);
        try
        {
            await runner.RunAsync(message, lost.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Somebody else has the message by now.
        }
        finally
        {
            await ended.CancelAsync();
            await heartbeat;
        }

        signal.Set();
        return true;
    }

    /// <summary>Extends the lease while the work goes on; cancels the work when the lease is lost.</summary>
    private async Task KeepLeaseAsync(
        ClaimedMessage message, string owner, CancellationTokenSource lost, CancellationToken ended)
    {
        while (true)
        {
            try
            {
                await Task.Delay(options.Lease / 3, time, ended);
                if (!await queue.ExtendAsync(message.Id, owner, options.Lease, ended))
                {
                    await lost.CancelAsync();
                    return;
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (DbException failure)
            {
                // One beat lost; two more fit in the lease.
                RunningLog.WorkerFailed(log, (long)(options.Lease / 3).TotalMilliseconds, failure);
            }
        }
    }
}
