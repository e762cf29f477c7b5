namespace CarrierOptimization.Engine.Certificates;

/// <summary>
/// Shows that no numbers of SIMs per plan that cost at most a limit could be filled with SIMs: goes through them all, pool by pool from
/// the last to the first, and leaves out what prices exclude or what other numbers undercut in cost and need.
/// </summary>
/// <remarks>Why such numbers bound every assignment: docs/engine.md, "Counts per plan" and "Whole SIMs".</remarks>
internal sealed class CountsCheck
{
    /// <summary>Numbers gone through in one proof before it is refused as too long to be checked.</summary>
    private const long StatesMax = 2_000_000_000;

    private readonly ProofModel _model;
    private readonly IReadOnlyList<int> _pools;
    private readonly Int128[] _surplus;
    private readonly int? _changesMax;
    private readonly Int128 _limitScaled;
    private readonly Int128 _limit;
    private readonly List<LoadsCheck> _loads = [];
    private readonly List<ProofOption[]> _optionsOf = [];
    private readonly List<Step> _steps = [];
    private readonly List<CountsPrices> _prices = [];
    private readonly UInt128[] _radix;
    private readonly bool _isTooLarge;

    /// <param name="free">SIMs without a plan so far.</param>
    /// <param name="pools">All pools they can use, in the order in which rooms are added up.</param>
    /// <param name="surplus">Per pool usage minus allowance of the SIMs that have a plan.</param>
    /// <param name="limit">The highest cost to be excluded, in micro-units.</param>
    /// <param name="states">Numbers gone through so far.</param>
    public CountsCheck(
        ProofModel model, int[] free, IReadOnlyList<int> pools, Int128[] surplus, int? changesMax, Int128 limit, long states)
    {
        _model = model;
        _pools = pools;
        _surplus = surplus;
        _changesMax = changesMax;
        _limit = limit;
        _limitScaled = limit << Certificate.PriceShift;
        States = states;
        foreach (IGrouping<int, int> kind in free.GroupBy(device => model.KindOf[device]).OrderBy(kind => kind.Key))
        {
            _loads.Add(new LoadsCheck([.. kind.Select(device => model.Fleet.UsageBytes[device]).Order()]));
            _optionsOf.Add(model.Options[kind.First()]);
        }

        AddSteps();
        _radix = new UInt128[_loads.Count + 1];
        UInt128 radix = (UInt128)(uint)(Math.Max(0, changesMax ?? 0) + 1);
        for (int kind = 0; kind < _loads.Count; kind++)
        {
            _radix[kind] = radix;
            _isTooLarge |= radix >= (UInt128)1 << 100;
            radix *= (UInt128)(uint)(_loads[kind].Count + 1);
        }
    }

    public long States { get; private set; }

    /// <summary>Lets prices exclude numbers.</summary>
    public void Use(long[] poolPrice, long changePrice) =>
        _prices.Add(new CountsPrices(_steps, _pools, _loads, _surplus, poolPrice, changePrice));

    /// <returns><c>null</c> when nothing costs at most the limit; else what speaks against it.</returns>
    public string? Reason()
    {
        if (_isTooLarge || _prices.Count == 0)
        {
            return "there are more kinds of SIMs than can be counted, or no prices";
        }

        if (_changesMax < 0)
        {
            return null;
        }

        var states = new List<State> { new(All(), 0, 0) };
        for (int at = _steps.Count - 1; at >= 0 && states.Count > 0; at--)
        {
            var next = new List<State>();
            var ranking = new Dictionary<int, (Int128 Part, int Count)[]>();
            foreach (State state in states)
            {
                GoOn(at, state, ranking, next);
                if (States > StatesMax)
                {
                    return "it takes too long to be checked";
                }
            }

            foreach (CountsPrices prices in _prices)
            {
                prices.StepDone(_steps[at]);
            }

            states = WithoutUndercut(next);
        }

        // What is left is whole; changes that were allowed and not made no longer count for anything.
        Int128 least = states.Select(state => state.Cost).DefaultIfEmpty(Int128.MaxValue).Min();
        return least > _limit ? null : $"its SIMs could cost {least} micro-units, where {_limit} must be excluded";
    }

