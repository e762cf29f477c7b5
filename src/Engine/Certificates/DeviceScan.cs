using System.Globalization;
using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Engine.Certificates;

/// <summary>
/// One pass over a range of SIMs: are the plans allowed, what is the bill, how many changes, what bound.
/// </summary>
internal sealed class DeviceScan
{
    /// <summary>SIMs listed before only their number is given.</summary>
    private const int ListedMax = 20;

    private readonly Fleet _fleet;
    private readonly PlanCatalog _catalog;
    private readonly PriceBound _prices;
    private readonly DeviceClasses _classes;
    private readonly RecountedBill _bill;
    private readonly List<string> _violations = [];
    private readonly HashSet<(int PlanSet, int Days)> _occurring = [];
    private Int128 _sumScaled;
    private int _wrong;

    public DeviceScan(Fleet fleet, PlanCatalog catalog, RestatedBillRule rule, PriceBound prices)
    {
        _fleet = fleet;
        _catalog = catalog;
        _prices = prices;
        _classes = new DeviceClasses(fleet, catalog, rule, prices);
        _bill = new RecountedBill(fleet, catalog, rule);
    }

    /// <summary>SIMs that leave their current plan.</summary>
    public int Changes { get; private set; }

    /// <summary>True when a SIM has no plan where it needs one, so that no bill can be made.</summary>
    public bool HasUnpricedDevice { get; private set; }

    public RecountedBill Bill => _bill;

    /// <summary>Sum of <see cref="PriceBound.LeastScaled"/> over the billed SIMs.</summary>
    public Int128 SumScaled => _sumScaled;

    /// <summary>The (plan set, days) of the billed SIMs.</summary>
    public IReadOnlySet<(int PlanSet, int Days)> Occurring => _occurring;

    public IEnumerable<string> Violations() =>
        _wrong <= ListedMax ? _violations : _violations.Append($"... and {_wrong - ListedMax} more SIMs.");

    /// <summary>Scans the SIMs from <paramref name="from"/> up to, not including, <paramref name="to"/>.</summary>
    public void Scan(ushort[] assignment, int from, int to)
    {
        long[] usages = _fleet.UsageBytes;
        bool needsMore = _fleet.CurrentPlan is not null || _fleet.SmsCount is not null;
        bool isAlike = !needsMore && from < to && _classes.HasOne && _classes.Of(from).LeastCost is { IsEnvelope: true };
        for (int device = isAlike ? ScanAlike(assignment, from, to) : from; device < to; device++)
        {
            int plan = assignment[device];
            long usage = usages[device];
            DeviceClass its = _classes.Of(device);
            bool[] isAllowed = its.IsAllowed;
            if ((uint)plan >= (uint)isAllowed.Length || !isAllowed[plan])
            {
                ScanWithoutGoodPlan(device, plan, usage, its);
                continue;
            }

            _bill.Add(its.FirstCell, plan, usage);
            if (needsMore || !its.LeastCost!.IsEnvelope)
            {
                _bill.AddPaidAlone(device, plan, usage);
                AddToBound(device, usage, plan, its);
            }
            else
            {
                its.CountOnEnvelope(usage);
            }
        }

        foreach (DeviceClass found in _classes.All)
        {
            _sumScaled += found.SumScaled();
            if (found.LeastCost is not null)
            {
                _occurring.Add((found.PlanSet, found.Days));
            }
        }
    }

    /// <summary>The same for SIMs that differ in usage and plan only, all with a good plan: they are counted by (piece, plan).</summary>
    /// <returns>The first SIM that has no good plan, or <paramref name="to"/>.</returns>
    private int ScanAlike(ushort[] assignment, int from, int to)
    {
        DeviceClass its = _classes.Of(from);
        bool[] isAllowed = its.IsAllowed;
        long[] pieceFrom = its.LeastCost!.PaddedFrom();
        int plans = isAllowed.Length;
        long[] usages = _fleet.UsageBytes;
        var devices = new long[2 * pieceFrom.Length * plans];
        var usage = new long[2 * pieceFrom.Length * plans];
        int device = from;

        // unchecked: places are below 2 x pieces x plans; counts are at most Limits.DevicesMax, usages add up to 2^62 at most.
        unchecked
        {
            for (; device < to; device++)
            {
                int plan = assignment[device];
                if ((uint)plan >= (uint)plans || !isAllowed[plan])
                {
                    break;
                }

                long used = usages[device];
                int piece = 0;
                for (int half = pieceFrom.Length >> 1; half > 0; half >>= 1)
                {
                    piece += pieceFrom[piece + half] <= used ? half : 0;
                }

                int place = (((piece * plans) + plan) << 1) | (device & 1);
                devices[place]++;
                usage[place] += used;
            }
        }

        for (int place = 0; place < devices.Length; place++)
        {
            if (devices[place] > 0)
            {
                _bill.Add(its.FirstCell, (place >> 1) % plans, devices[place], usage[place]);
                its.CountOnEnvelope((place >> 1) / plans, devices[place], usage[place]);
            }
        }

        return device;
    }

    public void Merge(DeviceScan other)
    {
        _sumScaled += other._sumScaled;
        Changes += other.Changes;
        HasUnpricedDevice |= other.HasUnpricedDevice;
        _bill.Merge(other._bill);
        _occurring.UnionWith(other._occurring);
        _violations.AddRange(other._violations.Take(ListedMax - _violations.Count));
        _wrong += other._wrong;
    }

    private void ScanWithoutGoodPlan(int device, int plan, long usage, DeviceClass its)
    {
        if (its.LeastCost is null)
        {
            if (plan != Fleet.NoPlan)
            {
                AddViolation(device, plan, "no plan, because it is not billed");
            }

            return;
        }

        AddViolation(device, plan, "a plan of its set");
        AddToBound(device, usage, plan, its);
        if (plan < _catalog.Plans.Count)
        {
            _bill.Add(its.FirstCell, plan, usage);
            _bill.AddPaidAlone(device, plan, usage);
        }
        else
        {
            HasUnpricedDevice = true;
        }
    }

    private void AddToBound(int device, long usage, int plan, DeviceClass its)
    {
        LeastCostTable table = its.LeastCost!;
        int current = _fleet.CurrentPlan is null ? Fleet.NoPlan : _fleet.CurrentPlan[device];
        Changes += current != Fleet.NoPlan && current != plan ? 1 : 0;
        bool chargesSms = _fleet.SmsCount is not null && table.ChargesSms(_fleet.SmsCount[device]);
        bool paysForChange = current != Fleet.NoPlan && _prices.ChangeScaled != 0;
        if (table.IsEnvelope && !chargesSms && !paysForChange)
        {
            its.CountOnEnvelope(usage);
        }
        else
        {
            _sumScaled += table.LeastScaled(
                device, usage, chargesSms, paysForChange ? current : Fleet.NoPlan, _prices.ChangeScaled);
        }
    }

    private void AddViolation(int device, int plan, string expected)
    {
        if (_wrong++ < ListedMax)
        {
            string found = plan == Fleet.NoPlan ? "no plan"
                : plan < _catalog.Plans.Count ? $"plan \"{_catalog.Plans[plan].Name}\""
                : "plan number " + plan.ToString(CultureInfo.InvariantCulture) + ", which the catalog does not have";
            _violations.Add($"SIM at position {device}: expected {expected}, found {found}.");
        }
    }
}
