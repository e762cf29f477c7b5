using CarrierOptimization.Engine.Certificates;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CsCheck;
using Xunit;

namespace CarrierOptimization.Engine.Tests;

/// <summary>The proof by branching: that it is complete where it must be, and refused when anything in it is changed.</summary>
public sealed class BranchProofTests
{
    /// <summary>A fleet whose proof has branches of every kind.</summary>
    private static readonly Instance Branched = Enumerable.Range(1, 400)
        .Select(seed => Instances.Realistic(12 + (seed % 20), plans: 4 + (seed % 5), seed))
        .First(HasSeveralKindsOfBranches);

    private static readonly Solution Honest = Solve(Branched);

    /// <summary>Each part of a proof, changed in one place, and a word of the violation it must be refused with.</summary>
    public static TheoryData<string, Func<BranchProof, BranchProof?>> Tamperings => new()
    {
        { "further proof", _ => null },
        { "further proof", proof => proof with { BoundMicroUnits = proof.BoundMicroUnits - 1 } },
        { "Proof by branching", proof => proof with { BoundMicroUnits = proof.BoundMicroUnits + 1 } },
        { "prove less", proof => proof with { Root = new ClosedByPrices(0) } },
        { "a SIM has no plan", proof => proof with { Root = new ClosedWhole() } },
        { "could cost", proof => proof with { Root = FirstCounts(proof.Root) with { Pools = AllPools() } } },
        { "Proof by branching", proof => proof with { Prices = [.. proof.Prices.Select(Free)] } },
        { "Pool price", proof => proof with { Prices = [.. proof.Prices.Select(prices => Raised(prices, long.MaxValue))] } },
        { "Pool price", proof => proof with { Prices = [.. proof.Prices.Select(prices => Raised(prices, -1))] } },
        { "Price of a change", proof => proof with { Prices = [.. proof.Prices.Select(prices => prices with { ChangePriceMicroUnits = 1 })] } },
        { "prices number 99", proof => proof with { Root = new ClosedByPrices(99) } },
        { "prices number -1", proof => proof with { Root = new Split(0, -1, new Dictionary<ushort, BranchNode>()) } },
        { "its pools are not", proof => proof with { Root = new ClosedByCounts([0], []) } },
        { "its pools are not", proof => proof with { Root = new ClosedByCounts([0], [.. AllPools(), (0, -1)]) } },
        { "its pools are not", proof => proof with { Root = new ClosedByCounts([0], [.. AllPools().Skip(1), (99, -1)]) } },
        { "no prices", proof => proof with { Root = new ClosedByCounts([], AllPools()) } },
        { "has a plan already", proof => proof with { Root = AllChildren(proof.Root, _ => proof.Root) } },
        { "has a plan already", proof => proof with { Root = new Split(-1, 0, new Dictionary<ushort, BranchNode>()) } },
    };

    [Fact]
    public void The_example_has_branches_of_several_kinds()
    {
        Assert.True(Honest.ProvenOptimal && Honest.LowerBound > Honest.Certificate.PriceBound);
        BranchNode[] nodes = [.. Nodes(Honest.Certificate.Proof!.Root)];
        Assert.Contains(nodes, node => node is Split);
        Assert.Contains(nodes, node => node is ClosedByCounts);
    }

    [Theory]
    [MemberData(nameof(Tamperings), DisableDiscoveryEnumeration = true)]
    public void A_changed_proof_is_refused(string named, Func<BranchProof, BranchProof?> tamper) =>
        AssertRefused(named, Honest.LowerBound, tamper(Honest.Certificate.Proof!));

    [Fact]
    public void A_proof_without_any_one_of_its_branches_is_refused()
    {
        BranchProof proof = Honest.Certificate.Proof!;
        BranchNode[] changed = [.. WithoutOneBranch(proof.Root)];
        Assert.NotEmpty(changed);
        Assert.All(changed, root => AssertRefused("is left out", Honest.LowerBound, proof with { Root = root }));
    }

    [Fact]
    public void A_dearer_assignment_is_never_proven_by_the_tree_of_the_cheapest()
    {
        BranchProof proof = Honest.Certificate.Proof!;
        foreach (long more in (long[])[1, 1_000, 10_000, 1_000_000])
        {
            Money raised = Honest.LowerBound + new Money(more);
            AssertRefused("Proof by branching", raised, proof with { BoundMicroUnits = raised.MicroUnits });
        }
    }

    [Fact]
    public void No_proof_shows_more_than_the_cheapest_cost() =>
        Instances.Tiny.Sample(
            instance =>
            {
                if (BruteForce.Solve(instance).LeastCost is not { } least || Solve(instance).Certificate.Proof is not { } proof)
                {
                    return;
                }

                var rule = new RestatedBillRule(instance.Fleet, instance.Catalog);
                var model = new ProofModel(instance.Fleet, instance.Catalog, instance.Options, rule);
                Assert.NotEmpty(BranchProofCheck.Violations(model, proof with { BoundMicroUnits = (long)least + 1 }, 1));
            },
            iter: Instances.Iterations(1_000));

    [Fact]
    public void Counts_that_leave_allowed_changes_unmade_do_not_hide_cheaper_ones()
    {
        PlanCatalog catalog = PlanCatalog.Create(
        [
            Pooled("own", 6, 22, 7, 836), Pooled("B", 2, 0, 11, 2) with { PoolName = "B" },
            new RatePlan { Name = "unlimited", MonthlyRate = new Money(17) },
            Pooled("other B", 183, 1, 11, 2) with { PoolName = "B" },
        ]);
        var fleet = new Fleet
        {
            UsageBytes = [0, 25], PlanSets = [PlanSet.All(catalog)], PlanSetOf = [0, 0], CurrentPlan = [Fleet.NoPlan, 3],
        };
        Solution solution = Solve(new Instance(fleet, catalog, new SolveOptions { MaxChanges = 1 }));
        Assert.Equal((12, true), (solution.Cost.MicroUnits, solution.ProvenOptimal));
    }

