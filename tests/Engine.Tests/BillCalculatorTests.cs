using System.Numerics;
using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CsCheck;
using Xunit;

namespace CarrierOptimization.Engine.Tests;

public sealed class BillCalculatorTests
{
    private static readonly RatePlan TenMegabytes = Plan(
        "10MB", rate: 1.00m, includedMb: 10, overage: 0.10m, blockMb: 1, pooled: true);

    /// <summary>Bills worked out by hand: the plans, who is on which with how many megabytes, the total.</summary>
    public static TheoryData<string, RatePlan[], (int Plan, decimal Megabytes)[], decimal> KnownBills => new()
    {
        {
            "pooled, 338 SIMs share 33,800 MB and use 27,040",
            [Plan("EU28", 2.40m, 100, 1, 1, pooled: true) with { Currency = "EUR" }],
            [.. Enumerable.Repeat((0, 80m), 338)], 811.20m
        },
        {
            "three SIMs, one heavy, no overage: 24 of 30 MB", [TenMegabytes], [(0, 20), (0, 2), (0, 2)], 3.00m
        },
        {
            "individual plan rounds up per SIM: 127 KB in 100 KB blocks bills 200 KB",
            [Plan("PAYG", 0, 0, 0.01m, 100m / 1024, pooled: false)], [(0, 127m / 1024)], 0.02m
        },
        { "pool used to the last byte bills no block", [TenMegabytes], [(0, 20), (0, 0)], 2.00m },
        { "one byte above the pool bills a whole block", [TenMegabytes], [(0, 10 + (1m / 1_048_576))], 1.10m },
        { "a block used to the last byte bills that block only", [TenMegabytes], [(0, 11)], 1.10m },
        {
            "individual plans don't share: one SIM is over though another has room",
            [TenMegabytes with { IsPooled = false }], [(0, 20), (0, 0)], 3.00m
        },
        {
            "each pooled plan is its own pool", [TenMegabytes, TenMegabytes with { Name = "twin" }], [(0, 20), (1, 0)], 3.00m
        },
        {
            "two plans of one pool share their allowances",
            [TenMegabytes with { PoolName = "A" }, Plan("1MB", 0.50m, 1, 0.10m, 1, pooled: true) with { PoolName = "A" }],
            [(0, 2), (1, 8), (1, 2)], 2.00m
        },
        {
            "the blocks of a shared pool round up once: 1.5 MB over is 2 blocks",
            [TenMegabytes with { PoolName = "A" }, TenMegabytes with { Name = "twin", PoolName = "A" }],
            [(0, 10.75m), (1, 10.75m)], 2.20m
        },
        {
            "unlimited has no overage and brings nothing to a pool",
            [TenMegabytes, Plan("All", 9, 0, 0, 0, pooled: true) with { IncludedData = null }],
            [(0, 11), (1, 5_000)], 10.10m
        },
        { "nothing included: every block is overage", [TenMegabytes with { IncludedData = DataVolume.Zero }], [(0, 2.5m)], 1.30m },
        { "no usage costs the rate charge", [TenMegabytes], [(0, 0), (0, 0)], 2.00m },
        { "nobody costs nothing", [TenMegabytes], [], 0 },
    };

    [Theory]
    [MemberData(nameof(KnownBills), DisableDiscoveryEnumeration = true)]
    public void Known_bills_come_out_exactly(string name, RatePlan[] plans, (int Plan, decimal Megabytes)[] sims, decimal total)
    {
        PlanCatalog catalog = PlanCatalog.Create(plans);
        Fleet fleet = FleetOf(catalog, [.. sims.Select(sim => DataVolume.FromMegabytes(sim.Megabytes).Bytes)]);
        ushort[] assignment = [.. sims.Select(sim => (ushort)sim.Plan)];

        Bill bill = BillCalculator.Bill(fleet, catalog, assignment);

        Assert.True(Money.FromDecimal(total) == bill.Total, $"{name}: expected {total}, found {bill.Total}.");
        Assert.Equal(sims.Length, bill.Devices);
    }

