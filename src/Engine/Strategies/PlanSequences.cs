namespace CarrierOptimization.Engine;

/// <summary>
/// Orders of plans: all of them where they are few, else a spread that depends on nothing but the number of plans.
/// </summary>
internal static class PlanSequences
{
    private const ulong Seed = 0x5EC0E7CE;

    /// <param name="plans">From the smallest allowance to the largest.</param>
    /// <param name="most">At least 1.</param>
    /// <returns>Beginning with the order as given. Where there are too many to try all, the others are drawn, some perhaps twice.</returns>
    public static IEnumerable<int[]> Of(int[] plans, long most)
    {
        if (plans.Length == 0 || most < 1)
        {
            return [];
        }

        IEnumerable<int[]> orders = Factorial(plans.Length, most) <= most ? AllOrders(plans) : Sampled(plans);
        return orders.Take((int)Math.Min(most, int.MaxValue));
    }

    /// <summary>
    /// The factorial of <paramref name="number"/>, or any value above <paramref name="limit"/> when it is above it.
    /// </summary>
    private static long Factorial(int number, long limit)
    {
        long product = 1;
        for (int factor = 2; factor <= number && product <= limit; factor++)
        {
            product *= factor;
        }

        return product;
    }

    /// <summary>In lexicographic order of positions.</summary>
    private static IEnumerable<int[]> AllOrders(int[] plans)
    {
        int[] order = [.. Enumerable.Range(0, plans.Length)];
        while (true)
        {
            yield return [.. order.Select(position => plans[position])];
            int rising = order.Length - 2;
            while (rising >= 0 && order[rising] > order[rising + 1])
            {
                rising--;
            }

            if (rising < 0)
            {
                yield break;
            }

            int above = Array.FindLastIndex(order, position => position > order[rising]);
            (order[rising], order[above]) = (order[above], order[rising]);
            Array.Reverse(order, rising + 1, order.Length - rising - 1);
        }
    }

    private static IEnumerable<int[]> Sampled(int[] plans)
    {
        yield return plans;
        yield return [.. plans.Reverse()];
        ulong state = Seed;
        while (true)
        {
            int[] shuffled = [.. plans];
            for (int last = shuffled.Length - 1; last > 0; last--)
            {
                int other = (int)Math.BigMul(NextBits(ref state), (ulong)(last + 1), out _);
                (shuffled[last], shuffled[other]) = (shuffled[other], shuffled[last]);
            }

            yield return shuffled;
        }
    }

    /// <summary>SplitMix64 as published by Steele, Lea and Flood.</summary>
    private static ulong NextBits(ref ulong state)
    {
        // Wrapping additions and products are the generator.
        unchecked
        {
            state += 0x9E3779B97F4A7C15;
            ulong mixed = state;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return mixed ^ (mixed >> 31);
        }
    }
}
