using CarrierOptimization.Pipeline.Carrier;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Storage;
using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Pipeline.GetDevices;

/// <summary>First step: full or incremental, and the price list.</summary>
internal sealed class BeginStep(Database database, ICarrier carrier, DateTimeOffset now, ILogger log)
{
    public async Task<StageOutcome> HandleAsync(SyncDevices message, SessionHeader session, CancellationToken cancellationToken)
    {
        var provider = new { provider = session.ProviderId };
        SyncState state = await database.FirstOrDefaultAsync<SyncState>(GetDevicesSql.State, provider, cancellationToken)
            ?? new SyncState();
        long knownDevices = await database.FirstOrDefaultAsync<long>(GetDevicesSql.KnownDevices, provider, cancellationToken);
        SyncPlan plan = SyncDecision.Decide(state, message.FullSync, session.Settings.FullSyncAfterDays, now);
        (IReadOnlyList<CarrierRatePlan>? listed, int pages) = await ReadPlansAsync(cancellationToken);
        if (listed is null && await database.FirstOrDefaultAsync<long>(GetDevicesSql.KnownPlans, provider, cancellationToken) == 0)
        {
            return new StageOutcome.Done(SessionEnd.Fail(
                session,
                GetDevices.Stage,
                SyncFailure.Refused,
                "The carrier does not let this user read the price list, and no rate plans are known from earlier. "
                + "Give the API user the role AccountAdmin, then run again."));
        }

        IReadOnlyList<RatePlanRow>? rows = listed is null ? null : RatePlanRows.Of(listed, session.Settings.Currency);
        GetDevicesLog.Begun(log, session.SessionId, plan.Kind, plan.Why, rows?.Count ?? 0);
        return new StageOutcome.Done(new StageEffects
        {
            Save = (transaction, token) => SaveAsync(transaction, session, plan, rows, pages, token),
            Messages = [new SyncDevices
            {
                TenantId = message.TenantId, SessionId = message.SessionId, Step = SyncStep.Devices,
            }],
            Triggers = [TriggerRequest.Milestone(20, (int)knownDevices)],
            Session = new SessionChange(SessionStatus.Syncing, DeviceCount: (int)knownDevices),
        });
    }

    /// <returns>No list when the role of the user does not allow it.</returns>
    private async Task<(IReadOnlyList<CarrierRatePlan>? Plans, int Pages)> ReadPlansAsync(CancellationToken cancellationToken)
    {
        var plans = new List<CarrierRatePlan>();
        for (int page = 1; page <= SyncLimits.PlanPagesMax; page++)
        {
            CarrierPage<CarrierRatePlan> read;
            try
            {
                read = await carrier.ListRatePlansAsync(page, cancellationToken);
            }
            catch (CarrierException failure) when (failure.Failure == CarrierFailure.NotAllowed)
            {
                GetDevicesLog.NoPriceList(log, failure.Message);
                return (null, page);
            }

            plans.AddRange(read.Rows);
            if (read.IsLast)
            {
                return (plans, page);
            }
        }

        throw new CarrierException(
            CarrierFailure.Refused, $"Carrier: the price list has more than {SyncLimits.PlanPagesMax} pages. Retire unused rate plans.");
    }

    private async Task SaveAsync(
        StageTransaction transaction, SessionHeader session, SyncPlan plan, IReadOnlyList<RatePlanRow>? rows, int pages,
        CancellationToken cancellationToken)
    {
        var values = new
        {
            instance = session.InstanceId,
            tenant = session.TenantId,
            provider = session.ProviderId,
            kind = plan.Kind.ToString(),
            why = plan.Why,
            modifiedSince = plan.ModifiedSince,
            now,
            planPages = pages,
        };
        foreach (string statement in GetDevicesSql.RemoveLeftovers)
        {
            await transaction.ExecuteAsync(statement, values, cancellationToken);
        }

        await transaction.ExecuteAsync(GetDevicesSql.AddRun, values, cancellationToken);
        if (rows is not null)
        {
            await transaction.BulkUpsertAsync(
                RatePlanRows.Table,
                GetDevicesSql.TakePlan,
                rows.Select(row => RatePlanRows.Values(row, session.ProviderId, session.TenantId, now)),
                cancellationToken);
            await transaction.ExecuteAsync(GetDevicesSql.RetireUnlistedPlans, values, cancellationToken);
        }
    }
}
