namespace CarrierOptimization.Engine.Bounding;

/// <summary>
/// The linear program that mixes whole assignments ("columns"): minimise the mixed cost plus the priced surplus of the rows,
/// each column weighing at least 0 and all together 1. Its duals are prices for the rows.
/// </summary>
/// <remarks>
/// Revised primal simplex with a dense inverse of (rows + 1)^2. A row with a price cap may exceed its limit at that price; one
/// without may not. All amounts are scaled by the caller so that they are near 1. See docs/engine.md, "The bound".
/// </remarks>
internal sealed class MasterProblem
{
    private const double PriceTolerance = 1e-11;
    private const double PivotTolerance = 1e-9;
    private const double HarrisTolerance = 1e-10;
    private const int RefactorEvery = 40;
    private const int PivotsPerSolveMax = 20_000;

    private readonly int _rows;
    private readonly int _size;
    private readonly bool[] _capped;
    private readonly double[] _rightSide;
    private readonly List<double[]> _columns = [];
    private readonly List<double> _costs = [];
    private readonly int[] _basis;
    private readonly double[][] _inverse;
    private readonly double[] _values;
    private readonly double[] _duals;
    private readonly double[] _direction;
    private int _pivotsSinceRefactor;

    /// <summary>Starts from one column that exceeds no row without a cap.</summary>
    /// <remarks>Basis entries below 0 are slack variables: -1 - row is the unused part, -1 - rows - row the surplus.</remarks>
    public MasterProblem(bool[] capped, double[] firstColumn, double firstCost)
    {
        _rows = capped.Length;
        _size = _rows + 1;
        _capped = capped;
        _rightSide = new double[_size];
        for (int row = 0; row < _rows; row++)
        {
            // A tiny, fixed unevenness keeps the simplex from circling among equal corners.
            _rightSide[row] = 3e-12 * (1 + (((row * 7) + 3) % 11));
        }

        _rightSide[_rows] = 1;
        _basis = new int[_size];
        _inverse = new double[_size][];
        _values = new double[_size];
        _duals = new double[_size];
        _direction = new double[_size];
        Add(firstColumn, firstCost);
        _basis[_rows] = 0;
        for (int row = 0; row < _rows; row++)
        {
            _inverse[row] = new double[_size];
            _basis[row] = firstColumn[row] > _rightSide[row] && capped[row] ? SurplusOf(row) : UnusedOf(row);
        }

        _inverse[_rows] = new double[_size];
        Refactor();
    }

    public int Columns => _columns.Count;

    /// <summary>Optimal mixed cost after <see cref="Solve"/>.</summary>
    public double Value { get; private set; }

    public int Pivots { get; private set; }

    /// <summary>Adds one assignment: its use of each row and its cost.</summary>
    public int Add(double[] rowUse, double cost)
    {
        var column = new double[_size];
        Array.Copy(rowUse, column, _rows);
        column[_rows] = 1;
        _columns.Add(column);
        _costs.Add(cost);
        return _columns.Count - 1;
    }

    /// <summary>Price of <paramref name="row"/>, 0 to 1 where capped.</summary>
    public double PriceOf(int row) => _capped[row] ? Math.Clamp(-_duals[row], 0, 1) : Math.Max(0, -_duals[row]);

    /// <summary>The columns in the mix with their weights.</summary>
    public List<(int Column, double Weight)> Mix()
    {
        var mix = new List<(int, double)>();
        for (int i = 0; i < _size; i++)
        {
            if (_basis[i] >= 0 && _values[i] > 1e-9)
            {
                mix.Add((_basis[i], _values[i]));
            }
        }

        mix.Sort();
        return mix;
    }

    public void Solve()
    {
        for (int pivot = 0; pivot < PivotsPerSolveMax; pivot++)
        {
            ComputeDuals();
            int entering = ChooseEntering();
            if (entering == int.MinValue)
            {
                break;
            }

            ComputeDirection(entering);
            int leaving = ChooseLeaving();
            if (leaving < 0)
            {
                break;
            }

            Pivot(entering, leaving);
        }

        double value = 0;
        for (int i = 0; i < _size; i++)
        {
            value += CostOf(_basis[i]) * _values[i];
        }

        Value = value;
    }

    private static int UnusedOf(int row) => -1 - row;

    private int SurplusOf(int row) => -1 - _rows - row;

    private double CostOf(int variable) => variable >= 0 ? _costs[variable] : variable < -_rows ? 1 : 0;

