using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Pipeline.GroupDevices;

/// <summary>Decides which SIMs are optimised, groups them by what they may use, and builds the fleet. Pure.</summary>
/// <remarks>Rules: docs/pricing-rules.md, "Eligible devices"; docs/csv.md.</remarks>
public static class GroupingDecision
{
    private const string ActiveStatus = "ACTIVATED";

    /// <param name="communicationPlans">Which plans each allows; <c>null</c>: every plan is allowed for every SIM.</param>
    /// <exception cref="InvalidOperationException">The counts do not add up: a bug.</exception>
    public static DeviceGrouping Decide(
        DeviceRecords records, PlanCatalog catalog, IReadOnlyList<CommunicationPlan>? communicationPlans, GroupingOptions options)
    {
        CommGroupTable groups = CommGroupTable.Form(records, catalog, communicationPlans);
        int[] planOfName = [.. records.RatePlanNames.Select(catalog.IndexOf)];
        bool[] isActive = [.. records.StatusNames.Select(name => name.Equals(ActiveStatus, StringComparison.OrdinalIgnoreCase))];
        var exclusionOf = new Exclusion[records.Count];
        var commGroupOf = new ushort[records.Count];
        var groupSizes = new int[groups.Count];
        for (int device = 0; device < records.Count; device++)
        {
            int group = groups.GroupOf(device);
            commGroupOf[device] = (ushort)group;
            groupSizes[group]++;
            ushort name = records.RatePlan[device];
            bool isEligible = records.Status is null
                || records.Status[device] == DeviceRecords.NoName
                || isActive[records.Status[device]]
                || records.UsageBytes[device] > 0
                || (records.ActiveDays is not null && records.ActiveDays[device] < catalog.Rules.PeriodDays);
            exclusionOf[device] = !isEligible ? Exclusion.Inactive
                : name != DeviceRecords.NoName && planOfName[name] < 0 ? Exclusion.UnknownCurrentPlan
                : groups.Sets[group].IsEmpty ? Exclusion.NoMapping
                : Exclusion.None;
        }

        if (options.MinimumDevicesPerGroup > 1)
        {
            ExcludeSmallGroups(exclusionOf, commGroupOf, groupSizes, options.MinimumDevicesPerGroup);
        }

        return Build(records, catalog, groups, planOfName, exclusionOf, commGroupOf, groupSizes);
    }

    private static void ExcludeSmallGroups(Exclusion[] exclusionOf, ushort[] commGroupOf, int[] groupSizes, int minimum)
    {
        for (int device = 0; device < exclusionOf.Length; device++)
        {
            if (exclusionOf[device] == Exclusion.None && groupSizes[commGroupOf[device]] < minimum)
            {
                exclusionOf[device] = Exclusion.GroupTooSmall;
            }
        }
    }

    private static DeviceGrouping Build(
        DeviceRecords records, PlanCatalog catalog, CommGroupTable groups, int[] planOfName,
        Exclusion[] exclusionOf, ushort[] commGroupOf, int[] groupSizes)
    {
        var sets = new PlanSetTable(groups.Sets, catalog.Plans.Count);
        var planSetOf = new ushort[records.Count];
        var currentPlan = new ushort[records.Count];
        var counts = new int[Enum.GetValues<Exclusion>().Length];
        var optimised = new int[groups.Count];
        int withoutCurrent = 0;
        int onForbidden = 0;
        for (int device = 0; device < records.Count; device++)
        {
            Exclusion exclusion = exclusionOf[device];
            counts[(int)exclusion]++;
            int name = records.RatePlan[device];
            int current = name == DeviceRecords.NoName ? -1 : planOfName[name];
            bool isFixed = exclusion is Exclusion.NoMapping or Exclusion.GroupTooSmall;
            planSetOf[device] = exclusion == Exclusion.None ? PlanSetTable.OfGroup(commGroupOf[device])
                : isFixed && current >= 0 ? sets.OfPlan(current)
                : PlanSetTable.NotBilled;
            currentPlan[device] = current < 0 || planSetOf[device] == PlanSetTable.NotBilled ? Fleet.NoPlan : (ushort)current;
            if (exclusion == Exclusion.None)
            {
                optimised[commGroupOf[device]]++;
                withoutCurrent += current < 0 ? 1 : 0;
                onForbidden += current >= 0 && !groups.Allows(commGroupOf[device], current) ? 1 : 0;
            }
        }

        if (counts.Sum() != records.Count)
        {
            throw new InvalidOperationException($"{records.Count} SIMs were read but {counts.Sum()} are accounted for.");
        }

        return new DeviceGrouping
        {
            Fleet = new Fleet
            {
                UsageBytes = records.UsageBytes,
                PlanSets = sets.Sets,
                PlanSetOf = planSetOf,
                CurrentPlan = currentPlan,
                ActiveDays = records.ActiveDays,
                SmsCount = records.SmsCount,
                CommGroup = catalog.Rules.PoolScope == PoolScope.CommGroup ? commGroupOf : null,
            },
            ExclusionOf = exclusionOf,
            CommGroupOf = commGroupOf,
            Groups = [.. Enumerable.Range(0, groups.Count).Select(group =>
                new CommGroup(groups.Names[group], groups.Sets[group], groupSizes[group], optimised[group]))],
            Components = ComponentCount.Of(catalog, groups.Sets, optimised),
            Counts = counts,
            WithoutCurrentPlan = withoutCurrent,
            OnForbiddenPlan = onForbidden,
        };
    }
}

/// <summary>The sets of a fleet: first "not billed", then one per comm group, then one per plan that a fixed SIM is on.</summary>
internal sealed class PlanSetTable
{
    public const ushort NotBilled = 0;

    private readonly List<PlanSet> _sets;
    private readonly ushort[] _ofPlan;

    public PlanSetTable(IReadOnlyList<PlanSet> groupSets, int plans)
    {
        _sets = [PlanSet.Empty, .. groupSets];
        _ofPlan = new ushort[plans];
    }

    public IReadOnlyList<PlanSet> Sets => _sets;

    public static ushort OfGroup(int group) => (ushort)(group + 1);

    public ushort OfPlan(int plan)
    {
        if (_ofPlan[plan] == NotBilled)
        {
            _ofPlan[plan] = (ushort)_sets.Count;
            _sets.Add(new PlanSet([plan]));
        }

        return _ofPlan[plan];
    }
}
