using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CsCheck;
using Xunit;

namespace CarrierOptimization.Engine.Tests;

public sealed class StrategiesTests
{
    private static readonly SequenceOptions AllSequences = new();

    /// <summary>Up to 6 SIMs and 4 plans: own pools, a shared pool, individual, unlimited; proration, messages, comm groups.</summary>
    private static readonly Gen<Case> Cases = Gen.Select(
        Gen.Select(Gen.Int[0, 25], Gen.Int[0, 15], Gen.Int[1, 10], Gen.Int[0, 4], Gen.Int[0, 2]).Array[0, 6],
        Gen.Select(Gen.Int[0, 20], Gen.Int[0, 15], Gen.Int[1, 9], Gen.Int[1, 6], Gen.Int[0, 4]).Array[1, 4],
        Gen.Bool, Gen.Bool, Gen.Enum<ChargeType>(),
        (sims, plans, isProrated, perGroup, chargeType) => Build(sims, plans, isProrated, perGroup, chargeType));

    [Theory]
    [InlineData(0, "1 MB")]
    [InlineData(1, "1 MB")]
    [InlineData(2, "5 MB")]
    [InlineData(5, "5 MB")]
    [InlineData(6, "20 MB")]
    [InlineData(900, "20 MB")]
    public void Base_assignment_takes_the_allowance_nearest_at_or_above_the_usage_else_the_largest(int usage, string plan)
    {
        PlanCatalog catalog = PlanCatalog.Create([Pooled("20 MB", 9, 20), Pooled("1 MB", 2, 1), Pooled("5 MB", 5, 5)]);

        Candidate found = Strategies.BaseAssignment(FleetOf(catalog, usage), catalog);

        Assert.Equal(catalog.IndexOf(plan), found.Assignment[0]);
    }

    [Fact]
    public void Base_assignment_takes_the_cheapest_of_equal_allowances()
    {
        PlanCatalog catalog = PlanCatalog.Create([Pooled("Dear", 5, 5), Pooled("Cheap", 4, 5), Pooled("Also dear", 5, 5)]);

        Assert.Equal([1, 1, 1], Strategies.BaseAssignment(FleetOf(catalog, 0, 5, 6), catalog).Assignment);
    }

    [Fact]
    public void Base_assignment_takes_an_unlimited_plan_only_where_no_allowance_holds_the_usage()
    {
        PlanCatalog catalog = PlanCatalog.Create([Unlimited("All", 1), Pooled("5 MB", 5, 5)]);

        Assert.Equal([1, 0], Strategies.BaseAssignment(FleetOf(catalog, 5, 6), catalog).Assignment);
    }

    [Fact]
    public void Base_assignment_compares_usage_with_the_prorated_allowance()
    {
        PlanCatalog catalog = PlanCatalog.Create([Pooled("10 MB", 3, 10), Pooled("20 MB", 5, 20)]);
        Fleet whole = FleetOf(catalog, 6);
        var half = new Fleet
        {
            UsageBytes = whole.UsageBytes,
            PlanSets = whole.PlanSets,
            PlanSetOf = whole.PlanSetOf,
            ActiveDays = [15],
        };

        Assert.Equal([0], Strategies.BaseAssignment(whole, catalog).Assignment);
        Assert.Equal([1], Strategies.BaseAssignment(half, catalog).Assignment);
    }

    [Fact]
    public void Cheapest_per_sim_counts_the_own_overage_of_a_pooled_plan()
    {
        // 1 MB for 2 with 3 per further MB, 5 MB for 7: 2 MB cost 5 or 7, 3 MB cost 8 or 7.
        PlanCatalog catalog = PlanCatalog.Create([Pooled("1 MB", 2, 1, overage: 3), Pooled("5 MB", 7, 5, overage: 3)]);

        Candidate found = Strategies.CheapestPerSim(FleetOf(catalog, 1, 2, 3), catalog);

        Assert.Equal([0, 0, 1], found.Assignment);
    }

