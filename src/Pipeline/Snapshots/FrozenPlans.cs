using CarrierOptimization.Engine.Model;
using CarrierOptimization.Pipeline.GroupDevices;

namespace CarrierOptimization.Pipeline.Snapshots;

/// <summary>A rate plan that can't be priced.</summary>
/// <param name="Why">A sentence: what was found, what was expected, what to do.</param>
public sealed record InvalidPlan(string Name, string Why);

/// <summary>The plans of a session as they were when its SIMs were grouped; they stand as JSON on the instance.</summary>
/// <param name="Catalog">The plans that can be priced, by name, with the rules of the bill.</param>
/// <param name="CommunicationPlans">What each allows, less the invalid and retired plans; by name.</param>
/// <param name="Invalid">Plans taken out; a SIM on one has no known current cost.</param>
/// <param name="Retired">Plans of the catalog that a SIM may keep but not get.</param>
/// <param name="Notes">Sentences for the report about plans and mappings.</param>
public sealed record FrozenPlans(
    PlanCatalog Catalog,
    IReadOnlyList<CommunicationPlan> CommunicationPlans,
    IReadOnlyList<InvalidPlan> Invalid,
    IReadOnlyList<string> Retired,
    IReadOnlyList<string> Notes)
{
    /// <summary>The settings of the grouping that follow from the plans.</summary>
    public GroupingOptions Grouping(int minimumDevicesPerGroup) => new()
    {
        MinimumDevicesPerGroup = minimumDevicesPerGroup,
        InvalidPlans = Invalid.Select(plan => plan.Name).ToHashSet(StringComparer.Ordinal),
        RetiredPlans = Retired.ToHashSet(StringComparer.Ordinal),
    };
}
