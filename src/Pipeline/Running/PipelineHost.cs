using System.Data.Common;
using CarrierOptimization.Pipeline.Storage;
using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Pipeline.Running;

/// <summary>
/// Everything of the pipeline that runs in one process: workers, deliveries, watchdog. Any number of processes may share a database.
/// </summary>
public sealed class PipelineHost(
    Database database,
    MessageQueue queue,
    MessageWorker worker,
    TriggerDelivery triggers,
    MailDelivery mails,
    Watchdog watchdog,
    WorkSignal signal,
    RunningOptions options,
    TimeProvider time,
    ILogger<PipelineHost> log)
{
    /// <summary>Works until the token is cancelled; returns when everything at hand is put back.</summary>
    /// <remarks>A part that fails by a bug stops the others and ends this with its exception: nothing goes on half.</remarks>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await queue.FreeLostAsync(cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var tasks = new List<Task>();
        for (int number = 1; number <= options.Workers; number++)
        {
            string owner = $"{ProcessName.Own}/{number}";
            tasks.Add(Task.Run(() => worker.RunAsync(owner, stop.Token), CancellationToken.None));
        }

        tasks.Add(RepeatAsync(triggers.DeliverDueAsync, signal.WaitAsync, options.PollInterval, stop.Token));
        tasks.Add(RepeatAsync(mails.DeliverDueAsync, signal.WaitAsync, options.PollInterval, stop.Token));
        tasks.Add(RepeatAsync(watchdog.LookAsync, WaitAsync, options.WatchdogInterval, stop.Token));
        Task first = await Task.WhenAny(tasks);
        if (first.IsFaulted)
        {
            await stop.CancelAsync();
        }

        await Task.WhenAll(tasks);
    }

    private Task WaitAsync(TimeSpan pause, CancellationToken cancellationToken) => Task.Delay(pause, time, cancellationToken);

    /// <summary>Does something again at once while it moves anything, and otherwise when there may be something to do.</summary>
    private async Task RepeatAsync(
        Func<CancellationToken, Task<int>> work,
        Func<TimeSpan, CancellationToken, Task> waitAsync,
        TimeSpan pause,
        CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (await work(cancellationToken) == 0)
                {
                    await waitAsync(pause, cancellationToken);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is DbException store && database.Dialect.IsTransient(store)
                || failure is IOException or TimeoutException)
            {
                RunningLog.WorkerFailed(log, (long)pause.TotalMilliseconds, failure);
                await Task.Delay(pause, time, CancellationToken.None);
            }
        }
    }
}
