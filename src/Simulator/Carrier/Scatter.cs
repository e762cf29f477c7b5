namespace CarrierOptimization.Simulator.Carrier;

/// <summary>Numbers that look random and depend on what they are for only: never on the order of calls.</summary>
internal static class Scatter
{
    /// <summary>A number of 64 bits for the place (<paramref name="seed"/>, <paramref name="first"/>, <paramref name="second"/>).</summary>
    public static ulong Bits(ulong seed, ulong first, ulong second = 0)
    {
        // Wrapping arithmetic is the algorithm (finalizer of SplitMix64, applied once per part).
        unchecked
        {
            return Mix(Mix(Mix(seed + 0x9E3779B97F4A7C15) ^ first) + (second * 0xD1342543DE82EF95));
        }
    }

    /// <summary>0 to <paramref name="count"/> - 1.</summary>
    public static long Below(ulong seed, ulong first, ulong second, long count) =>
        (long)(Bits(seed, first, second) % (ulong)count);

    /// <summary>A number for a text, the same on every machine and in every run.</summary>
    public static ulong OfText(ReadOnlySpan<char> text)
    {
        unchecked
        {
            ulong hash = 0xCBF29CE484222325;
            foreach (char character in text)
            {
                hash = (hash ^ character) * 0x100000001B3;
            }

            return Mix(hash);
        }
    }

    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }
    }
}
