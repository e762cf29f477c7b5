using System.Numerics;
using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Certificates;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CsCheck;
using Xunit;

namespace CarrierOptimization.Engine.Tests;

public sealed class CertificateCheckerTests
{
    private static readonly PlanCatalog Catalog = PlanCatalog.Create(
    [
        Pooled("Small", rate: 10, included: 10),
        Pooled("Large", rate: 30, included: 100),
        new RatePlan
        {
            Name = "Alone", MonthlyRate = new Money(5), IncludedData = new DataVolume(1), OverageRate = new Money(4),
            OverageBlock = new DataVolume(10),
        },
    ]);

    private static readonly Fleet Fleet = new()
    {
        UsageBytes = [5, 20, 90, 7, 0],
        PlanSets = [new PlanSet([0, 1]), new PlanSet([0, 2]), PlanSet.Empty],
        PlanSetOf = [0, 0, 0, 1, 2],
        CurrentPlan = [0, 0, 0, 0, Fleet.NoPlan],
    };

    private static readonly SolveOptions Options = new() { MaxChanges = 2, ChangeCost = new Money(3), Threads = 1 };

    /// <summary>Each claim that a solution makes, broken in one place, and a word of the violation it must be refused with.</summary>
    public static TheoryData<string, Func<Solution, Solution>> Tamperings => new()
    {
        { "found 4", solution => solution with { Assignment = solution.Assignment[..4] } },
        { "found no plan", solution => solution with { Assignment = [Fleet.NoPlan, 0, 1, 2, Fleet.NoPlan] } },
        { "found plan \"Alone\"", solution => solution with { Assignment = [2, 0, 1, 2, Fleet.NoPlan] } },
        { "does not have", solution => solution with { Assignment = [0, 0, 1, 7, Fleet.NoPlan] } },
        { "not billed", solution => solution with { Assignment = [0, 0, 1, 2, 0] } },
        { "Bill: rate charge", solution => solution with { Assignment = [0, 1, 1, 2, Fleet.NoPlan] } },
        { "Bill: total", solution => solution with { Bill = solution.Bill with { RateCharge = new Money(1) } } },
        { "Bill: data overage", solution => solution with { Bill = solution.Bill with { DataOverage = new Money(3) } } },
        { "Bill: SMS charge", solution => solution with { Bill = solution.Bill with { SmsCharge = new Money(1) } } },
        { "Bill: devices", solution => solution with { Bill = solution.Bill with { Devices = 5 } } },
        { "Bill: plan \"Small\"", solution => solution with { Bill = solution.Bill with { Plans = [] } } },
        { "Bill: plan \"Small\"", solution => WithFirstPlan(solution, line => line with { Devices = 3 }) },
        { "Bill: plan \"Small\"", solution => WithFirstPlan(solution, line => line with { UsageBytes = 1 }) },
        { "Bill: plan \"Small\"", solution => WithFirstPlan(solution, line => line with { AllowanceBytes = 1 }) },
        { "Bill: pool 0", solution => WithFirstPool(solution, line => line with { OverageBlocks = 9 }) },
        { "Bill: pool 0", solution => WithFirstPool(solution, line => line with { Overage = new Money(1) }) },
        { "Bill: pool 0", solution => solution with { Bill = solution.Bill with { Pools = [] } } },
        { "Cost:", solution => solution with { Cost = solution.Bill.Total } },
        { "Changes: expected 2, found 1", solution => solution with { Changes = 1 } },
        { "Lower bound", solution => solution with { LowerBound = solution.Certificate.PriceBound + new Money(1) } },
        { "Lower bound", solution => solution with { LowerBound = solution.Cost + new Money(1), ProvenOptimal = true } },
        { "Proven optimal", solution => solution with { ProvenOptimal = true } },
        { "Bound by prices", solution => WithCertificate(solution, proof => proof with { PriceBound = proof.PriceBound + new Money(1) }) },
        { "Pool price of pool 0", solution => WithPrice(solution, new PoolPrice(0, -1, (1L << Certificate.PriceShift) + 1)) },
        { "Pool price of pool 1", solution => WithPrice(solution, new PoolPrice(1, -1, -1)) },
        { "found pool 2", solution => WithPrice(solution, new PoolPrice(2, -1, 0)) },
        { "found pool -1", solution => WithPrice(solution, new PoolPrice(-1, -1, 0)) },
        { "comm group 0", solution => WithPrice(solution, new PoolPrice(0, 0, 0)) },
        { "found two", solution => WithCertificate(solution, proof => proof with
            {
                PoolPrices = [.. proof.PoolPrices, proof.PoolPrices[0]],
            }) },
        { "Price of a change", solution => WithCertificate(solution, proof => proof with { ChangePriceMicroUnits = -1 }) },
        { "Price of a change", solution => WithCertificate(solution, proof => proof with
            {
                ChangePriceMicroUnits = long.MaxValue,
            }) },
    };

