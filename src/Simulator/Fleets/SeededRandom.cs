using System.Numerics;

namespace CarrierOptimization.Simulator.Fleets;

/// <summary>Numbers that depend on the seed and nothing else: not on the .NET version, the processor or the C library.</summary>
/// <remarks>
/// The generator is xoshiro256** with its state filled by SplitMix64, both as published by Blackman and Vigna. Everything above
/// it uses only operations that IEEE 754 rounds in one way (+, -, *, /, square root), so generated files never change.
/// </remarks>
public sealed class SeededRandom
{
    private const double NaturalLogOf2 = 0.693147180559945309417;

    /// <summary>1 / k! for k = 0 to 13: the series of the exponential function, exact to 17 digits up to 0.35.</summary>
    private static readonly double[] InverseFactorials = MakeInverseFactorials();

    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    public SeededRandom(ulong seed)
    {
        _s0 = SplitMix(ref seed);
        _s1 = SplitMix(ref seed);
        _s2 = SplitMix(ref seed);
        _s3 = SplitMix(ref seed);
    }

    public ulong NextBits()
    {
        // Wrapping multiplication and shifts are the algorithm.
        unchecked
        {
            ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
            ulong shifted = _s1 << 17;
            _s2 ^= _s0;
            _s3 ^= _s1;
            _s1 ^= _s2;
            _s0 ^= _s3;
            _s2 ^= shifted;
            _s3 = BitOperations.RotateLeft(_s3, 45);
            return result;
        }
    }

    /// <summary>A whole number from 0 up to, not including, <paramref name="limit"/> (above 0).</summary>
    /// <remarks>The high half of a 128-bit product: the bias is below limit / 2^64, nothing for test data.</remarks>
    public long Below(long limit) => (long)Math.BigMul(NextBits(), (ulong)limit, out _);

    /// <summary>Uniform in [0, 1) with 53 bits.</summary>
    public double NextUnit() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>True in <paramref name="perMille"/> of 1,000 draws.</summary>
    public bool Chance(int perMille) => Below(1_000) < perMille;

    /// <summary>Close to a standard normal number, never outside -6 to 6: the sum of twelve uniform ones, less 6.</summary>
    public double NextNormal()
    {
        long sum = 0;
        for (int draw = 0; draw < 3; draw++)
        {
            ulong bits = NextBits();
            sum += (long)((bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48));
        }

        return ((2 * sum) - (12 * 65_535)) / 131_072.0;
    }

    /// <summary>A Pareto number of at least 1 with shape 4/3: the mean is finite, the variance is not.</summary>
    public double NextPareto()
    {
        double root = Math.Sqrt(1 - NextUnit());
        return 1 / (root * Math.Sqrt(root));
    }

    /// <summary>2 to the power of <paramref name="exponent"/>, -1,000 to 1,000, the same bits on every machine.</summary>
    public static double PowerOfTwo(double exponent)
    {
        double whole = Math.Floor(exponent + 0.5);
        double x = (exponent - whole) * NaturalLogOf2;
        double sum = 0;
        for (int k = InverseFactorials.Length - 1; k >= 0; k--)
        {
            sum = (sum * x) + InverseFactorials[k];
        }

        return sum * BitConverter.Int64BitsToDouble(((long)whole + 1_023) << 52);
    }

    private static double[] MakeInverseFactorials()
    {
        var inverses = new double[14];
        long factorial = 1;
        for (int k = 0; k < inverses.Length; k++)
        {
            factorial *= Math.Max(1, k);
            inverses[k] = 1.0 / factorial;
        }

        return inverses;
    }

    private static ulong SplitMix(ref ulong state)
    {
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
