using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Pipeline.GroupDevices;

/// <summary>Builds the fleet of SIMs whose comm group and exclusion are known: when they were just decided, and from a snapshot.</summary>
internal static class GroupedFleet
{
    private static readonly int ExclusionKinds = Enum.GetValues<Exclusion>().Length;

    /// <param name="sets">Per comm group the plans its SIMs may use.</param>
    /// <exception cref="InvalidOperationException">The counts do not add up: a bug.</exception>
    public static DeviceGrouping Build(
        DeviceRecords records, PlanCatalog catalog, IReadOnlyList<PlanSet> sets, IReadOnlyList<string> names,
        Exclusion[] exclusionOf, ushort[] commGroupOf, GroupingOptions options)
    {
        PlanNames plans = PlanNames.Of(records, catalog, options);
        var table = new PlanSetTable(sets, catalog.Plans.Count);
        var planSetOf = new ushort[records.Count];
        var currentPlan = new ushort[records.Count];
        var counts = new int[ExclusionKinds];
        var devices = new int[sets.Count];
        var optimised = new int[sets.Count];
        var tally = new GroupingTally();
        for (int device = 0; device < records.Count; device++)
        {
            Exclusion exclusion = exclusionOf[device];
            ushort group = commGroupOf[device];
            ushort name = records.RatePlan[device];
            int current = name == DeviceRecords.NoName ? -1 : plans.PlanOf[name];
            counts[(int)exclusion]++;
            devices[group]++;
            planSetOf[device] = exclusion == Exclusion.None && current >= 0 && plans.IsRetired(name) ? table.OfGroupAnd(group, current)
                : exclusion == Exclusion.None ? PlanSetTable.OfGroup(group)
                : IsFixed(exclusion) && current >= 0 ? table.OfPlan(current)
                : PlanSetTable.NotBilled;
            currentPlan[device] = current < 0 || planSetOf[device] == PlanSetTable.NotBilled ? Fleet.NoPlan : (ushort)current;
            if (exclusion == Exclusion.None)
            {
                optimised[group]++;
                tally.Add(current, isInvalid: plans.IsInvalid(name), isAllowed: current >= 0 && table.Allows(planSetOf[device], current));
            }
        }

        if (counts.Sum() != records.Count)
        {
            throw new InvalidOperationException($"{records.Count} SIMs were read but {counts.Sum()} are accounted for.");
        }

        var grouping = new DeviceGrouping
        {
            Fleet = new Fleet
            {
                UsageBytes = records.UsageBytes,
                PlanSets = table.Sets,
                PlanSetOf = planSetOf,
                CurrentPlan = currentPlan,
                ActiveDays = records.ActiveDays,
                SmsCount = records.SmsCount,
                CommGroup = catalog.Rules.PoolScope == PoolScope.CommGroup ? commGroupOf : null,
            },
            ExclusionOf = exclusionOf,
            CommGroupOf = commGroupOf,
            Groups = [.. Enumerable.Range(0, sets.Count).Select(group =>
                new CommGroup(names[group], sets[group], devices[group], optimised[group]))],
            Components = 0,
            Counts = counts,
            WithoutCurrentPlan = tally.WithoutCurrent,
            OnInvalidPlan = tally.OnInvalid,
            OnForbiddenPlan = tally.OnForbidden,
        };
        return grouping with { Components = ComponentTable.Form(grouping, catalog).Optimised };
    }

    /// <summary>Billed at its current plan, if that has a price.</summary>
    private static bool IsFixed(Exclusion exclusion) =>
        exclusion is Exclusion.NoMapping or Exclusion.GroupTooSmall or Exclusion.NoPlanLeft or Exclusion.ComponentFailed;

    /// <summary>Counts of optimised SIMs that can't stay as they are.</summary>
    private struct GroupingTally
    {
        public int WithoutCurrent;
        public int OnInvalid;
        public int OnForbidden;

        public void Add(int current, bool isInvalid, bool isAllowed)
        {
            WithoutCurrent += current < 0 ? 1 : 0;
            OnInvalid += current < 0 && isInvalid ? 1 : 0;
            OnForbidden += current >= 0 && !isAllowed ? 1 : 0;
        }
    }
}

/// <summary>
/// The sets of a fleet: first "not billed", then one per comm group, then one per plan that a fixed SIM is on, and per comm group
/// and retired plan that a SIM may keep.
/// </summary>
internal sealed class PlanSetTable
{
    public const ushort NotBilled = 0;

    private readonly List<PlanSet> _sets;
    private readonly List<bool[]> _allows;
    private readonly ushort[] _ofPlan;
    private readonly Dictionary<(int Group, int Plan), ushort> _ofGroupAnd = [];

    public PlanSetTable(IReadOnlyList<PlanSet> groupSets, int plans)
    {
        _sets = [];
        _allows = [];
        _ofPlan = new ushort[plans];
        Add(PlanSet.Empty);
        foreach (PlanSet set in groupSets)
        {
            Add(set);
        }
    }

    public IReadOnlyList<PlanSet> Sets => _sets;

    public static ushort OfGroup(int group) => (ushort)(group + 1);

    public bool Allows(ushort set, int plan) => _allows[set][plan];

    public ushort OfPlan(int plan)
    {
        if (_ofPlan[plan] == NotBilled)
        {
            _ofPlan[plan] = Add(new PlanSet([plan]));
        }

        return _ofPlan[plan];
    }

    public ushort OfGroupAnd(int group, int plan)
    {
        if (!_ofGroupAnd.TryGetValue((group, plan), out ushort set))
        {
            set = Add(new PlanSet([.. _sets[OfGroup(group)].Plans.ToArray().Select(allowed => (int)allowed), plan]));
            _ofGroupAnd.Add((group, plan), set);
        }

        return set;
    }

    private ushort Add(PlanSet set)
    {
        _sets.Add(set);
        _allows.Add([.. Enumerable.Range(0, _ofPlan.Length).Select(set.Contains)]);
        return (ushort)(_sets.Count - 1);
    }
}