    /// <summary>One plan of one kind of SIMs; steps of a pool follow each other.</summary>
    /// <param name="IsFirstOfPool">No step before it is of its pool.</param>
    /// <param name="IsFirstOfKind">No step before it is of its kind: all SIMs left must take this plan.</param>
    internal readonly record struct Step(int Kind, int Place, ProofOption Option, bool IsFirstOfPool, bool IsFirstOfKind);

    /// <param name="Left">SIMs per kind still without a plan, and changes made, as one number.</param>
    /// <param name="Need">Bytes that the pools to come must hold beyond the smallest SIMs left.</param>
    private readonly record struct State(UInt128 Left, Int128 Cost, Int128 Need);

    private void AddSteps()
    {
        var seen = new bool[_loads.Count];
        foreach (int pool in _pools.Append(-1))
        {
            bool isFirst = true;
            for (int kind = 0; kind < _loads.Count; kind++)
            {
                foreach (ProofOption option in _optionsOf[kind].Where(option => option.Pool == pool).OrderBy(option => option.IncludedBytes))
                {
                    _steps.Add(new Step(kind, _steps.Count, option, isFirst, !seen[kind]));
                    isFirst = false;
                    seen[kind] = true;
                }
            }
        }
    }

    private UInt128 All()
    {
        UInt128 all = 0;
        for (int kind = 0; kind < _loads.Count; kind++)
        {
            all += _radix[kind] * (UInt128)(uint)_loads[kind].Count;
        }

        return all;
    }

    private int Left(UInt128 left, int kind) => (int)(left / _radix[kind] % (UInt128)(uint)(_loads[kind].Count + 1));

    private int Changes(UInt128 left) => _changesMax is { } max ? (int)(left % (UInt128)(uint)(max + 1)) : 0;

    /// <summary>Gives the plan of one step to any number of the SIMs left.</summary>
    private void GoOn(int at, in State state, Dictionary<int, (Int128 Part, int Count)[]> ranking, List<State> next)
    {
        Step step = _steps[at];
        int left = Left(state.Left, step.Kind);
        int changes = Changes(state.Left);
        var leftOf = new int[_loads.Count];
        for (int kind = 0; kind < leftOf.Length; kind++)
        {
            leftOf[kind] = Left(state.Left, kind);
        }

        foreach (CountsPrices prices in _prices)
        {
            prices.SumUpOthers(step, leftOf);
        }

        // What depends on the count alone is ranked once: behind the first count that is too dear all are.
        CountsPrices first = _prices[0];
        if (!ranking.TryGetValue(left, out (Int128 Part, int Count)[]? ranked))
        {
            ranked = Ranked(step, left);
            ranking.Add(left, ranked);
        }

        Int128 known = (state.Cost << Certificate.PriceShift) + first.Others - first.ChangesLeft(_changesMax - changes)
            + (first.Price(step) * state.Need) - (step.IsFirstOfPool ? first.Price(step) * RoomOfOthers(step) : 0);
        foreach ((Int128 part, int count) in ranked)
        {
            States++;
            if (known + part > _limitScaled)
            {
                break;
            }

            int changed = changes + (count * step.Option.Change);
            if (changed > (_changesMax ?? int.MaxValue))
            {
                continue;
            }

            UInt128 key = state.Left - (_radix[step.Kind] * (UInt128)(uint)count);
            key += _changesMax is null ? 0 : (UInt128)(uint)(changed - changes);
            leftOf[step.Kind] = left - count;
            var after = new State(key, state.Cost + ((Int128)count * step.Option.Cost), state.Need + NeedOf(step, left, count));
            EndStep(step, after, leftOf, changed, next);
        }
    }

    /// <summary>
    /// Bytes that the largest <paramref name="count"/> of the SIMs left bring into the pool beyond their allowances.
    /// </summary>
    private Int128 NeedOf(in Step step, int left, int count) => step.Option.Pool < 0
        ? 0
        : _loads[step.Kind].Smallest(left) - _loads[step.Kind].Smallest(left - count) - ((Int128)count * step.Option.IncludedBytes);

    private Int128 RoomOfOthers(in Step step) => step.Option.Pool < 0 ? 0 : -_surplus[step.Option.Pool];

