using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Engine.Billing;

/// <summary>
/// Counts SIMs and sums usage per (comm group, plan, active days); all rate charges and allowances follow from the
/// counts.
/// </summary>
internal sealed class BillCells
{
    private const int CellsMax = 1 << 26;

    private readonly Fleet _fleet;
    private readonly PlanCatalog _catalog;
    private readonly PriceTable _prices;
    private readonly int _groups;
    private readonly int _dayCells;
    private readonly long[] _count;
    private readonly long[] _usage;

    /// <summary>Per (group, plan), for the plans where each SIM is priced alone.</summary>
    private readonly long[] _individualOverage;
    private readonly long[] _sms;
    private readonly bool[] _pricedAlone;
    private readonly bool _hasPricedAlone;

    public BillCells(Fleet fleet, PlanCatalog catalog, PriceTable prices)
    {
        _fleet = fleet;
        _catalog = catalog;
        _prices = prices;
        _groups = catalog.Rules.PoolScope == PoolScope.CommGroup && fleet.CommGroup is { Length: > 0 } groups ? groups.Max() + 1 : 1;
        _dayCells = fleet.ActiveDays is null ? 1 : catalog.Rules.PeriodDays + 1;
        int plans = catalog.Plans.Count;
        long cells = (long)_groups * plans * _dayCells;
        if (cells > CellsMax)
        {
            throw new ModelException([new ModelMistake("bill", $"Bill: {_groups} comm groups x {plans} plans x {_dayCells} days are "
                + $"{cells} cells; at most {CellsMax} are supported. Solve the components apart.")]);
        }

        _count = new long[cells];
        _usage = new long[cells];
        _individualOverage = new long[_groups * plans];
        _sms = new long[_groups * plans];
        _pricedAlone = [.. catalog.Plans.Select(plan => prices.BillsOverage
            && ((!plan.IsPooled && !plan.IsUnlimited) || (fleet.SmsCount is not null && plan.SmsRate > Money.Zero)))];
        _hasPricedAlone = _pricedAlone.Contains(true);
    }

    /// <summary>Adds the SIMs from position <paramref name="first"/> on.</summary>
    public void Add(ReadOnlySpan<ushort> assignment, int first = 0)
    {
        int plans = _catalog.Plans.Count;
        int periodDays = _catalog.Rules.PeriodDays;
        bool perGroup = _groups > 1;
        ReadOnlySpan<long> usages = _fleet.UsageBytes.AsSpan(first, assignment.Length);
        ushort[]? activeDays = _fleet.ActiveDays;
        if (!perGroup && activeDays is null && !_hasPricedAlone)
        {
            AddByPlan(assignment, usages, first);
            return;
        }

        for (int i = 0; i < assignment.Length; i++)
        {
            int plan = assignment[i];
            if (plan >= plans)
            {
                ThrowUnlessNoPlan(plan, first + i);
                continue;
            }

            int groupPlan = perGroup ? (_fleet.CommGroup![first + i] * plans) + plan : plan;
            int cell = activeDays is null ? groupPlan : (groupPlan * _dayCells) + activeDays[first + i];
            _count[cell]++;
            _usage[cell] += usages[i];
            if (_hasPricedAlone && _pricedAlone[plan])
            {
                AddPricedAlone(groupPlan, plan, first + i, periodDays);
            }
        }
    }

    /// <summary>All SIMs alike but for plan and usage.</summary>
    private void AddByPlan(ReadOnlySpan<ushort> assignment, ReadOnlySpan<long> usages, int first)
    {
        // Two tables in turn, so that a sum need not wait for the one before it; in the last place what has no plan.
        int plans = _catalog.Plans.Count;
        var count = new long[2 * (plans + 1)];
        var usage = new long[2 * (plans + 1)];

        // unchecked: counts are at most Limits.DevicesMax, usages of a valid fleet add up to Limits.PoolBytesMax = 2^62 at most.
        unchecked
        {
            for (int i = 0; i < assignment.Length; i++)
            {
                int cell = (Math.Min(assignment[i], plans) << 1) | (i & 1);
                count[cell]++;
                usage[cell] += usages[i];
            }
        }

        for (int plan = 0; plan < plans; plan++)
        {
            _count[plan] += count[2 * plan] + count[(2 * plan) + 1];
            _usage[plan] += usage[2 * plan] + usage[(2 * plan) + 1];
        }

        for (int i = 0; count[2 * plans] + count[(2 * plans) + 1] > 0 && i < assignment.Length; i++)
        {
            if (assignment[i] >= plans)
            {
                ThrowUnlessNoPlan(assignment[i], first + i);
            }
        }
    }