    [Fact]
    public void An_honest_solution_passes() => CertificateChecker.Check(Fleet, Catalog, Options, Honest());

    [Fact]
    public void Claiming_less_than_is_proven_passes()
    {
        Solution honest = Honest();
        CertificateChecker.Check(Fleet, Catalog, Options, honest with
        {
            LowerBound = Money.Zero,
            Certificate = honest.Certificate with { PriceBound = new Money(1) },
        });
    }

    [Theory]
    [MemberData(nameof(Tamperings), DisableDiscoveryEnumeration = true)]
    public void Every_kind_of_tampering_is_refused(string named, Func<Solution, Solution> tamper)
    {
        CertificateException refusal = Assert.Throws<CertificateException>(
            () => CertificateChecker.Check(Fleet, Catalog, Options, tamper(Honest())));
        Assert.Contains(refusal.Violations, violation => violation.Contains(named, StringComparison.Ordinal));
    }

    [Fact]
    public void More_changes_than_allowed_are_refused()
    {
        CertificateException refusal = Assert.Throws<CertificateException>(
            () => CertificateChecker.Check(Fleet, Catalog, Options with { MaxChanges = 1 }, Honest()));
        Assert.Contains("Changes: expected at most 1, found 2.", refusal.Violations);
    }

    [Fact]
    public void A_price_of_changes_without_a_limit_of_changes_is_refused()
    {
        Solution priced = WithCertificate(Honest(), proof => proof with { ChangePriceMicroUnits = 1 });
        Assert.Throws<CertificateException>(
            () => CertificateChecker.Check(Fleet, Catalog, Options with { MaxChanges = null }, priced));
    }

    [Fact]
    public void All_violations_are_named_at_once()
    {
        Solution honest = Honest();
        CertificateException refusal = Assert.Throws<CertificateException>(() => CertificateChecker.Check(
            Fleet, Catalog, Options, honest with { Changes = 9, Cost = Money.Zero, LowerBound = new Money(1) }));
        Assert.Equal(3, refusal.Violations.Count);
    }

    [Fact]
    public void Wrong_SIMs_are_listed_up_to_a_limit_and_then_counted()
    {
        var fleet = new Fleet { UsageBytes = new long[50], PlanSets = [new PlanSet([0])], PlanSetOf = new ushort[50] };
        ushort[] nowhere = [.. Enumerable.Repeat(Fleet.NoPlan, 50)];
        Solution solution = Claim(fleet, Catalog, new SolveOptions(), new ushort[50], new Certificate([], 0) { PriceBound = Money.Zero });
        CertificateException refusal = Assert.Throws<CertificateException>(
            () => CertificateChecker.Check(fleet, Catalog, new SolveOptions(), solution with { Assignment = nowhere }));
        Assert.Equal("... and 30 more SIMs.", refusal.Violations[^1]);
    }

    [Fact]
    public void The_price_limit_is_exact_for_a_rate_that_the_block_does_not_divide()
    {
        PlanCatalog catalog = PlanCatalog.Create([Pooled("P", rate: 1, included: 0) with
        {
            OverageRate = new Money(1), OverageBlock = new DataVolume(3),
        }]);
        var fleet = new Fleet { UsageBytes = [3], PlanSets = [new PlanSet([0])], PlanSetOf = [0] };
        long highest = (1L << Certificate.PriceShift) / 3;
        Assert.Equal(2, Proven(highest));
        Assert.Null(Proven(highest + 1));

        Int128? Proven(long price) => CertificateChecker.ProvenBound(
            fleet, catalog, new SolveOptions(), new Certificate([new PoolPrice(0, -1, price)], 0) { PriceBound = default }, byDefinition: false);
    }

