using System.Numerics;
using System.Runtime.CompilerServices;

namespace CarrierOptimization.Engine.Search;

/// <summary>
/// Parts usages into bins of equal relative width: 2^bits bins for each doubling; small usages have a bin each.
/// </summary>
internal readonly struct UsageBins(int bits)
{
    /// <summary>Bins needed for usages up to <paramref name="usageMax"/>.</summary>
    public int Count(long usageMax) => BinOf(usageMax) + 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int BinOf(long usage)
    {
        // unchecked: usage is in [0, 2^60], so the shift is in [0, 59] and the bin below 61 x 2^bits < 2^27 for bits <= 20.
        unchecked
        {
            int exponent = 63 - BitOperations.LeadingZeroCount((ulong)usage | 1);
            int shift = exponent - bits;
            return shift <= 0 ? (int)usage : ((shift + 1) << bits) + (int)((usage >> shift) - (1L << bits));
        }
    }
}
