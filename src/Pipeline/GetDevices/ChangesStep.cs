using CarrierOptimization.Pipeline.Carrier;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Storage;
using Dapper;
using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Pipeline.GetDevices;

/// <summary>
/// A batch of the changes since an instant: since the sync began, to catch what moved while the list was read; or since the
/// period began, to know which SIMs may have been activated in it.
/// </summary>
/// <remarks>
/// An active SIM is billed whenever it went into service, unless the carrier bills days: without proration only SIMs that are out
/// of service again are asked for, which are few.
/// </remarks>
internal sealed class ChangesStep(Database database, ILogger log)
{
    private static readonly string?[] AnyStatus = [null];
    private static readonly string?[] OutOfService = ["DEACTIVATED", "RETIRED", "REPLACED", "PURGED"];

    public async Task<StageEffects> HandleAsync(Sync sync, CancellationToken cancellationToken)
    {
        SyncDevices message = sync.Message;
        bool isReconcile = message.Step == SyncStep.Reconcile;
        DateTimeOffset since = message.Since ?? (isReconcile
            ? SyncDecision.ReconcileSince(sync.Run.StartedAt, sync.Options.ClockDifference)
            : sync.Session.PeriodStart);
        (DeviceBatch batch, since) = await ReadAsync(sync, since, cancellationToken);
        var staged = StagedDevices.Of(batch.Devices);
        bool hasNews = message.HasNews || (isReconcile && await AreNewAsync(sync, staged.Devices, cancellationToken));
        SyncDevices next = Next(sync, batch.NextPage, since, hasNews);
        GetDevicesLog.Changes(log, sync.Session.SessionId, message.Step, batch.Devices.Count, batch.Calls, hasNews);
        return new StageEffects
        {
            Save = async (transaction, token) =>
            {
                await Staging.SaveDevicesAsync(
                    transaction,
                    sync,
                    isReconcile ? staged.Devices : staged.Devices.Select(device => device with { IsRecent = true }),
                    isReconcile ? GetDevicesSql.TakeListed : GetDevicesSql.MarkRecent,
                    token);
                await Staging.SaveIssuesAsync(transaction, sync, staged.Issues, token);
                await Staging.CountAsync(transaction, sync, new CallCounts(DevicePages: batch.Calls), token);
                if (next.Step == SyncStep.Usage)
                {
                    await transaction.ExecuteAsync(GetDevicesSql.AnalyzeDevices, null, token);
                }
            },
            Messages = [next],
        };
    }

    private static SyncDevices Next(Sync sync, int nextPage, DateTimeOffset since, bool hasNews)
    {
        SyncDevices message = sync.Message;
        return nextPage > 0 ? message with { Page = nextPage, Since = since, HasNews = hasNews }
            : hasNews && message.Part < sync.Options.ReconcileRoundsMax
                ? sync.Next(SyncStep.Reconcile) with { Part = message.Part + 1, Since = since }
            : message.Step == SyncStep.Reconcile ? sync.Next(SyncStep.Recent)
            : message.Part + 1 < RecentStatuses(sync).Length
                ? sync.Next(SyncStep.Recent) with { Part = message.Part + 1, Since = since }
            : sync.Next(SyncStep.Usage);
    }

    /// <summary>The lists that <see cref="SyncStep.Recent"/> reads one after the other.</summary>
    private static string?[] RecentStatuses(Sync sync) => sync.Session.Settings.UsesProration ? AnyStatus : OutOfService;

    private static async Task<(DeviceBatch Batch, DateTimeOffset Since)> ReadAsync(
        Sync sync, DateTimeOffset since, CancellationToken cancellationToken)
    {
        try
        {
            return (await ListAsync(since), since);
        }
        catch (CarrierException failure) when (failure.ErrorCode == SyncDecision.InTheFutureCode && sync.Message.Since is null)
        {
            DateTimeOffset earlier = SyncDecision.Earlier(since);
            return (await ListAsync(earlier), earlier);
        }

        Task<DeviceBatch> ListAsync(DateTimeOffset from)
        {
            string? status = sync.Message.Step == SyncStep.Recent ? RecentStatuses(sync)[sync.Message.Part] : null;
            return new DeviceList(sync.Carrier, from, status).ReadAsync(
                sync.Message.Page, 1, sync.Options.PagesPerMessage, cancellationToken);
        }
    }

    /// <returns>True when a row is not staged as it is here.</returns>
    private async Task<bool> AreNewAsync(Sync sync, IReadOnlyList<StagedDevice> devices, CancellationToken cancellationToken)
    {
        if (devices.Count == 0)
        {
            return false;
        }

        // Few different statements: the numbers are filled up with the last one to the next power of two.
        int numbers = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)devices.Count);
        var values = new DynamicParameters(new { sync.Key.instance });
        for (int number = 0; number < numbers; number++)
        {
            values.Add($"iccid{number}", devices[Math.Min(number, devices.Count - 1)].Iccid);
        }

        Dictionary<string, ListedRow> known = (await database.QueryAsync<ListedRow>(
                GetDevicesSql.Staged(numbers), values, cancellationToken))
            .ToDictionary(row => row.Iccid, StringComparer.Ordinal);
        return devices.Any(device => !known.TryGetValue(device.Iccid, out ListedRow? row)
            || (row.Status, row.RatePlan, row.CommunicationPlan) != (device.Status, device.RatePlan, device.CommunicationPlan));
    }

    private sealed record ListedRow
    {
        public string Iccid { get; init; } = "";

        public string? Status { get; init; }

        public string? RatePlan { get; init; }

        public string? CommunicationPlan { get; init; }
    }
}
