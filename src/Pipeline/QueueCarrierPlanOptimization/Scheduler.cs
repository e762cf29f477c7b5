using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Storage;
using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Pipeline.QueueCarrierPlanOptimization;

/// <summary>Starts the runs that are due. Any number of processes may look at the same time: a run is asked for once.</summary>
public sealed class Scheduler(
    Database database, MessageQueue queue, QueueOptions options, TimeProvider time, ILogger<Scheduler> log)
{
    private const string Schedule = "schedule";

    /// <summary>Looks again and again until it is stopped.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await TickAsync(cancellationToken);
                await Task.Delay(options.TickInterval, time, cancellationToken);
            }
            catch (DbException failure)
            {
                QueueLog.TickFailed(log, (long)options.TickInterval.TotalMilliseconds, failure);
                await Task.Delay(options.TickInterval, time, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Looks at every provider once.</summary>
    /// <returns>The starts it asked for.</returns>
    public async Task<IReadOnlyList<StartOptimization>> TickAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        var started = new List<StartOptimization>();
        foreach (ScheduleRow row in await database.QueryAsync<ScheduleRow>(QueueSql.Schedules, null, cancellationToken))
        {
            if (Decide(row, now) is { } start)
            {
                await queue.SendAsync(Schedule, start, cancellationToken);
                started.Add(start);
            }
        }

        return started;
    }

    private StartOptimization? Decide(ScheduleRow row, DateTimeOffset now)
    {
        ProviderSettings settings;
        try
        {
            settings = ProviderSettings.FromJson(row.SettingsJson);
        }
        catch (JsonException failure)
        {
            QueueLog.NoSchedule(log, row.ProviderId, failure.Message);
            return null;
        }

        if (settings.Mistakes() is { Count: > 0 } mistakes)
        {
            QueueLog.NoSchedule(log, row.ProviderId, string.Join(' ', mistakes));
            return null;
        }

        BillingCycle cycle = BillingCycle.Of(settings);
        ScheduleAnswer answer = ScheduleDecision.Decide(
            new ScheduleFacts(settings, cycle.PeriodOf(now), row.LastEndedAt, row.Running > 0), now);
        QueueLog.Schedule(log, row.ProviderId, answer.IsDue, answer.Why);
        return answer.IsDue
            ? new StartOptimization
            {
                TenantId = row.TenantId,
                ProviderId = row.ProviderId,
                SessionGuid = GuidOf(row, TimeZoneInfo.ConvertTime(now, cycle.Zone)),
                StartedBy = Schedule,
            }
            : null;
    }

    /// <summary>The same for everybody who finds the same run due, so that it is queued once.</summary>
    private static Guid GuidOf(ScheduleRow row, DateTimeOffset local)
    {
        string what = string.Create(
            CultureInfo.InvariantCulture, $"{Schedule}/{row.ProviderId}/{row.LastSessionId}/{local:yyyy-MM-dd}");
        return new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(what)).AsSpan(0, 16));
    }

    private sealed record ScheduleRow
    {
        public long ProviderId { get; init; }

        public long TenantId { get; init; }

        public string SettingsJson { get; init; } = "{}";

        public DateTimeOffset? LastEndedAt { get; init; }

        public long? LastSessionId { get; init; }

        public long Running { get; init; }
    }
}
