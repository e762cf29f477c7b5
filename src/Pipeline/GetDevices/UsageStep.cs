using System.Text.Json;
using CarrierOptimization.Pipeline.Carrier;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Storage;
using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Pipeline.GetDevices;

/// <summary>A batch of usage in bulk: pages of one plan after the other.</summary>
internal sealed class UsageStep(Database database, ILogger log)
{
    private readonly List<(string RatePlan, CarrierUsage Usage)> _reported = [];
    private readonly List<string> _notOffered = [];
    private int _calls;

    public async Task<StageEffects> HandleAsync(Sync sync, CancellationToken cancellationToken)
    {
        if (sync.Message.Page == 0)
        {
            return await ChooseAsync(sync, cancellationToken);
        }

        string[] plans = JsonSerializer.Deserialize<string[]>(sync.Run.UsagePlans ?? "[]")!;
        (int part, int page) = (sync.Message.Part, sync.Message.Page);
        while (part < plans.Length && _calls < sync.Options.PagesPerMessage)
        {
            bool isLast = await ReadPageAsync(sync, plans[part], page, cancellationToken);
            (part, page) = isLast ? (part + 1, 1) : (part, page + 1);
        }

        StagedUsage.Sorted sorted = StagedUsage.Sort(_reported);
        GetDevicesLog.Usage(log, sync.Session.SessionId, sorted.Rows.Count, _calls, _notOffered.Count, sorted.Doubtful.Count);
        return new StageEffects
        {
            Save = (transaction, token) => SaveAsync(transaction, sync, sorted, token),
            Messages = [part < plans.Length
                ? sync.Next(SyncStep.Usage) with { Part = part, Page = page }
                : sync.Next(SyncStep.Singles)],
        };
    }

    /// <summary>The plans, once for the whole sync: the place of a name must be the same in every batch.</summary>
    private async Task<StageEffects> ChooseAsync(Sync sync, CancellationToken cancellationToken)
    {
        string[] plans = [.. (await database.QueryAsync<string>(GetDevicesSql.PlansInUse, sync.Key, cancellationToken))
            .Order(StringComparer.Ordinal)];
        return new StageEffects
        {
            Save = (transaction, token) => transaction.ExecuteAsync(
                GetDevicesSql.SetUsagePlans, new { sync.Key.instance, plans = JsonSerializer.Serialize(plans) }, token),
            Messages = [sync.Next(SyncStep.Usage) with { Page = 1 }],
        };
    }

    /// <returns>True when no page of the plan follows.</returns>
    private async Task<bool> ReadPageAsync(Sync sync, string plan, int page, CancellationToken cancellationToken)
    {
        if (page > SyncLimits.PagesMax)
        {
            throw new CarrierException(
                CarrierFailure.Unavailable, $"Carrier: usage of rate plan \"{plan}\" has more than {SyncLimits.PagesMax} pages.");
        }

        _calls++;
        try
        {
            CarrierPage<CarrierUsage> read = await sync.Carrier.ListUsageAsync(plan, page, cancellationToken);
            _reported.AddRange(read.Rows.Select(usage => (plan, usage)));
            return read.IsLast;
        }
        catch (CarrierException failure) when (failure.Failure is CarrierFailure.NotOffered or CarrierFailure.NotFound)
        {
            // A plan that shares its pool, or one that was renamed meanwhile: its SIMs are asked one by one.
            GetDevicesLog.NotOffered(log, plan, failure.Message);
            _notOffered.Add(plan);
            return true;
        }
    }

    private async Task SaveAsync(
        StageTransaction transaction, Sync sync, StagedUsage.Sorted sorted, CancellationToken cancellationToken)
    {
        await Staging.SaveUsageAsync(transaction, sync, sorted.Rows, cancellationToken);
        await Staging.SaveIssuesAsync(transaction, sync, sorted.Issues, cancellationToken);
        await transaction.BulkUpsertAsync(
            GetDevicesSql.StagingSingle,
            GetDevicesSql.WantUsage,
            sorted.Doubtful.Select(iccid => new object?[]
            {
                sync.Key.instance, iccid, sync.Key.tenant, nameof(SingleReason.Doubtful), 1, 0, 0, nameof(SingleState.Waiting),
            }),
            cancellationToken);
        foreach (string plan in _notOffered)
        {
            await transaction.ExecuteAsync(
                GetDevicesSql.AskPlanSingly,
                new { sync.Key.instance, sync.Key.provider, sync.Key.tenant, sync.Key.isComplete, plan },
                cancellationToken);
        }

        await Staging.CountAsync(transaction, sync, new CallCounts(UsagePages: _calls), cancellationToken);
    }
}