    /// <summary>Per count its share in the bound by the first prices, the least first.</summary>
    private (Int128 Part, int Count)[] Ranked(in Step step, int left)
    {
        CountsPrices first = _prices[0];
        var ranked = new List<(Int128 Part, int Count)>();
        for (int count = step.IsFirstOfKind ? left : 0; count <= left; count++)
        {
            Int128 part = (((Int128)count * step.Option.Cost) << Certificate.PriceShift) + first.ChangesMade(count * step.Option.Change)
                + (first.Price(step) * NeedOf(step, left, count)) + first.Before(step, left - count);
            ranked.Add((part, count));
        }

        ranked.Sort();
        return [.. ranked];
    }

    private void EndStep(in Step step, in State state, int[] leftOf, int changed, List<State> next)
    {
        if (!step.IsFirstOfPool || step.Option.Pool < 0)
        {
            AddIfPossible(step, state, leftOf, changed, next);
            return;
        }

        long block = _model.BlockBytes(step.Option.Pool);
        long rate = _model.BlockRate(step.Option.Pool);
        Int128 need = state.Need - RoomOfOthers(step);
        Int128 most = need <= 0 ? 0 : (need + block - 1) / block;
        if (step.Place == 0)
        {
            // No pool is left that could hold more.
            AddIfPossible(step, state with { Cost = state.Cost + (most * rate), Need = 0 }, leftOf, changed, next);
            return;
        }

        (Int128 low, Int128 high) = BlocksWorthwhile(step, state.Cost, need, leftOf, changed, most);
        for (Int128 blocks = low; blocks <= most; blocks++)
        {
            if (blocks > high)
            {
                // Between these and the last block, which may be used in part only, all are too dear.
                blocks = most;
            }

            Int128 unmet = Attained(Int128.Max(0, need - (blocks * block)), leftOf);
            if (unmet >= 0)
            {
                AddIfPossible(step, new State(state.Left, state.Cost + (blocks * rate), unmet), leftOf, changed, next);
            }
        }
    }

    /// <summary>
    /// The blocks, short of all, that the first prices don't exclude: a block costs its rate and saves its bytes in the pools before, so
    /// the bound is a straight line in them.
    /// </summary>
    private (Int128 Low, Int128 High) BlocksWorthwhile(
        in Step step, Int128 cost, Int128 need, int[] leftOf, int changed, Int128 most)
    {
        CountsPrices first = _prices[0];
        Int128 none = (cost << Certificate.PriceShift) + first.Others + first.Before(step, leftOf[step.Kind])
            - first.ChangesLeft(_changesMax - changed) + (first.PriceBefore(step) * Int128.Max(0, need));
        Int128 each = ((Int128)_model.BlockRate(step.Option.Pool) << Certificate.PriceShift)
            - ((Int128)first.PriceBefore(step) * _model.BlockBytes(step.Option.Pool));
        Int128 spare = _limitScaled - none;
        if (each >= 0)
        {
            return spare < 0 ? (most, most) : (0, each == 0 ? most : spare / each);
        }

        return spare >= 0 ? (0, most) : (Int128.Min(most, (spare + each + 1) / each), most);
    }

    /// <summary>A need as whole SIMs can meet it; -1 when all SIMs left together can't use that much.</summary>
    private Int128 Attained(Int128 need, int[] leftOf)
    {
        if (need == 0)
        {
            return 0;
        }

        Int128 range = 0;
        Int128 least = Int128.MaxValue;
        for (int kind = 0; kind < leftOf.Length; kind++)
        {
            range += _loads[kind].Range(leftOf[kind]);
            least = Int128.Min(least, _loads[kind].AtLeast(leftOf[kind], leftOf.Length == 1 ? need : 1));
        }

        Int128 attained = Int128.Max(need, least);
        return attained > range ? -1 : attained;
    }

    private void AddIfPossible(in Step step, in State state, int[] leftOf, int changed, List<State> next)
    {
        States++;
        foreach (CountsPrices prices in _prices)
        {
            long price = step.IsFirstOfPool ? prices.PriceBefore(step) : prices.Price(step);
            Int128 bound = (state.Cost << Certificate.PriceShift) + prices.Others + prices.Before(step, leftOf[step.Kind])
                - prices.ChangesLeft(_changesMax - changed) + (price * state.Need);
            if (bound > _limitScaled)
            {
                return;
            }
        }

        next.Add(state);
    }

