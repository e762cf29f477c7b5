using CarrierOptimization.Engine.Bounding;

namespace CarrierOptimization.Engine.Search;

/// <summary>
/// An assignment near the bound for fleets of any size: the mix of the bound by error diffusion, then for the largest class the
/// cheapest counts per plan, and exchanges among a few SIMs until each pool keeps within its room.
/// </summary>
/// <remarks>docs/engine.md, "Counts of a whole class".</remarks>
internal sealed class CountedRounding
{
    /// <summary>Counts tried on fleets whose SIMs are summarised exactly, where a trial costs little.</summary>
    private const int TrialsMax = 12;

    private readonly SearchModel _model;
    private readonly IItemSource _source;
    private readonly DualOptimum _optimum;
    private readonly MixSpread _mix;
    private readonly ItemSplit _split;

    public CountedRounding(IItemSource source, DualFunction dual, DualOptimum optimum)
    {
        _source = source;
        _model = source.Table.Model;
        _optimum = optimum;
        _mix = new MixSpread(dual, optimum);
        _split = new ItemSplit(source.Table.Count);
    }

    /// <summary>Classes whose counts are chosen, the ones with the most SIMs.</summary>
    private const int ClassesMax = 5;
    private const int ClassDevicesMin = 1_000;

    public (ushort[] Assignment, PoolState State) Run()
    {
        List<(int Class, int[] Items)> classes = CountedClasses();
        var surplus = new long[_model.Rows.Count];

        // A single class on straight lines is written as a whole by its counts.
        bool isOneClass = classes.Count == 1 && classes[0].Items.Length == _source.Table.Count;
        if (!isOneClass)
        {
            _mix.Write(_split);
            _mix.AddSurplus(_split, surplus);
        }

        var settled = new List<TierCounts>();
        var wanted = new List<(int Item, int Limit)>();
        for (int i = 0; i < classes.Count; i++)
        {
            (int deviceClass, int[] items) = classes[i];
            if (!isOneClass)
            {
                _mix.AddSurplus(_split, deviceClass, items, -1, surplus);
            }

            var usage = new ClassUsage(_source.Table, deviceClass, items);
            bool isLast = i + 1 == classes.Count;
            int trials = isLast && _model.Fleet.Count <= SortedItems.ExactDevicesMax ? TrialsMax : 1;
            double[] planned = _mix.PlannedCounts(deviceClass, items);
            List<TierCounts> found = new ClassCounts(_model, deviceClass, usage, planned, surplus, _optimum.Prices).Search(trials);
            if (isLast && found.Count > 0)
            {
                return Cheapest(usage, surplus, settled, wanted, found);
            }

            if (found.Count > 0)
            {
                var placement = new CountPlacement(_model, usage, found[0], surplus);
                placement.Write(_split);
                wanted.AddRange(placement.Wanted());
                settled.Add(found[0]);
            }

            if (!isOneClass)
            {
                _mix.AddSurplus(_split, deviceClass, items, 1, surplus);
            }
        }

        if (isOneClass)
        {
            _mix.Write(_split);
        }

        var assignment = new ushort[_model.Fleet.Count];
        _source.Apply(_split, assignment);
        var state = new PoolState(_model, assignment);
        ChangeBudget.Enforce(_model, _optimum.Prices, assignment, state);
        return (assignment, state);
    }

    /// <summary>
    /// The classes with the most SIMs, that with the most last, each with its items that the mix puts on straight lines only. None
    /// where messages are billed (equal usages cost differently) or changes limited (counts do not know who may still change).
    /// </summary>
    private List<(int Class, int[] Items)> CountedClasses()
    {
        if (_model.HasSms || _model.MaxChanges is not null)
        {
            return [];
        }

        ItemTable table = _source.Table;
        var devices = new long[_model.Classes.Count];
        for (int c = 0; c < devices.Length; c++)
        {
            for (int item = table.ClassStart[c]; item < table.ClassStart[c + 1]; item++)
            {
                devices[c] += table.Devices[item];
            }
        }

        return [.. Enumerable.Range(0, devices.Length)
            .Where(c => _model.Classes[c].Alternatives.Length > 1 && devices[c] >= ClassDevicesMin)
            .OrderByDescending(c => devices[c]).ThenBy(c => c).Take(ClassesMax).Reverse()
            .Select(c => (c, ItemsOnLines(c)))];
    }

    private int[] ItemsOnLines(int c)
    {
        DeviceClass deviceClass = _model.Classes[c];
        int from = _source.Table.ClassStart[c];
        IEnumerable<int> items = Enumerable.Range(from, _source.Table.ClassStart[c + 1] - from);
        if (!deviceClass.IsLinear)
        {
            bool[] isLine = Array.ConvertAll(deviceClass.Alternatives, a => a.Pool >= 0 || _model.Catalog.Plans[a.Plan].IsUnlimited);
            items = items.Where(item => _mix.TakesOnly(item, isLine));
        }

        return [.. items];
    }

    private (ushort[] Assignment, PoolState State) Cheapest(
        ClassUsage usage, long[] others, List<TierCounts> settled, List<(int Item, int Limit)> wanted, List<TierCounts> found)
    {
        (ushort[] Assignment, PoolState State)? best = null;
        long bestCost = long.MaxValue;
        foreach (TierCounts counts in found)
        {
            var placement = new CountPlacement(_model, usage, counts, others);
            placement.Write(_split);
            var assignment = new ushort[_model.Fleet.Count];
            int[] members = _source.Apply(_split, assignment, [.. wanted, .. placement.Wanted()]);
            var state = new PoolState(_model, assignment);
            ChangeBudget.Enforce(_model, _optimum.Prices, assignment, state);
            new CountRepair(_model, [.. settled, counts], _optimum.Prices, members, assignment, state).Run();
            long cost = state.TotalCost(_model);
            if (cost < bestCost)
            {
                (best, bestCost) = ((assignment, state), cost);
            }
        }

        return best!.Value;
    }
}
