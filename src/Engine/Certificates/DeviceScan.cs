using System.Globalization;
using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Engine.Certificates;

/// <summary>One pass over a range of SIMs: is each plan allowed, what is the bill, how many changes, what is the bound.</summary>
internal sealed class DeviceScan
{
    /// <summary>SIMs listed before only their number is given.</summary>
    private const int ListedMax = 20;

    private readonly Fleet _fleet;
    private readonly PlanCatalog _catalog;
    private readonly RestatedBillRule _rule;
    private readonly PriceBound _prices;
    private readonly LeastCostTables? _tables;
    private readonly RecountedBill _bill;
    private readonly List<string> _violations = [];

    /// <summary>Per piece of all tables: the SIMs that lie on it, and the bytes they used.</summary>
    private readonly long[] _pieceDevices;
    private readonly long[] _pieceUsage;
    private Int128 _sumScaled;
    private int _wrong;

    public DeviceScan(
        Fleet fleet, PlanCatalog catalog, RestatedBillRule rule, PriceBound prices, LeastCostTables? tables)
    {
        _fleet = fleet;
        _catalog = catalog;
        _rule = rule;
        _prices = prices;
        _tables = tables;
        _bill = new RecountedBill(fleet, catalog, rule);
        _pieceDevices = new long[tables?.FirstPiece[^1] ?? 0];
        _pieceUsage = new long[_pieceDevices.Length];
    }

    public int Changes { get; private set; }

    /// <summary>True when a SIM has no plan where it needs one, so that no bill can be made.</summary>
    public bool HasUnpricedDevice { get; private set; }

    public RecountedBill Bill => _bill;

    /// <summary>Sum of <see cref="PriceBound.LeastScaled"/> over the billed SIMs.</summary>
    public Int128 SumScaled()
    {
        Int128 sum = _sumScaled;
        for (int table = 0; table < (_tables?.Tables.Count ?? 0); table++)
        {
            int first = _tables!.FirstPiece[table];
            for (int piece = 0; piece < _tables.Tables[table].Pieces; piece++)
            {
                sum += _tables.Tables[table].SumScaled(piece, _pieceDevices[first + piece], _pieceUsage[first + piece]);
            }
        }

        return sum;
    }

    public IEnumerable<string> Violations() =>
        _wrong <= ListedMax ? _violations : _violations.Append($"... and {_wrong - ListedMax} more SIMs.");

    /// <summary>Scans the SIMs from <paramref name="from"/> up to, not including, <paramref name="to"/>.</summary>
    /// <param name="isAllowed">Per (plan set, plan).</param>
    public void Scan(ushort[] assignment, bool[] isAllowed, int from, int to)
    {
        int plans = _catalog.Plans.Count;
        ushort[]? currentPlans = _fleet.CurrentPlan;
        for (int device = from; device < to; device++)
        {
            int plan = assignment[device];
            int planSet = _fleet.PlanSetOf[device];
            long usage = _fleet.UsageBytes[device];
            int current = currentPlans is null ? Fleet.NoPlan : currentPlans[device];
            if (_fleet.PlanSets[planSet].IsEmpty)
            {
                if (plan != Fleet.NoPlan)
                {
                    AddViolation(device, plan, "no plan, because it is not billed");
                }

                continue;
            }

            AddToBound(device, usage, current);
            if (plan >= plans)
            {
                HasUnpricedDevice = true;
                AddViolation(device, plan, "a plan of its set");
                continue;
            }

            if (!isAllowed[(planSet * plans) + plan])
            {
                AddViolation(device, plan, "a plan of its set");
            }

            Changes += current != Fleet.NoPlan && current != plan ? 1 : 0;
            _bill.Add(device, plan, usage);
        }
    }

    public void Merge(DeviceScan other)
    {
        _sumScaled += other._sumScaled;
        Changes += other.Changes;
        HasUnpricedDevice |= other.HasUnpricedDevice;
        _bill.Merge(other._bill);
        _violations.AddRange(other._violations.Take(ListedMax - Math.Min(ListedMax, _violations.Count)));
        _wrong += other._wrong;
        for (int piece = 0; piece < _pieceDevices.Length; piece++)
        {
            _pieceDevices[piece] += other._pieceDevices[piece];
            _pieceUsage[piece] += other._pieceUsage[piece];
        }
    }

    private void AddToBound(int device, long usage, int current)
    {
        if (_tables is null)
        {
            _sumScaled += _prices.LeastScaled(device);
            return;
        }

        int number = _tables.TableOf(device);
        LeastCostTable table = _tables.Tables[number];
        bool chargesSms = _fleet.SmsCount is not null && table.ChargesSms(_fleet.SmsCount[device]);
        bool paysForChange = current != Fleet.NoPlan && _prices.ChangeScaled != 0;
        if (table.IsEnvelope && !chargesSms && !paysForChange)
        {
            int piece = _tables.FirstPiece[number] + table.Piece(usage);
            _pieceDevices[piece]++;
            _pieceUsage[piece] += usage;
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