    [Fact]
    public void The_tables_prove_the_same_bound_as_the_definition() =>
        Gen.Select(Instances.Of(12, 5), Gen.Int[0, 1_000_000]).Sample(
            (instance, seed) =>
            {
                Certificate prices = RandomPrices(instance, new Random(seed));
                Assert.NotNull(Bound(instance, prices, byDefinition: false));
                Assert.Equal(Bound(instance, prices, byDefinition: true), Bound(instance, prices, byDefinition: false));
            },
            iter: Instances.Iterations(20_000));

    [Fact]
    public void No_assignment_that_keeps_the_limits_costs_less_than_the_bound() =>
        Gen.Select(Instances.Tiny, Gen.Int[0, 1_000_000]).Sample(
            (instance, seed) =>
            {
                Int128 bound = Bound(instance, RandomPrices(instance, new Random(seed)), byDefinition: false)!.Value;
                for (int next = 0; next < 10; next++)
                {
                    ushort[] assignment = Instances.RandomAssignment(instance.Fleet, seed + next);
                    int changes = Instances.Changes(instance.Fleet, assignment);
                    BigInteger cost = NaiveBill.Total(instance.Fleet, instance.Catalog, assignment)
                        + ((BigInteger)changes * instance.Options.ChangeCost.MicroUnits);
                    Assert.True(changes > (instance.Options.MaxChanges ?? int.MaxValue) || cost >= (BigInteger)bound);
                }
            },
            iter: Instances.Iterations(10_000));

    [Fact]
    public void Every_cost_is_a_multiple_of_the_granularity() =>
        Gen.Select(Instances.Of(12, 5), Gen.Int[0, 1_000_000]).Sample(
            (instance, seed) =>
            {
                (Fleet fleet, PlanCatalog catalog, SolveOptions options) = instance;
                ushort[] assignment = Instances.RandomAssignment(fleet, seed);
                var prices = new PriceBound(
                    fleet, catalog, options, new RestatedBillRule(fleet, catalog), new Certificate([], 0) { PriceBound = default });
                long granularity = prices.Granularity(Enumerable.Range(0, fleet.Count)
                    .Where(device => assignment[device] != Fleet.NoPlan)
                    .Select(device => ((int)fleet.PlanSetOf[device], fleet.ActiveDaysOf(device, catalog.Rules.PeriodDays))));
                BigInteger cost = NaiveBill.Total(fleet, catalog, assignment)
                    + ((BigInteger)Instances.Changes(fleet, assignment) * options.ChangeCost.MicroUnits);
                Assert.True(granularity == 0 ? cost.IsZero : (cost % granularity).IsZero);
            },
            iter: Instances.Iterations(10_000));

    [Fact]
    public void An_honest_claim_about_any_assignment_passes() =>
        Gen.Select(Instances.Of(12, 5), Gen.Int[0, 1_000_000]).Sample(
            (instance, seed) =>
            {
                SolveOptions options = instance.Options with { MaxChanges = null };
                Certificate prices = RandomPrices(instance with { Options = options }, new Random(seed));
                Money bound = new((long)CertificateChecker.ProvenBound(instance.Fleet, instance.Catalog, options, prices, false)!.Value);
                ushort[] assignment = Instances.RandomAssignment(instance.Fleet, seed);
                Solution claim = Claim(instance.Fleet, instance.Catalog, options, assignment, prices with { PriceBound = bound });
                CertificateChecker.Check(instance.Fleet, instance.Catalog, options, claim);
                Assert.Throws<CertificateException>(() => CertificateChecker.Check(
                    instance.Fleet, instance.Catalog, options, claim with { Cost = claim.Cost + new Money(1) }));
                Assert.Throws<CertificateException>(() => CertificateChecker.Check(instance.Fleet, instance.Catalog, options,
                    claim with { Certificate = prices with { PriceBound = bound + new Money(1) } }));
            },
            iter: Instances.Iterations(10_000));

