using System.Globalization;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Benchmarks.Instances;

/// <summary>Price ladders in the shape of published machine-to-machine prices: each step up costs less per MB than the one before.</summary>
/// <remarks>
/// Anchors are list prices of carriers and resellers, from 1 MB to 10 GB. Overage is dearer than a step up the ladder and
/// charged per started block of 1, 10 or 100 MB: where it is cheaper, the choice of each SIM alone is nearly the best, and there
/// is nothing to optimize.
/// </remarks>
internal static class Ladder
{
    private static readonly (double Megabytes, double Usd)[] Anchors =
    [
        (1, 1.00), (5, 2.00), (10, 2.65), (25, 3.90), (50, 5.00), (100, 6.50), (250, 9.00), (500, 12.00), (1_024, 16.00),
        (2_048, 22.00), (5_120, 33.00), (10_240, 46.00),
    ];

    /// <summary>A ladder of own pools with <paramref name="plans"/> rungs; the seed moves prices by up to 3 %.</summary>
    public static List<RatePlan> Make(int plans, ulong seed, string? sharedPool = null)
    {
        var random = new SplitMix(seed ^ 0x1ADDE5);
        var rungs = new List<(decimal Megabytes, decimal Usd)>();
        for (int rung = 0; rung < plans; rung++)
        {
            double position = plans == 1 ? 0 : (double)rung * (Anchors.Length - 1) / (plans - 1);
            int below = Math.Min((int)position, Anchors.Length - 2);
            double part = position - below;
            decimal megabytes = RoundMegabytes(Between(Anchors[below].Megabytes, Anchors[below + 1].Megabytes, part));
            double usd = Between(Anchors[below].Usd, Anchors[below + 1].Usd, part) * (0.97 + (0.06 * random.NextUnit()));
            decimal rounded = Math.Round((decimal)usd * 20) / 20;
            rungs.Add((megabytes, rung == 0 ? rounded : Math.Max(rounded, rungs[^1].Usd + 0.05m)));
        }

        var made = new List<RatePlan>();
        for (int rung = 0; rung < plans; rung++)
        {
            (decimal block, decimal overage) = Overage(rungs, sharedPool is null ? rung : 0, random);
            made.Add(new RatePlan
            {
                Name = rungs[rung].Megabytes.ToString("0.##", CultureInfo.InvariantCulture) + " MB",
                MonthlyRate = Money.FromDecimal(rungs[rung].Usd),
                IncludedData = DataVolume.FromMegabytes(rungs[rung].Megabytes),
                OverageRate = Money.FromDecimal(sharedPool is null ? overage : 0.40m),
                OverageBlock = DataVolume.FromMegabytes(block),
                IsPooled = true,
                PoolName = sharedPool,
            });
        }

        return made;
    }

    private static double Between(double low, double high, double part) => low * Math.Pow(high / low, part);

    private static decimal RoundMegabytes(double megabytes)
    {
        decimal step = megabytes switch { < 10 => 0.05m, < 100 => 0.5m, < 1_000 => 5, _ => 50 };
        return Math.Round((decimal)megabytes / step) * step;
    }

    private static (decimal BlockMegabytes, decimal Usd) Overage(
        List<(decimal Megabytes, decimal Usd)> rungs, int rung, SplitMix random)
    {
        int low = Math.Clamp(rung, 0, Math.Max(0, rungs.Count - 2));
        int high = Math.Min(low + 1, rungs.Count - 1);
        decimal stepPerMegabyte = high == low ? 0.5m : (rungs[high].Usd - rungs[low].Usd) / (rungs[high].Megabytes - rungs[low].Megabytes);
        decimal block = rungs[rung].Megabytes switch { < 100 => 1, < 1_000 => 10, _ => 100 };
        decimal times = 2 + (random.Below(21) / 10m);
        return (block, Math.Max(0.01m, Math.Round(stepPerMegabyte * times * block * 100) / 100));
    }
}
