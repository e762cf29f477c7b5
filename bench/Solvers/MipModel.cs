using CarrierOptimization.Engine;
using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Benchmarks.Solvers;

/// <summary>The same problem as a mixed-integer program, built without the engine's own arithmetic.</summary>
/// <remarks>
/// Rules: docs/pricing-rules.md.
/// Identical SIMs are one kind; a variable counts the SIMs of a kind on a plan. Per billed pool one integer counts started
/// blocks. Every number is a whole number (micro-units, bytes), so that each solver can scale as suits it.
/// </remarks>
internal sealed class MipModel
{
    private readonly Dictionary<(int Pool, int Group), int> _blockOf = [];

    private MipModel(Fleet fleet, PlanCatalog catalog) => (Fleet, Catalog) = (fleet, catalog);

    public Fleet Fleet { get; }

    public PlanCatalog Catalog { get; }

    /// <summary>Kinds of SIMs, each with its members and what they may do.</summary>
    public List<DeviceKind> Kinds { get; } = [];

    /// <summary>One per billed pool that some SIM can reach.</summary>
    public List<PoolBlocks> Blocks { get; } = [];

    /// <summary>Most SIMs that may leave their plan; <c>null</c> is no limit.</summary>
    public int? MaxChanges { get; private set; }

    public static MipModel Build(Fleet fleet, PlanCatalog catalog, SolveOptions options)
    {
        var model = new MipModel(fleet, catalog) { MaxChanges = options.MaxChanges };
        var kinds = new Dictionary<(long, int, int, int, int, int), DeviceKind>();
        for (int device = 0; device < fleet.Count; device++)
        {
            if (fleet.PlanSets[fleet.PlanSetOf[device]].IsEmpty)
            {
                continue;
            }

            int days = fleet.ActiveDays?[device] ?? catalog.Rules.PeriodDays;
            int current = fleet.CurrentPlan?[device] ?? Fleet.NoPlan;
            int group = catalog.Rules.PoolScope == PoolScope.CommGroup ? fleet.CommGroup![device] : -1;
            int messages = fleet.SmsCount?[device] ?? 0;
            var key = (fleet.UsageBytes[device], (int)fleet.PlanSetOf[device], days, current, group, messages);
            if (!kinds.TryGetValue(key, out DeviceKind? kind))
            {
                kind = new DeviceKind([], model.Choices(device, days, current, group, messages, options));
                kinds.Add(key, kind);
                model.Kinds.Add(kind);
            }

            kind.Devices.Add(device);
        }

        return model;
    }

    /// <summary>Puts the SIMs of each kind on plans by the counts a solver found, in the order of the kinds' choices.</summary>
    /// <exception cref="InvalidOperationException">The counts of a kind don't add up to its SIMs.</exception>
    public ushort[] Assignment(Func<int, int, long> countOf)
    {
        var assignment = new ushort[Fleet.Count];
        Array.Fill(assignment, Fleet.NoPlan);
        for (int kind = 0; kind < Kinds.Count; kind++)
        {
            List<int> devices = Kinds[kind].Devices;
            int next = 0;
            for (int choice = 0; choice < Kinds[kind].Choices.Count; choice++)
            {
                long count = countOf(kind, choice);
                for (long i = 0; i < count && next < devices.Count; i++)
                {
                    assignment[devices[next++]] = (ushort)Kinds[kind].Choices[choice].Plan;
                }
            }

            if (next != devices.Count)
            {
                throw new InvalidOperationException($"The solver placed {next} of {devices.Count} SIMs of kind {kind}.");
            }
        }

        return assignment;
    }

    private List<PlanChoice> Choices(int device, int days, int current, int group, int messages, SolveOptions options)
    {
        var choices = new List<PlanChoice>();
        foreach (ushort plan in Fleet.PlanSets[Fleet.PlanSetOf[device]].Plans)
        {
            RatePlan ratePlan = Catalog.Plans[plan];
            bool changes = current != Fleet.NoPlan && current != plan;
            Int128 cost = RateCharge(ratePlan, days) + OwnOverage(ratePlan, Fleet.UsageBytes[device], days)
                + Messages(ratePlan, messages) + (changes ? options.ChangeCost.MicroUnits : 0);
            bool isPooled = ratePlan.IsPooled && ratePlan.IncludedData is not null;
            int block = isPooled && BillsOverage ? BlockOf(Catalog.PoolOfPlan[plan], group) : -1;
            long excess = isPooled ? Fleet.UsageBytes[device] - Allowance(ratePlan, days) : 0;
            choices.Add(new PlanChoice(plan, (long)cost, block, excess, changes));
        }

        return choices;
    }

    private bool BillsOverage => Catalog.Rules.ChargeType != ChargeType.RateChargeOnly;

    private int BlockOf(int pool, int group)
    {
        if (!_blockOf.TryGetValue((pool, group), out int block))
        {
            block = Blocks.Count;
            RatePool ratePool = Catalog.Pools[pool];
            Blocks.Add(new PoolBlocks(ratePool.OverageRate.MicroUnits, ratePool.OverageBlock.Bytes));
            _blockOf.Add((pool, group), block);
        }

        return block;
    }

    /// <summary>Half a micro-unit rounds up.</summary>
    private Int128 RateCharge(RatePlan plan, int days)
    {
        if (Catalog.Rules.ChargeType == ChargeType.OverageOnly)
        {
            return 0;
        }

        Int128 scaled = (Int128)plan.MonthlyRate.MicroUnits * days;
        int period = Catalog.Rules.PeriodDays;
        return (scaled / period) + (2 * (scaled % period) >= period ? 1 : 0);
    }

    private long Allowance(RatePlan plan, int days) => (long)((Int128)plan.IncludedData!.Value.Bytes * days / Catalog.Rules.PeriodDays);

    private Int128 OwnOverage(RatePlan plan, long usage, int days)
    {
        if (!BillsOverage || plan.IsPooled || plan.IncludedData is null)
        {
            return 0;
        }

        Int128 excess = Int128.Max(0, (Int128)usage - Allowance(plan, days));
        Int128 block = plan.OverageBlock.Bytes;
        return (excess + block - 1) / block * plan.OverageRate.MicroUnits;
    }

    private Int128 Messages(RatePlan plan, int messages) =>
        BillsOverage ? (Int128)Math.Max(0, messages - plan.IncludedSms) * plan.SmsRate.MicroUnits : 0;
}

/// <summary>SIMs that are alike in everything that costs.</summary>
/// <param name="Devices">Positions in the fleet.</param>
internal sealed record DeviceKind(List<int> Devices, List<PlanChoice> Choices);

/// <summary>One allowed plan of a kind.</summary>
/// <param name="CostMicroUnits">All that one SIM pays alone, the cost of changing included.</param>
/// <param name="Block">The pool it feeds (position in <see cref="MipModel.Blocks"/>), or -1.</param>
/// <param name="ExcessBytes">What one SIM adds to the pool: usage less allowance; negative when it leaves some over.</param>
internal readonly record struct PlanChoice(int Plan, long CostMicroUnits, int Block, long ExcessBytes, bool IsChange);

/// <summary>Price and size of the overage blocks of one billed pool.</summary>
internal readonly record struct PoolBlocks(long RateMicroUnits, long BlockBytes);