    [Fact]
    public void The_lines_of_a_bill_name_devices_allowance_usage_and_blocks()
    {
        PlanCatalog catalog = PlanCatalog.Create([
            Pooled("A", rate: 5, included: 10) with { PoolName = "common" },
            Pooled("B", rate: 7, included: 20) with { PoolName = "common" },
            Pooled("nobody", rate: 7, included: 20),
        ]);
        Fleet fleet = FleetOf(catalog, 30, 40, 1);

        Bill bill = BillCalculator.Bill(fleet, catalog, (ushort[])[0, 1, 0]);

        // 71 used, 40 included, 31 over: 4 blocks of 10 at 3.
        Assert.Equal(
            [
                new PlanBill(0, -1, 2, 20, 31, new Money(10), Money.Zero, Money.Zero),
                new PlanBill(1, -1, 1, 20, 40, new Money(7), Money.Zero, Money.Zero),
            ],
            bill.Plans);
        Assert.Equal([new PoolBill(0, -1, 3, 40, 71, new Money(17), 4, new Money(12))], bill.Pools);
        Assert.Equal(new Money(29), bill.Total);
    }

    [Theory]
    [InlineData(15, 30, 101, 51)] // 50.5 rounds up
    [InlineData(1, 30, 100, 3)] // 3.33
    [InlineData(10, 30, 100, 33)] // 33.33
    [InlineData(20, 30, 100, 67)] // 66.67
    [InlineData(30, 30, 101, 101)]
    [InlineData(1, 31, 0, 0)]
    [InlineData(1, 2, 1, 1)] // 0.5 rounds up
    [InlineData(1, 366, 182, 0)] // 0.497
    [InlineData(1, 366, 183, 1)] // 0.5
    [InlineData(365, 366, Limits.PriceMicroUnitsMax, 997_267_759_562_842)] // ...841.53
    public void A_prorated_rate_charge_rounds_half_up(int activeDays, int periodDays, long rate, long expected) =>
        Assert.Equal(expected, Proration.RateCharge(rate, activeDays, periodDays));

    [Theory]
    [InlineData(15, 30, 101, 50)]
    [InlineData(29, 30, 1, 0)]
    [InlineData(30, 30, 1, 1)]
    [InlineData(20, 30, 100, 66)]
    [InlineData(365, 366, Limits.IncludedBytesMax, 1_149_771_445_851_090_563)] // ...563.5
    public void A_prorated_allowance_rounds_down(int activeDays, int periodDays, long included, long expected) =>
        Assert.Equal(expected, Proration.IncludedBytes(included, activeDays, periodDays));

    [Fact]
    public void A_SIM_active_for_part_of_the_period_pays_and_gets_its_part()
    {
        PlanCatalog catalog = PlanCatalog.Create([Pooled("A", rate: 101, included: 101)]);
        var fleet = new Fleet
        {
            UsageBytes = [100, 52], PlanSets = [PlanSet.All(catalog)], PlanSetOf = [0, 0], ActiveDays = [15, 30],
        };

        Bill bill = BillCalculator.Bill(fleet, catalog, (ushort[])[0, 0]);

        // Rate 51 + 101; allowance 50 + 101 = 151; used 152: one block.
        Assert.Equal(new Money(152 + 3), bill.Total);
        Assert.Equal(151, bill.Pools[0].AllowanceBytes);
    }

    [Theory]
    [InlineData(ChargeType.RateChargeAndOverage, 2 * 5, 3, 8)]
    [InlineData(ChargeType.RateChargeOnly, 2 * 5, 0, 0)]
    [InlineData(ChargeType.OverageOnly, 0, 3, 8)]
    public void The_charge_type_says_which_parts_are_billed(ChargeType chargeType, long rateCharge, long dataOverage, long sms)
    {
        PlanCatalog catalog = PlanCatalog.Create(
            [Pooled("A", rate: 5, included: 10) with { IncludedSms = 2, SmsRate = new Money(4) }],
            new BillRules { ChargeType = chargeType });
        var fleet = new Fleet
        {
            UsageBytes = [15, 6], PlanSets = [PlanSet.All(catalog)], PlanSetOf = [0, 0], SmsCount = [4, 1],
        };

        Bill bill = BillCalculator.Bill(fleet, catalog, (ushort[])[0, 0]);

        Assert.Equal(
            (new Money(rateCharge), new Money(dataOverage), new Money(sms)), (bill.RateCharge, bill.DataOverage, bill.SmsCharge));
    }

