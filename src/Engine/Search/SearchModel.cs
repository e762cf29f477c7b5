using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Engine.Search;

/// <summary>
/// One way to bill a SIM: on one plan of its set. What depends on the SIM's usage and messages is added per SIM.
/// </summary>
/// <param name="Pool">Row of the model that the SIM's surplus usage counts in, or -1.</param>
/// <param name="Cost">Rate charge plus the cost of changing, in micro-units.</param>
/// <param name="IncludedBytes">Bytes the SIM brings to the pool, or may use alone.</param>
/// <param name="Change">1 when the SIM would leave its current plan, else 0.</param>
internal readonly record struct Alternative(ushort Plan, int Pool, long Cost, long IncludedBytes, int Change);

/// <summary>
/// SIMs with the same alternatives: same set of plans, active days, comm group and (where changes count) current plan.
/// </summary>
/// <param name="IsLinear">The cost of every alternative is a straight line in the usage.</param>
internal sealed record DeviceClass(int Index, Alternative[] Alternatives, bool IsLinear);

/// <summary>
/// A billed pool as a row of the model: a pool of the catalog, in one comm group where groups are billed apart.
/// </summary>
internal readonly record struct PoolRow(int Pool, int CommGroup, long RateMicroUnits, long BlockBytes)
{
    /// <summary>Overage rate per byte, in micro-units: no price of the pool's data can be higher.</summary>
    public double PriceMax => (double)RateMicroUnits / BlockBytes;

    /// <summary>Micro-units for a surplus of <paramref name="surplusBytes"/> (usage minus allowance).</summary>
    public long Overage(long surplusBytes) => PriceTable.Overage(surplusBytes, BlockBytes, RateMicroUnits);
}

/// <summary>The fleet, the catalog and the options as the search sees them.</summary>
internal sealed class SearchModel
{
    private readonly Dictionary<long, int> _classByKey = [];
    private readonly Dictionary<(int Pool, int CommGroup), int> _rowByPool = [];
    private readonly List<DeviceClass> _classes = [];
    private readonly List<PoolRow> _rows = [];
    private readonly PriceTable _prices;
    private readonly bool _changesCount;
    private readonly bool _groupsCount;

    public SearchModel(Fleet fleet, PlanCatalog catalog, SolveOptions options)
    {
        Fleet = fleet;
        Catalog = catalog;
        Options = options;
        _prices = new PriceTable(catalog);
        _changesCount = fleet.CurrentPlan is not null && (options.MaxChanges is not null || options.ChangeCost.MicroUnits > 0);
        _groupsCount = catalog.Rules.PoolScope == PoolScope.CommGroup && catalog.Pools.Count > 0;
        HasSms = fleet.SmsCount is not null && _prices.BillsOverage && catalog.Plans.Any(plan => plan.SmsRate.MicroUnits > 0);
        HasIndividual = _prices.BillsOverage && catalog.Plans.Any(plan => !plan.IsPooled && !plan.IsUnlimited);
        MaxChanges = _changesCount ? options.MaxChanges : null;
        ClassTable = FormClasses();
    }

    public Fleet Fleet { get; }

    public PlanCatalog Catalog { get; }

    public SolveOptions Options { get; }

    public bool HasSms { get; }

    public bool HasIndividual { get; }

    /// <summary>The limit on changes, or <c>null</c>.</summary>
    public int? MaxChanges { get; }

    public IReadOnlyList<DeviceClass> Classes => _classes;

    public IReadOnlyList<PoolRow> Rows => _rows;

    /// <summary>Per SIM its class, or <c>null</c> when all SIMs are of class 0.</summary>
    public int[]? ClassTable { get; }

    /// <summary>Class of a SIM; a class without alternatives holds the SIMs that are not billed.</summary>
    public int ClassOf(int device) => ClassTable is null ? 0 : ClassTable[device];

    /// <summary>
    /// All that <paramref name="alternative"/> costs SIM <paramref name="device"/> outside of pools, in micro-units.
    /// </summary>
    public long OwnCost(int device, in Alternative alternative)
    {
        long cost = alternative.Cost;
        if (HasIndividual || HasSms)
        {
            RatePlan plan = Catalog.Plans[alternative.Plan];
            if (HasSms)
            {
                cost += _prices.SmsCharge(plan, Fleet.SmsCount![device]);
            }

            if (!plan.IsPooled && !plan.IsUnlimited && _prices.BillsOverage)
            {
                cost += PriceTable.Overage(
                    Fleet.UsageBytes[device] - alternative.IncludedBytes, plan.OverageBlock.Bytes, plan.OverageRate.MicroUnits);
            }
        }

        return cost;
    }

    private int[]? FormClasses()
    {
        Fleet fleet = Fleet;
        int n = fleet.Count;
        bool single = fleet.PlanSets.Count == 1 && fleet.ActiveDays is null && !_changesCount && !_groupsCount;
        if (single || n == 0)
        {
            if (n > 0)
            {
                AddClass(0, 0);
            }

            return null;
        }

        // Key: set, days, group, current plan; each below 2^16.
        var table = new int[n];
        int periodDays = Catalog.Rules.PeriodDays;
        long lastKey = -1;
        int lastClass = -1;
        for (int device = 0; device < n; device++)
        {
            long days = fleet.ActiveDays is null ? periodDays : fleet.ActiveDays[device];
            long group = _groupsCount ? fleet.CommGroup![device] : 0;
            long current = _changesCount ? fleet.CurrentPlan![device] : 0;
            long key = fleet.PlanSetOf[device] | (days << 16) | (group << 32) | (current << 48);
            if (key != lastKey || lastClass < 0)
            {
                lastKey = key;
                if (!_classByKey.TryGetValue(key, out lastClass))
                {
                    lastClass = AddClass(key, device);
                }
            }

            table[device] = lastClass;
        }

        return table;
    }

    private int AddClass(long key, int device)
    {
        int index = _classes.Count;
        _classByKey.Add(key, index);
        PlanSet set = Fleet.PlanSets[Fleet.PlanSetOf[device]];
        int days = Fleet.ActiveDaysOf(device, Catalog.Rules.PeriodDays);
        int current = _changesCount ? Fleet.CurrentPlan![device] : Fleet.NoPlan;
        int group = _groupsCount ? Fleet.CommGroup![device] : -1;
        var alternatives = new Alternative[set.Count];
        bool linear = !HasSms;
        for (int i = 0; i < alternatives.Length; i++)
        {
            ushort plan = set.Plans[i];
            RatePlan ratePlan = Catalog.Plans[plan];
            int change = current != Fleet.NoPlan && current != plan ? 1 : 0;
            long cost = _prices.RateCharge(plan, days) + (change * Options.ChangeCost.MicroUnits);
            int row = _prices.BillsOverage && Catalog.PoolOfPlan[plan] >= 0 ? RowOf(Catalog.PoolOfPlan[plan], group) : -1;
            linear &= row >= 0 || ratePlan.IsUnlimited || !_prices.BillsOverage;
            alternatives[i] = new Alternative(plan, row, cost, _prices.IncludedBytes(plan, days), change);
        }

        _classes.Add(new DeviceClass(index, alternatives, linear));
        return index;
    }

    private int RowOf(int pool, int group)
    {
        if (!_rowByPool.TryGetValue((pool, group), out int row))
        {
            row = _rows.Count;
            _rowByPool.Add((pool, group), row);
            RatePool ratePool = Catalog.Pools[pool];
            _rows.Add(new PoolRow(pool, group, ratePool.OverageRate.MicroUnits, ratePool.OverageBlock.Bytes));
        }

        return row;
    }
}
