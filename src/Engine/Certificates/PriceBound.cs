using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Engine.Certificates;

/// <summary>
/// The lower bound that a certificate's prices prove: what each SIM costs at least when allowance has a price.
/// </summary>
/// <remarks>
/// All sums are in micro-units times 2^<see cref="Certificate.PriceShift"/>, exact, and fit in 128 bits: a price is below
/// 2^63; the usages, and the allowances, of a valid fleet add up to at most 2^62 bytes and its charges to 2^62
/// micro-units; a change's price is at most <see cref="ChangePriceMax"/>. Mathematics: docs/engine.md, "The bound".
/// </remarks>
internal sealed class PriceBound
{
    /// <summary>
    /// Highest price of one change, in micro-units, that the sums have room for: 2^58 x 2^40 x 2^27 SIMs.
    /// </summary>
    public const long ChangePriceMax = 1L << 58;

    private readonly Fleet _fleet;
    private readonly PlanCatalog _catalog;
    private readonly SolveOptions _options;
    private readonly RestatedBillRule _rule;

    /// <summary>Per (group, pool).</summary>
    private readonly long[] _poolPrice;

    public PriceBound(
        Fleet fleet, PlanCatalog catalog, SolveOptions options, RestatedBillRule rule, Certificate certificate)
    {
        _fleet = fleet;
        _catalog = catalog;
        _options = options;
        _rule = rule;
        _poolPrice = new long[rule.GroupCount * catalog.Pools.Count];
        foreach (PoolPrice price in certificate.PoolPrices)
        {
            int group = Math.Max(0, price.CommGroup);
            _poolPrice[(group * catalog.Pools.Count) + price.Pool] = price.ScaledMicroUnitsPerByte;
        }

        Int128 perChange = (Int128)options.ChangeCost.MicroUnits + certificate.ChangePriceMicroUnits;
        ChangeScaled = fleet.CurrentPlan is null ? 0 : perChange << Certificate.PriceShift;
        BudgetScaled = (Int128)certificate.ChangePriceMicroUnits * (options.MaxChanges ?? 0) << Certificate.PriceShift;
    }

    /// <summary>What a SIM that leaves its current plan adds: the cost of a change and the price of one.</summary>
    public Int128 ChangeScaled { get; }

    /// <summary>What the limit of changes gives back: its price times the limit.</summary>
    public Int128 BudgetScaled { get; }

    /// <summary>
    /// The definition, word for word: the least that SIM <paramref name="device"/> costs at these prices.
    /// </summary>
    public Int128 LeastScaled(int device)
    {
        Int128 least = Int128.MaxValue;
        int days = _rule.Days(device);
        int current = _fleet.CurrentPlan is null ? Fleet.NoPlan : _fleet.CurrentPlan[device];
        foreach (ushort plan in _fleet.PlanSets[_fleet.PlanSetOf[device]].Plans)
        {
            long usage = _fleet.UsageBytes[device];
            long included = _rule.IncludedBytes(plan, days);
            Int128 money = (Int128)_rule.RateCharge(plan, days)
                + _rule.OwnOverage(plan, usage, included)
                + _rule.SmsCharge(plan, device);
            Int128 scaled = (money << Certificate.PriceShift)
                + ((Int128)PriceOf(plan, _rule.Group(device)) * (usage - included))
                + (current == Fleet.NoPlan || current == plan ? 0 : ChangeScaled);
            least = Int128.Min(least, scaled);
        }

        return least;
    }

    /// <summary>Scaled price of a byte of the plan's pool; 0 for a plan without a pool.</summary>
    public long PriceOf(int plan, int group)
    {
        int pool = _catalog.PoolOfPlan[plan];
        return pool < 0 ? 0 : _poolPrice[(group * _catalog.Pools.Count) + pool];
    }

    /// <summary>The bound in whole micro-units, from the sum over all SIMs.</summary>
    /// <param name="sumScaled">Sum of <see cref="LeastScaled"/> over the billed SIMs.</param>
    /// <param name="granularity">Every possible cost is a multiple of it; 0 when every possible cost is 0.</param>
    /// <remarks>Costs are multiples of the granularity and never negative, so the bound may be rounded up to one.</remarks>
    public Int128 Round(Int128 sumScaled, long granularity)
    {
        Int128 wholeUp = -((-(sumScaled - BudgetScaled)) >> Certificate.PriceShift);
        if (wholeUp <= 0 || granularity == 0)
        {
            return 0;
        }

        return (wholeUp + granularity - 1) / granularity * granularity;
    }

    /// <summary>Greatest amount that every possible charge is a multiple of, from the charges that can occur.</summary>
    /// <param name="occurring">The (plan set, days) that occur among the billed SIMs.</param>
    public long Granularity(IEnumerable<(int PlanSet, int Days)> occurring)
    {
        int smsMax = _fleet.SmsCount?.DefaultIfEmpty(0).Max() ?? 0;
        long divisor = _fleet.CurrentPlan is null ? 0 : _options.ChangeCost.MicroUnits;
        var overageSeen = new bool[_rule.PlanCount];
        foreach ((int planSet, int days) in occurring)
        {
            foreach (ushort plan in _fleet.PlanSets[planSet].Plans)
            {
                divisor = Divisor(divisor, _rule.RateCharge(plan, days));
                overageSeen[plan] = true;
            }
        }

        for (int plan = 0; plan < _rule.PlanCount && _rule.BillsOverage; plan++)
        {
            RatePlan ratePlan = _catalog.Plans[plan];
            if (overageSeen[plan])
            {
                divisor = Divisor(divisor, ratePlan.IsUnlimited ? 0 : ratePlan.OverageRate.MicroUnits);
                divisor = Divisor(divisor, smsMax > ratePlan.IncludedSms ? ratePlan.SmsRate.MicroUnits : 0);
            }
        }

        return divisor;
    }

    private static long Divisor(long left, long right)
    {
        while (right != 0)
        {
            (left, right) = (right, left % right);
        }

        return left;
    }
}
