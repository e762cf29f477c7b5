namespace CarrierOptimization.Engine.Search;

/// <summary>SplitMix64: a small generator whose numbers are the same on every machine and version.</summary>
internal sealed class SplitMix(ulong seed)
{
    private ulong _state = seed;

    /// <summary>0 up to but not <paramref name="count"/>.</summary>
    public int Next(int count) => (int)(((NextBits() >> 33) * (ulong)count) >> 31);

    /// <summary>From <paramref name="from"/> up to but not <paramref name="to"/>.</summary>
    public int Next(int from, int to) => from + Next(to - from);

    private ulong NextBits()
    {
        // Wraps by design.
        unchecked
        {
            ulong z = _state += 0x9E3779B97F4A7C15UL;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return z ^ (z >> 31);
        }
    }
}
