using CarrierOptimization.Engine.Bounding;

namespace CarrierOptimization.Engine.Search;

/// <summary>
/// Exchanges SIMs of equal class, with their exact usages, until each pool keeps within the room its counts give it. Counts and with
/// them rate charges stay as they are.
/// </summary>
internal sealed class CountRepair
{
    private const int ExchangesPerPoolMax = 24;
    private const int OvershootsMax = 3;
    private const int PassesDownMax = 4;

    /// <summary>Part of a price within which two prices are of one tier.</summary>
    private const double SamePrice = 1e-3;

    private readonly SearchModel _model;
    private readonly ushort[] _assignment;
    private readonly PoolState _state;

    /// <summary>What SIMs of one class on one plan are; they change places only within the class.</summary>
    private readonly Stage[] _stages;

    /// <summary>Per stage its SIMs by usage.</summary>
    private readonly List<(long Usage, int Device)>[] _members;

    /// <summary>Per row of the model what its pool uses above its room.</summary>
    private readonly long[] _excess;
    private readonly int[] _rows;

    /// <summary>Ranks pools by the price of their data: those of the smallest SIMs come first.</summary>
    private readonly int[] _tierOfRow;
    private readonly Stack<(int Device, int Other, Alternative Here, Alternative There)> _made = new();

    /// <param name="devices">Some SIMs; only these are exchanged.</param>
    /// <param name="counts">
    /// The counts that <paramref name="assignment"/> has, of one class after the other; later ones know the earlier.
    /// </param>
    public CountRepair(
        SearchModel model, IReadOnlyList<TierCounts> counts, RowPrices prices, int[] devices, ushort[] assignment, PoolState state)
    {
        _model = model;
        _assignment = assignment;
        _state = state;
        _excess = new long[model.Rows.Count];
        _tierOfRow = TiersByPrice(prices);
        var stageOf = new Dictionary<(int Class, ushort Plan), int>();
        var stages = new List<Stage>();
        foreach (TierCounts ofClass in counts)
        {
            foreach (int a in ofClass.Tiers.SelectMany(tier => tier.Plans))
            {
                Alternative alternative = model.Classes[ofClass.Class].Alternatives[a];
                int pool = alternative.Pool;
                if (pool >= 0)
                {
                    stageOf.Add((ofClass.Class, alternative.Plan), stages.Count);
                    stages.Add(new Stage(ofClass.Class, alternative));
                    _excess[pool] = state.Surplus[pool] - (ofClass.Blocks[pool] * model.Rows[pool].BlockBytes);
                }
            }
        }

        _stages = [.. stages];
        _rows = [.. stages.Select(stage => stage.Alternative.Pool).Distinct().Order()];
        _members = Array.ConvertAll(_stages, _ => new List<(long Usage, int Device)>());
        foreach (int device in devices)
        {
            if (stageOf.TryGetValue((model.ClassOf(device), assignment[device]), out int stage))
            {
                _members[stage].Add((model.Fleet.UsageBytes[device], device));
            }
        }

        foreach (List<(long Usage, int Device)> members in _members)
        {
            members.Sort();
        }
    }

    private readonly record struct Stage(int Class, Alternative Alternative);

    /// <summary>
    /// Bytes go where there is room. Where no single exchange finds it, one that moves too much is made and others back; or the bytes
    /// go down to the tier of the next smaller SIMs, where there must be room. The cheapest state on the way is kept.
    /// </summary>
    public void Run()
    {
        var settled = new HashSet<int>();
        var exchanges = new int[_excess.Length];
        var overshoots = new int[_excess.Length];
        var passesDown = new int[_excess.Length];
        long bestCost = _state.TotalCost(_model);
        int bestMade = 0;
        while (true)
        {
            int row = -1;
            foreach (int each in _rows)
            {
                bool isNext = _excess[each] > 0 && !settled.Contains(each);
                row = isNext && (row < 0 || _tierOfRow[each] >= _tierOfRow[row]) ? each : row;
            }

            if (row < 0)
            {
                break;
            }

            bool isMade = exchanges[row]++ < ExchangesPerPoolMax
                && (ExchangeForRoom(row, isStrict: true) || (overshoots[row]++ < OvershootsMax && Overshoot(row))
                    || ExchangeForRoom(row, isStrict: false) || (passesDown[row]++ < PassesDownMax && PassDown(row)));
            if (!isMade)
            {
                settled.Add(row);
            }

            long cost = _state.TotalCost(_model);
            (bestCost, bestMade) = cost < bestCost ? (cost, _made.Count) : (bestCost, bestMade);
        }

        while (_made.Count > bestMade)
        {
            (int device, int otherDevice, Alternative here, Alternative there) = _made.Pop();
            Move(device, there, here);
            Move(otherDevice, here, there);
        }
    }