    [Fact]
    public void Messages_are_charged_per_SIM_above_the_included_ones_also_on_an_unlimited_plan()
    {
        PlanCatalog catalog = PlanCatalog.Create([
            Pooled("A", rate: 0, included: 10) with { IncludedSms = 10, SmsRate = new Money(2) },
            new RatePlan { Name = "U", MonthlyRate = Money.Zero, SmsRate = new Money(1) },
        ]);
        var fleet = new Fleet
        {
            UsageBytes = [0, 0, 0], PlanSets = [PlanSet.All(catalog)], PlanSetOf = [0, 0, 0], SmsCount = [13, 0, 5],
        };

        // Included messages are not shared: 3 x 2 although the second SIM sent none.
        Assert.Equal(new Money(6 + 5), BillCalculator.Bill(fleet, catalog, (ushort[])[0, 0, 1]).SmsCharge);
    }

    [Fact]
    public void A_pool_per_comm_group_is_billed_apart()
    {
        RatePlan[] plans = [Pooled("A", rate: 0, included: 10)];
        PlanCatalog account = PlanCatalog.Create(plans);
        PlanCatalog perGroup = PlanCatalog.Create(plans, new BillRules { PoolScope = PoolScope.CommGroup });
        var fleet = new Fleet
        {
            UsageBytes = [20, 0, 11], PlanSets = [PlanSet.All(account)], PlanSetOf = [0, 0, 0], CommGroup = [0, 4, 0],
        };

        Bill shared = BillCalculator.Bill(fleet, account, (ushort[])[0, 0, 0]);
        Bill apart = BillCalculator.Bill(fleet, perGroup, (ushort[])[0, 0, 0]);

        Assert.Equal((1, new Money(3)), (Assert.Single(shared.Pools).OverageBlocks, shared.Total));
        Assert.Equal([(0, 2L), (4, 0L)], apart.Pools.Select(pool => (pool.CommGroup, pool.OverageBlocks)));
        Assert.Equal(new Money(6), apart.Total);
    }

    [Fact]
    public void A_SIM_without_a_plan_is_not_billed()
    {
        PlanCatalog catalog = PlanCatalog.Create([Pooled("A", rate: 5, included: 0)]);
        Bill bill = BillCalculator.Bill(FleetOf(catalog, 1_000, 0), catalog, (ushort[])[Fleet.NoPlan, 0]);
        Assert.Equal((1, new Money(5)), (bill.Devices, bill.Total));
    }

