using CarrierOptimization.Engine.Bounding;

namespace CarrierOptimization.Engine.Search;

/// <summary>
/// One set of prices made ready for a search over counts: what the SIMs that are still to be placed cost at least.
/// </summary>
/// <remarks>
/// The prices are lowered where needed so that they never rise along the chain: only such prices bound its prefix conditions.
/// </remarks>
internal sealed class PriceGuide
{
    /// <summary>Per stage, per SIMs of its class: what so many of the smallest cost at least in the stages before it.</summary>
    private readonly double[][] _before;

    /// <summary>Per stage what the room of others in the pools up to it is worth.</summary>
    private readonly double[] _roomThrough;

    public PriceGuide(ChainStage[] stages, IReadOnlyList<ChainClass> classes, RowPrices prices)
    {
        Source = prices;
        PerChange = prices.PerChange;
        Price = new double[stages.Length];
        _before = new double[stages.Length][];
        _roomThrough = new double[stages.Length];
        Whole = new double[classes.Count][];
        double price = double.MaxValue;
        double room = 0;
        for (int stage = 0; stage < stages.Length; stage++)
        {
            ref readonly ChainStage s = ref stages[stage];
            price = s.Row < 0 ? 0 : Math.Min(price, prices.Pools[s.Row]);
            Price[stage] = price;
            room += price * s.OthersRoom;
            _roomThrough[stage] = room;
        }

        for (int c = 0; c < classes.Count; c++)
        {
            Whole[c] = Bounds(stages, c, classes[c].Usage);
        }
    }

    public RowPrices Source { get; }

    public double PerChange { get; }

    /// <summary>Per stage the price of a byte of its pool.</summary>
    public double[] Price { get; }

    /// <summary>Per class, per number of its smallest SIMs: their least cost over all stages.</summary>
    public double[][] Whole { get; }

    /// <summary>Least cost of the <paramref name="count"/> smallest SIMs of the stage's class in the stages before it.</summary>
    public double Before(int stage, int count) => _before[stage][count];

    public double RoomBefore(int stage) => stage == 0 ? 0 : _roomThrough[stage - 1];

    public double PriceBefore(int stage) => stage == 0 ? 0 : Price[stage - 1];

    private double[] Bounds(ChainStage[] stages, int chainClass, long[] usage)
    {
        var cheapest = new double[usage.Length];
        Array.Fill(cheapest, double.PositiveInfinity);
        var sums = new double[usage.Length + 1];
        Array.Fill(sums, double.PositiveInfinity);
        sums[0] = 0;
        for (int stage = 0; stage < stages.Length; stage++)
        {
            ref readonly ChainStage s = ref stages[stage];
            if (s.Class != chainClass)
            {
                continue;
            }

            _before[stage] = sums;
            sums = new double[usage.Length + 1];
            double own = s.Cost + (s.Change * PerChange) - (Price[stage] * s.IncludedBytes);
            for (int i = 0; i < usage.Length; i++)
            {
                cheapest[i] = Math.Min(cheapest[i], own + (Price[stage] * usage[i]));
                sums[i + 1] = sums[i] + cheapest[i];
            }
        }

        return sums;
    }
}
