using System.Globalization;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Simulator.Fleets;

/// <summary>Makes rate plans in the shape of published price lists: each step up costs less per MB than the one before.</summary>
internal static class PlanLadder
{
    private const decimal MegabytesPerGigabyte = 1_024;

    /// <summary>Included MB and monthly USD. The first two are a carrier's machine-to-machine plans; the rest follow.</summary>
    private static readonly (double Megabytes, double Usd)[] Anchors =
    [
        (1, 5.00), (5, 7.00), (10, 8.50), (25, 10.50), (50, 13.00), (100, 16.00), (250, 21.00), (500, 28.00),
        (1_024, 38.00), (5_120, 60.00), (20_480, 110.00),
    ];

    /// <summary>The plans of <paramref name="shape"/>, smallest first; prices vary a little with the seed.</summary>
    public static IReadOnlyList<RatePlan> Make(FleetShape shape, SeededRandom random)
    {
        int extra = shape.Pooling == Pooling.Mixed && shape.Plans > FleetShape.PlansMin ? 2 : 0;
        List<Rung> rungs = Rungs(shape.Plans - extra, random);
        var plans = new List<RatePlan>();
        if (extra > 0)
        {
            plans.Add(PayAsYouGo());
        }

        Rung shared = OveragePrices(rungs, SharedFrom(shape, rungs.Count), shape.Overage, random);
        for (int rung = 0; rung < rungs.Count; rung++)
        {
            bool isShared = rung >= SharedFrom(shape, rungs.Count);
            Rung priced = isShared ? shared : OveragePrices(rungs, rung, shape.Overage, random);
            plans.Add(new RatePlan
            {
                Name = NameOf(rungs[rung].Megabytes),
                MonthlyRate = Money.FromDecimal(rungs[rung].Usd),
                IncludedData = DataVolume.FromMegabytes(rungs[rung].Megabytes),
                OverageRate = Money.FromDecimal(priced.Usd),
                OverageBlock = DataVolume.FromMegabytes(priced.Megabytes),
                IsPooled = shape.Pooling != Pooling.Individual,
                PoolName = isShared ? "Shared" : null,
                IncludedSms = shape.Pooling == Pooling.Mixed ? 10 : 0,
                SmsRate = shape.Pooling == Pooling.Mixed ? Money.FromDecimal(0.02m) : Money.Zero,
            });
        }

        if (extra > 0)
        {
            plans.Add(Unlimited(rungs[^1].Usd));
        }

        return plans;
    }

    /// <summary>The first rung that belongs to the shared pool; the number of rungs when there is none.</summary>
    private static int SharedFrom(FleetShape shape, int rungs) => shape.Pooling switch
    {
        Pooling.SharedPool => 0,
        Pooling.Mixed => rungs / 2,
        _ => rungs,
    };

    private static List<Rung> Rungs(int count, SeededRandom random)
    {
        // Few plans are the small end of a price list; from seven on they span all of it.
        int lastAnchor = count switch { <= 3 => 3, <= 6 => 8, _ => Anchors.Length - 1 };
        var rungs = new List<Rung>();
        for (int rung = 0; rung < count; rung++)
        {
            // Up to one plan per anchor the sizes are the round ones people know; above, they lie between.
            double position = count == 1 ? 0 : (double)rung * lastAnchor / (count - 1);
            position = count <= lastAnchor + 1 ? Math.Round(position) : position;
            int below = Math.Min((int)position, lastAnchor - 1);
            double part = position - below;
            double megabytes = Between(Anchors[below].Megabytes, Anchors[below + 1].Megabytes, part);
            double usd = Between(Anchors[below].Usd, Anchors[below + 1].Usd, part) * (0.97 + (0.06 * random.NextUnit()));
            var made = new Rung(RoundMegabytes(megabytes), Math.Round((decimal)usd * 20) / 20);
            if (rungs.Count > 0)
            {
                made = made with { Usd = Math.Max(made.Usd, rungs[^1].Usd + 0.05m) };
            }

            rungs.Add(made);
        }

        return rungs;
    }

    /// <summary>Geometric interpolation; results are rounded to few digits, so the last bits of Math.Pow don't show.</summary>
    private static double Between(double low, double high, double part) => low * Math.Pow(high / low, part);

    /// <summary>To eighths of a MB below 10 MB, to whole ones below 100 MB, then in growing steps.</summary>
    private static decimal RoundMegabytes(double megabytes)
    {
        decimal exact = (decimal)megabytes;
        decimal step = exact switch { < 10 => 0.125m, < 100 => 1, < 500 => 5, < 1_000 => 25, < 10_000 => 128, _ => 512 };
        return Math.Round(exact / step) * step;
    }

    /// <summary>Overage block in MB and its price, for the plan on <paramref name="rung"/>.</summary>
    private static Rung OveragePrices(List<Rung> rungs, int rung, OveragePrice price, SeededRandom random)
    {
        rung = Math.Min(rung, rungs.Count - 1);
        if (price == OveragePrice.Cheap)
        {
            return new Rung(100, (5 + random.Below(96)) / 100m);
        }

        int low = rung == rungs.Count - 1 ? Math.Max(rung - 1, 0) : rung;
        int high = Math.Min(low + 1, rungs.Count - 1);
        decimal perMegabyte = high == low
            ? 1
            : (rungs[high].Usd - rungs[low].Usd) / (rungs[high].Megabytes - rungs[low].Megabytes);
        decimal block = rungs[rung].Megabytes switch { < 100 => 1, < MegabytesPerGigabyte => 10, _ => 100 };
        decimal factor = 2 + (random.Below(21) / 10m);
        return new Rung(block, Math.Max(0.01m, Math.Round(perMegabyte * factor * block * 100) / 100));
    }

    private static RatePlan PayAsYouGo() => new()
    {
        Name = "Pay as you go",
        MonthlyRate = Money.FromDecimal(2.00m),
        IncludedData = DataVolume.Zero,
        OverageRate = Money.FromDecimal(0.10m),
        OverageBlock = new DataVolume(100 * 1_024),
        SmsRate = Money.FromDecimal(0.04m),
    };

    private static RatePlan Unlimited(decimal largestUsd) => new()
    {
        Name = "Unlimited",
        MonthlyRate = Money.FromDecimal(largestUsd + 65),
    };

    private static string NameOf(decimal megabytes)
    {
        decimal gigabytes = megabytes / MegabytesPerGigabyte;
        return "IoT " + (gigabytes >= 1
            ? gigabytes.ToString("0.###", CultureInfo.InvariantCulture) + " GB"
            : megabytes.ToString("0.###", CultureInfo.InvariantCulture) + " MB");
    }

    /// <summary>An amount of data in MB and a price in USD.</summary>
    private readonly record struct Rung(decimal Megabytes, decimal Usd);
}
