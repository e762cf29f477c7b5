using CarrierOptimization.Engine.Bounding;
using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Engine.Search;

/// <summary>The limit on SIMs that may leave their current plan.</summary>
internal static class ChangeBudget
{
    /// <summary>Changes taken back one by one, each the one that costs least with the pools as they are.</summary>
    private const int ChosenMax = 32;

    /// <summary>Cheapest candidates per change taken back.</summary>
    private const int CandidatesMax = 400;

    /// <summary>Refuses a limit below the changes that cannot be avoided.</summary>
    /// <exception cref="ModelException">SIMs whose current plan is not among their allowed ones are more than the limit.</exception>
    public static void Validate(SearchModel model)
    {
        if (model.MaxChanges is not { } max)
        {
            return;
        }

        bool[] isForced = [.. model.Classes.Select(deviceClass => deviceClass.Alternatives.Length > 0
            && Array.TrueForAll(deviceClass.Alternatives, alternative => alternative.Change == 1))];
        int forced = 0;
        for (int device = 0; device < model.Fleet.Count && isForced.Contains(true); device++)
        {
            forced += isForced[model.ClassOf(device)] ? 1 : 0;
        }

        if (forced > max)
        {
            throw new ModelException([new ModelMistake(
                "changes",
                $"Changes: {forced} SIMs are on a plan they may not use and must change, but at most {max} changes are allowed. "
                + $"Allow at least {forced}, or correct the allowed plans.")]);
        }
    }

    /// <summary>Takes changes back until the limit is kept: those worth least at the given prices, the last few by what they cost.</summary>
    /// <param name="state">Of <paramref name="assignment"/>; both are kept up to date.</param>
    public static void Enforce(SearchModel model, RowPrices prices, ushort[] assignment, PoolState state)
    {
        if (model.MaxChanges is not { } max || state.Changes <= max)
        {
            return;
        }

        List<(double Worth, int Device, ushort Plan)> changed = Changed(model, prices, assignment);
        changed.Sort();
        int atOnce = Math.Max(0, state.Changes - max - ChosenMax);
        for (int i = 0; i < atOnce; i++)
        {
            Move(model, changed[i].Device, changed[i].Plan, assignment, state);
        }

        List<(double Worth, int Device, ushort Plan)> candidates = changed.GetRange(
            atOnce, Math.Min(CandidatesMax, changed.Count - atOnce));
        while (state.Changes > max)
        {
            int best = 0;
            long least = long.MaxValue;
            for (int i = 0; i < candidates.Count; i++)
            {
                (_, int device, ushort plan) = candidates[i];
                ushort before = assignment[device];
                Move(model, device, plan, assignment, state);
                long cost = state.TotalCost(model);
                (best, least) = cost < least ? (i, cost) : (best, least);
                Move(model, device, before, assignment, state);
            }

            Move(model, candidates[best].Device, candidates[best].Plan, assignment, state);
            candidates.RemoveAt(best);
        }
    }

    /// <summary>SIMs that leave their plan and need not, with what leaving is worth at the prices.</summary>
    private static List<(double Worth, int Device, ushort Plan)> Changed(SearchModel model, RowPrices prices, ushort[] assignment)
    {
        var changed = new List<(double Worth, int Device, ushort Plan)>();
        ushort[] current = model.Fleet.CurrentPlan!;
        for (int device = 0; device < assignment.Length; device++)
        {
            if (current[device] == assignment[device] || current[device] == Fleet.NoPlan)
            {
                continue;
            }

            Alternative[] alternatives = model.Classes[model.ClassOf(device)].Alternatives;
            int to = Array.FindIndex(alternatives, alternative => alternative.Plan == assignment[device]);
            int stay = Array.FindIndex(alternatives, alternative => alternative.Change == 0);
            if (to >= 0 && stay >= 0)
            {
                double worth = Priced(model, prices, device, alternatives[stay]) - Priced(model, prices, device, alternatives[to]);
                changed.Add((worth, device, alternatives[stay].Plan));
            }
        }

        return changed;
    }

    private static void Move(SearchModel model, int device, ushort plan, ushort[] assignment, PoolState state)
    {
        Alternative[] alternatives = model.Classes[model.ClassOf(device)].Alternatives;
        Alternative from = Array.Find(alternatives, alternative => alternative.Plan == assignment[device]);
        Alternative to = Array.Find(alternatives, alternative => alternative.Plan == plan);
        state.Leave(from, model.OwnCost(device, from), model.Fleet.UsageBytes[device]);
        state.Join(to, model.OwnCost(device, to), model.Fleet.UsageBytes[device]);
        assignment[device] = plan;
    }

    private static double Priced(SearchModel model, RowPrices prices, int device, in Alternative alternative) =>
        model.OwnCost(device, alternative)
        + (alternative.Pool < 0 ? 0 : prices.Pools[alternative.Pool] * (model.Fleet.UsageBytes[device] - alternative.IncludedBytes));
}
