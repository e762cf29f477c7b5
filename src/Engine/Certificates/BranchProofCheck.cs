namespace CarrierOptimization.Engine.Certificates;

/// <summary>
/// Verifies a <see cref="BranchProof"/> from the model alone: that the tree leaves no assignment out, and that nothing in any closed
/// branch costs less than the bound.
/// </summary>
/// <remarks>
/// Exact: all sums are whole numbers, priced ones times 2^<see cref="Certificate.PriceShift"/>. docs/engine.md, "The proof by branching".
/// </remarks>
internal sealed class BranchProofCheck
{
    private const int ViolationsMax = 10;

    private readonly ProofModel _model;
    private readonly BranchProof _proof;
    private readonly List<string> _violations = [];
    private readonly Int128 _excluded;
    private readonly long[][] _poolPrice;

    /// <summary>Per prices, per SIM: the least it costs at them. Filled when first needed.</summary>
    private readonly Int128[]?[] _least;

    /// <summary>Per SIM the plan chosen in the branch, as a place in its options, or -1.</summary>
    private readonly int[] _chosen;
    private readonly Int128[] _surplus;
    private Int128 _cost;
    private int _changes;
    private long _states;

    /// <param name="granularity">Every possible cost is a multiple of it; 0 when every possible cost is 0.</param>
    private BranchProofCheck(ProofModel model, BranchProof proof, long granularity)
    {
        _model = model;
        _proof = proof;
        long step = Math.Max(1, granularity);
        _excluded = (((Int128)proof.BoundMicroUnits + step - 1) / step * step) - step;
        _poolPrice = [.. proof.Prices.Select(PoolPrices)];
        _least = new Int128[]?[proof.Prices.Count];
        _surplus = new Int128[model.PoolCount];
        _chosen = new int[model.Fleet.Count];
        Array.Fill(_chosen, -1);
        for (int device = 0; device < _chosen.Length; device++)
        {
            if (model.Options[device].Length == 1)
            {
                Choose(device, 0);
            }
        }
    }

    /// <summary>What of the proof does not hold; nothing when the bound is proven.</summary>
    /// <param name="proof">Its prices are within their ranges.</param>
    public static IReadOnlyList<string> Violations(ProofModel model, BranchProof proof, long granularity)
    {
        var check = new BranchProofCheck(model, proof, granularity);
        if (proof.BoundMicroUnits > 0)
        {
            check.Visit(proof.Root);
        }

        return check._violations;
    }

    private long[] PoolPrices(BranchPrices prices)
    {
        var byNumber = new long[_model.PoolCount];
        foreach (PoolPrice price in prices.PoolPrices)
        {
            byNumber[_model.PoolNumber(price.Pool, price.CommGroup)] = price.ScaledMicroUnitsPerByte;
        }

        return byNumber;
    }

    private void Visit(BranchNode node)
    {
        if (_violations.Count >= ViolationsMax)
        {
            return;
        }

        switch (node)
        {
            case ClosedByPrices closed:
                if (HasPrices(closed.Prices) && PricedWithout(closed.Prices, -1) <= _excluded << Certificate.PriceShift)
                {
                    Refuse("closed by prices that prove less than the bound");
                }

                break;
            case ClosedByCounts closed:
                VisitCounts(closed);
                break;
            case ClosedWhole:
                VisitWhole();
                break;
            case Split split:
                VisitSplit(split);
                break;
            default:
                Refuse("of an unknown kind");
                break;
        }
    }

    private void VisitSplit(Split split)
    {
        if (split.Device < 0 || split.Device >= _chosen.Length || _chosen[split.Device] >= 0
            || _model.Options[split.Device].Length == 0)
        {
            Refuse($"split on SIM {split.Device}, which has a plan already or none to choose");
            return;
        }

        if (!HasPrices(split.Prices))
        {
            return;
        }

        ProofOption[] options = _model.Options[split.Device];
        Int128 others = PricedWithout(split.Prices, split.Device);
        for (int option = 0; option < options.Length && _violations.Count < ViolationsMax; option++)
        {
            if (split.Children.TryGetValue(options[option].Plan, out BranchNode? child))
            {
                Choose(split.Device, option);
                Visit(child);
                TakeBack(split.Device);
            }
            else if (!(_changes + options[option].Change > _model.MaxChanges)
                && others + Priced(split.Prices, split.Device, options[option]) <= _excluded << Certificate.PriceShift
                && !IsMirrored(split.Device, option))
            {
                Refuse($"split on SIM {split.Device}, but nothing shows why plan {options[option].Plan} is left out");
            }
        }
    }

    /// <summary>
    /// Of assignments that differ only in which of several SIMs alike has which plan, one is enough: that in which their plans ascend as
    /// the SIMs do.
    /// </summary>
    private bool IsMirrored(int device, int option)
    {
        for (int other = 0; other < _chosen.Length; other++)
        {
            if (_model.AlikeOf[other] == _model.AlikeOf[device] && _chosen[other] >= 0
                && (other < device ? _chosen[other] > option : _chosen[other] < option))
            {
                return true;
            }
        }

        return false;
    }