    /// <summary>Of two with equally many SIMs left, one that costs no more and needs no more stands for both.</summary>
    private static List<State> WithoutUndercut(List<State> states)
    {
        var kept = new List<State>();
        foreach (State state in states.OrderBy(state => state.Left).ThenBy(state => state.Cost).ThenBy(state => state.Need))
        {
            if (kept.Count == 0 || kept[^1].Left != state.Left || state.Need < kept[^1].Need)
            {
                kept.Add(state);
            }
        }

        return kept;
    }
}

/// <summary>Prices made ready for <see cref="CountsCheck"/>.</summary>
/// <remarks>Lowered so that they never rise from pool to pool: only such prices bound what rooms added up can hold.</remarks>
internal sealed class CountsPrices
{
    private readonly long[] _price;
    private readonly Int128[][] _before;
    private readonly Int128[] _roomBefore;
    private readonly Int128[]?[] _rest;
    private readonly long _changePrice;

    public CountsPrices(
        List<CountsCheck.Step> steps, IReadOnlyList<int> pools, List<LoadsCheck> loads, Int128[] surplus, long[] poolPrice,
        long changePrice)
    {
        _changePrice = changePrice;
        _price = new long[steps.Count];
        _before = new Int128[steps.Count][];
        _roomBefore = new Int128[steps.Count];
        var lowered = new Dictionary<int, long> { [-1] = 0 };
        long price = long.MaxValue;
        foreach (int pool in pools)
        {
            price = Math.Min(price, poolPrice[pool]);
            lowered[pool] = price;
        }

        var cheapest = loads.Select(kind => Enumerable.Repeat(Int128.MaxValue, kind.Count).ToArray()).ToArray();
        _rest = new Int128[]?[loads.Count];
        Int128 room = 0;
        for (int at = 0; at < steps.Count; at++)
        {
            CountsCheck.Step step = steps[at];
            _price[at] = lowered[step.Option.Pool];
            _roomBefore[at] = room;
            room -= step.IsFirstOfPool && step.Option.Pool >= 0 ? _price[at] * surplus[step.Option.Pool] : 0;
            _before[at] = _rest[step.Kind] ?? new Int128[loads[step.Kind].Count + 1];
            _rest[step.Kind] = Cheapened(cheapest[step.Kind], step, loads[step.Kind]);
        }
    }

    /// <summary>What the SIMs left of all kinds but the step's cost at least, less the worth of room that settled SIMs leave.</summary>
    public Int128 Others { get; private set; }

    public long Price(in CountsCheck.Step step) => _price[step.Place];

    public long PriceBefore(in CountsCheck.Step step) => step.Place == 0 ? 0 : _price[step.Place - 1];

    /// <summary>Least cost of the <paramref name="count"/> smallest SIMs of the step's kind in the steps before it.</summary>
    public Int128 Before(in CountsCheck.Step step, int count) => _before[step.Place][count];

    public Int128 ChangesMade(int changes) => ((Int128)_changePrice * changes) << Certificate.PriceShift;

    public Int128 ChangesLeft(int? changes) => ((Int128)_changePrice * (changes ?? 0)) << Certificate.PriceShift;

    public void SumUpOthers(in CountsCheck.Step step, int[] leftOf)
    {
        Others = -_roomBefore[step.Place];
        for (int kind = 0; kind < leftOf.Length; kind++)
        {
            Others += kind == step.Kind ? 0 : _rest[kind]![leftOf[kind]];
        }
    }

    /// <summary>From now on the SIMs of the step's kind have only the steps before it.</summary>
    public void StepDone(in CountsCheck.Step step) => _rest[step.Kind] = _before[step.Place];

    private Int128[] Cheapened(Int128[] cheapest, in CountsCheck.Step step, LoadsCheck loads)
    {
        var sums = new Int128[cheapest.Length + 1];
        Int128 own = ((Int128)step.Option.Cost << Certificate.PriceShift) + ChangesMade(step.Option.Change)
            - ((Int128)_price[step.Place] * step.Option.IncludedBytes);
        for (int place = 0; place < cheapest.Length; place++)
        {
            cheapest[place] = Int128.Min(cheapest[place], own + ((Int128)_price[step.Place] * loads.Usage(place)));
            sums[place + 1] = sums[place] + cheapest[place];
        }

        return sums;
    }
}