    [Fact]
    public void An_assignment_of_another_length_is_refused()
    {
        PlanCatalog catalog = PlanCatalog.Create([Pooled("A", rate: 5, included: 0)]);
        ArgumentException refusal = Assert.Throws<ArgumentException>(
            () => BillCalculator.Bill(FleetOf(catalog, 1, 2), catalog, (ushort[])[0]));
        Assert.Contains("1 places; expected 2", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_outside_the_catalog_is_refused_by_the_position_of_its_SIM()
    {
        PlanCatalog catalog = PlanCatalog.Create([Pooled("A", rate: 5, included: 0)]);
        ArgumentException refusal = Assert.Throws<ArgumentException>(
            () => BillCalculator.Bill(FleetOf(catalog, 1, 2), catalog, (ushort[])[0, 1]));
        Assert.Contains("SIM 1 on plan 1", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_petabytes_and_the_highest_prices_are_billed_exactly()
    {
        const long TenPetabytes = 10L << 50;
        PlanCatalog catalog = PlanCatalog.Create([
            Pooled("tiny block", rate: 0, included: 1) with { OverageRate = new Money(1), OverageBlock = new DataVolume(1) },
            Pooled("huge block", rate: Limits.PriceMicroUnitsMax, included: 0) with
            {
                OverageRate = new Money(Limits.PriceMicroUnitsMax), OverageBlock = new DataVolume(Limits.IncludedBytesMax),
            },
        ]);
        Fleet fleet = FleetOf(catalog, TenPetabytes, TenPetabytes, 1);
        FleetValidation.Validate(fleet, catalog);

        Assert.Equal(new Money((2 * TenPetabytes) + 1 - 3), BillCalculator.Bill(fleet, catalog, (ushort[])[0, 0, 0]).Total);
        Assert.Equal(
            new Money(3 * Limits.PriceMicroUnitsMax + TenPetabytes - 1),
            BillCalculator.Bill(fleet, catalog, (ushort[])[0, 1, 1]).Total);
    }

    [Fact]
    public void Every_bill_equals_the_rule_written_out_naively() =>
        Gen.Select(Instances.Of(12, 6), Gen.Int[0, 1_000_000]).Sample(
            (instance, seed) =>
            {
                ushort[] assignment = Instances.RandomAssignment(instance.Fleet, seed);
                Bill bill = BillCalculator.Bill(instance.Fleet, instance.Catalog, assignment);
                Assert.Equal(NaiveBill.Total(instance.Fleet, instance.Catalog, assignment), bill.Total.MicroUnits);
                Assert.Equal(
                    NaiveBill.PoolOverages(instance.Fleet, instance.Catalog, assignment).OrderBy(pair => (pair.Key.Group, pair.Key.Pool))
                        .Select(pair => (pair.Key, pair.Value)),
                    bill.Pools.Select(pool => ((pool.Pool, pool.CommGroup), (BigInteger)pool.Overage.MicroUnits)));
                Assert.Equal(assignment.Count(plan => plan != Fleet.NoPlan), bill.Devices);
            },
            iter: Instances.Iterations(20_000));

    [Fact]
    public void The_order_of_the_SIMs_does_not_matter() =>
        Gen.Select(Instances.Of(12, 6), Gen.Int[0, 1_000_000]).Sample(
            (instance, seed) =>
            {
                int[] order = [.. Enumerable.Range(0, instance.Fleet.Count)];
                new Random(seed).Shuffle(order);
                ushort[] assignment = Instances.RandomAssignment(instance.Fleet, seed);
                Bill bill = BillCalculator.Bill(instance.Fleet, instance.Catalog, assignment);
                Bill shuffled = BillCalculator.Bill(
                    Instances.Reordered(instance.Fleet, order), instance.Catalog, (ushort[])[.. order.Select(i => assignment[i])]);
                Assert.Equal(bill.Total, shuffled.Total);
                Assert.Equal(bill.Plans, shuffled.Plans);
                Assert.Equal(bill.Pools, shuffled.Pools);
            },
            iter: Instances.Iterations(5_000));

    [Fact]
    public void A_large_fleet_counted_on_all_processors_has_the_same_bill()
    {
        const int Sims = 450_000;
        var random = new Random(11);
        PlanCatalog catalog = PlanCatalog.Create([Pooled("A", 5, 100), Pooled("B", 9, 200) with { IsPooled = false }]);
        var fleet = new Fleet
        {
            UsageBytes = [.. Enumerable.Range(0, Sims).Select(_ => random.NextInt64(0, 400))],
            PlanSets = [PlanSet.All(catalog)],
            PlanSetOf = new ushort[Sims],
            ActiveDays = [.. Enumerable.Range(0, Sims).Select(_ => (ushort)random.Next(1, 31))],
        };
        ushort[] assignment = Instances.RandomAssignment(fleet, 5);
        Bill one = BillCalculator.Bill(fleet, catalog, assignment.AsSpan());
        Bill all = BillCalculator.Bill(fleet, catalog, assignment);
        Assert.Equal(one.Plans, all.Plans);
        Assert.Equal(one.Pools, all.Pools);
        Assert.Equal(one.Total, all.Total);
    }

    [Fact]
    public void Device_rows_add_up_to_the_bill_exactly() =>
        Gen.Select(Instances.Of(12, 6), Gen.Int[0, 1_000_000]).Sample(
            (instance, seed) =>
            {
                (Fleet fleet, PlanCatalog catalog, _) = instance;
                ushort[] assignment = Instances.RandomAssignment(fleet, seed);
                Bill bill = BillCalculator.Bill(fleet, catalog, assignment);
                DeviceCharges charges = BillCalculator.DeviceCharges(fleet, catalog, assignment, bill);
                Assert.Equal(bill.RateCharge.MicroUnits, charges.RateCharge.Sum());
                Assert.Equal(bill.DataOverage.MicroUnits, charges.DataOverage.Sum());
                Assert.Equal(bill.SmsCharge.MicroUnits, charges.SmsCharge.Sum());
                foreach (PoolBill pool in bill.Pools)
                {
                    AssertShared(fleet, catalog, assignment, pool, charges);
                }
            },
            iter: Instances.Iterations(20_000));

    [Fact]
    public void What_is_left_after_sharing_goes_to_the_largest_remainder_and_of_equal_ones_to_the_first()
    {
        PlanCatalog catalog = PlanCatalog.Create([Pooled("A", rate: 0, included: 10)]); // 3 per block of 10
        Assert.Equal([2, 1, 0], Shares(15, 15, 5)); // 5 over: one block, 1.5 each
        Assert.Equal([1, 1, 1], Shares(11, 11, 11));
        Assert.Equal([2, 1], Shares(11, 11)); // 3 in halves: the first gets the odd one
        Assert.Equal([1, 2], Shares(11, 12)); // 1 and 2
        Assert.Equal([2, 1], Shares(14, 11)); // 2.4 and 0.6: the rest goes to the second

        long[] Shares(params long[] usages)
        {
            Fleet fleet = FleetOf(catalog, usages);
            var assignment = new ushort[usages.Length];
            Bill bill = BillCalculator.Bill(fleet, catalog, assignment);
            return BillCalculator.DeviceCharges(fleet, catalog, assignment, bill).DataOverage;
        }
    }

    /// <summary>Each SIM's share is its exact proportion, rounded down or up; none for a SIM within its allowance.</summary>
    private static void AssertShared(Fleet fleet, PlanCatalog catalog, ushort[] assignment, PoolBill pool, DeviceCharges charges)
    {
        int[] members = [.. Enumerable.Range(0, fleet.Count).Where(device => assignment[device] != Fleet.NoPlan
            && catalog.PoolOfPlan[assignment[device]] == pool.Pool
            && (pool.CommGroup < 0 || fleet.CommGroup![device] == pool.CommGroup))];
        BigInteger[] excess = [.. members.Select(device => BigInteger.Max(
            0, fleet.UsageBytes[device] - NaiveBill.Included(fleet, catalog, device, assignment[device])))];
        BigInteger sum = excess.Aggregate(BigInteger.Zero, BigInteger.Add);
        for (int i = 0; i < members.Length; i++)
        {
            BigInteger scaled = sum * charges.DataOverage[members[i]];
            Assert.True(BigInteger.Abs(scaled - (excess[i] * pool.Overage.MicroUnits)) < BigInteger.Max(sum, 1));
            Assert.True(!excess[i].IsZero || charges.DataOverage[members[i]] == 0);
        }
    }

    private static Fleet FleetOf(PlanCatalog catalog, params long[] usages) => new()
    {
        UsageBytes = usages, PlanSets = [PlanSet.All(catalog)], PlanSetOf = new ushort[usages.Length],
    };

    private static RatePlan Plan(string name, decimal rate, decimal includedMb, decimal overage, decimal blockMb, bool pooled) => new()
    {
        Name = name,
        MonthlyRate = Money.FromDecimal(rate),
        IncludedData = DataVolume.FromMegabytes(includedMb),
        OverageRate = Money.FromDecimal(overage),
        OverageBlock = DataVolume.FromMegabytes(blockMb),
        IsPooled = pooled,
    };

    /// <summary>A pooled plan in micro-units and bytes, with overage of 3 per block of 10.</summary>
    private static RatePlan Pooled(string name, long rate, long included) => new()
    {
        Name = name,
        MonthlyRate = new Money(rate),
        IncludedData = new DataVolume(included),
        OverageRate = new Money(3),
        OverageBlock = new DataVolume(10),
        IsPooled = true,
    };
}