    [Theory]
    [InlineData(331_010_000L)]
    [InlineData(511_350_000L)]
    [InlineData(415_150_000L)]
    public void Fleets_that_were_once_solved_too_dearly_are_proven_at_their_known_cheapest_cost(long cheapest)
    {
        Instance instance = cheapest switch
        {
            331_010_000 => KnownOptima.HundredSims,
            511_350_000 => KnownOptima.TwoHundredSims,
            _ => KnownOptima.TwoHundredSimsWithAGap,
        };
        Solution solution = Solve(instance with { Options = instance.Options with { TimeLimit = TimeSpan.FromMinutes(5) } });
        Assert.Equal((cheapest, cheapest, true), (solution.Cost.MicroUnits, solution.LowerBound.MicroUnits, solution.ProvenOptimal));
    }

    [Fact]
    public void No_load_lies_between_a_need_and_the_next_one_said_to_exist() =>
        Gen.Select(Gen.Long[0, 30].Array[1, 9], Gen.Int[0, 9], Gen.Long[0, 120]).Sample(
            (usages, count, need) =>
            {
                Array.Sort(usages);
                count = Math.Min(count, usages.Length);
                long[] loads = [.. Enumerable.Range(0, 1 << usages.Length)
                    .Where(set => System.Numerics.BitOperations.PopCount((uint)set) == count)
                    .Select(set => usages.Where((_, place) => (set >> place & 1) == 1).Sum())];
                long excess = loads.Select(load => load - loads.Min()).Where(step => step >= need).DefaultIfEmpty(long.MaxValue).Min();
                var search = new Search.AttainableLoads(usages);
                var check = new LoadsCheck(usages);
                Assert.Equal((loads.Min(), loads.Max()), (search.Least(count), search.Least(count) + search.Spread(count)));
                Assert.Equal(((Int128)loads.Min(), (Int128)loads.Max() - loads.Min()), (check.Smallest(count), check.Range(count)));
                Assert.InRange(search.Next(count, need), need, excess);
                Assert.Equal((Int128)search.Next(count, need), check.AtLeast(count, need));
            },
            iter: Instances.Iterations(20_000));

    private static void AssertRefused(string named, Money bound, BranchProof? proof)
    {
        Solution claim = Honest with { LowerBound = bound, Certificate = Honest.Certificate with { Proof = proof } };
        CertificateException refusal = Assert.Throws<CertificateException>(
            () => CertificateChecker.Check(Branched.Fleet, Branched.Catalog, Branched.Options, claim));
        Assert.Contains(refusal.Violations, violation => violation.Contains(named, StringComparison.Ordinal));
    }

    private static Solution Solve(Instance instance) =>
        Optimizer.Solve(instance.Fleet, instance.Catalog, instance.Options, CancellationToken.None);

    private static RatePlan Pooled(string name, long rate, long included, long overageRate, long block) => new()
    {
        Name = name,
        MonthlyRate = new Money(rate),
        IncludedData = new DataVolume(included),
        OverageRate = new Money(overageRate),
        OverageBlock = new DataVolume(block),
        IsPooled = true,
    };

    private static bool HasSeveralKindsOfBranches(Instance instance)
    {
        Solution solution = Solve(instance);
        BranchNode[] nodes = solution.Certificate.Proof is { } proof ? [.. Nodes(proof.Root)] : [];
        return solution.ProvenOptimal && nodes.Length is > 3 and < 200 && nodes.Any(node => node is ClosedByCounts)
            && solution.LowerBound > solution.Certificate.PriceBound;
    }

    private static BranchPrices Free(BranchPrices prices) => prices with { PoolPrices = [] };

    private static BranchPrices Raised(BranchPrices prices, long price) => prices with
    {
        PoolPrices = [prices.PoolPrices[0] with { ScaledMicroUnitsPerByte = price }, .. prices.PoolPrices.Skip(1)],
    };

    private static (int Pool, int CommGroup)[] AllPools() => [.. Branched.Catalog.Pools.Select(pool => (pool.Index, -1))];

    private static ClosedByCounts FirstCounts(BranchNode root) => Nodes(root).OfType<ClosedByCounts>().First();

    private static Split AllChildren(BranchNode root, Func<BranchNode, BranchNode> change)
    {
        var split = (Split)root;
        return split with { Children = split.Children.ToDictionary(child => child.Key, child => change(child.Value)) };
    }

    private static IEnumerable<BranchNode> Nodes(BranchNode node) =>
        node is Split split ? split.Children.Values.SelectMany(Nodes).Prepend(node) : [node];

    private static IEnumerable<BranchNode> WithoutOneBranch(BranchNode node)
    {
        if (node is not Split split)
        {
            yield break;
        }

        foreach ((ushort plan, BranchNode child) in split.Children)
        {
            yield return split with { Children = split.Children.Where(other => other.Key != plan).ToDictionary() };
            foreach (BranchNode changed in WithoutOneBranch(child))
            {
                yield return split with { Children = new Dictionary<ushort, BranchNode>(split.Children) { [plan] = changed } };
            }
        }
    }
}
