using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Engine.Certificates;

/// <summary>
/// The plans of one (plan set, active days, comm group) at a certificate's prices, ready to price many SIMs: the lower
/// envelope of the plans whose cost is a line in the usage, and the plans where each SIM pays for its blocks alone.
/// </summary>
/// <remarks>Exactly what <see cref="PriceBound.LeastScaled"/> gives, for every SIM; a test holds the two together.</remarks>
internal sealed class LeastCostTable
{
    private readonly RestatedBillRule _rule;
    private readonly ushort[] _plans;

    /// <summary>Per plan of the set: cost = constant + slope x usage, without own overage, SMS and change.</summary>
    private readonly Int128[] _constant;
    private readonly long[] _slope;
    private readonly long[] _rateCharge;
    private readonly long[] _included;
    private readonly long[] _block;
    private readonly long[] _overageRate;

    /// <summary>Positions in the set of the plans where each SIM pays alone.</summary>
    private readonly int[] _alone;

    /// <summary>
    /// The envelope: from usage <c>_from[k]</c> on, line <c>_line[k]</c> is cheapest, until the next.
    /// </summary>
    private readonly long[] _from;
    private readonly int[] _line;

    /// <summary>Messages up to which no plan of the set charges any.</summary>
    private readonly int _smsFree;

    public LeastCostTable(
        PriceBound prices, RestatedBillRule rule, PlanCatalog catalog, PlanSet planSet, int days, int group)
    {
        _rule = rule;
        _plans = planSet.Plans.ToArray();
        _rateCharge = [.. _plans.Select(plan => rule.RateCharge(plan, days))];
        _included = [.. _plans.Select(plan => rule.IncludedBytes(plan, days))];
        _block = [.. _plans.Select(plan => catalog.Plans[plan].OverageBlock.Bytes)];
        _overageRate = [.. _plans.Select(plan => catalog.Plans[plan].OverageRate.MicroUnits)];
        _slope = [.. _plans.Select(plan => prices.PriceOf(plan, group))];
        _constant = new Int128[_plans.Length];
        for (int i = 0; i < _plans.Length; i++)
        {
            _constant[i] = ((Int128)_rateCharge[i] << Certificate.PriceShift) - ((Int128)_slope[i] * _included[i]);
        }

        int[] lines = [.. Enumerable.Range(0, _plans.Length).Where(i => !rule.PaysAlone(_plans[i]))];
        _alone = [.. Enumerable.Range(0, _plans.Length).Where(i => rule.PaysAlone(_plans[i]))];
        (_from, _line) = Envelope(lines);
        _smsFree = rule.BillsOverage
            ? _plans.Select(plan => catalog.Plans[plan]).Where(plan => plan.SmsRate.MicroUnits > 0)
                .Select(plan => plan.IncludedSms).DefaultIfEmpty(int.MaxValue).Min()
            : int.MaxValue;
    }

    /// <summary>Pieces of the envelope.</summary>
    public int Pieces => _line.Length;

    /// <summary>
    /// True when a SIM's least cost depends on nothing but its usage, and that by the envelope alone.
    /// </summary>
    public bool IsEnvelope => _alone.Length == 0;

    public bool ChargesSms(int sms) => sms > _smsFree;

