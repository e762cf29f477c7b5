using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Pipeline.GroupDevices;

/// <summary>Which comm group a SIM belongs to: one group per set of allowed plans, one more for SIMs without a mapping.</summary>
internal sealed class CommGroupTable
{
    private const int CommunicationPlansNamedMax = 3;
    private const int NoGroup = -1;

    private readonly ushort[]? _communicationPlan;
    private readonly int[] _groupOfName;

    private CommGroupTable(
        ushort[]? communicationPlan, int[] groupOfName, int groupWithoutMapping,
        IReadOnlyList<PlanSet> sets, IReadOnlyList<string> names)
    {
        _communicationPlan = communicationPlan;
        _groupOfName = groupOfName;
        GroupWithoutMapping = groupWithoutMapping;
        Sets = sets;
        Names = names;
    }

    public int Count => Sets.Count;

    /// <summary>The group of SIMs whose communication plan has no mapping; -1 when every plan is allowed for every SIM.</summary>
    public int GroupWithoutMapping { get; }

    /// <summary>Per group what its SIMs may use; empty for the group without a mapping.</summary>
    public IReadOnlyList<PlanSet> Sets { get; }

    public IReadOnlyList<string> Names { get; }

    public static CommGroupTable Form(
        DeviceRecords records, PlanCatalog catalog, IReadOnlyList<CommunicationPlan>? communicationPlans)
    {
        if (communicationPlans is null)
        {
            return new CommGroupTable(null, [], NoGroup, [PlanSet.All(catalog)], ["all SIMs"]);
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
            [.. members.Select(NameOf), "no mapping"]);
    }

    public int GroupOf(int device) =>
        GroupWithoutMapping == NoGroup ? 0
            : _communicationPlan is null || _communicationPlan[device] == DeviceRecords.NoName ? GroupWithoutMapping
            : _groupOfName[_communicationPlan[device]];

    private static string NameOf(List<string> communicationPlans) =>
        string.Join(", ", communicationPlans.Take(CommunicationPlansNamedMax))
        + (communicationPlans.Count > CommunicationPlansNamedMax
            ? $" and {communicationPlans.Count - CommunicationPlansNamedMax} more"
            : "");
}
