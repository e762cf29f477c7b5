using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.GroupDevices;
using CarrierOptimization.Pipeline.SimCardCostOptimizer;
using CarrierOptimization.Pipeline.Snapshots;
using CsCheck;
using Xunit;

namespace CarrierOptimization.Pipeline.Tests.Decisions;

public sealed class AssignmentVerifierTests
{
    private static readonly Gen<(Snapshot Snapshot, int[] Choices)> Fleets =
        Gen.Select(RandomSnapshot.Gen, Gen.Int[0, 7].Array[7]);

    [Fact]
    public void Any_allowed_assignment_at_its_cost_is_accepted() => Fleets.Sample(
        (snapshot, choices) => Assert.Empty(AssignmentVerifier.Violations(snapshot, Claim(snapshot, choices))),
        iter: 2_000, seed: "0N0XIzNsQ0O2", threads: 1);

    [Fact]
    public void One_sim_on_a_plan_it_may_not_have_is_refused() => Gen.Select(Fleets, Gen.Int[0, 30], Gen.Int[0, 8]).Sample(
        (fleet, which, plan) =>
        {
            (Snapshot snapshot, int[] choices) = fleet;
            AssignmentClaim claim = Claim(snapshot, choices);
            if (claim.Assignment.Length == 0)
            {
                return;
            }

            int device = which % claim.Assignment.Length;
            ushort to = plan == 8 ? Fleet.NoPlan : (ushort)plan;
            bool isAllowed = snapshot.Fleet.PlanSets[snapshot.Fleet.PlanSetOf[device]].Contains(to)
                || claim.Assignment[device] == to;
            ushort[] tampered = [.. claim.Assignment];
            tampered[device] = to;

            AssignmentClaim priced = claim with { Assignment = tampered, Cost = Cost(snapshot, tampered) };
            if (!isAllowed)
            {
                Assert.NotEmpty(AssignmentVerifier.Violations(snapshot, priced));
            }
        },
        iter: 4_000, seed: "0N0XIzNsQ0O2", threads: 1);

    [Fact]
    public void A_wrong_cost_count_of_changes_or_count_of_sims_is_refused() => Fleets.Sample(
        (snapshot, choices) =>
        {
            AssignmentClaim claim = Claim(snapshot, choices);

            Assert.NotEmpty(AssignmentVerifier.Violations(snapshot, claim with { Cost = claim.Cost - new Money(1) }));
            Assert.NotEmpty(AssignmentVerifier.Violations(snapshot, claim with { Changes = claim.Changes + 1 }));
            Assert.NotEmpty(AssignmentVerifier.Violations(snapshot, claim with { Devices = claim.Devices + 1 }));
            Assert.NotEmpty(AssignmentVerifier.Violations(snapshot, claim with { Assignment = [.. claim.Assignment, 0] }));
            Assert.Throws<AssignmentException>(() => AssignmentVerifier.Check(snapshot, claim with { Devices = -1 }));
        },
        iter: 300, seed: "0N0XIzNsQ0O2", threads: 1);

    [Fact]
    public void A_mapping_that_was_changed_under_the_fleet_is_noticed() => Fleets.Sample(
        (snapshot, choices) =>
        {
            Snapshot unmapped = snapshot with { Plans = snapshot.Plans with { CommunicationPlans = [], Retired = [] } };

            bool hasOptimised = snapshot.Grouping.ExclusionOf.Contains(Exclusion.None);
            Assert.Equal(hasOptimised, AssignmentVerifier.Violations(unmapped, Claim(snapshot, choices)).Count > 0);
        },
        iter: 300, seed: "0N0XIzNsQ0O2", threads: 1);

    private static AssignmentClaim Claim(Snapshot snapshot, int[] choices)
    {
        ushort[] assignment = RandomSnapshot.Assignment(snapshot, choices);
        return new AssignmentClaim(
            snapshot.Records.Count, assignment, Cost(snapshot, assignment), WinnerDecision.ChangesOf(snapshot.Fleet, assignment));
    }

    private static Money Cost(Snapshot snapshot, ushort[] assignment) =>
        BillCalculator.Bill(snapshot.Fleet, snapshot.Catalog, assignment).Total;
}