    private static int[] TiersByPrice(RowPrices prices)
    {
        int[] byPrice = [.. Enumerable.Range(0, prices.Pools.Length).OrderByDescending(row => prices.Pools[row]).ThenBy(row => row)];
        var tiers = new int[byPrice.Length];
        for (int i = 1; i < byPrice.Length; i++)
        {
            double higher = prices.Pools[byPrice[i - 1]];
            tiers[byPrice[i]] = tiers[byPrice[i - 1]] + (higher - prices.Pools[byPrice[i]] > higher * SamePrice ? 1 : 0);
        }

        return tiers;
    }

    /// <param name="isStrict">Never move more than fits; else within a tier anything that leaves less over.</param>
    private bool ExchangeForRoom(int row, bool isStrict)
    {
        Exchange best = default;
        foreach (int other in _rows)
        {
            if (other == row || _excess[other] >= 0)
            {
                continue;
            }

            // Moving d bytes: from the excess up to the room there is nothing left to wish for.
            long room = Math.Min(-_excess[other], RoomBelow(row, other));
            if (room <= 0)
            {
                continue;
            }

            long low = Math.Min(_excess[row], room);
            long high = _tierOfRow[row] == _tierOfRow[other] ? Math.Max(_excess[row], room) : room;
            bool isCapped = isStrict || _tierOfRow[row] != _tierOfRow[other];
            Exchange found = Nearest(row, other, low, high, isCapped ? high : long.MaxValue);
            if (found.Bytes > 0)
            {
                long left = Math.Max(0, _excess[row] - found.Bytes) + Math.Max(0, found.Bytes - room);
                found = found with { Gain = _excess[row] - left };
                best = IsBetter(found, best) ? found : best;
            }
        }

        return Make(best);
    }

    /// <summary>What may be moved down to the pool of smaller SIMs without taking all the room that they and the pools between have.</summary>
    private long RoomBelow(int row, int other)
    {
        long room = long.MaxValue;
        for (int tier = _tierOfRow[other]; tier < _tierOfRow[row]; tier++)
        {
            room = Math.Min(room, -_rows.Sum(each => _tierOfRow[each] <= tier ? _excess[each] : 0));
        }

        return room;
    }

    /// <summary>Between exchanges that settle equally much the one that moves less.</summary>
    private static bool IsBetter(in Exchange one, in Exchange other) =>
        one.Gain > other.Gain || (one.Gain == other.Gain && one.Gain > 0 && one.Bytes < other.Bytes);

    /// <summary>Moves more than fits, but as little as possible, to another pool of the tier.</summary>
    private bool Overshoot(int row)
    {
        Exchange best = default;
        foreach (int other in _rows)
        {
            if (other != row && _tierOfRow[other] == _tierOfRow[row])
            {
                Exchange found = Nearest(row, other, _excess[row], _excess[row], long.MaxValue);
                best = found.Bytes > _excess[row] && (best.Bytes == 0 || found.Bytes < best.Bytes) ? found with { Gain = 1 } : best;
            }
        }

        return Make(best);
    }