    /// <summary>Where the pieces of the envelope begin, filled up to a power of two with usages that no SIM has.</summary>
    public long[] PaddedFrom()
    {
        var padded = new long[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, _from.Length))];
        Array.Fill(padded, long.MaxValue);
        _from.CopyTo(padded, 0);
        return padded;
    }

    /// <summary>Which piece of the envelope a usage lies on.</summary>
    public int Piece(long usageBytes)
    {
        long[] from = _from;
        int low = 0;
        int count = from.Length;
        while (count > 1)
        {
            int half = count >> 1;
            low = from[low + half] <= usageBytes ? low + half : low;
            count -= half;
        }

        return low;
    }

    /// <summary>
    /// What <paramref name="devices"/> SIMs on one piece cost that use <paramref name="usageBytes"/> together.
    /// </summary>
    public Int128 SumScaled(int piece, long devices, long usageBytes) =>
        (devices * _constant[_line[piece]]) + ((Int128)_slope[_line[piece]] * usageBytes);

    /// <summary>The least one SIM costs, whatever it pays for.</summary>
    public Int128 LeastScaled(int device, long usageBytes, bool chargesSms, int current, Int128 changeScaled)
    {
        Int128 least = chargesSms ? LeastWithSms(device, usageBytes) : LeastWithoutSms(usageBytes);
        if (current == Fleet.NoPlan)
        {
            return least;
        }

        // Adding the change to the current plan too is harmless: its cost without it, compared next, is never more.
        least += changeScaled;
        int position = Array.BinarySearch(_plans, (ushort)current);
        return position < 0 ? least : Int128.Min(least, CostScaled(position, device, usageBytes));
    }

    private Int128 LeastWithoutSms(long usageBytes)
    {
        long leastAlone = long.MaxValue;
        foreach (int position in _alone)
        {
            long blocks = RestatedBillRule.Blocks(usageBytes - _included[position], _block[position]);
            leastAlone = Math.Min(leastAlone, _rateCharge[position] + (blocks * _overageRate[position]));
        }

        Int128 alone = (Int128)leastAlone << Certificate.PriceShift;
        if (Pieces == 0)
        {
            return alone;
        }

        Int128 shared = SumScaled(Piece(usageBytes), 1, usageBytes);
        return _alone.Length == 0 ? shared : Int128.Min(shared, alone);
    }

    private Int128 LeastWithSms(int device, long usageBytes)
    {
        Int128 least = CostScaled(0, device, usageBytes);
        for (int position = 1; position < _plans.Length; position++)
        {
            least = Int128.Min(least, CostScaled(position, device, usageBytes));
        }

        return least;
    }

    private Int128 CostScaled(int position, int device, long usageBytes)
    {
        int plan = _plans[position];
        long alone = _rule.OwnOverage(plan, usageBytes, _included[position]) + _rule.SmsCharge(plan, device);
        return _constant[position]
            + ((Int128)_slope[position] * usageBytes)
            + ((Int128)alone << Certificate.PriceShift);
    }

    /// <summary>
    /// Walks from usage 0 upwards, always to the line that is the next to become cheaper at a whole usage.
    /// </summary>
    private (long[] From, int[] Line) Envelope(int[] lines)
    {
        var from = new List<long>();
        var line = new List<int>();
        long usage = 0;
        int best = Cheapest(lines, usage);
        while (best >= 0)
        {
            from.Add(usage);
            line.Add(best);
            usage = NextCrossing(lines, best);
            best = usage > Limits.UsageBytesMax ? -1 : Cheapest(lines, usage);
        }

        return ([.. from], [.. line]);
    }

    /// <summary>
    /// The cheapest line at a usage; of equal ones the flattest, which none of them can undercut later.
    /// </summary>
    private int Cheapest(int[] lines, long usageBytes)
    {
        int best = -1;
        Int128 least = Int128.MaxValue;
        foreach (int position in lines)
        {
            Int128 cost = _constant[position] + ((Int128)_slope[position] * usageBytes);
            if (cost < least || (cost == least && _slope[position] < _slope[best]))
            {
                (best, least) = (position, cost);
            }
        }

        return best;
    }

    /// <summary>The least whole usage at which a flatter line costs no more than <paramref name="best"/>.</summary>
    private long NextCrossing(int[] lines, int best)
    {
        Int128 next = long.MaxValue;
        foreach (int position in lines)
        {
            Int128 flatterBy = (Int128)_slope[best] - _slope[position];
            if (flatterBy > 0)
            {
                Int128 dearerBy = _constant[position] - _constant[best];
                next = Int128.Min(next, (dearerBy + flatterBy - 1) / flatterBy);
            }
        }

        return (long)next;
    }
}
