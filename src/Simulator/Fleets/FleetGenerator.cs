using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Simulator.Fleets;

/// <summary>A generated fleet as the engine takes it.</summary>
/// <param name="Fleet">SIMs that a carrier would not bill have the empty plan set and no current plan.</param>
/// <param name="CommunicationPlanOf">Per SIM its communication plan, by position.</param>
public sealed record GeneratedFleet(
    Fleet Fleet, PlanCatalog Catalog, IReadOnlyList<CommunicationPlan> CommunicationPlans, ushort[] CommunicationPlanOf);

/// <summary>Makes fleets in memory, for tests and benchmarks. <see cref="FleetFiles"/> writes the same fleets to files.</summary>
public static class FleetGenerator
{
    /// <summary>The fleet of <paramref name="shape"/>; the same shape always gives the same fleet.</summary>
    /// <exception cref="ArgumentException">The shape has mistakes; the message lists them.</exception>
    public static GeneratedFleet Generate(FleetShape shape)
    {
        FleetPlans plans = FleetPlans.Make(shape);
        var source = new DeviceSource(plans);
        bool hasSms = plans.Catalog.Plans.Any(plan => plan.SmsRate.MicroUnits > 0);
        var communicationPlanOf = new ushort[shape.Devices];
        List<PlanSet> planSets = [.. plans.CommunicationPlans.Select(plan => plan.AllowedPlans).Distinct()];
        ushort[] setOfCommunicationPlan =
            [.. plans.CommunicationPlans.Select(plan => (ushort)planSets.IndexOf(plan.AllowedPlans))];
        ushort notBilled = (ushort)planSets.Count;
        planSets.Add(PlanSet.Empty);
        var fleet = new Fleet
        {
            UsageBytes = new long[shape.Devices],
            PlanSets = planSets,
            PlanSetOf = new ushort[shape.Devices],
            CurrentPlan = new ushort[shape.Devices],
            ActiveDays = shape.ActivatedInPeriodPerMille > 0 ? new ushort[shape.Devices] : null,
            SmsCount = hasSms ? new int[shape.Devices] : null,
            CommGroup = new ushort[shape.Devices],
        };
        for (int position = 0; position < shape.Devices; position++)
        {
            GeneratedDevice device = source.Next();
            ushort set = setOfCommunicationPlan[device.CommunicationPlan];
            communicationPlanOf[position] = device.CommunicationPlan;
            fleet.UsageBytes[position] = device.UsageBytes;
            fleet.PlanSetOf[position] = device.IsBilled ? set : notBilled;
            fleet.CurrentPlan[position] = device.IsBilled ? device.CurrentPlan : Fleet.NoPlan;
            fleet.CommGroup[position] = set;
            if (fleet.ActiveDays is not null)
            {
                fleet.ActiveDays[position] = device.ActiveDays;
            }

            if (fleet.SmsCount is not null)
            {
                fleet.SmsCount[position] = device.SmsCount;
            }
        }

        return new GeneratedFleet(fleet, plans.Catalog, plans.CommunicationPlans, communicationPlanOf);
    }
}
