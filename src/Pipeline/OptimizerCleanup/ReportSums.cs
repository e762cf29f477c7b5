using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Pipeline.OptimizerCleanup;

/// <summary>The tables of a report that are sums over SIMs.</summary>
internal sealed class ReportSums
{
    private const string Individual = "Individual plans";

    private readonly ReportInput _input;
    private readonly int _plans;
    private readonly int[] _groupDevices;
    private readonly int[] _groupChanged;
    private readonly long[] _groupBefore;
    private readonly long[] _groupAfter;

    /// <summary>Overage that the SIMs of a plan cause, per (group of the bill, plan).</summary>
    private readonly long[] _overageBefore;
    private readonly long[] _overageAfter;

    public ReportSums(ReportInput input)
    {
        _input = input;
        _plans = input.Catalog.Plans.Count;
        int groups = input.CommGroupNames.Count;
        _groupDevices = new int[groups];
        _groupChanged = new int[groups];
        _groupBefore = new long[groups];
        _groupAfter = new long[groups];
        int billGroups = BillsPerGroup ? input.Fleet.CommGroup!.DefaultIfEmpty().Max() + 1 : 1;
        _overageBefore = new long[billGroups * _plans];
        _overageAfter = new long[billGroups * _plans];
        for (int device = 0; device < input.Fleet.Count; device++)
        {
            int group = input.CommGroupOf[device];
            bool changed = AssignmentRows.IsChanged(input, device);
            Changed += changed ? 1 : 0;
            _groupDevices[group]++;
            _groupChanged[group] += changed ? 1 : 0;
            _groupBefore[group] += input.Current.Charges.Total(device).MicroUnits;
            _groupAfter[group] += input.Optimal.Charges.Total(device).MicroUnits;
            AddOverage(_overageBefore, input.Current, device);
            AddOverage(_overageAfter, input.Optimal, device);
        }
    }

    public int Changed { get; }

    private bool BillsPerGroup =>
        _input.Catalog.Rules.PoolScope == PoolScope.CommGroup && _input.Fleet.CommGroup is not null;

    public IReadOnlyList<CommGroupRow> CommGroups() =>
        [.. Enumerable.Range(0, _groupDevices.Length)
            .Where(group => _groupDevices[group] > 0)
            .Select(group => new CommGroupRow(
                _input.CommGroupNames[group], _groupDevices[group], _groupChanged[group],
                new Money(_groupBefore[group]), new Money(_groupAfter[group])))
            .OrderByDescending(row => row.Saving)];

    public IReadOnlyList<PlanDistributionRow> Plans()
    {
        int[] before = DevicesPerPlan(_input.Current.Bill);
        int[] after = DevicesPerPlan(_input.Optimal.Bill);
        return [.. Enumerable.Range(0, _plans)
            .Where(plan => before[plan] > 0 || after[plan] > 0)
            .Select(plan => new PlanDistributionRow(_input.Catalog.Plans[plan].Name, before[plan], after[plan]))];
    }

    public IReadOnlyList<PoolRow> Pools()
    {
        var before = new BillSide(_input.Current.Bill);
        var after = new BillSide(_input.Optimal.Bill);
        var rows = new List<PoolRow>();
        foreach (int group in before.Groups.Union(after.Groups).Order())
        {
            foreach (RatePool pool in _input.Catalog.Pools)
            {
                AddPool(rows, pool, group, before, after);
            }

            for (int plan = 0; plan < _plans; plan++)
            {
                if (_input.Catalog.PoolOfPlan[plan] < 0)
                {
                    AddPlan(rows, PoolRowKind.IndividualPlan, Individual, plan, group, before, after);
                }
            }
        }

        return rows;
    }

    private void AddPool(List<PoolRow> rows, RatePool pool, int group, BillSide before, BillSide after)
    {
        var plans = new List<PoolRow>();
        foreach (int plan in pool.PlanIndexes)
        {
            AddPlan(plans, PoolRowKind.PlanOfPool, pool.Name, plan, group, before, after);
        }

        if (plans.Count > 0)
        {
            rows.Add(new PoolRow(
                PoolRowKind.Pool, pool.Name, "", GroupName(group),
                PoolSide(before.Pools.GetValueOrDefault((group, pool.Index)), plans.Select(row => row.Before)),
                PoolSide(after.Pools.GetValueOrDefault((group, pool.Index)), plans.Select(row => row.After))));
            rows.AddRange(plans);
        }
    }

    private static UsageAndCharges PoolSide(PoolBill? bill, IEnumerable<UsageAndCharges> plans) =>
        bill is null
            ? new UsageAndCharges(0, 0, 0, Money.Zero, Money.Zero, Money.Zero)
            : new UsageAndCharges(
                bill.Devices, bill.AllowanceBytes, bill.UsageBytes, bill.RateCharge, bill.Overage,
                new Money(plans.Sum(plan => plan.SmsCharge.MicroUnits)));

    private void AddPlan(
        List<PoolRow> rows, PoolRowKind kind, string pool, int plan, int group, BillSide before, BillSide after)
    {
        PlanBill? billBefore = before.Plans.GetValueOrDefault((group, plan));
        PlanBill? billAfter = after.Plans.GetValueOrDefault((group, plan));
        if (billBefore is not null || billAfter is not null)
        {
            rows.Add(new PoolRow(
                kind, pool, _input.Catalog.Plans[plan].Name, GroupName(group),
                PlanSide(billBefore, plan, group, _overageBefore), PlanSide(billAfter, plan, group, _overageAfter)));
        }
    }

    private UsageAndCharges PlanSide(PlanBill? bill, int plan, int group, long[] overage) =>
        new(
            bill?.Devices ?? 0,
            _input.Catalog.Plans[plan].IsUnlimited ? null : bill?.AllowanceBytes ?? 0,
            bill?.UsageBytes ?? 0,
            bill?.RateCharge ?? Money.Zero,
            new Money(overage[(Math.Max(group, 0) * _plans) + plan]),
            bill?.SmsCharge ?? Money.Zero);

    private string? GroupName(int group) => group < 0 ? null
        : group < _input.CommGroupNames.Count ? _input.CommGroupNames[group] : $"Group {group + 1}";

    private void AddOverage(long[] overage, PricedAssignment priced, int device)
    {
        int plan = priced.Assignment[device];
        if (plan != Fleet.NoPlan)
        {
            int group = BillsPerGroup ? _input.Fleet.CommGroup![device] : 0;
            overage[(group * _plans) + plan] += priced.Charges.DataOverage[device];
        }
    }

    private int[] DevicesPerPlan(Bill bill)
    {
        var devices = new int[_plans];
        foreach (PlanBill plan in bill.Plans)
        {
            devices[plan.Plan] += plan.Devices;
        }

        return devices;
    }

    /// <summary>The lines of a bill by group and position.</summary>
    private sealed class BillSide(Bill bill)
    {
        public Dictionary<(int Group, int Plan), PlanBill> Plans { get; } =
            bill.Plans.ToDictionary(plan => (plan.CommGroup, plan.Plan));

        public Dictionary<(int Group, int Pool), PoolBill> Pools { get; } =
            bill.Pools.ToDictionary(pool => (pool.CommGroup, pool.Pool));

        public IEnumerable<int> Groups => Plans.Keys.Select(key => key.Group);
    }
}
