using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Engine;

/// <summary>One greedy filling of a plan sequence, with a running exact bill.</summary>
internal sealed class GreedyFilling
{
    private readonly Fleet _fleet;
    private readonly PlanCatalog _catalog;
    private readonly PriceTable _prices;
    private readonly ushort[] _assignment;
    private readonly bool[][] _allowed;

    /// <summary>Usage less allowance per (comm group, pool).</summary>
    private readonly long[] _excess;
    private readonly int _pools;
    private readonly bool _perGroup;
    private long _cost;

    public GreedyFilling(Fleet fleet, PlanCatalog catalog)
    {
        _fleet = fleet;
        _catalog = catalog;
        _prices = new PriceTable(catalog);
        _assignment = new ushort[fleet.Count];
        _pools = catalog.Pools.Count;
        _perGroup = catalog.Rules.PoolScope == PoolScope.CommGroup && fleet.CommGroup is { Length: > 0 };
        _excess = new long[_pools * (_perGroup ? fleet.CommGroup!.Max() + 1 : 1)];
        _allowed = [.. fleet.PlanSets.Select(set => Enumerable.Range(0, catalog.Plans.Count).Select(set.Contains).ToArray())];
    }

    /// <summary>Fills anew.</summary>
    /// <param name="sequence">Every plan that some SIM may use.</param>
    /// <param name="devices">All SIMs, in the order in which they may move.</param>
    /// <returns>The bill, in micro-units.</returns>
    public long Fill(int[] sequence, int[] devices)
    {
        Array.Clear(_excess);
        Array.Fill(_assignment, Fleet.NoPlan);
        _cost = 0;
        foreach (int device in devices)
        {
            bool[] allowed = _allowed[_fleet.PlanSetOf[device]];
            int first = Array.FindIndex(sequence, plan => allowed[plan]);
            if (first >= 0)
            {
                Place(device, sequence[first]);
            }
        }

        foreach (int plan in sequence)
        {
            foreach (int device in devices)
            {
                if (_assignment[device] != plan && _allowed[_fleet.PlanSetOf[device]][plan])
                {
                    MoveIfCheaper(device, plan);
                }
            }
        }

        return _cost;
    }

    public ushort[] CopyAssignment() => [.. _assignment];

    private void MoveIfCheaper(int device, int plan)
    {
        int before = _assignment[device];
        long costBefore = _cost;
        Remove(device, before);
        Place(device, plan);
        if (_cost >= costBefore)
        {
            Remove(device, plan);
            Place(device, before);
        }
    }

    private void Place(int device, int plan)
    {
        _assignment[device] = (ushort)plan;
        _cost += CostAlone(device, plan) + ShiftPool(device, plan, 1);
    }

    private void Remove(int device, int plan) => _cost += ShiftPool(device, plan, -1) - CostAlone(device, plan);

    private long CostAlone(int device, int plan)
    {
        RatePlan ratePlan = _catalog.Plans[plan];
        int days = _fleet.ActiveDaysOf(device, _catalog.Rules.PeriodDays);
        return _prices.RateCharge(plan, days)
            + _prices.IndividualOverage(ratePlan, plan, _fleet.UsageBytes[device], days)
            + (_fleet.SmsCount is null ? 0 : _prices.SmsCharge(ratePlan, _fleet.SmsCount[device]));
    }

    /// <returns>What the pool's overage grows by.</returns>
    private long ShiftPool(int device, int plan, int sign)
    {
        int pool = _catalog.PoolOfPlan[plan];
        if (pool < 0 || !_prices.BillsOverage)
        {
            return 0;
        }

        int days = _fleet.ActiveDaysOf(device, _catalog.Rules.PeriodDays);
        int cell = pool + (_perGroup ? _fleet.CommGroup![device] * _pools : 0);
        RatePool ratePool = _catalog.Pools[pool];
        long before = PriceTable.Overage(_excess[cell], ratePool.OverageBlock.Bytes, ratePool.OverageRate.MicroUnits);
        _excess[cell] += sign * (_fleet.UsageBytes[device] - _prices.IncludedBytes(plan, days));
        return PriceTable.Overage(_excess[cell], ratePool.OverageBlock.Bytes, ratePool.OverageRate.MicroUnits) - before;
    }
}
