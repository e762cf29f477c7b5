using CarrierOptimization.Engine.Search;

namespace CarrierOptimization.Engine.Bounding;

/// <summary>
/// A class with individual plans: there each SIM pays for its own blocks, whatever the prices of the pools, so the cheapest of these
/// plans is found once per item. What is left at each evaluation is to compare it with the envelope of the other plans.
/// </summary>
internal sealed class AloneCosts
{
    private readonly ItemTable _items;
    private readonly Alternative[] _alternatives;
    private readonly int _from;
    private readonly int _to;

    /// <summary>Per alternative: its cost is no straight line.</summary>
    private readonly bool[] _isAlone;

    /// <summary>Per item the least cost of all its SIMs where they stay (0) and where they leave their plan (1), and on which plan.</summary>
    private readonly double[][] _cost;
    private readonly ushort[][] _plan;

    private AloneCosts(ItemTable items, DeviceClass deviceClass)
    {
        _items = items;
        _alternatives = deviceClass.Alternatives;
        _from = items.ClassStart[deviceClass.Index];
        _to = items.ClassStart[deviceClass.Index + 1];
        long[]?[] own = items.OwnCost[deviceClass.Index]!;
        _isAlone = Array.ConvertAll(own, costs => costs is not null);
        _cost = new double[2][];
        _plan = new ushort[2][];
        for (int change = 0; change < 2; change++)
        {
            _cost[change] = new double[_to - _from];
            _plan[change] = new ushort[_to - _from];
            Array.Fill(_cost[change], double.PositiveInfinity);
            for (ushort a = 0; a < _alternatives.Length; a++)
            {
                if (_isAlone[a] && _alternatives[a].Change == change)
                {
                    KeepCheaper(own[a]!, a, _cost[change], _plan[change]);
                }
            }
        }
    }

    /// <returns><c>null</c> for a class on straight lines, and where no plan is on one.</returns>
    public static AloneCosts? TryCreate(ItemTable items, DeviceClass deviceClass) =>
        deviceClass.IsLinear || items.OwnCost[deviceClass.Index] is not { } own || Array.TrueForAll(own, costs => costs is not null)
            ? null
            : new AloneCosts(items, deviceClass);

    /// <summary>Adds what the items cost at least.</summary>
    public void Add(double[] mean, bool[] forbidden, RowPrices prices, Envelope envelope, DualSums sums)
    {
        BuildEnvelope(forbidden, prices, envelope);
        double stayingCost = 0;
        double leavingCost = 0;
        double leaving = 0;
        int item = _from;
        for (int piece = 0; piece < envelope.Pieces; piece++)
        {
            double end = piece + 1 == envelope.Pieces ? double.PositiveInfinity : envelope.End(piece);
            (double atZero, double slope) = envelope.Line(piece);
            double devicesHere = 0;
            double usageHere = 0;
            for (; item < _to && mean[item] < end; item++)
            {
                double devices = _items.Devices[item];
                double usage = _items.UsageBytes[item];
                double onLine = (devices * atZero) + (slope * usage);
                double stay = _cost[0][item - _from];
                double leave = _cost[1][item - _from];
                double leavePriced = leave + (devices * prices.PerChange);
                if (onLine <= stay && onLine <= leavePriced)
                {
                    devicesHere += devices;
                    usageHere += usage;
                }
                else if (stay <= leavePriced)
                {
                    stayingCost += stay;
                }
                else
                {
                    leavingCost += leave;
                    leaving += devices;
                }
            }

            ref readonly Alternative line = ref _alternatives[envelope.Alternative(piece)];
            sums.Add(line, devicesHere, devicesHere * line.Cost, usageHere);
        }

        sums.Cost += stayingCost + leavingCost;
        sums.Changes += leaving;
    }

    /// <summary>Writes the alternative of each item.</summary>
    public void Choose(double[] mean, bool[] forbidden, RowPrices prices, ushort[] choice)
    {
        var envelope = new Envelope(_alternatives.Length);
        BuildEnvelope(forbidden, prices, envelope);
        int item = _from;
        for (int piece = 0; piece < envelope.Pieces; piece++)
        {
            double end = piece + 1 == envelope.Pieces ? double.PositiveInfinity : envelope.End(piece);
            (double atZero, double slope) = envelope.Line(piece);
            for (; item < _to && mean[item] < end; item++)
            {
                double devices = _items.Devices[item];
                double onLine = (devices * atZero) + (slope * _items.UsageBytes[item]);
                double stay = _cost[0][item - _from];
                double leave = _cost[1][item - _from] + (devices * prices.PerChange);
                choice[item] = onLine <= stay && onLine <= leave ? (ushort)envelope.Alternative(piece)
                    : _plan[stay <= leave ? 0 : 1][item - _from];
            }
        }
    }

    private void BuildEnvelope(bool[] forbidden, RowPrices prices, Envelope envelope)
    {
        Span<bool> leftOut = stackalloc bool[_isAlone.Length];
        for (int a = 0; a < leftOut.Length; a++)
        {
            leftOut[a] = _isAlone[a] || forbidden[a];
        }

        envelope.Build(_alternatives, leftOut, prices);
    }

    private static void KeepCheaper(long[] own, ushort a, double[] cost, ushort[] plan)
    {
        for (int i = 0; i < own.Length; i++)
        {
            if (own[i] < cost[i])
            {
                cost[i] = own[i];
                plan[i] = a;
            }
        }
    }
}