    [Fact]
    public void Cheapest_per_sim_counts_messages()
    {
        RatePlan dearMessages = Pooled("Data", 2, 5) with { SmsRate = Money.FromDecimal(1) };
        PlanCatalog catalog = PlanCatalog.Create([dearMessages, Pooled("Texting", 4, 5)]);
        Fleet silent = FleetOf(catalog, 1, 1);
        var fleet = new Fleet
        {
            UsageBytes = silent.UsageBytes,
            PlanSets = silent.PlanSets,
            PlanSetOf = silent.PlanSetOf,
            SmsCount = [1, 3],
        };

        Assert.Equal([0, 1], Strategies.CheapestPerSim(fleet, catalog).Assignment);
    }

    [Fact]
    public void Current_is_billed_as_it_is_even_on_a_plan_that_is_not_allowed()
    {
        PlanCatalog catalog = PlanCatalog.Create([Pooled("1 MB", 2, 1), Pooled("5 MB", 7, 5)]);
        var fleet = new Fleet
        {
            UsageBytes = [0, 0, 0],
            PlanSets = [new PlanSet([0]), PlanSet.Empty],
            PlanSetOf = [0, 0, 1],
            CurrentPlan = [1, Fleet.NoPlan, 1],
        };

        Candidate found = Strategies.Current(fleet, catalog);

        Assert.Equal([1, Fleet.NoPlan, Fleet.NoPlan], found.Assignment);
        Assert.Equal(Money.FromDecimal(7), found.Cost);
    }

    [Fact]
    public void A_fixed_sim_stays_on_its_plan_and_an_unbilled_one_gets_none()
    {
        PlanCatalog catalog = PlanCatalog.Create([Pooled("1 MB", 2, 1), Pooled("5 MB", 7, 5)]);
        var fleet = new Fleet
        {
            UsageBytes = [0, 0],
            PlanSets = [new PlanSet([1]), PlanSet.Empty],
            PlanSetOf = [0, 1],
        };

        foreach (Candidate found in AllThatChoose(fleet, catalog))
        {
            Assert.Equal([1, Fleet.NoPlan], found.Assignment);
        }
    }

    [Fact]
    public void A_fleet_without_sims_costs_nothing()
    {
        PlanCatalog catalog = PlanCatalog.Create([Pooled("1 MB", 2, 1)]);

        Assert.All(AllThatChoose(FleetOf(catalog), catalog), found => Assert.Equal(Money.Zero, found.Cost));
    }

    [Fact]
    public void Sequences_share_allowances_where_each_sim_alone_does_not()
    {
        // Ten idle SIMs on 5 MB at 2 lend their data to one that uses 50 MB; alone it takes the plan for 30.
        PlanCatalog catalog = PlanCatalog.Create([Pooled("5 MB", 2, 5, overage: 1), Pooled("100 MB", 30, 100, overage: 1)]);
        Fleet fleet = FleetOf(catalog, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 50);

        Assert.Equal(Money.FromDecimal(50), Strategies.CheapestPerSim(fleet, catalog).Cost);
        Assert.Equal(Money.FromDecimal(22), Sequences(fleet, catalog, AllSequences).Cost);
    }

    [Theory]
    [InlineData(1, 5_040, 1)]
    [InlineData(3, 5_040, 6)]
    [InlineData(7, 5_040, 5_040)]
    [InlineData(7, 100, 100)]
    [InlineData(8, 5_040, 5_040)]
    [InlineData(64, 5_040, 5_040)]
    public void Sequences_are_orders_of_all_plans_and_as_many_as_allowed(int plans, int most, int expected)
    {
        int[] ascending = [.. Enumerable.Range(0, plans)];

        List<int[]> found = [.. PlanSequences.Of(ascending, most)];

        Assert.Equal(expected, found.Count);
        Assert.Equal(ascending, found[0]);
        Assert.All(found, sequence => Assert.Equal(ascending, sequence.Order()));
        if (most == 5_040 && plans <= 7)
        {
            Assert.Equal(expected, found.Select(sequence => string.Join(' ', sequence)).Distinct().Count());
        }
    }

