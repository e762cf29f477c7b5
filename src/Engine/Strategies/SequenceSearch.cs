using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Engine;

/// <summary>Runs the four passes over the plan sequences and keeps the cheapest filling.</summary>
internal static class SequenceSearch
{
    private const int Passes = 4;

    public static ushort[] Best(
        Fleet fleet, PlanCatalog catalog, SequenceOptions options, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.SequencesMax, 1);
        int[] plans = PlansInUse(fleet, catalog);
        long trialsPerSequence = Math.Max(1, (long)fleet.Count * plans.Length);
        long sequences = Math.Clamp(options.TrialsMax / (Passes * trialsPerSequence), 1, options.SequencesMax);
        var filling = new GreedyFilling(fleet, catalog);
        ushort[]? best = null;
        long bestCost = long.MaxValue;
        foreach (int[] order in DeviceOrders(fleet))
        {
            foreach (int[] sequence in PlanSequences.Of(plans, sequences))
            {
                cancellationToken.ThrowIfCancellationRequested();
                long cost = filling.Fill(sequence, order);
                if (cost < bestCost)
                {
                    bestCost = cost;
                    best = filling.CopyAssignment();
                }
            }
        }

        return best ?? NobodyBilled(fleet);
    }

    /// <summary>The plans some SIM may use, by allowance, then price, then position.</summary>
    private static int[] PlansInUse(Fleet fleet, PlanCatalog catalog)
    {
        var inUse = new SortedSet<int>();
        foreach (ushort set in fleet.PlanSetOf.Distinct())
        {
            foreach (ushort plan in fleet.PlanSets[set].Plans)
            {
                inUse.Add(plan);
            }
        }

        return
        [
            .. inUse.OrderBy(plan => catalog.Plans[plan].IncludedData?.Bytes ?? long.MaxValue)
                .ThenBy(plan => catalog.Plans[plan].MonthlyRate.MicroUnits),
        ];
    }

    /// <summary>Largest first and smallest first, all SIMs together; then the same comm group by comm group.</summary>
    private static IEnumerable<int[]> DeviceOrders(Fleet fleet)
    {
        int[] devices = [.. Enumerable.Range(0, fleet.Count)];
        // Where the fleet names no comm groups, SIMs with one set of allowed plans are one: that is what a comm group is.
        ushort[] groups = fleet.CommGroup ?? fleet.PlanSetOf;
        yield return [.. devices.OrderByDescending(device => fleet.UsageBytes[device])];
        yield return [.. devices.OrderBy(device => fleet.UsageBytes[device])];
        yield return [.. devices.OrderBy(device => groups[device]).ThenByDescending(device => fleet.UsageBytes[device])];
        yield return [.. devices.OrderBy(device => groups[device]).ThenBy(device => fleet.UsageBytes[device])];
    }

    private static ushort[] NobodyBilled(Fleet fleet)
    {
        var assignment = new ushort[fleet.Count];
        Array.Fill(assignment, Fleet.NoPlan);
        return assignment;
    }
}