    public void Merge(BillCells other)
    {
        AddAll(_count, other._count);
        AddAll(_usage, other._usage);
        AddAll(_individualOverage, other._individualOverage);
        AddAll(_sms, other._sms);
    }

    public Bill ToBill()
    {
        var planBills = new List<PlanBill>();
        var poolBills = new List<PoolBill>();
        Money overage = Money.Zero;
        int plans = _catalog.Plans.Count;
        for (int group = 0; group < _groups; group++)
        {
            var byPlan = new PlanBill?[plans];
            for (int plan = 0; plan < plans; plan++)
            {
                byPlan[plan] = PlanBillOf(group, plan);
            }

            planBills.AddRange(byPlan.OfType<PlanBill>());
            foreach (RatePool pool in _catalog.Pools)
            {
                PlanBill[] members = [.. pool.PlanIndexes.Select(plan => byPlan[plan]).OfType<PlanBill>()];
                if (members.Length > 0)
                {
                    poolBills.Add(PoolBillOf(pool, members));
                    overage += poolBills[^1].Overage;
                }
            }
        }

        return new Bill(
            planBills.Sum(plan => plan.Devices),
            new Money(planBills.Sum(plan => plan.RateCharge.MicroUnits)),
            overage + new Money(planBills.Sum(plan => plan.DataOverage.MicroUnits)),
            new Money(planBills.Sum(plan => plan.SmsCharge.MicroUnits)),
            planBills,
            poolBills);
    }

    private PlanBill? PlanBillOf(int group, int plan)
    {
        int groupPlan = (group * _catalog.Plans.Count) + plan;
        long devices = 0;
        long allowance = 0;
        long usage = 0;
        long rateCharge = 0;
        for (int dayCell = 0; dayCell < _dayCells; dayCell++)
        {
            int cell = (groupPlan * _dayCells) + dayCell;
            if (_count[cell] > 0)
            {
                int days = _dayCells == 1 ? _catalog.Rules.PeriodDays : dayCell;
                devices += _count[cell];
                usage += _usage[cell];
                allowance += _count[cell] * _prices.IncludedBytes(plan, days);
                rateCharge += _count[cell] * _prices.RateCharge(plan, days);
            }
        }

        return devices == 0
            ? null
            : new PlanBill(
                plan, GroupName(group), (int)devices, allowance, usage, new Money(rateCharge),
                new Money(_individualOverage[groupPlan]), new Money(_sms[groupPlan]));
    }

    private PoolBill PoolBillOf(RatePool pool, PlanBill[] members)
    {
        long allowance = members.Sum(plan => plan.AllowanceBytes);
        long usage = members.Sum(plan => plan.UsageBytes);
        long excess = _prices.BillsOverage ? usage - allowance : 0;
        long block = pool.OverageBlock.Bytes;
        return new PoolBill(
            pool.Index, members[0].CommGroup, members.Sum(plan => plan.Devices), allowance, usage,
            new Money(members.Sum(plan => plan.RateCharge.MicroUnits)),
            PriceTable.Overage(excess, block, 1),
            new Money(PriceTable.Overage(excess, block, pool.OverageRate.MicroUnits)));
    }

    private int GroupName(int group) => _catalog.Rules.PoolScope == PoolScope.CommGroup ? group : -1;

    private void AddPricedAlone(int groupPlan, int plan, int device, int periodDays)
    {
        RatePlan ratePlan = _catalog.Plans[plan];
        int days = _fleet.ActiveDaysOf(device, periodDays);
        _individualOverage[groupPlan] += _prices.IndividualOverage(ratePlan, plan, _fleet.UsageBytes[device], days);
        if (_fleet.SmsCount is { } sms)
        {
            _sms[groupPlan] += _prices.SmsCharge(ratePlan, sms[device]);
        }
    }

    private static void AddAll(long[] sums, long[] more)
    {
        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] += more[i];
        }
    }

    private static void ThrowUnlessNoPlan(int plan, int device)
    {
        if (plan != Fleet.NoPlan)
        {
            throw new ArgumentException($"The assignment puts SIM {device} on plan {plan}, which is not in the catalog.");
        }
    }
}
