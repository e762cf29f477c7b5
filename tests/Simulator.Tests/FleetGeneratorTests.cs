using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Simulator.Fleets;
using Xunit;

namespace CarrierOptimization.Simulator.Tests;

public sealed class FleetGeneratorTests
{
    public static TheoryData<string> Profiles => [.. FleetShape.ProfileNames];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Every_profile_is_a_fleet_the_engine_accepts(string profile)
    {
        GeneratedFleet generated = FleetGenerator.Generate(FleetShape.OfProfile(profile, 3_000, seed: 5));

        FleetValidation.Validate(generated.Fleet, generated.Catalog);
        Assert.Equal(3_000, generated.Fleet.Count);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Every_ladder_from_3_to_64_plans_is_valid(string profile)
    {
        for (int plans = FleetShape.PlansMin; plans <= FleetShape.PlansMax; plans++)
        {
            FleetShape shape = FleetShape.OfProfile(profile, 0, seed: (ulong)plans) with { Plans = plans };

            Assert.Equal(plans, FleetGenerator.Generate(shape).Catalog.Plans.Count);
        }
    }

    [Fact]
    public void The_same_shape_gives_the_same_fleet_and_another_seed_another()
    {
        FleetShape shape = FleetShape.OfProfile("mixed", 2_000, seed: 11);

        long[] once = FleetGenerator.Generate(shape).Fleet.UsageBytes;
        long[] again = FleetGenerator.Generate(shape).Fleet.UsageBytes;
        long[] other = FleetGenerator.Generate(shape with { Seed = 12 }).Fleet.UsageBytes;

        Assert.Equal(once, again);
        Assert.NotEqual(once, other);
    }

    [Fact]
    public void Usage_is_heavy_tailed_with_idle_SIMs()
    {
        long[] usage = FleetGenerator.Generate(new FleetShape { Devices = 50_000, Seed = 3 }).Fleet.UsageBytes;
        Array.Sort(usage);

        int idle = usage.Count(bytes => bytes == 0);
        Assert.InRange(idle, 50_000 * 25 / 100, 50_000 * 36 / 100);
        long total = usage.Sum();
        long topPercent = usage[^500..].Sum();
        Assert.True(topPercent > total / 10, $"The top 1 % of the SIMs use {topPercent} of {total} bytes.");
    }

    [Fact]
    public void SIMs_are_on_plans_they_may_use()
    {
        GeneratedFleet generated = FleetGenerator.Generate(FleetShape.OfProfile("mixed", 5_000, seed: 2));
        Fleet fleet = generated.Fleet;

        for (int device = 0; device < fleet.Count; device++)
        {
            if (fleet.CurrentPlan![device] != Fleet.NoPlan)
            {
                Assert.True(fleet.PlanSets[fleet.PlanSetOf[device]].Contains(fleet.CurrentPlan[device]), $"SIM {device}");
            }
        }
    }

    [Fact]
    public void ICCIDs_ascend_and_have_their_check_digit()
    {
        var source = new DeviceSource(FleetPlans.Make(FleetShape.OfProfile("pooled", 5_000, seed: 4)));
        Engine.Units.Iccid before = default;
        for (int device = 0; device < 5_000; device++)
        {
            Engine.Units.Iccid iccid = SimNumbers.IccidOf(source.Next().SerialNumber);
            Assert.True(iccid.HasValidCheckDigit, iccid.ToString());
            Assert.True(iccid.CompareTo(before) > 0, $"{iccid} after {before}");
            before = iccid;
        }
    }

    [Fact]
    public void Communication_plans_of_a_profile_allow_different_plans()
    {
        GeneratedFleet generated = FleetGenerator.Generate(FleetShape.OfProfile("pooled", 1_000, seed: 1));

        Assert.Equal(3, generated.CommunicationPlans.Select(plan => plan.AllowedPlans).Distinct().Count());
    }

    [Fact]
    public void A_shape_out_of_range_is_refused_with_every_mistake()
    {
        var shape = new FleetShape { Devices = -1, Plans = 2, CommunicationPlans = 0, PeriodDays = 0 };

        ArgumentException refused = Assert.Throws<ArgumentException>(() => FleetGenerator.Generate(shape));

        Assert.Contains("-1 devices: expected 0 to 50000000.", refused.Message, StringComparison.Ordinal);
        Assert.Contains("2 plans: expected 3 to 64.", refused.Message, StringComparison.Ordinal);
        Assert.Contains("0 communication plans", refused.Message, StringComparison.Ordinal);
        Assert.Contains("0 days of the period", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_habits_of_people_cost_more_than_the_nearest_allowance()
    {
        GeneratedFleet generated = FleetGenerator.Generate(new FleetShape { Devices = 20_000, Seed = 8 });
        Bill current = BillCalculator.Bill(generated.Fleet, generated.Catalog, generated.Fleet.CurrentPlan!);

        Assert.True(current.Total > Engine.Units.Money.Zero);
        Assert.True(current.DataOverage < current.RateCharge, $"Overage {current.DataOverage}, rate charge {current.RateCharge}");
    }
}
