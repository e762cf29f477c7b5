using CarrierOptimization.Engine.Search;

namespace CarrierOptimization.Engine.Bounding;

/// <summary>
/// The cheapest alternative as a function of usage, where each alternative's priced cost is a straight line: a lower
/// envelope.
/// </summary>
internal sealed class Envelope(int alternativesMax)
{
    private readonly int[] _byStep = new int[alternativesMax];
    private readonly double[] _slope = new double[alternativesMax];
    private readonly double[] _atZero = new double[alternativesMax];
    private readonly int[] _piece = new int[alternativesMax];
    private readonly double[] _end = new double[alternativesMax];

    public int AlternativesMax => alternativesMax;

    /// <summary>Pieces from usage 0 upwards.</summary>
    public int Pieces { get; private set; }

    public int Alternative(int piece) => _piece[piece];

    /// <summary>Usage where <paramref name="piece"/> ends; the last one never does.</summary>
    public double End(int piece) => _end[piece];

    /// <summary>Priced cost of a piece at usage 0, and per byte.</summary>
    public (double AtZero, double Slope) Line(int piece) => (_atZero[_piece[piece]], _slope[_piece[piece]]);

    /// <param name="forbidden">Alternatives left out.</param>
    public void Build(Alternative[] alternatives, ReadOnlySpan<bool> forbidden, RowPrices prices)
    {
        int used = 0;
        for (int a = 0; a < alternatives.Length; a++)
        {
            if (forbidden[a])
            {
                continue;
            }

            ref readonly Alternative alternative = ref alternatives[a];
            double price = alternative.Pool >= 0 ? prices.Pools[alternative.Pool] : 0;
            double atZero = alternative.Cost + (alternative.Change * prices.PerChange)
                - (alternative.Pool >= 0 ? price * alternative.IncludedBytes : 0);
            _slope[a] = price;
            _atZero[a] = atZero;
            InsertSorted(a, used++);
        }

        Pieces = 0;
        for (int i = 0; i < used; i++)
        {
            Append(_byStep[i]);
        }
    }

    /// <summary>Steepest first; of equally steep ones the cheapest first, then the first named.</summary>
    private void InsertSorted(int a, int used)
    {
        int place = used;
        while (place > 0 && IsBefore(a, _byStep[place - 1]))
        {
            _byStep[place] = _byStep[place - 1];
            place--;
        }

        _byStep[place] = a;
    }

    private bool IsBefore(int a, int b) => _slope[a] > _slope[b] || (_slope[a] == _slope[b] && _atZero[a] < _atZero[b]);

    /// <summary>Adds a line that is no steeper than those before it.</summary>
    private void Append(int a)
    {
        while (Pieces > 0)
        {
            int last = _piece[Pieces - 1];
            if (_slope[last] == _slope[a])
            {
                return;
            }

            double crossing = (_atZero[a] - _atZero[last]) / (_slope[last] - _slope[a]);
            double lastStart = Pieces == 1 ? 0 : _end[Pieces - 2];
            if (crossing > lastStart)
            {
                _end[Pieces - 1] = crossing;
                break;
            }

            Pieces--;
        }

        _piece[Pieces++] = a;
    }
}