    [Fact]
    public void Every_strategy_keeps_the_allowed_plans_and_none_beats_the_best_of_all_assignments() =>
        Cases.Sample(
            found =>
            {
                long cheapest = CheapestOfAll(found.Fleet, found.Catalog, new ushort[found.Fleet.Count], 0);
                foreach (Candidate candidate in AllThatChoose(found.Fleet, found.Catalog))
                {
                    Assert.True(candidate.Cost.MicroUnits >= cheapest, $"{candidate.Strategy}: {candidate.Cost} < {cheapest}");
                    Assert.True(KeepsAllowedPlans(found.Fleet, candidate.Assignment), candidate.Strategy.ToString());
                    Assert.Equal(BillCalculator.Bill(found.Fleet, found.Catalog, candidate.Assignment).Total, candidate.Cost);
                }
            },
            seed: "0000KOfYkBo4", iter: 1_000, threads: 1);

    [Fact]
    public void The_running_bill_of_a_filling_is_the_bill() =>
        Cases.Sample(
            found =>
            {
                int[] plans = [.. Enumerable.Range(0, found.Catalog.Plans.Count)];
                int[] devices = [.. Enumerable.Range(0, found.Fleet.Count).Reverse()];
                var filling = new GreedyFilling(found.Fleet, found.Catalog);
                foreach (int[] sequence in PlanSequences.Of(plans, 24))
                {
                    long cost = filling.Fill(sequence, devices);
                    Assert.Equal(BillCalculator.Bill(found.Fleet, found.Catalog, filling.CopyAssignment()).Total.MicroUnits, cost);
                }
            },
            seed: "0000KOfYkBo4", iter: 1_000, threads: 1);

    [Fact]
    public void More_sequences_never_cost_more_and_the_same_work_gives_the_same_assignment() =>
        Cases.Sample(
            found =>
            {
                Candidate few = Sequences(found.Fleet, found.Catalog, new SequenceOptions { SequencesMax = 1 });
                Candidate bounded = Sequences(found.Fleet, found.Catalog, new SequenceOptions { TrialsMax = 0 });
                Candidate many = Sequences(found.Fleet, found.Catalog, AllSequences);
                Assert.True(many.Cost <= few.Cost);
                Assert.Equal(few.Assignment, bounded.Assignment);
                Assert.Equal(many.Assignment, Sequences(found.Fleet, found.Catalog, AllSequences).Assignment);
            },
            seed: "0000KOfYkBo4", iter: 300, threads: 1);

    [Fact]
    public void Sequences_stop_when_cancelled()
    {
        PlanCatalog catalog = PlanCatalog.Create([Pooled("1 MB", 2, 1)]);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Throws<OperationCanceledException>(
            () => Strategies.Sequences(FleetOf(catalog, 1), catalog, AllSequences, cancelled.Token));
    }

    private static IEnumerable<Candidate> AllThatChoose(Fleet fleet, PlanCatalog catalog) =>
    [
        Strategies.BaseAssignment(fleet, catalog),
        Strategies.CheapestPerSim(fleet, catalog),
        Sequences(fleet, catalog, AllSequences),
    ];

    private static Candidate Sequences(Fleet fleet, PlanCatalog catalog, SequenceOptions options) =>
        Strategies.Sequences(fleet, catalog, options, TestContext.Current.CancellationToken);

