using CarrierOptimization.Pipeline.GroupDevices;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Storage;
using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Pipeline.GetDevices;

/// <summary>Last step: staging becomes devices in a few statements over whole sets, if what was read is whole.</summary>
internal sealed class MergeStep(Database database, ILogger log)
{
    public async Task<StageEffects> HandleAsync(Sync sync, CancellationToken cancellationToken)
    {
        MergeFacts facts = (await database.FirstOrDefaultAsync<MergeFacts>(MergeSql.Facts, sync.Key, cancellationToken))!;
        IReadOnlyList<string> newPlans = [.. (await database.QueryAsync<string>(
            MergeSql.NewCommunicationPlans, sync.Key, cancellationToken)).Order(StringComparer.Ordinal)];
        SessionHeader session = sync.Session with { DeviceCount = (int)facts.Devices };
        MergeAnswer answer = MergeDecision.Decide(facts, session.Settings, sync.Options, session.PeriodEnd, sync.Now);
        GetDevicesLog.Merged(log, session.SessionId, facts.Devices, facts.Missing, facts.Vanished, answer.WhyIncomplete ?? "whole");
        if (answer.WhyIncomplete is { } why)
        {
            return SessionEnd.Fail(session, GetDevices.Stage, SyncFailure.Incomplete, why) with
            {
                Save = async (transaction, token) =>
                {
                    await transaction.ExecuteAsync(MergeSql.NoteMissing, Values(sync, facts), token);
                    await transaction.ExecuteAsync(MergeSql.CountOnly, Values(sync, facts), token);
                },
            };
        }

        return new StageEffects
        {
            Save = (transaction, token) => SaveAsync(transaction, sync, facts, token),
            Messages = [new FormGroups { TenantId = session.TenantId, SessionId = session.SessionId }],
            Mails = [.. Warnings(session, answer, newPlans)],
            Session = new SessionChange(SessionStatus.Grouping, sync.Options.GroupingTimeLimit, (int)facts.Devices),
        };
    }

    private static IEnumerable<MailRequest> Warnings(SessionHeader session, MergeAnswer answer, IReadOnlyList<string> newPlans)
    {
        if (answer.CountWarning is { } warning)
        {
            yield return Alerts.Warning(session, "number of SIMs", warning);
        }

        if (newPlans.Count > 0)
        {
            IEnumerable<string> shown = newPlans.Take(SyncLimits.NamesInMailMax).Select(name => "- " + name);
            string more = newPlans.Count > SyncLimits.NamesInMailMax
                ? $"\n... and {newPlans.Count - SyncLimits.NamesInMailMax} more"
                : "";
            yield return Alerts.Warning(
                session,
                "new communication plans",
                $"{newPlans.Count} new communication plans are not mapped to rate plans; their SIMs keep their plans until they are:\n"
                + string.Join('\n', shown) + more);
        }
    }

    private static async Task SaveAsync(
        StageTransaction transaction, Sync sync, MergeFacts facts, CancellationToken cancellationToken)
    {
        object values = Values(sync, facts);
        foreach (string statement in MergeSql.Merge)
        {
            await transaction.ExecuteAsync(statement, values, cancellationToken);
        }

        MergeLaw law = (await transaction.FirstOrDefaultAsync<MergeLaw>(MergeSql.Law, values, cancellationToken))!;
        if (law.Received != law.Rejected + law.Kept || law.Devices != facts.Devices)
        {
            throw new InvalidOperationException(
                $"Session {sync.Session.SessionId}: {law.Received} SIMs received, {law.Rejected} rejected, {law.Kept} kept; "
                + $"{law.Devices} devices, {facts.Devices} expected. Received must be rejected and kept together: a bug, please report it.");
        }

        foreach (string statement in MergeSql.RemoveStaging)
        {
            await transaction.ExecuteAsync(statement, values, cancellationToken);
        }
    }

    private static object Values(Sync sync, MergeFacts facts) => new
    {
        sync.Key.instance,
        sync.Key.provider,
        sync.Key.tenant,
        sync.Key.isComplete,
        missing = facts.Missing,
        now = sync.Now,
        usageAt = sync.Run.StartedAt,
        fullAt = sync.Run.Kind == SyncKind.Incremental ? (DateTimeOffset?)null : sync.Run.StartedAt,
        periodStart = sync.Session.PeriodStart,
        periodEnd = sync.Session.PeriodEnd,
    };

    private sealed record MergeLaw
    {
        public long Received { get; init; }

        public long Rejected { get; init; }

        public long Devices { get; init; }

        public long Kept { get; init; }
    }
}
