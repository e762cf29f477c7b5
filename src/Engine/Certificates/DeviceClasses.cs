using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Engine.Certificates;

/// <summary>The SIMs that are priced alike: the same plan set, active days and comm group.</summary>
internal sealed class DeviceClass
{
    private readonly long[] _pieceDevices;
    private readonly long[] _pieceUsage;

    public DeviceClass(int planSet, int days, int firstCell, bool[] isAllowed, LeastCostTable? leastCost)
    {
        PlanSet = planSet;
        Days = days;
        FirstCell = firstCell;
        IsAllowed = isAllowed;
        LeastCost = leastCost;
        _pieceDevices = new long[leastCost?.Pieces ?? 0];
        _pieceUsage = new long[leastCost?.Pieces ?? 0];
    }

    public int PlanSet { get; }

    public int Days { get; }

    /// <summary>Where the bill counts the SIMs of plan 0 of this class.</summary>
    public int FirstCell { get; }

    /// <summary>Per plan of the catalog: is it in the plan set.</summary>
    public bool[] IsAllowed { get; }

    /// <summary>Null when the SIMs of the class are not billed.</summary>
    public LeastCostTable? LeastCost { get; }

    /// <summary>Counts a SIM whose least cost lies on the envelope.</summary>
    public void CountOnEnvelope(long usageBytes)
    {
        int piece = LeastCost!.Piece(usageBytes);
        _pieceDevices[piece]++;
        _pieceUsage[piece] += usageBytes;
    }

    /// <summary>Counts SIMs on one piece of the envelope.</summary>
    public void CountOnEnvelope(int piece, long devices, long usageBytes)
    {
        _pieceDevices[piece] += devices;
        _pieceUsage[piece] += usageBytes;
    }

    /// <summary>What the SIMs counted on the envelope cost at least, together.</summary>
    public Int128 SumScaled()
    {
        Int128 sum = 0;
        for (int piece = 0; piece < _pieceDevices.Length; piece++)
        {
            sum += LeastCost!.SumScaled(piece, _pieceDevices[piece], _pieceUsage[piece]);
        }

        return sum;
    }
}

/// <summary>The classes of a fleet's SIMs, made when their first SIM comes. One for each thread.</summary>
internal sealed class DeviceClasses
{
    /// <summary>Combinations of plan set, days and group looked up in an array; beyond, in a dictionary.</summary>
    private const int ArrayMax = 1 << 20;

    private readonly Fleet _fleet;
    private readonly PlanCatalog _catalog;
    private readonly RestatedBillRule _rule;
    private readonly PriceBound _prices;
    private readonly int _dayCells;
    private readonly ushort[] _planSetOf;
    private readonly DeviceClass?[] _inArray;
    private readonly Dictionary<long, DeviceClass>? _inDictionary;
    private readonly bool[]?[] _isAllowed;
    private readonly List<DeviceClass> _all = [];

    public DeviceClasses(Fleet fleet, PlanCatalog catalog, RestatedBillRule rule, PriceBound prices)
    {
        _fleet = fleet;
        _catalog = catalog;
        _rule = rule;
        _prices = prices;
        _dayCells = fleet.ActiveDays is null ? 1 : rule.PeriodDays + 1;
        _planSetOf = fleet.PlanSetOf;
        long combinations = (long)fleet.PlanSets.Count * _dayCells * rule.GroupCount;
        _inDictionary = combinations > ArrayMax ? [] : null;
        _inArray = combinations > ArrayMax ? [] : new DeviceClass?[combinations];
        _isAllowed = new bool[fleet.PlanSets.Count][];
    }

    public IReadOnlyList<DeviceClass> All => _all;

    /// <summary>True when all SIMs are of one class.</summary>
    public bool HasOne => _inDictionary is null && _inArray.Length == 1;

    public DeviceClass Of(int device)
    {
        long combination = _planSetOf[device];
        if (_dayCells > 1)
        {
            combination = (combination * _dayCells) + _fleet.ActiveDays![device];
        }

        if (_rule.GroupCount > 1)
        {
            combination = (combination * _rule.GroupCount) + _rule.Group(device);
        }

        return _inDictionary is null
            ? _inArray[combination] ?? (_inArray[combination] = Make(device))
            : OfDictionary(combination, device);
    }

    private DeviceClass OfDictionary(long combination, int device)
    {
        if (!_inDictionary!.TryGetValue(combination, out DeviceClass? found))
        {
            found = Make(device);
            _inDictionary.Add(combination, found);
        }

        return found;
    }

    private DeviceClass Make(int device)
    {
        int number = _planSetOf[device];
        int days = _rule.Days(device);
        int group = _rule.Group(device);
        PlanSet planSet = _fleet.PlanSets[number];
        bool[] isAllowed = _isAllowed[number] ??= [.. Enumerable.Range(0, _rule.PlanCount).Select(planSet.Contains)];
        LeastCostTable? leastCost = planSet.IsEmpty
            ? null
            : new LeastCostTable(_prices, _rule, _catalog, planSet, days, group);
        int firstCell = RecountedBill.Cell(_rule, _dayCells, group, plan: 0, days);
        var made = new DeviceClass(number, days, firstCell, isAllowed, leastCost);
        _all.Add(made);
        return made;
    }
}