    private void ComputeDuals()
    {
        Array.Clear(_duals);
        for (int i = 0; i < _size; i++)
        {
            double cost = CostOf(_basis[i]);
            if (cost != 0)
            {
                double[] row = _inverse[i];
                for (int column = 0; column < row.Length; column++)
                {
                    _duals[column] += cost * row[column];
                }
            }
        }
    }

    private int ChooseEntering()
    {
        double best = -PriceTolerance;
        int entering = int.MinValue;
        for (int row = 0; row < _rows; row++)
        {
            // Unused: cost 0, column +1. Surplus: cost 1, column -1.
            double unused = -_duals[row];
            if (unused < best)
            {
                best = unused;
                entering = UnusedOf(row);
            }

            double surplus = 1 + _duals[row];
            if (_capped[row] && surplus < best)
            {
                best = surplus;
                entering = SurplusOf(row);
            }
        }

        for (int column = 0; column < _columns.Count; column++)
        {
            double[] use = _columns[column];
            double reduced = _costs[column];
            for (int i = 0; i < use.Length; i++)
            {
                reduced -= _duals[i] * use[i];
            }

            if (reduced < best)
            {
                best = reduced;
                entering = column;
            }
        }

        return entering;
    }

    private void ComputeDirection(int entering)
    {
        if (entering < 0)
        {
            int row = entering < -_rows ? -1 - _rows - entering : -1 - entering;
            double sign = entering < -_rows ? -1 : 1;
            for (int i = 0; i < _size; i++)
            {
                _direction[i] = sign * _inverse[i][row];
            }

            return;
        }

        double[] use = _columns[entering];
        for (int i = 0; i < _size; i++)
        {
            double sum = 0;
            double[] row = _inverse[i];
            for (int j = 0; j < row.Length; j++)
            {
                sum += row[j] * use[j];
            }

            _direction[i] = sum;
        }
    }

    /// <summary>Harris: of the rows that block within a small tolerance, the one with the largest pivot.</summary>
    private int ChooseLeaving()
    {
        double step = double.MaxValue;
        for (int i = 0; i < _size; i++)
        {
            if (_direction[i] > PivotTolerance)
            {
                step = Math.Min(step, (_values[i] + HarrisTolerance) / _direction[i]);
            }
        }

        int leaving = -1;
        double largest = 0;
        for (int i = 0; i < _size; i++)
        {
            if (_direction[i] > PivotTolerance && _values[i] / _direction[i] <= step && _direction[i] > largest)
            {
                largest = _direction[i];
                leaving = i;
            }
        }

        return leaving;
    }

    private void Pivot(int entering, int leaving)
    {
        Pivots++;
        double pivot = _direction[leaving];
        double step = Math.Max(0, _values[leaving] / pivot);
        _basis[leaving] = entering;
        if (++_pivotsSinceRefactor >= RefactorEvery)
        {
            Refactor();
            return;
        }

        double[] pivotRow = _inverse[leaving];
        for (int i = 0; i < _size; i++)
        {
            double factor = _direction[i];
            if (i == leaving || factor == 0)
            {
                continue;
            }

            _values[i] = Math.Max(0, _values[i] - (factor * step));
            factor /= pivot;
            double[] row = _inverse[i];
            for (int j = 0; j < row.Length; j++)
            {
                row[j] -= factor * pivotRow[j];
            }
        }

        _values[leaving] = step;
        for (int j = 0; j < pivotRow.Length; j++)
        {
            pivotRow[j] /= pivot;
        }
    }

    /// <summary>Inverts the basis anew.</summary>
    private void Refactor()
    {
        _pivotsSinceRefactor = 0;
        var matrix = new double[_size][];
        for (int row = 0; row < _size; row++)
        {
            matrix[row] = new double[2 * _size];
            matrix[row][_size + row] = 1;
        }

        for (int column = 0; column < _size; column++)
        {
            int variable = _basis[column];
            if (variable >= 0)
            {
                for (int row = 0; row < _size; row++)
                {
                    matrix[row][column] = _columns[variable][row];
                }
            }
            else if (variable < -_rows)
            {
                matrix[-1 - _rows - variable][column] = -1;
            }
            else
            {
                matrix[-1 - variable][column] = 1;
            }
        }

        GaussJordan.Reduce(matrix);
        for (int i = 0; i < _size; i++)
        {
            Array.Copy(matrix[i], _size, _inverse[i], 0, _size);
            double value = 0;
            for (int j = 0; j < _size; j++)
            {
                value += _inverse[i][j] * _rightSide[j];
            }

            _values[i] = Math.Max(0, value);
        }
    }
}
