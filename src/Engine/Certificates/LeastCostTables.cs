using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Engine.Certificates;

/// <summary>A <see cref="LeastCostTable"/> for each (plan set, active days, comm group) that occurs in a fleet.</summary>
internal sealed class LeastCostTables
{
    /// <summary>Combinations that get tables; a fleet that could have more is priced by the definition, SIM by SIM.</summary>
    private const int CombinationsMax = 1 << 24;

    private readonly Fleet _fleet;
    private readonly RestatedBillRule _rule;
    private readonly int _dayCells;
    private readonly int[] _tableOf;
    private readonly LeastCostTable[] _tables;

    private LeastCostTables(Fleet fleet, RestatedBillRule rule, int dayCells, int[] tableOf, LeastCostTable[] tables)
    {
        _fleet = fleet;
        _rule = rule;
        _dayCells = dayCells;
        _tableOf = tableOf;
        _tables = tables;
        FirstPiece = new int[tables.Length + 1];
        for (int table = 0; table < tables.Length; table++)
        {
            FirstPiece[table + 1] = FirstPiece[table] + tables[table].Pieces;
        }
    }

    /// <summary>Per table the number of its first piece, counting all tables' pieces through.</summary>
    public int[] FirstPiece { get; }

    public IReadOnlyList<LeastCostTable> Tables => _tables;

    /// <summary>The (plan set, days) of the billed SIMs.</summary>
    public static IEnumerable<(int PlanSet, int Days)> Occurring(Fleet fleet, RestatedBillRule rule)
    {
        int dayCells = fleet.ActiveDays is null ? 1 : rule.PeriodDays + 1;
        var occurs = new bool[(long)fleet.PlanSets.Count * dayCells];
        for (int device = 0; device < fleet.Count; device++)
        {
            occurs[(fleet.PlanSetOf[device] * dayCells) + (dayCells == 1 ? 0 : fleet.ActiveDays![device])] = true;
        }

        for (int cell = 0; cell < occurs.Length; cell++)
        {
            if (occurs[cell] && !fleet.PlanSets[cell / dayCells].IsEmpty)
            {
                yield return (cell / dayCells, dayCells == 1 ? rule.PeriodDays : cell % dayCells);
            }
        }
    }

    /// <returns>Null when the fleet could have more combinations than there is room for.</returns>
    public static LeastCostTables? Build(Fleet fleet, PlanCatalog catalog, RestatedBillRule rule, PriceBound prices)
    {
        int dayCells = fleet.ActiveDays is null ? 1 : rule.PeriodDays + 1;
        long combinations = (long)fleet.PlanSets.Count * dayCells * rule.GroupCount;
        if (combinations > CombinationsMax)
        {
            return null;
        }

        var tableOf = new int[combinations];
        var found = new LeastCostTables(fleet, rule, dayCells, tableOf, []);
        Array.Fill(tableOf, -1);
        var tables = new List<LeastCostTable>();
        for (int device = 0; device < fleet.Count; device++)
        {
            int combination = found.Combination(device);
            PlanSet planSet = fleet.PlanSets[fleet.PlanSetOf[device]];
            if (tableOf[combination] < 0 && !planSet.IsEmpty)
            {
                tableOf[combination] = tables.Count;
                tables.Add(new LeastCostTable(
                    prices, rule, catalog, planSet, rule.Days(device), rule.Group(device)));
            }
        }

        return new LeastCostTables(fleet, rule, dayCells, tableOf, [.. tables]);
    }

    /// <summary>The number of the table that prices a billed SIM.</summary>
    public int TableOf(int device) => _tableOf[Combination(device)];

    private int Combination(int device)
    {
        int combination = _fleet.PlanSetOf[device];
        if (_dayCells > 1)
        {
            combination = (combination * _dayCells) + _fleet.ActiveDays![device];
        }

        return _rule.GroupCount > 1 ? (combination * _rule.GroupCount) + _rule.Group(device) : combination;
    }
}
