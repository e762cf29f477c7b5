namespace CarrierOptimization.Engine.Search;

/// <summary>
/// Given how many SIMs each plan gets, finds which ones: exchanging two SIMs of a class changes no rate charge, only the surplus of
/// two pools. Starts with the smallest SIMs in the first pools and exchanges until no pool exceeds its room.
/// </summary>
internal sealed class PoolBalancer
{
    private const int ExchangesMax = 1_200;

    /// <summary>Exchanges made at random when no single one helps.</summary>
    private const int ShakesMax = 60;

    private readonly IReadOnlyList<ChainClass> _classes;
    private readonly ChainStage[] _stages;

    /// <summary>Per stage its SIMs, as positions in their class, ascending.</summary>
    private readonly List<int>[] _members;

    /// <summary>Per pool of the chain the excess of surplus over room; outside of pools there is none.</summary>
    private readonly long[] _excess;
    private readonly int[] _poolOf;

    /// <summary>Per pool micro-units per byte of excess.</summary>
    private readonly double[] _price;
    private readonly long[] _block;
    private readonly long[] _rate;
    private readonly List<int>[] _bestMembers;
    private long _bestOverrun = long.MaxValue;
    private readonly SplitMix _random = new(20_260_101);

    public PoolBalancer(ChainStage[] stages, PlanCounts counts, IReadOnlyList<ChainClass> classes)
    {
        _classes = classes;
        _stages = stages;
        _members = new List<int>[stages.Length];
        _poolOf = new int[stages.Length];
        _bestMembers = new List<int>[stages.Length];
        var excess = new List<long>();
        var block = new List<long>();
        var rate = new List<long>();
        var next = new int[classes.Count];
        for (int stage = 0; stage < stages.Length; stage++)
        {
            bool starts = stage == 0 || stages[stage].Row < 0 || stages[stage - 1].Row != stages[stage].Row;
            if (starts)
            {
                excess.Add(stages[stage].Row < 0 ? long.MinValue / 4 : 0);
                block.Add(stages[stage].BlockBytes);
                rate.Add(stages[stage].Rate);
            }

            int pool = excess.Count - 1;
            _poolOf[stage] = pool;
            _members[stage] = [.. Enumerable.Range(next[stages[stage].Class], counts.Devices[stage])];
            next[stages[stage].Class] += counts.Devices[stage];
            if (stages[stage].Row >= 0)
            {
                excess[pool] += _members[stage].Sum(i => UsageOf(stage, i)) - (counts.Devices[stage] * stages[stage].IncludedBytes)
                    - stages[stage].OthersRoom - (counts.Blocks[stage] * stages[stage].BlockBytes);
            }
        }

        _excess = [.. excess];
        _block = [.. block];
        _rate = [.. rate];
        _price = new double[_rate.Length];
        for (int pool = 0; pool < _price.Length; pool++)
        {
            _price[pool] = _block[pool] == 0 ? 0 : (double)_rate[pool] / _block[pool];
        }
    }

    /// <summary>Per stage its SIMs, as positions in their class.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Members => _bestMembers;

    /// <summary>Evens the pools out as well as it can.</summary>
    /// <returns>Micro-units of overage beyond the blocks planned: 0 when every pool keeps within its room.</returns>
    public long Run()
    {
        KeepIfBest();
        for (int exchange = 0, shakes = 0; exchange < ExchangesMax && _bestOverrun > 0; exchange++)
        {
            if (ExchangeBest(WorstPool()))
            {
                continue;
            }

            KeepIfBest();
            if (_bestOverrun == 0 || shakes++ == ShakesMax || !Shake())
            {
                break;
            }
        }

        KeepIfBest();
        return _bestOverrun;
    }

    private long UsageOf(int stage, int member) => _classes[_stages[stage].Class].Usage[member];

    private int WorstPool()
    {
        int worst = 0;
        for (int pool = 1; pool < _excess.Length; pool++)
        {
            if (Priced(pool, _excess[pool]) > Priced(worst, _excess[worst]))
            {
                worst = pool;
            }
        }

        return worst;
    }

    private double Priced(int pool, long excess) => Math.Max(0, excess) * _price[pool];