    /// <summary>Moves at least the excess, and little more, to a pool of the tier below.</summary>
    private bool PassDown(int row)
    {
        int lower = _rows.Select(other => _tierOfRow[other]).Where(tier => tier < _tierOfRow[row]).DefaultIfEmpty(-1).Max();
        Exchange best = default;
        foreach (int other in _rows)
        {
            if (_tierOfRow[other] == lower)
            {
                Exchange found = Nearest(row, other, _excess[row], _excess[row], long.MaxValue);
                if (found.Bytes >= _excess[row] && found.Bytes <= RoomBelow(row, other) && (best.Bytes == 0 || found.Bytes < best.Bytes))
                {
                    best = found with { Gain = 1 };
                }
            }
        }

        return Make(best);
    }

    private readonly record struct Exchange(int Stage, int Place, int OtherStage, int OtherPlace, long Bytes, long Gain);

    /// <summary>
    /// The exchange that moves between <paramref name="low"/> and <paramref name="high"/> bytes, or nearly, and not more than
    /// <paramref name="most"/>.
    /// </summary>
    private Exchange Nearest(int row, int other, long low, long high, long most)
    {
        Exchange best = default;
        long nearest = long.MaxValue;
        for (int stage = 0; stage < _stages.Length; stage++)
        {
            for (int otherStage = 0; _stages[stage].Alternative.Pool == row && otherStage < _stages.Length; otherStage++)
            {
                if (_stages[otherStage].Alternative.Pool == other && _stages[otherStage].Class == _stages[stage].Class)
                {
                    Nearest(stage, otherStage, low, high, most, ref nearest, ref best);
                }
            }
        }

        return best;
    }

    private void Nearest(
        int stage, int otherStage, long low, long high, long most, ref long nearest, ref Exchange best)
    {
        List<(long Usage, int Device)> members = _members[stage];
        List<(long Usage, int Device)> others = _members[otherStage];
        int next = 0;
        for (int place = 0; place < members.Count; place++)
        {
            // Both lists ascend, so the last partner that is small enough only moves up.
            while (next < others.Count && members[place].Usage - others[next].Usage >= low)
            {
                next++;
            }

            for (int partner = Math.Max(0, next - 1); partner <= Math.Min(next, others.Count - 1); partner++)
            {
                long bytes = members[place].Usage - others[partner].Usage;
                long away = bytes < low ? low - bytes : bytes > high ? bytes - high : (bytes - low) >> 20;
                if (bytes > 0 && bytes <= most && away < nearest)
                {
                    nearest = away;
                    best = new Exchange(stage, place, otherStage, partner, bytes, 0);
                }
            }
        }
    }

    private bool Make(in Exchange exchange)
    {
        if (exchange.Gain <= 0)
        {
            return false;
        }

        (long usage, int device) = _members[exchange.Stage][exchange.Place];
        (long otherUsage, int otherDevice) = _members[exchange.OtherStage][exchange.OtherPlace];
        _members[exchange.Stage].RemoveAt(exchange.Place);
        _members[exchange.OtherStage].RemoveAt(exchange.OtherPlace);
        Insert(_members[exchange.Stage], (otherUsage, otherDevice));
        Insert(_members[exchange.OtherStage], (usage, device));
        Alternative here = _stages[exchange.Stage].Alternative;
        Alternative there = _stages[exchange.OtherStage].Alternative;
        Move(device, here, there);
        Move(otherDevice, there, here);
        _made.Push((device, otherDevice, here, there));
        _excess[here.Pool] -= exchange.Bytes;
        _excess[there.Pool] += exchange.Bytes;
        return true;
    }

    private void Move(int device, in Alternative from, in Alternative to)
    {
        long usage = _model.Fleet.UsageBytes[device];
        _state.Leave(from, _model.OwnCost(device, from), usage);
        _state.Join(to, _model.OwnCost(device, to), usage);
        _assignment[device] = to.Plan;
    }

    private static void Insert(List<(long Usage, int Device)> members, (long Usage, int Device) member)
    {
        int at = members.BinarySearch(member);
        members.Insert(at < 0 ? ~at : at, member);
    }
}
