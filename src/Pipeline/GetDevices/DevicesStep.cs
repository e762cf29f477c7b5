using CarrierOptimization.Pipeline.Carrier;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Storage;
using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Pipeline.GetDevices;

/// <summary>A batch of the list of SIMs.</summary>
internal sealed class DevicesStep(Database database, ILogger log)
{
    /// <summary>Only a guess where the list may end: 50 is what carriers put on a page.</summary>
    private const int RowsOnPage = 50;

    public async Task<StageEffects> HandleAsync(Sync sync, CancellationToken cancellationToken)
    {
        SyncDevices message = sync.Message;
        SyncRun run = sync.Run;
        long known = run.Kind == SyncKind.Incremental
            ? 0
            : await database.FirstOrDefaultAsync<long>(GetDevicesSql.KnownDevices, sync.Key, cancellationToken);
        long expected = known > 0 || run.Kind == SyncKind.Incremental ? known : sync.Session.Settings.ExpectedDevices ?? 0;
        int guess = (int)Math.Min((Math.Max(expected - 1, 0) / RowsOnPage) + 1, SyncLimits.PagesMax);
        DeviceBatch batch;
        try
        {
            batch = await ReadAsync(run.ModifiedSince);
        }
        catch (CarrierException failure) when (
            failure.ErrorCode == SyncDecision.OlderThanOneYearCode && run.Kind != SyncKind.FullOfOneYear)
        {
            SyncPlan plan = SyncDecision.OfOneYear(run.Why, sync.Now);
            run = run with { Kind = plan.Kind, Why = plan.Why, ModifiedSince = plan.ModifiedSince };
            GetDevicesLog.OneYear(log, sync.Session.SessionId, run.ModifiedSince);
            batch = await ReadAsync(run.ModifiedSince);
        }

        var staged = StagedDevices.Of(batch.Devices);
        GetDevicesLog.Devices(log, sync.Session.SessionId, batch.Devices.Count, batch.Calls, batch.NextPage);
        return new StageEffects
        {
            Save = async (transaction, token) =>
            {
                await transaction.ExecuteAsync(
                    GetDevicesSql.ChangeRun,
                    new { sync.Key.instance, kind = run.Kind.ToString(), why = run.Why, modifiedSince = run.ModifiedSince },
                    token);
                await Staging.SaveDevicesAsync(transaction, sync, staged.Devices, GetDevicesSql.KeepFirst, token);
                await Staging.SaveIssuesAsync(transaction, sync, staged.Issues, token);
                await Staging.CountAsync(transaction, sync, new CallCounts(DevicePages: batch.Calls), token);
            },
            Messages = [batch.NextPage > 0
                ? sync.Next(SyncStep.Devices) with { Page = batch.NextPage }
                : sync.Next(SyncStep.Reconcile) with { Part = 1 }],
        };

        Task<DeviceBatch> ReadAsync(DateTimeOffset since) => new DeviceList(sync.Carrier, since).ReadAsync(
            message.Page, guess, sync.Options.PagesPerMessage, cancellationToken);
    }
}