    [Fact]
    public void The_verdict_does_not_depend_on_the_number_of_threads()
    {
        const int Sims = 250_000;
        var random = new Random(7);
        var fleet = new Fleet
        {
            UsageBytes = [.. Enumerable.Range(0, Sims).Select(_ => random.NextInt64(0, 300))],
            PlanSets = [new PlanSet([0, 1]), new PlanSet([0, 1, 2])],
            PlanSetOf = [.. Enumerable.Range(0, Sims).Select(_ => (ushort)random.Next(2))],
            CurrentPlan = [.. Enumerable.Range(0, Sims).Select(_ => (ushort)random.Next(2))],
            ActiveDays = [.. Enumerable.Range(0, Sims).Select(_ => (ushort)random.Next(1, 31))],
        };
        var prices = new Certificate([new PoolPrice(0, -1, 1L << 37), new PoolPrice(1, -1, 1L << 36)], 1) { PriceBound = default };
        var one = new SolveOptions { Threads = 1, MaxChanges = Sims, ChangeCost = new Money(2) };
        Int128? bound = CertificateChecker.ProvenBound(fleet, Catalog, one, prices, byDefinition: true);
        Solution claim = Claim(fleet, Catalog, one, Instances.RandomAssignment(fleet, 3), prices);
        foreach (int threads in (int[])[1, 2, 5])
        {
            SolveOptions options = one with { Threads = threads };
            Assert.Equal(bound, CertificateChecker.ProvenBound(fleet, Catalog, options, prices, byDefinition: false));
            CertificateChecker.Check(fleet, Catalog, options, claim);
        }
    }

    [Fact]
    public void A_plan_that_only_the_last_part_of_a_large_fleet_has_still_counts_for_the_granularity()
    {
        const int Sims = 250_000;
        PlanCatalog catalog = PlanCatalog.Create([Pooled("A", rate: 100, included: 1), Pooled("B", rate: 7, included: 1)]);
        var fleet = new Fleet
        {
            UsageBytes = new long[Sims],
            PlanSets = [new PlanSet([0]), new PlanSet([1])],
            PlanSetOf = [.. Enumerable.Repeat((ushort)0, Sims - 1), 1],
        };
        var prices = new Certificate([], 0) { PriceBound = default };
        Assert.Equal(
            (Sims - 1L) * 100 + 7,
            CertificateChecker.ProvenBound(fleet, catalog, new SolveOptions { Threads = 2 }, prices, byDefinition: false));
    }

    [Fact]
    public void The_largest_amounts_a_valid_fleet_can_have_do_not_overflow()
    {
        PlanCatalog catalog = PlanCatalog.Create(
        [
            Pooled("Vast", rate: Limits.PriceMicroUnitsMax, included: Limits.IncludedBytesMax) with
            {
                OverageRate = new Money(Limits.PriceMicroUnitsMax), OverageBlock = new DataVolume(Limits.IncludedBytesMax),
            },
            Pooled("Tight", rate: 0, included: 0) with { OverageRate = new Money(1), OverageBlock = new DataVolume(1) },
        ]);
        var fleet = new Fleet
        {
            UsageBytes = [Limits.UsageBytesMax, Limits.UsageBytesMax, 1L << 53],
            PlanSets = [new PlanSet([0, 1])],
            PlanSetOf = [0, 0, 0],
            CurrentPlan = [0, 1, 0],
        };
        FleetValidation.Validate(fleet, catalog);
        long steep = (long)(((Int128)Limits.PriceMicroUnitsMax << Certificate.PriceShift) / Limits.IncludedBytesMax);
        var prices = new Certificate([new PoolPrice(0, -1, steep), new PoolPrice(1, -1, 1L << Certificate.PriceShift)],
            PriceBound.ChangePriceMax) { PriceBound = default };
        var options = new SolveOptions { MaxChanges = 3 };
        Assert.Equal(
            CertificateChecker.ProvenBound(fleet, catalog, options, prices, byDefinition: true),
            CertificateChecker.ProvenBound(fleet, catalog, options, prices, byDefinition: false));
    }