    private static long CheapestOfAll(Fleet fleet, PlanCatalog catalog, ushort[] assignment, int device)
    {
        if (device == assignment.Length)
        {
            return BillCalculator.Bill(fleet, catalog, assignment).Total.MicroUnits;
        }

        PlanSet set = fleet.PlanSets[fleet.PlanSetOf[device]];
        assignment[device] = Fleet.NoPlan;
        long best = set.IsEmpty ? CheapestOfAll(fleet, catalog, assignment, device + 1) : long.MaxValue;
        foreach (ushort plan in set.Plans)
        {
            assignment[device] = plan;
            best = Math.Min(best, CheapestOfAll(fleet, catalog, assignment, device + 1));
        }

        return best;
    }

    private static bool KeepsAllowedPlans(Fleet fleet, ushort[] assignment) =>
        Enumerable.Range(0, fleet.Count).All(device =>
        {
            PlanSet set = fleet.PlanSets[fleet.PlanSetOf[device]];
            return set.IsEmpty ? assignment[device] == Fleet.NoPlan : set.Contains(assignment[device]);
        });

    private static RatePlan Pooled(string name, int rate, int includedMegabytes, int overage = 3) => new()
    {
        Name = name,
        MonthlyRate = Money.FromDecimal(rate),
        IncludedData = DataVolume.FromMegabytes(includedMegabytes),
        OverageRate = Money.FromDecimal(overage),
        OverageBlock = DataVolume.FromMegabytes(1),
        IsPooled = true,
    };

    private static RatePlan Unlimited(string name, int rate) => new() { Name = name, MonthlyRate = Money.FromDecimal(rate) };

    private static Fleet FleetOf(PlanCatalog catalog, params int[] usageMegabytes) => new()
    {
        UsageBytes = [.. usageMegabytes.Select(megabytes => megabytes * DataVolume.DefaultBytesPerMegabyte)],
        PlanSets = [PlanSet.All(catalog)],
        PlanSetOf = new ushort[usageMegabytes.Length],
    };

    private static Case Build(
        (int Usage, int PlanBits, int Days, int Sms, int Group)[] sims,
        (int Rate, int Included, int Overage, int Block, int Kind)[] plans,
        bool isProrated, bool perGroup, ChargeType chargeType)
    {
        var rules = new BillRules
        {
            PeriodDays = 10,
            ChargeType = chargeType,
            PoolScope = perGroup ? PoolScope.CommGroup : PoolScope.Account,
        };
        var catalog = PlanCatalog.Create(
            [.. plans.Select((plan, index) => new RatePlan
            {
                Name = $"P{index}",
                MonthlyRate = new Money(plan.Rate),
                IncludedData = plan.Kind == 4 ? null : new DataVolume(plan.Included),
                OverageRate = new Money(plan.Kind == 2 ? 4 : plan.Overage),
                OverageBlock = new DataVolume(plan.Kind == 2 ? 3 : plan.Block),
                IsPooled = plan.Kind < 3,
                PoolName = plan.Kind == 2 ? "Shared" : null,
                IncludedSms = 1,
                SmsRate = new Money(plan.Rate % 3),
            })],
            rules);
        PlanSet[] sets = [.. Enumerable.Range(0, 16).Select(bits =>
            new PlanSet(Enumerable.Range(0, plans.Length).Where(plan => (bits >> plan & 1) == 1)))];
        var fleet = new Fleet
        {
            UsageBytes = [.. sims.Select(sim => (long)sim.Usage)],
            PlanSets = sets,
            PlanSetOf = [.. sims.Select(sim => (ushort)sim.PlanBits)],
            ActiveDays = isProrated ? [.. sims.Select(sim => (ushort)sim.Days)] : null,
            SmsCount = [.. sims.Select(sim => sim.Sms)],
            CommGroup = [.. sims.Select(sim => (ushort)sim.Group)],
        };
        return new Case(fleet, catalog);
    }

    private sealed record Case(Fleet Fleet, PlanCatalog Catalog)
    {
        public override string ToString() =>
            string.Join("; ", Catalog.Plans) + " | "
            + string.Join("; ", Fleet.UsageBytes.Select((usage, device) => $"{usage} on set {Fleet.PlanSetOf[device]}"));
    }
}
