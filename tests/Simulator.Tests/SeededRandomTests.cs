using CarrierOptimization.Simulator.Fleets;
using Xunit;

namespace CarrierOptimization.Simulator.Tests;

public sealed class SeededRandomTests
{
    [Fact]
    public void The_numbers_of_a_seed_are_fixed_for_good()
    {
        var random = new SeededRandom(1);

        ulong[] drawn = [random.NextBits(), random.NextBits(), random.NextBits()];

        Assert.Equal([0xB3F2AF6D0FC710C5, 0x853B559647364CEA, 0x92F89756082A4514], drawn);
    }

    [Fact]
    public void Below_stays_in_range_and_reaches_both_ends()
    {
        var random = new SeededRandom(7);
        var seen = new int[6];
        for (int draw = 0; draw < 6_000; draw++)
        {
            seen[random.Below(6)]++;
        }

        Assert.All(seen, count => Assert.InRange(count, 850, 1_150));
    }

    [Fact]
    public void Normal_numbers_have_mean_0_and_deviation_1()
    {
        var random = new SeededRandom(9);
        double[] drawn = [.. Enumerable.Range(0, 100_000).Select(_ => random.NextNormal())];

        Assert.InRange(drawn.Average(), -0.02, 0.02);
        Assert.InRange(Math.Sqrt(drawn.Average(number => number * number)), 0.98, 1.02);
    }

    [Fact]
    public void Powers_of_two_agree_with_the_library()
    {
        for (double exponent = -40; exponent <= 40; exponent += 0.37)
        {
            double expected = Math.Pow(2, exponent);
            Assert.InRange(SeededRandom.PowerOfTwo(exponent) / expected, 1 - 1e-13, 1 + 1e-13);
        }
    }

    [Fact]
    public void Pareto_numbers_exceed_eight_in_one_of_sixteen_draws()
    {
        var random = new SeededRandom(3);
        int above = Enumerable.Range(0, 160_000).Count(_ => random.NextPareto() > 8);

        Assert.InRange(above, 9_500, 10_500);
    }
}