    [Fact]
    public void The_bound_is_rounded_up_to_what_every_charge_is_a_multiple_of()
    {
        PlanCatalog catalog = PlanCatalog.Create([Pooled("A", rate: 100, included: 10) with
        {
            OverageRate = new Money(50), OverageBlock = new DataVolume(10),
        }]);
        var fleet = new Fleet { UsageBytes = [11], PlanSets = [new PlanSet([0])], PlanSetOf = [0] };
        var prices = new Certificate([new PoolPrice(0, -1, 1)], 0) { PriceBound = default };
        Assert.Equal(150, CertificateChecker.ProvenBound(fleet, catalog, new SolveOptions(), prices, byDefinition: false));
    }

    private static Solution Honest()
    {
        // Small: 20 of allowance, 25 used, 1 block of 10; Large: 90 of 100; Alone: 6 above 1, 1 block. Two SIMs leave Small.
        var certificate = new Certificate([new PoolPrice(0, -1, 1L << 37), new PoolPrice(1, -1, 0)], 0) { PriceBound = default };
        Int128 bound = CertificateChecker.ProvenBound(Fleet, Catalog, Options, certificate, byDefinition: true)!.Value;
        return Claim(
            Fleet, Catalog, Options, [0, 0, 1, 2, Fleet.NoPlan], certificate with { PriceBound = new Money((long)bound) });
    }

    /// <summary>A solution that claims of an assignment what the bill function says.</summary>
    private static Solution Claim(
        Fleet fleet, PlanCatalog catalog, SolveOptions options, ushort[] assignment, Certificate certificate)
    {
        Bill bill = BillCalculator.Bill(fleet, catalog, assignment);
        int changes = Instances.Changes(fleet, assignment);
        return new Solution
        {
            Assignment = assignment,
            Bill = bill,
            Cost = bill.Total + (changes * options.ChangeCost),
            LowerBound = certificate.PriceBound,
            ProvenOptimal = false,
            Changes = changes,
            Certificate = certificate,
            StoppedBy = StopReason.Finished,
            Phases = [],
        };
    }

    private static Int128? Bound(Instance instance, Certificate prices, bool byDefinition) =>
        CertificateChecker.ProvenBound(instance.Fleet, instance.Catalog, instance.Options, prices, byDefinition);

    private static Certificate RandomPrices(Instance instance, Random random)
    {
        PlanCatalog catalog = instance.Catalog;
        bool perGroup = catalog.Rules.PoolScope == PoolScope.CommGroup;
        bool billed = catalog.Rules.ChargeType != ChargeType.RateChargeOnly;
        int groups = perGroup ? instance.Fleet.CommGroup!.DefaultIfEmpty((ushort)0).Max() + 1 : 1;
        var prices = new List<PoolPrice>();
        foreach (RatePool pool in catalog.Pools)
        {
            Int128 highest = ((Int128)pool.OverageRate.MicroUnits << Certificate.PriceShift) / pool.OverageBlock.Bytes;
            for (int group = 0; group < groups; group++)
            {
                long part = random.Next(0, 9);
                prices.Add(new PoolPrice(pool.Index, perGroup ? group : -1, billed ? (long)(highest * part / 8) : 0));
            }
        }

        long changePrice = instance.Options.MaxChanges is null ? 0 : random.Next(0, 20);
        return new Certificate(prices, changePrice) { PriceBound = Money.Zero };
    }

    private static RatePlan Pooled(string name, long rate, long included) => new()
    {
        Name = name,
        MonthlyRate = new Money(rate),
        IncludedData = new DataVolume(included),
        OverageRate = new Money(10),
        OverageBlock = new DataVolume(10),
        IsPooled = true,
    };

    private static Solution WithFirstPlan(Solution solution, Func<PlanBill, PlanBill> change) => solution with
    {
        Bill = solution.Bill with { Plans = [change(solution.Bill.Plans[0]), .. solution.Bill.Plans.Skip(1)] },
    };

    private static Solution WithFirstPool(Solution solution, Func<PoolBill, PoolBill> change) => solution with
    {
        Bill = solution.Bill with { Pools = [change(solution.Bill.Pools[0]), .. solution.Bill.Pools.Skip(1)] },
    };

    private static Solution WithCertificate(Solution solution, Func<Certificate, Certificate> change) =>
        solution with { Certificate = change(solution.Certificate) };

    private static Solution WithPrice(Solution solution, PoolPrice price) =>
        WithCertificate(solution, proof => proof with { PoolPrices = [price] });
}
