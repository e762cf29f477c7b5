using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Pipeline.GroupDevices;

/// <summary>Decides which SIMs are optimised, groups them by what they may use, and builds the fleet. Pure.</summary>
/// <remarks>Rules: docs/pricing-rules.md, "Eligible devices"; docs/csv.md.</remarks>
public static class GroupingDecision
{
    /// <summary>The status of a SIM in use, as carriers write it.</summary>
    public const string ActiveStatus = "ACTIVATED";

    /// <param name="communicationPlans">Which plans each allows; <c>null</c>: every plan is allowed for every SIM.</param>
    /// <exception cref="InvalidOperationException">The counts do not add up: a bug.</exception>
    public static DeviceGrouping Decide(
        DeviceRecords records, PlanCatalog catalog, IReadOnlyList<CommunicationPlan>? communicationPlans, GroupingOptions options)
    {
        CommGroupTable groups = CommGroupTable.Form(records, catalog, communicationPlans);
        PlanNames plans = PlanNames.Of(records, catalog, options);
        bool[] isActive = [.. records.StatusNames.Select(name => name.Equals(ActiveStatus, StringComparison.OrdinalIgnoreCase))];
        var exclusionOf = new Exclusion[records.Count];
        var commGroupOf = new ushort[records.Count];
        var groupSizes = new int[groups.Count];
        for (int device = 0; device < records.Count; device++)
        {
            int group = groups.GroupOf(device);
            commGroupOf[device] = (ushort)group;
            groupSizes[group]++;
            bool isEligible = records.Status is null
                || records.Status[device] == DeviceRecords.NoName
                || isActive[records.Status[device]]
                || records.UsageBytes[device] > 0
                || (records.ActiveDays is not null && records.ActiveDays[device] < catalog.Rules.PeriodDays)
                || (records.ActivatedInPeriod is not null && records.ActivatedInPeriod[device]);
            exclusionOf[device] = isEligible ? Eligible(records.RatePlan[device], group, groups, plans) : Exclusion.Inactive;
        }

        if (options.MinimumDevicesPerGroup > 1)
        {
            ExcludeSmallGroups(records, plans, exclusionOf, commGroupOf, groupSizes, options.MinimumDevicesPerGroup);
        }

        return GroupedFleet.Build(records, catalog, groups.Sets, groups.Names, exclusionOf, commGroupOf, options);
    }

    private static Exclusion Eligible(ushort currentName, int group, CommGroupTable groups, PlanNames plans)
    {
        bool hasMapping = group != groups.GroupWithoutMapping;
        if (plans.IsUnknown(currentName) && !(hasMapping && plans.IsInvalid(currentName)))
        {
            return Exclusion.UnknownCurrentPlan;
        }

        return !groups.Sets[group].IsEmpty ? Exclusion.None
            : hasMapping ? Exclusion.NoPlanLeft
            : Exclusion.NoMapping;
    }

    private static void ExcludeSmallGroups(
        DeviceRecords records, PlanNames plans, Exclusion[] exclusionOf, ushort[] commGroupOf, int[] groupSizes, int minimum)
    {
        for (int device = 0; device < exclusionOf.Length; device++)
        {
            if (exclusionOf[device] == Exclusion.None && groupSizes[commGroupOf[device]] < minimum)
            {
                exclusionOf[device] = plans.IsUnknown(records.RatePlan[device])
                    ? Exclusion.UnknownCurrentPlan
                    : Exclusion.GroupTooSmall;
            }
        }
    }
}

/// <summary>What is known about the plans that SIMs are on, by position in the list of their names.</summary>
internal sealed class PlanNames
{
    private readonly bool[] _isInvalid;
    private readonly bool[] _isRetired;

    private PlanNames(int[] planOf, bool[] isInvalid, bool[] isRetired)
    {
        PlanOf = planOf;
        _isInvalid = isInvalid;
        _isRetired = isRetired;
    }

    /// <summary>Per name the position in the catalog, or -1.</summary>
    public int[] PlanOf { get; }

    public static PlanNames Of(DeviceRecords records, PlanCatalog catalog, GroupingOptions options) => new(
        [.. records.RatePlanNames.Select(catalog.IndexOf)],
        [.. records.RatePlanNames.Select(options.InvalidPlans.Contains)],
        [.. records.RatePlanNames.Select(options.RetiredPlans.Contains)]);

    /// <summary>True for a plan without a price; false for a SIM that is on no plan.</summary>
    public bool IsUnknown(ushort name) => name != DeviceRecords.NoName && PlanOf[name] < 0;

    public bool IsInvalid(ushort name) => name != DeviceRecords.NoName && _isInvalid[name];

    public bool IsRetired(ushort name) => name != DeviceRecords.NoName && _isRetired[name];
}
