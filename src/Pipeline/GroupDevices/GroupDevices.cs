using CarrierOptimization.Engine.Model;
using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.SimCardCostOptimizer;
using CarrierOptimization.Pipeline.Snapshots;
using CarrierOptimization.Pipeline.Storage;
using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Pipeline.GroupDevices;

/// <summary>Freezes the SIMs and plans of a session, forms comm groups and components, and sends each component on its way.</summary>
public sealed class GroupDevices(Database database, TimeProvider time, ILogger<GroupDevices> log) : IStage<FormGroups>
{
    /// <summary>What AMOP 2.0 is told when a rate plan is taken out; its users know this sentence.</summary>
    public const string InvalidPlanText = "One or more Rate Plans have invalid Data per Overage Charge or Overage Rate";

    /// <summary>What AMOP 2.0 is told when nothing can be optimised; its users know this sentence.</summary>
    public const string NoGroupsText = "No Comm Groups and/or Rate Plans for this Instance";

    private const string Stage = nameof(GroupDevices);
    private const string InvalidPlanCode = "InvalidRatePlan";

    private static readonly TimeSpan OptimizingAtLeast = TimeSpan.FromHours(1);

    public async Task<StageOutcome> HandleAsync(FormGroups message, CancellationToken cancellationToken)
    {
        SessionHeader session = await SessionHeader.LoadAsync(database, message.SessionId!.Value, cancellationToken);
        if (session.Status >= SessionStatus.Optimizing)
        {
            return new StageOutcome.AlreadyDone();
        }

        DeviceRecords records = await ReadDevicesAsync(session, cancellationToken);
        RatePlanOutcome plans = RatePlanDecision.Decide(
            await ReadPlansAsync(session, records, cancellationToken), RulesOf(session), session.Settings.Currency);
        StageEffects effects = plans.Plans is { } frozen
            ? Group(session, records, frozen)
            : SessionEnd.Fail(session, Stage, "RatePlanValidationFailed", string.Join(' ', plans.Mistakes));
        return new StageOutcome.Done(effects);
    }

    public async Task<StageEffects> GiveUpAsync(FormGroups message, string lastError, CancellationToken cancellationToken)
    {
        SessionHeader session = await SessionHeader.LoadAsync(database, message.SessionId!.Value, cancellationToken);
        return SessionEnd.Fail(session, Stage, "GroupingFailed", $"The SIMs could not be grouped: {lastError}");
    }

    private async Task<DeviceRecords> ReadDevicesAsync(SessionHeader session, CancellationToken cancellationToken)
    {
        var reader = new DeviceReader(session);
        await database.StreamAsync(GroupDevicesSql.Devices, new { session.ProviderId }, reader.Read, cancellationToken);
        return reader.ToRecords();
    }

    private async Task<RatePlanInput> ReadPlansAsync(
        SessionHeader session, DeviceRecords records, CancellationToken cancellationToken) => new(
        await database.QueryAsync<StoredRatePlan>(GroupDevicesSql.RatePlans, new { session.ProviderId }, cancellationToken),
        await database.QueryAsync<PlanMapping>(GroupDevicesSql.Mappings, new { session.ProviderId }, cancellationToken),
        [.. records.RatePlanNames]);

    private static BillRules RulesOf(SessionHeader session) => new()
    {
        PeriodDays = session.Period.Days,
        ChargeType = session.Settings.ChargeType,
        PoolScope = session.Settings.PoolScope,
    };

    private StageEffects Group(SessionHeader session, DeviceRecords records, FrozenPlans plans)
    {
        if (plans.Invalid.Count > 0 && session.Settings.StopOnInvalidPlan)
        {
            GroupDevicesLog.PlansInvalid(log, session.SessionId, plans.Invalid.Count);
            return SessionEnd.Fail(session, Stage, InvalidPlanCode, InvalidPlanText) with { Mails = [InvalidPlanAlert(session, plans)] };
        }

        DeviceGrouping grouping = GroupingDecision.Decide(
            records, plans.Catalog, plans.CommunicationPlans, plans.Grouping(session.Settings.MinimumDevicesPerGroup));
        StageEffects effects = grouping.Optimised == 0
            ? SessionEnd.Fail(session with { DeviceCount = records.Count }, Stage, "NoCommGroups", NoGroupsText)
            : Grouped(session, records, plans, grouping);
        GroupDevicesLog.Grouped(
            log, session.SessionId, records.Count, grouping.Optimised, grouping.GroupsOptimised, grouping.Components);
        return plans.Invalid.Count == 0 ? effects : WithInvalidPlans(session, plans, effects);
    }

    private StageEffects Grouped(SessionHeader session, DeviceRecords records, FrozenPlans plans, DeviceGrouping grouping)
    {
        ComponentTable components = ComponentTable.Form(grouping, plans.Catalog);
        int count = records.Count;
        return new StageEffects
        {
            Save = new SnapshotWriter(session, records, plans, grouping, components, time).SaveAsync,
            Messages = [.. Enumerable.Range(0, components.FirstFailed).Select(number => new OptimizeComponent
            {
                TenantId = session.TenantId,
                SessionId = session.SessionId,
                Component = number,
            })],
            Triggers = [TriggerRequest.Milestone(30, count), TriggerRequest.Milestone(40, count), TriggerRequest.Milestone(50, count)],
            Session = new SessionChange(
                SessionStatus.Optimizing, TimeLimit(session.Settings, components.FirstFailed), DeviceCount: count),
        };
    }

    /// <summary>All components one after the other, with half a minute each for reading and writing; and time for a second attempt.</summary>
    private static TimeSpan TimeLimit(ProviderSettings settings, int components) =>
        OptimizingAtLeast + (2 * components * TimeSpan.FromSeconds(settings.SolveSecondsMax + 30));

    private static StageEffects WithInvalidPlans(SessionHeader session, FrozenPlans plans, StageEffects effects) => effects with
    {
        Triggers = [TriggerRequest.Error(Stage, InvalidPlanCode, InvalidPlanText), .. effects.Triggers],
        Mails = [InvalidPlanAlert(session, plans), .. effects.Mails],
    };

    /// <summary>The trigger says the known sentence only; people are told which plans, and why.</summary>
    private static MailRequest InvalidPlanAlert(SessionHeader session, FrozenPlans plans) =>
        Alerts.Of(session, Stage, InvalidPlanCode, string.Join(
            ' ', plans.Invalid.Select(plan => plan.Why).Prepend(InvalidPlanText + ".")));
}
