using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Engine.Certificates;

/// <summary>One plan a SIM may have, and what comes with it.</summary>
/// <param name="Pool">Number of the pool billed (pool and comm group), or -1.</param>
/// <param name="Cost">All that the SIM costs outside of pools, a change included, in micro-units.</param>
/// <param name="Change">1 when the SIM would leave its current plan.</param>
internal readonly record struct ProofOption(ushort Plan, int Pool, long Cost, long IncludedBytes, int Change);

/// <summary>The fleet as the check of a <see cref="BranchProof"/> needs it: per SIM its plans and their costs.</summary>
internal sealed class ProofModel
{
    private readonly RestatedBillRule _rule;
    private readonly PlanCatalog _catalog;

    public ProofModel(Fleet fleet, PlanCatalog catalog, SolveOptions options, RestatedBillRule rule)
    {
        Fleet = fleet;
        _catalog = catalog;
        _rule = rule;
        MaxChanges = fleet.CurrentPlan is null ? null : options.MaxChanges;
        PoolCount = rule.GroupCount * catalog.Pools.Count;
        Options = new ProofOption[fleet.Count][];
        KindOf = new int[fleet.Count];
        AlikeOf = new int[fleet.Count];
        var kinds = new Dictionary<(int, int, int, int, long, int), int>();
        var alike = new Dictionary<(int, long, int), int>();
        bool changesCount = fleet.CurrentPlan is not null && (options.MaxChanges is not null || options.ChangeCost.MicroUnits > 0);
        bool smsCount = fleet.SmsCount is not null && rule.BillsOverage && catalog.Plans.Any(plan => plan.SmsRate.MicroUnits > 0);
        for (int device = 0; device < fleet.Count; device++)
        {
            int current = changesCount ? fleet.CurrentPlan![device] : Model.Fleet.NoPlan;
            Options[device] = OptionsOf(device, current, options.ChangeCost.MicroUnits);
            int sms = smsCount ? fleet.SmsCount![device] : 0;
            bool differs = smsCount || Options[device].Any(option => rule.PaysAlone(option.Plan));
            var kind = (fleet.PlanSetOf[device], rule.Days(device), rule.Group(device), current,
                differs ? fleet.UsageBytes[device] : 0, differs ? sms : 0);
            kinds.TryAdd(kind, kinds.Count);
            KindOf[device] = kinds[kind];
            alike.TryAdd((KindOf[device], fleet.UsageBytes[device], sms), alike.Count);
            AlikeOf[device] = alike[(KindOf[device], fleet.UsageBytes[device], sms)];
        }
    }

    public Fleet Fleet { get; }

    /// <summary>The limit on changes, or <c>null</c>.</summary>
    public int? MaxChanges { get; }

    /// <summary>Per SIM its plans, ascending; none when it is not billed.</summary>
    public ProofOption[][] Options { get; }

    /// <summary>Per SIM a number; SIMs of equal number have equal options and differ in usage at most.</summary>
    public int[] KindOf { get; }

    /// <summary>Per SIM a number; SIMs of equal number can change places and nothing changes.</summary>
    public int[] AlikeOf { get; }

    public int PoolCount { get; }

    /// <summary>Number of a pool of a comm group (-1: the account), or -1 when there is none.</summary>
    public int PoolNumber(int pool, int commGroup)
    {
        bool exists = pool >= 0 && pool < _catalog.Pools.Count
            && (_rule.PerGroup ? commGroup >= 0 && commGroup < _rule.GroupCount : commGroup == -1);
        return exists ? (Math.Max(0, commGroup) * _catalog.Pools.Count) + pool : -1;
    }

    public long BlockBytes(int poolNumber) => _catalog.Pools[poolNumber % _catalog.Pools.Count].OverageBlock.Bytes;

    public long BlockRate(int poolNumber) => _rule.PoolOverageRate(poolNumber % _catalog.Pools.Count);

    /// <summary>Micro-units for what a pool uses above its allowances.</summary>
    public Int128 Overage(int poolNumber, Int128 surplusBytes)
    {
        long block = BlockBytes(poolNumber);
        return surplusBytes <= 0 ? 0 : (surplusBytes + block - 1) / block * BlockRate(poolNumber);
    }

    private ProofOption[] OptionsOf(int device, int current, long changeCost)
    {
        ReadOnlySpan<ushort> plans = Fleet.PlanSets[Fleet.PlanSetOf[device]].Plans;
        int days = _rule.Days(device);
        var options = new ProofOption[plans.Length];
        for (int i = 0; i < options.Length; i++)
        {
            ushort plan = plans[i];
            long included = _rule.IncludedBytes(plan, days);
            int change = current != Fleet.NoPlan && current != plan ? 1 : 0;
            long cost = _rule.RateCharge(plan, days) + _rule.OwnOverage(plan, Fleet.UsageBytes[device], included)
                + _rule.SmsCharge(plan, device) + (change * changeCost);
            int pool = _rule.BillsOverage && _catalog.PoolOfPlan[plan] >= 0
                ? (_rule.Group(device) * _catalog.Pools.Count) + _catalog.PoolOfPlan[plan]
                : -1;
            options[i] = new ProofOption(plan, pool, cost, included, change);
        }

        return options;
    }
}
