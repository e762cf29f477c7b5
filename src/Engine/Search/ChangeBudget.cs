using CarrierOptimization.Engine.Bounding;
using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Engine.Search;

/// <summary>The limit on SIMs that may leave their current plan.</summary>
internal static class ChangeBudget
{
    /// <summary>Refuses a limit below the changes that cannot be avoided.</summary>
    /// <exception cref="ModelException">SIMs whose current plan is not among their allowed ones are more than the limit.</exception>
    public static void Validate(SearchModel model)
    {
        if (model.MaxChanges is not { } max)
        {
            return;
        }

        int forced = 0;
        for (int device = 0; device < model.Fleet.Count; device++)
        {
            Alternative[] alternatives = model.Classes[model.ClassOf(device)].Alternatives;
            forced += alternatives.Length > 0 && Array.TrueForAll(alternatives, alternative => alternative.Change == 1) ? 1 : 0;
        }

        if (forced > max)
        {
            throw new ModelException([new ModelMistake(
                "changes",
                $"Changes: {forced} SIMs are on a plan they may not use and must change, but at most {max} changes are allowed. "
                + $"Allow at least {forced}, or correct the allowed plans.")]);
        }
    }

    /// <summary>Takes back the changes that are worth least at the given prices until the limit is kept.</summary>
    public static void Enforce(SearchModel model, RowPrices prices, ushort[] assignment)
    {
        if (model.MaxChanges is not { } max)
        {
            return;
        }

        var changed = new List<(double Worth, int Device, ushort Plan)>();
        int changes = 0;
        for (int device = 0; device < assignment.Length; device++)
        {
            Alternative[] alternatives = model.Classes[model.ClassOf(device)].Alternatives;
            int to = Array.FindIndex(alternatives, alternative => alternative.Plan == assignment[device]);
            if (to < 0 || alternatives[to].Change == 0)
            {
                continue;
            }

            changes++;
            int stay = Array.FindIndex(alternatives, alternative => alternative.Change == 0);
            if (stay >= 0)
            {
                double worth = Priced(model, prices, device, alternatives[stay]) - Priced(model, prices, device, alternatives[to]);
                changed.Add((worth, device, alternatives[stay].Plan));
            }
        }

        changed.Sort();
        for (int i = 0; i < changed.Count && changes > max; i++, changes--)
        {
            assignment[changed[i].Device] = changed[i].Plan;
        }
    }

    private static double Priced(SearchModel model, RowPrices prices, int device, in Alternative alternative) =>
        model.OwnCost(device, alternative)
        + (alternative.Pool < 0 ? 0 : prices.Pools[alternative.Pool] * (model.Fleet.UsageBytes[device] - alternative.IncludedBytes));
}
