using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Engine.Tests;

/// <summary>Tries every assignment of a small instance, with the charges of the naive reference bill.</summary>
internal sealed class BruteForce
{
    private readonly Instance _instance;
    private readonly long[][] _cost;
    private readonly long[][] _surplus;
    private readonly int[][] _pool;
    private readonly int[][] _change;
    private readonly ushort[][] _plans;
    private readonly long[] _rate;
    private readonly long[] _block;
    private readonly long[] _excess;
    private readonly int[] _choice;

    private BruteForce(Instance instance)
    {
        _instance = instance;
        (Fleet fleet, PlanCatalog catalog, SolveOptions options) = instance;
        int groups = catalog.Rules.PoolScope == PoolScope.CommGroup ? fleet.CommGroup!.DefaultIfEmpty((ushort)0).Max() + 1 : 1;
        bool billsOverage = catalog.Rules.ChargeType != ChargeType.RateChargeOnly;
        int pools = catalog.Pools.Count;
        _rate = [.. Enumerable.Range(0, groups * pools).Select(i => billsOverage ? catalog.Pools[i % pools].OverageRate.MicroUnits : 0)];
        _block = [.. Enumerable.Range(0, groups * pools).Select(i => catalog.Pools[i % pools].OverageBlock.Bytes)];
        _excess = new long[groups * pools];
        _plans = [.. Enumerable.Range(0, fleet.Count).Select(device => fleet.PlanSets[fleet.PlanSetOf[device]].Plans.ToArray())];
        _choice = new int[fleet.Count];
        Best = new ushort[fleet.Count];
        _change = Table((device, plan) => fleet.CurrentPlan is not null
            && fleet.CurrentPlan[device] != Fleet.NoPlan && fleet.CurrentPlan[device] != plan ? 1 : 0);
        _cost = Table((device, plan) => (long)NaiveBill.OwnCharge(fleet, catalog, device, plan)
            + (fleet.CurrentPlan is not null && fleet.CurrentPlan[device] != Fleet.NoPlan && fleet.CurrentPlan[device] != plan
                ? options.ChangeCost.MicroUnits : 0));
        _surplus = Table((device, plan) => fleet.UsageBytes[device] - (long)NaiveBill.Included(fleet, catalog, device, plan));
        _pool = Table((device, plan) => catalog.PoolOfPlan[plan] < 0 ? -1
            : ((groups == 1 ? 0 : fleet.CommGroup![device]) * pools) + catalog.PoolOfPlan[plan]);
    }

    /// <summary>Least cost in micro-units; null when no assignment keeps the limit of changes.</summary>
    public long? LeastCost { get; private set; }

    /// <summary>An assignment of that cost.</summary>
    public ushort[] Best { get; }

    public static BruteForce Solve(Instance instance)
    {
        var search = new BruteForce(instance);
        search.Try(0, 0, instance.Options.MaxChanges ?? int.MaxValue);
        return search;
    }

    private void Try(int device, long cost, int changesLeft)
    {
        if (device == _choice.Length)
        {
            Compare(cost);
            return;
        }

        if (_plans[device].Length == 0)
        {
            _choice[device] = -1;
            Try(device + 1, cost, changesLeft);
            return;
        }

        for (int i = 0; i < _plans[device].Length; i++)
        {
            if (_change[device][i] > changesLeft)
            {
                continue;
            }

            int pool = _pool[device][i];
            _choice[device] = i;
            if (pool >= 0)
            {
                _excess[pool] += _surplus[device][i];
            }

            Try(device + 1, cost + _cost[device][i], changesLeft - _change[device][i]);
            if (pool >= 0)
            {
                _excess[pool] -= _surplus[device][i];
            }
        }
    }

    private void Compare(long cost)
    {
        for (int pool = 0; pool < _excess.Length; pool++)
        {
            long excess = _excess[pool];
            cost += excess <= 0 ? 0 : (excess + _block[pool] - 1) / _block[pool] * _rate[pool];
        }

        if (LeastCost is null || cost < LeastCost)
        {
            LeastCost = cost;
            for (int device = 0; device < _choice.Length; device++)
            {
                Best[device] = _choice[device] < 0 ? Fleet.NoPlan : _plans[device][_choice[device]];
            }
        }
    }

    private T[][] Table<T>(Func<int, int, T> value) =>
        [.. _plans.Select((plans, device) => plans.Select(plan => value(device, plan)).ToArray())];

    public override string ToString() => $"least cost {LeastCost}, by {string.Join(",", Best)}{Environment.NewLine}{_instance}";
}