    private void KeepIfBest()
    {
        long overrun = 0;
        for (int pool = 0; pool < _excess.Length; pool++)
        {
            if (_excess[pool] > 0)
            {
                overrun += (((_excess[pool] - 1) / _block[pool]) + 1) * _rate[pool];
            }
        }

        if (overrun < _bestOverrun)
        {
            _bestOverrun = overrun;
            for (int stage = 0; stage < _members.Length; stage++)
            {
                _bestMembers[stage] = [.. _members[stage]];
            }
        }
    }

    /// <summary>Exchanges two SIMs of nearly equal usage between two pools.</summary>
    private bool Shake()
    {
        for (int attempt = 0; attempt < 20; attempt++)
        {
            int stage = _random.Next(_stages.Length);
            int other = _random.Next(_stages.Length);
            if (_poolOf[stage] == _poolOf[other] || _stages[stage].Class != _stages[other].Class
                || _members[stage].Count == 0 || _members[other].Count == 0)
            {
                continue;
            }

            int place = _random.Next(_members[stage].Count);
            int at = _members[other].BinarySearch(_members[stage][place]);
            int partner = Math.Clamp(~at + _random.Next(-4, 4), 0, _members[other].Count - 1);
            Exchange(stage, place, other, partner);
            return true;
        }

        return false;
    }

    private void Exchange(int stage, int place, int other, int otherPlace)
    {
        int leaving = _members[stage][place];
        int entering = _members[other][otherPlace];
        long shift = UsageOf(stage, leaving) - UsageOf(stage, entering);
        _excess[_poolOf[stage]] -= shift;
        _excess[_poolOf[other]] += shift;
        Replace(_members[stage], place, entering);
        Replace(_members[other], otherPlace, leaving);
    }

    /// <summary>Makes the exchange out of the fullest pool that takes most off the total excess.</summary>
    private bool ExchangeBest(int worst)
    {
        double bestGain = 0;
        (int Stage, int Place, int OtherStage, int OtherPlace) best = default;
        for (int stage = 0; stage < _stages.Length; stage++)
        {
            for (int other = 0; _poolOf[stage] == worst && other < _stages.Length; other++)
            {
                if (_poolOf[other] != worst && _stages[other].Class == _stages[stage].Class && _members[other].Count > 0)
                {
                    FindExchange(stage, other, ref bestGain, ref best);
                }
            }
        }

        if (bestGain <= 0)
        {
            return false;
        }

        Exchange(best.Stage, best.Place, best.OtherStage, best.OtherPlace);
        return true;
    }

    private void FindExchange(
        int stage, int other, ref double bestGain, ref (int Stage, int Place, int OtherStage, int OtherPlace) best)
    {
        int pool = _poolOf[stage];
        int otherPool = _poolOf[other];
        long excess = _excess[pool];
        long otherExcess = _excess[otherPool];
        double before = Priced(pool, excess) + Priced(otherPool, otherExcess);

        // A shift of at least the excess and at most the other's room is perfect; else meet half way.
        long room = -otherExcess;
        long wanted = room >= excess ? excess : room > 0 ? room : Math.Max(1, (excess - otherExcess) / 2);
        List<int> members = _members[stage];
        List<int> others = _members[other];
        int near = 0;
        for (int place = 0; place < members.Count; place++)
        {
            // Both lists ascend, so the best partner only moves up.
            long target = UsageOf(stage, members[place]) - wanted;
            while (near < others.Count && UsageOf(stage, others[near]) <= target)
            {
                near++;
            }

            for (int partner = Math.Max(0, near - 1); partner <= Math.Min(near, others.Count - 1); partner++)
            {
                long shift = UsageOf(stage, members[place]) - UsageOf(stage, others[partner]);
                double gain = before - Priced(pool, excess - shift) - Priced(otherPool, otherExcess + shift);
                if (gain > bestGain)
                {
                    bestGain = gain;
                    best = (stage, place, other, partner);
                }
            }
        }
    }

    /// <summary>Puts another SIM in place and keeps the list ascending.</summary>
    private static void Replace(List<int> members, int place, int device)
    {
        members.RemoveAt(place);
        int at = members.BinarySearch(device);
        members.Insert(at < 0 ? ~at : at, device);
    }
}
