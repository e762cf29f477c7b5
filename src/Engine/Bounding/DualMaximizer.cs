namespace CarrierOptimization.Engine.Bounding;

/// <summary>
/// The best prices found, the bound they give on the summarised fleet, and the mix of assignments that attains it.
/// </summary>
internal sealed record DualOptimum(
    RowPrices Prices, double Value, IReadOnlyList<(RowPrices Prices, double Weight)> Mix, int Evaluations, int Pivots);

/// <summary>Maximises the dual function by column generation with smoothed prices (Wentges).</summary>
/// <remarks>docs/engine.md, "Maximising the bound".</remarks>
internal sealed class DualMaximizer
{
    /// <summary>Weight of the best prices so far when the next ones are tried; measured best of 0 to 0.95.</summary>
    private const double Smoothing = 0.85;

    /// <summary>At the start a change costs so many times its highest sensible price.</summary>
    private const double StartFactor = 1e6;
    private const double RelativeTolerance = 1e-10;

    /// <summary>Evaluations in a row that change neither mix nor bound: what is left is below the accuracy of the arithmetic.</summary>
    private const int IdleMax = 6;

    private readonly DualFunction _dual;
    private readonly Search.SearchModel _model;
    private readonly int _poolRows;
    private readonly int _rows;
    private readonly double[] _priceScale;
    private readonly bool[] _capped;
    private readonly Search.SolveLimits _limits;

    public DualMaximizer(DualFunction dual, Search.SolveLimits limits)
    {
        _dual = dual;
        _model = dual.Items.Model;
        _limits = limits;
        _poolRows = _model.Rows.Count;
        _rows = _poolRows + (_model.MaxChanges is null ? 0 : 1);
        _priceScale = new double[_rows];
        _capped = new bool[_rows];
        for (int row = 0; row < _poolRows; row++)
        {
            _priceScale[row] = _model.Rows[row].PriceMax;
            _capped[row] = true;
        }

        if (_rows > _poolRows)
        {
            _priceScale[_poolRows] = PerChangeScale();
        }
    }

    /// <param name="start">Prices of columns to begin with; may be empty.</param>
    /// <param name="evaluationsMax">Work limit.</param>
    public DualOptimum Maximize(IReadOnlyList<RowPrices> start, int evaluationsMax)
    {
        int evaluationsBefore = _dual.Evaluations;
        DualColumn first = _dual.Evaluate(StartPrices());
        var columns = new List<DualColumn> { first };
        DualColumn best = first;
        foreach (RowPrices prices in start)
        {
            columns.Add(_dual.Evaluate(prices));
            best = columns[^1].Value > best.Value ? columns[^1] : best;
        }

        // The first column is as dear as it is only for the changes it leaves unused at a price that nothing should be scaled by.
        double reference = Math.Max(
            best.Value, first.Value - (first.Prices.PerChange * (first.Changes - (_model.MaxChanges ?? 0))));
        double scale = Math.Max(1, Math.Max(PrimalCost(first) - reference, Math.Abs(reference) * 1e-3));
        var master = new MasterProblem(_capped, RowUse(first, scale), (first.Cost - reference) / scale);
        foreach (DualColumn column in columns.Skip(1))
        {
            master.Add(RowUse(column, scale), (column.Cost - reference) / scale);
        }

        bool smooth = true;
        double tolerance = RelativeTolerance * Math.Max(1, Math.Abs(reference)) / scale;
        int pivotsBefore = 0;
        int idle = 0;
        while (_rows > 0 && _dual.Evaluations - evaluationsBefore < evaluationsMax && !_limits.IsOver)
        {
            pivotsBefore = master.Pivots;
            master.Solve();
            idle = master.Pivots == pivotsBefore ? idle + 1 : 0;
            double bestValue = (best.Value - reference) / scale;
            if (master.Value - bestValue <= tolerance || idle > IdleMax)
            {
                break;
            }

            DualColumn column = _dual.Evaluate(Blend(best.Prices, master, smooth ? Smoothing : 0));
            columns.Add(column);
            master.Add(RowUse(column, scale), (column.Cost - reference) / scale);
            bool better = column.Value > best.Value;
            if (!better && !smooth && (column.Value - reference) / scale >= master.Value - tolerance)
            {
                break;
            }

            smooth = better || !smooth || ImprovesMaster(column, master, reference, scale);
            best = better ? column : best;
            idle = better ? 0 : idle;
        }

        if (_rows > 0)
        {
            master.Solve();
        }

        return new DualOptimum(
            best.Prices, best.Value, [.. master.Mix().Select(part => (columns[part.Column].Prices, part.Weight))],
            _dual.Evaluations - evaluationsBefore, master.Pivots);
    }

    /// <summary>At the master's own prices the new column is cheaper than the mix.</summary>
    private bool ImprovesMaster(DualColumn column, MasterProblem master, double reference, double scale)
    {
        double priced = (column.Cost - reference) / scale;
        double[] use = RowUse(column, scale);
        for (int row = 0; row < _rows; row++)
        {
            priced += master.PriceOf(row) * use[row];
        }

        return priced < master.Value - 1e-12;
    }

    /// <summary>Data at half its highest price; changes so dear that only forced ones are made.</summary>
    private RowPrices StartPrices() =>
        new([.. _model.Rows.Select(row => row.PriceMax / 2)], _rows > _poolRows ? _priceScale[_poolRows] * StartFactor : 0);

    private RowPrices Blend(RowPrices best, MasterProblem master, double weight)
    {
        var pools = new double[_poolRows];
        for (int row = 0; row < _poolRows; row++)
        {
            pools[row] = (weight * best.Pools[row]) + ((1 - weight) * master.PriceOf(row) * _priceScale[row]);
        }

        double perChange = _rows > _poolRows ? master.PriceOf(_poolRows) * _priceScale[_poolRows] : 0;
        bool isStart = _rows > _poolRows && best.PerChange > StartFactor * 0.5 * _priceScale[_poolRows];
        return new RowPrices(pools, isStart ? perChange : (weight * best.PerChange) + ((1 - weight) * perChange));
    }

    private double[] RowUse(DualColumn column, double scale)
    {
        var use = new double[_rows];
        for (int row = 0; row < _poolRows; row++)
        {
            use[row] = column.SurplusBytes[row] * _priceScale[row] / scale;
        }

        if (_rows > _poolRows)
        {
            use[_poolRows] = (column.Changes - _model.MaxChanges!.Value) * _priceScale[_poolRows] / scale;
        }

        return use;
    }

    private double PrimalCost(DualColumn column)
    {
        double cost = column.Cost;
        for (int row = 0; row < _poolRows; row++)
        {
            cost += Math.Max(0, column.SurplusBytes[row]) * _priceScale[row];
        }

        return cost;
    }

    /// <summary>A typical saving of one change: the spread of the rate charges.</summary>
    private double PerChangeScale()
    {
        long dearest = 1;
        foreach (Search.DeviceClass deviceClass in _model.Classes)
        {
            foreach (Search.Alternative alternative in deviceClass.Alternatives)
            {
                dearest = Math.Max(dearest, alternative.Cost);
            }
        }

        return dearest;
    }
}
