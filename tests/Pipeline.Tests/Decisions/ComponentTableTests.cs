using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.GroupDevices;
using CarrierOptimization.Pipeline.Snapshots;
using CsCheck;
using Xunit;

namespace CarrierOptimization.Pipeline.Tests.Decisions;

public sealed class ComponentTableTests
{
    private static readonly Gen<(Snapshot Snapshot, int[] Choices)> Fleets =
        Gen.Select(RandomSnapshot.Gen, Gen.Int[0, 7].Array[7]);

    [Fact]
    public void Bills_of_components_add_up_to_the_bill_of_the_whole_today_and_for_any_assignment() => Fleets.Sample(
        (snapshot, choices) =>
        {
            ushort[] today = Engine.Strategies.Current(snapshot.Fleet, snapshot.Catalog).Assignment;

            Assert.Equal(Whole(snapshot, today), Parts(snapshot, today));
            ushort[] any = RandomSnapshot.Assignment(snapshot, choices);
            Assert.Equal(Whole(snapshot, any), Parts(snapshot, any));
        },
        iter: 2_000, seed: "0N0XIzNsQ0O2", threads: 1);

    [Fact]
    public void Every_billed_sim_has_a_component_and_every_component_a_sim() => Fleets.Sample(
        (snapshot, _) =>
        {
            ComponentTable table = ComponentTable.Form(snapshot.Grouping, snapshot.Catalog);
            for (int device = 0; device < snapshot.Records.Count; device++)
            {
                bool isBilled = snapshot.Fleet.PlanSetOf[device] != 0;
                bool isOptimised = snapshot.Grouping.ExclusionOf[device] == Exclusion.None;
                int component = table.Of(device);
                Assert.InRange(component, ComponentTable.None, table.Count - 1);
                Assert.True(!isBilled || (component >= 0 && component < table.FirstFailed));
                Assert.True(!isOptimised || component < table.Optimised);
            }

            Assert.Equal(
                Enumerable.Range(0, table.Count), snapshot.ComponentOf.Where(component => component >= 0).Distinct().Order());
            Assert.Equal(snapshot.Grouping.Components, table.Optimised);
        },
        iter: 2_000, seed: "0N0XIzNsQ0O2", threads: 1);

    private static Money Whole(Snapshot snapshot, ushort[] assignment) =>
        BillCalculator.Bill(snapshot.Fleet, snapshot.Catalog, assignment).Total;

    private static Money Parts(Snapshot snapshot, ushort[] assignment) =>
        snapshot.ComponentOf.Distinct().Aggregate(Money.Zero, (sum, component) => sum + Whole(
            snapshot,
            [.. assignment.Select((plan, device) => snapshot.ComponentOf[device] == component ? plan : Fleet.NoPlan)]));
}
