using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Engine.Certificates;

/// <summary>
/// Adds up an assignment's SIMs and states their bill without the bill function. One per thread, then merged.
/// </summary>
internal sealed class RecountedBill
{
    private readonly PlanCatalog _catalog;
    private readonly RestatedBillRule _rule;
    private readonly int _dayCells;

    /// <summary>Per (group, plan, days): SIMs, and bytes they used.</summary>
    private readonly long[] _devices;
    private readonly long[] _usageBytes;

    /// <summary>Per (group, plan): micro-units that depend on each SIM alone.</summary>
    private readonly long[] _ownOverage;
    private readonly long[] _smsCharge;
    private readonly bool[] _paysAlone;
    private readonly bool[] _paysSms;

    public RecountedBill(Fleet fleet, PlanCatalog catalog, RestatedBillRule rule)
    {
        _catalog = catalog;
        _rule = rule;
        _dayCells = fleet.ActiveDays is null ? 1 : rule.PeriodDays + 1;
        int lines = rule.GroupCount * rule.PlanCount;
        _devices = new long[(long)lines * _dayCells];
        _usageBytes = new long[(long)lines * _dayCells];
        _ownOverage = new long[lines];
        _smsCharge = new long[lines];
        _paysAlone = [.. Enumerable.Range(0, rule.PlanCount).Select(rule.PaysAlone)];
        _paysSms = [.. catalog.Plans.Select(plan => fleet.SmsCount is not null && plan.SmsRate > Money.Zero)];
    }

    /// <summary>
    /// Where SIMs of a (group, plan, days) are counted; days do not matter when all SIMs have the same.
    /// </summary>
    public static int Cell(RestatedBillRule rule, int dayCells, int group, int plan, int days) =>
        (((group * rule.PlanCount) + plan) * dayCells) + (dayCells == 1 ? 0 : days);

    /// <summary>Counts SIMs of one plan.</summary>
    public void Add(int firstCell, int plan, long devices, long usageBytes)
    {
        int cell = firstCell + (plan * _dayCells);
        _devices[cell] += devices;
        _usageBytes[cell] += usageBytes;
    }

    /// <summary>Counts a SIM.</summary>
    /// <param name="firstCell">The <see cref="Cell"/> of plan 0 for the SIM's group and days.</param>
    public void Add(int firstCell, int plan, long usageBytes)
    {
        int cell = firstCell + (plan * _dayCells);
        _devices[cell]++;
        _usageBytes[cell] += usageBytes;
    }

    /// <summary>Adds what the SIM pays that no count tells: its overage on an individual plan, its messages.</summary>
    public void AddPaidAlone(int device, int plan, long usageBytes)
    {
        int line = (_rule.Group(device) * _rule.PlanCount) + plan;
        if (_paysAlone[plan])
        {
            _ownOverage[line] += _rule.OwnOverage(plan, usageBytes, _rule.IncludedBytes(plan, _rule.Days(device)));
        }

        if (_paysSms[plan])
        {
            _smsCharge[line] += _rule.SmsCharge(plan, device);
        }
    }

    public void Merge(RecountedBill other)
    {
        Merge(_devices, other._devices);
        Merge(_usageBytes, other._usageBytes);
        Merge(_ownOverage, other._ownOverage);
        Merge(_smsCharge, other._smsCharge);
    }

    public Bill ToBill()
    {
        var plans = new List<PlanBill>();
        var pools = new List<PoolBill>();
        for (int group = 0; group < _rule.GroupCount; group++)
        {
            int firstOfGroup = plans.Count;
            for (int plan = 0; plan < _rule.PlanCount; plan++)
            {
                AddPlanLine(group, plan, plans);
            }

            for (int pool = 0; pool < _catalog.Pools.Count; pool++)
            {
                AddPoolLine(pool, plans[firstOfGroup..], pools);
            }
        }

        return new Bill(
            plans.Sum(plan => plan.Devices),
            Sum(plans, plan => plan.RateCharge),
            Sum(plans, plan => plan.DataOverage) + Sum(pools, pool => pool.Overage),
            Sum(plans, plan => plan.SmsCharge),
            plans,
            pools);
    }

    private void AddPlanLine(int group, int plan, List<PlanBill> plans)
    {
        int line = (group * _rule.PlanCount) + plan;
        long devices = 0;
        long usage = 0;
        long allowance = 0;
        long rateCharge = 0;
        for (int dayCell = 0; dayCell < _dayCells; dayCell++)
        {
            int days = _dayCells == 1 ? _rule.PeriodDays : dayCell;
            int cell = Cell(_rule, _dayCells, group, plan, days);
            long here = _devices[cell];
            devices += here;
            usage += _usageBytes[cell];
            allowance += here * _rule.IncludedBytes(plan, days);
            rateCharge += here * _rule.RateCharge(plan, days);
        }

        if (devices > 0)
        {
            plans.Add(new PlanBill(
                plan, _rule.PerGroup ? group : -1, (int)devices, allowance, usage, new Money(rateCharge),
                new Money(_ownOverage[line]), new Money(_smsCharge[line])));
        }
    }

    private void AddPoolLine(int pool, List<PlanBill> plansOfGroup, List<PoolBill> pools)
    {
        List<PlanBill> members = plansOfGroup.FindAll(plan => _catalog.PoolOfPlan[plan.Plan] == pool);
        if (members.Count == 0)
        {
            return;
        }

        long allowance = members.Sum(plan => plan.AllowanceBytes);
        long usage = members.Sum(plan => plan.UsageBytes);
        long blocks = _rule.BillsOverage
            ? RestatedBillRule.Blocks(usage - allowance, _catalog.Pools[pool].OverageBlock.Bytes)
            : 0;
        pools.Add(new PoolBill(
            pool, members[0].CommGroup, members.Sum(plan => plan.Devices), allowance, usage,
            Sum(members, plan => plan.RateCharge), blocks, blocks * new Money(_rule.PoolOverageRate(pool))));
    }

    private static Money Sum<T>(List<T> lines, Func<T, Money> amount) =>
        new(lines.Sum(line => amount(line).MicroUnits));

    private static void Merge(long[] sums, long[] more)
    {
        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] += more[i];
        }
    }
}
