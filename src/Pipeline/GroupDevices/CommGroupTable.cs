using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Pipeline.GroupDevices;

/// <summary>Which comm group a SIM belongs to: one group per set of allowed plans, one more for SIMs without a mapping.</summary>
internal sealed class CommGroupTable
{
    private const int CommunicationPlansNamedMax = 3;

    private readonly ushort[]? _communicationPlan;
    private readonly int[] _groupOfName;
    private readonly int _groupWithoutMapping;
    private readonly bool[][] _allows;

    private CommGroupTable(
        ushort[]? communicationPlan, int[] groupOfName, int groupWithoutMapping,
        IReadOnlyList<PlanSet> sets, IReadOnlyList<string> names, int plans)
    {
        _communicationPlan = communicationPlan;
        _groupOfName = groupOfName;
        _groupWithoutMapping = groupWithoutMapping;
        Sets = sets;
        Names = names;
        _allows = [.. sets.Select(set => Enumerable.Range(0, plans).Select(set.Contains).ToArray())];
    }

    public int Count => Sets.Count;

    /// <summary>Per group what its SIMs may use; empty for the group without a mapping.</summary>
    public IReadOnlyList<PlanSet> Sets { get; }

    public IReadOnlyList<string> Names { get; }

    public static CommGroupTable Form(
        DeviceRecords records, PlanCatalog catalog, IReadOnlyList<CommunicationPlan>? communicationPlans)
    {
        int plans = catalog.Plans.Count;
        if (communicationPlans is null)
        {
            return new CommGroupTable(null, [], 0, [PlanSet.All(catalog)], ["all SIMs"], plans);
        }

        var groupOfSet = new Dictionary<PlanSet, int>();
        var groupOfPlan = new Dictionary<string, int>(StringComparer.Ordinal);
        var sets = new List<PlanSet>();
        var members = new List<List<string>>();
        foreach (CommunicationPlan plan in communicationPlans)
        {
            if (!groupOfSet.TryGetValue(plan.AllowedPlans, out int group))
            {
                group = sets.Count;
                groupOfSet.Add(plan.AllowedPlans, group);
                sets.Add(plan.AllowedPlans);
                members.Add([]);
            }

            groupOfPlan[plan.Name] = group;
            members[group].Add(plan.Name);
        }

        int[] groupOfName = [.. records.CommunicationPlanNames.Select(name => groupOfPlan.GetValueOrDefault(name, sets.Count))];
        return new CommGroupTable(
            records.CommunicationPlan, groupOfName, sets.Count, [.. sets, PlanSet.Empty],
            [.. members.Select(NameOf), "no mapping"], plans);
    }

    public int GroupOf(int device) =>
        _communicationPlan is null || _communicationPlan[device] == DeviceRecords.NoName
            ? _groupWithoutMapping
            : _groupOfName[_communicationPlan[device]];

    public bool Allows(int group, int plan) => _allows[group][plan];

    private static string NameOf(List<string> communicationPlans) =>
        string.Join(", ", communicationPlans.Take(CommunicationPlansNamedMax))
        + (communicationPlans.Count > CommunicationPlansNamedMax
            ? $" and {communicationPlans.Count - CommunicationPlansNamedMax} more"
            : "");
}

/// <summary>Counts the components: comm groups tied by pools they share, directly or through others.</summary>
internal static class ComponentCount
{
    public static int Of(PlanCatalog catalog, IReadOnlyList<PlanSet> sets, int[] optimisedDevices)
    {
        // Pools that reach over the account tie groups; pools billed per comm group tie none.
        int[] parent = [.. Enumerable.Range(0, sets.Count)];
        if (catalog.Rules.PoolScope == PoolScope.Account)
        {
            var groupOfPool = new Dictionary<int, int>();
            for (int group = 0; group < sets.Count; group++)
            {
                TieByPools(catalog, sets[group], group, optimisedDevices[group] > 0, groupOfPool, parent);
            }
        }

        return Enumerable.Range(0, sets.Count).Where(group => optimisedDevices[group] > 0)
            .Select(group => Root(parent, group)).Distinct().Count();
    }

    private static void TieByPools(
        PlanCatalog catalog, PlanSet set, int group, bool isUsed, Dictionary<int, int> groupOfPool, int[] parent)
    {
        foreach (ushort plan in set.Plans)
        {
            int pool = catalog.PoolOfPlan[plan];
            if (isUsed && pool >= 0 && !groupOfPool.TryAdd(pool, group))
            {
                parent[Root(parent, group)] = Root(parent, groupOfPool[pool]);
            }
        }
    }

    private static int Root(int[] parent, int group)
    {
        while (parent[group] != group)
        {
            parent[group] = parent[parent[group]];
            group = parent[group];
        }

        return group;
    }
}
