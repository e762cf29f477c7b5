using CarrierOptimization.Pipeline.Storage;

namespace CarrierOptimization.Pipeline.GetDevices;

/// <summary>Calls that a step made.</summary>
internal readonly record struct CallCounts(int DevicePages = 0, int UsagePages = 0, int SingleCalls = 0);

/// <summary>Writes batches into the staging rows of a sync.</summary>
internal static class Staging
{
    /// <param name="devices">No two with the same number.</param>
    /// <param name="onConflict">What becomes of a SIM that is there; from <see cref="GetDevicesSql"/>.</param>
    public static Task SaveDevicesAsync(
        StageTransaction transaction, Sync sync, IEnumerable<StagedDevice> devices, string onConflict,
        CancellationToken cancellationToken) => transaction.BulkUpsertAsync(
        GetDevicesSql.StagingDevice,
        onConflict,
        devices.Select(device => new object?[]
        {
            sync.Key.instance, device.Iccid, sync.Key.tenant, device.Status, device.RatePlan, device.CommunicationPlan,
            device.Msisdn, device.ActivatedAt?.ToUnixTimeMilliseconds(), device.IsRecent ? 1 : 0,
        }),
        cancellationToken);

    public static Task SaveUsageAsync(
        StageTransaction transaction, Sync sync, IEnumerable<UsageRow> rows, CancellationToken cancellationToken) =>
        transaction.BulkUpsertAsync(
            GetDevicesSql.StagingUsage,
            GetDevicesSql.TakeUsage,
            rows.Select(row => new object?[]
            {
                sync.Key.instance, row.Iccid, row.RatePlan, sync.Key.tenant, row.DataBytes, row.SmsCount,
            }),
            cancellationToken);

    public static Task SaveIssuesAsync(
        StageTransaction transaction, Sync sync, IReadOnlyCollection<DeviceIssue> issues, CancellationToken cancellationToken) =>
        issues.Count == 0
            ? Task.CompletedTask
            : transaction.BulkUpsertAsync(
                GetDevicesSql.Issue,
                GetDevicesSql.IssueConflict,
                issues.Select(issue => new object?[]
                {
                    sync.Key.instance, sync.Key.tenant, issue.Iccid, issue.Kind.ToString(), issue.Detail, issue.IsRejected ? 1 : 0,
                }),
                cancellationToken);

    public static Task CountAsync(
        StageTransaction transaction, Sync sync, CallCounts calls, CancellationToken cancellationToken) => transaction.ExecuteAsync(
        GetDevicesSql.CountCalls,
        new
        {
            sync.Key.instance,
            devicePages = calls.DevicePages,
            usagePages = calls.UsagePages,
            singleCalls = calls.SingleCalls,
        },
        cancellationToken);
}