    private void VisitWhole()
    {
        Int128 cost = _cost;
        for (int pool = 0; pool < _surplus.Length; pool++)
        {
            cost += _model.Overage(pool, _surplus[pool]);
        }

        bool isWhole = true;
        for (int device = 0; device < _chosen.Length; device++)
        {
            isWhole &= _chosen[device] >= 0 || _model.Options[device].Length == 0;
        }

        if (!isWhole)
        {
            Refuse("closed as a whole assignment, but a SIM has no plan");
        }
        else if (cost <= _excluded && !(_changes > _model.MaxChanges))
        {
            Refuse($"an assignment that costs {cost} micro-units");
        }
    }

    private void VisitCounts(ClosedByCounts closed)
    {
        var pools = new List<int>();
        foreach ((int pool, int commGroup) in closed.Pools)
        {
            pools.Add(_model.PoolNumber(pool, commGroup));
        }

        foreach (int prices in closed.Prices)
        {
            if (!HasPrices(prices))
            {
                return;
            }
        }

        int[] free = [.. Enumerable.Range(0, _chosen.Length).Where(device => _chosen[device] < 0 && _model.Options[device].Length > 0)];
        var used = new HashSet<int>(free.SelectMany(device => _model.Options[device]).Select(option => option.Pool).Where(pool => pool >= 0));
        if (pools.Count != used.Count || !used.SetEquals(pools))
        {
            Refuse("closed by counts, but its pools are not those that its SIMs can use, each once");
            return;
        }

        Int128 limit = _excluded - _cost;
        for (int pool = 0; pool < _surplus.Length; pool++)
        {
            limit -= used.Contains(pool) ? 0 : _model.Overage(pool, _surplus[pool]);
        }

        var counts = new CountsCheck(_model, free, pools, _surplus, _model.MaxChanges - _changes, limit, _states);
        foreach (int prices in closed.Prices)
        {
            counts.Use(_poolPrice[prices], _proof.Prices[prices].ChangePriceMicroUnits);
        }

        if (counts.Reason() is { } reason)
        {
            Refuse($"closed by counts, but {reason}");
        }

        _states = counts.States;
    }

    private bool HasPrices(int position)
    {
        if (position >= 0 && position < _proof.Prices.Count)
        {
            return true;
        }

        Refuse($"closed or split by prices number {position}, of which there are {_proof.Prices.Count}");
        return false;
    }

    /// <summary>The least that anything in the branch costs at some prices, but for one SIM.</summary>
    private Int128 PricedWithout(int prices, int device)
    {
        Int128[] least = _least[prices] ??= [.. Enumerable.Range(0, _chosen.Length).Select(each => LeastAt(prices, each))];
        Int128 sum = _cost << Certificate.PriceShift;
        for (int pool = 0; pool < _surplus.Length; pool++)
        {
            sum += _poolPrice[prices][pool] * _surplus[pool];
        }

        for (int free = 0; free < _chosen.Length; free++)
        {
            sum += _chosen[free] >= 0 || free == device ? 0 : least[free];
        }

        Int128 changesLeft = (_model.MaxChanges ?? 0) - _changes;
        return sum - ((_proof.Prices[prices].ChangePriceMicroUnits * changesLeft) << Certificate.PriceShift);
    }

    private Int128 LeastAt(int prices, int device)
    {
        Int128 least = _model.Options[device].Length == 0 ? 0 : Int128.MaxValue;
        foreach (ProofOption option in _model.Options[device])
        {
            least = Int128.Min(least, Priced(prices, device, option));
        }

        return least;
    }

    private Int128 Priced(int prices, int device, in ProofOption option)
    {
        Int128 money = option.Cost + ((Int128)option.Change * _proof.Prices[prices].ChangePriceMicroUnits);
        Int128 surplus = (Int128)_model.Fleet.UsageBytes[device] - option.IncludedBytes;
        return (money << Certificate.PriceShift) + (option.Pool < 0 ? 0 : _poolPrice[prices][option.Pool] * surplus);
    }

    private void Choose(int device, int option)
    {
        _chosen[device] = option;
        Count(device, 1);
    }

    private void TakeBack(int device)
    {
        Count(device, -1);
        _chosen[device] = -1;
    }

    private void Count(int device, int sign)
    {
        ProofOption option = _model.Options[device][_chosen[device]];
        _cost += (Int128)sign * option.Cost;
        _changes += sign * option.Change;
        if (option.Pool >= 0)
        {
            _surplus[option.Pool] += sign * ((Int128)_model.Fleet.UsageBytes[device] - option.IncludedBytes);
        }
    }

    private void Refuse(string what)
    {
        int depth = Enumerable.Range(0, _chosen.Length).Count(device => _chosen[device] >= 0 && _model.Options[device].Length > 1);
        _violations.Add($"Proof by branching, a branch with {depth} SIMs settled: {what}.");
    }
}
