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

    public (ushort[] Assignment, PoolState State) Run()
    {
        (int main, int[] items) = MainClass();
        if (items.Length > 0)
        {
            var isMain = new bool[_source.Table.Count];
            foreach (int item in items)
            {
                isMain[item] = true;
            }

            _mix.Write(_split, isMain);
            var others = new long[_model.Rows.Count];
            _mix.AddSurplus(_split, isMain, others);
            var usage = new ClassUsage(_source.Table, main, items);
            double[] planned = _mix.PlannedCounts(main, items);
            int trials = _model.Fleet.Count <= SortedItems.ExactDevicesMax ? TrialsMax : 1;
            List<TierCounts> found = new ClassCounts(
                _model, _model.Classes[main].Alternatives, usage, planned, others, _optimum.Prices).Search(trials);
            if (found.Count > 0)
            {
                return Cheapest(main, usage, others, found);
            }
        }

        _mix.Write(_split, null);
        var assignment = new ushort[_model.Fleet.Count];
        _source.Apply(_split, assignment);
        ChangeBudget.Enforce(_model, _optimum.Prices, assignment);
        return (assignment, new PoolState(_model, assignment));
    }

    /// <summary>
    /// The class with the most SIMs on straight lines, and its items that the mix puts on nothing else. None where changes are
    /// limited: counts do not know who may still change.
    /// </summary>
    private (int Class, int[] Items) MainClass()
    {
        if (_model.HasSms || _model.MaxChanges is not null)
        {
            return (0, []);
        }

        ItemTable table = _source.Table;
        (int Class, long Devices) main = (-1, 0);
        for (int c = 0; c < _model.Classes.Count; c++)
        {
            long devices = 0;
            for (int item = table.ClassStart[c]; item < table.ClassStart[c + 1]; item++)
            {
                devices += table.Devices[item];
            }

            main = _model.Classes[c].Alternatives.Length > 1 && devices > main.Devices ? (c, devices) : main;
        }

        if (main.Class < 0)
        {
            return (0, []);
        }

        DeviceClass deviceClass = _model.Classes[main.Class];
        IEnumerable<int> items = Enumerable.Range(
            table.ClassStart[main.Class], table.ClassStart[main.Class + 1] - table.ClassStart[main.Class]);
        if (!deviceClass.IsLinear)
        {
            bool[] isLine = Array.ConvertAll(deviceClass.Alternatives, a => a.Pool >= 0 || _model.Catalog.Plans[a.Plan].IsUnlimited);
            items = items.Where(item => _mix.TakesOnly(item, isLine));
        }

        return (main.Class, [.. items]);
    }

    private (ushort[] Assignment, PoolState State) Cheapest(int main, ClassUsage usage, long[] others, List<TierCounts> found)
    {
        (ushort[] Assignment, PoolState State)? best = null;
        long bestCost = long.MaxValue;
        foreach (TierCounts counts in found)
        {
            var placement = new CountPlacement(_model, _model.Classes[main].Alternatives, usage, counts, others);
            placement.Write(_split);
            var assignment = new ushort[_model.Fleet.Count];
            _source.Apply(_split, assignment);
            var state = new PoolState(_model, assignment);
            new CountRepair(_model, main, counts, _source.Members(placement.Wanted()), assignment, state).Run();
            long cost = state.TotalCost(_model);
            if (cost < bestCost)
            {
                (best, bestCost) = ((assignment, state), cost);
            }
        }

        return best!.Value;
    }
}
