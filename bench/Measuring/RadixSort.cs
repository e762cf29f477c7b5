namespace CarrierOptimization.Benchmarks.Measuring;

/// <summary>Least-significant-digit radix sort of usages on one thread: the yardstick for the time of large fleets.</summary>
internal static unsafe class RadixSort
{
    private const int DigitBits = 11;
    private const int DigitValues = 1 << DigitBits;
    private const int Digits = 6;

    /// <summary>A sorted copy, as sorting a fleet's usages takes it: the fleet itself is never changed.</summary>
    public static long[] SortedCopy(long[] usages)
    {
        long[] copy = GC.AllocateUninitializedArray<long>(usages.Length);
        usages.CopyTo(copy, 0);
        long[] spare = GC.AllocateUninitializedArray<long>(usages.Length);
        return Sort(copy, spare) ? spare : copy;
    }

    /// <summary>Sorts <paramref name="values"/>, none negative; the contents of both arrays change.</summary>
    /// <returns>True when the sorted values are in <paramref name="spare"/>.</returns>
    public static bool Sort(long[] values, long[] spare)
    {
        if (values.Length == 0)
        {
            return false;
        }

        int[] counts = Count(values);
        bool isInSpare = false;
        fixed (long* first = values, second = spare)
        fixed (int* allCounts = counts)
        {
            long* from = first;
            long* to = second;
            for (int digit = 0; digit < Digits; digit++)
            {
                int* places = allCounts + (digit * DigitValues);
                int shift = digit * DigitBits;
                if (places[Digit(from[0], shift)] == values.Length)
                {
                    continue;
                }

                Scatter(from, to, values.Length, places, shift);
                long* sorted = to;
                to = from;
                from = sorted;
                isInSpare = !isInSpare;
            }
        }

        return isInSpare;
    }

    /// <summary>How often each value of each digit occurs, in one pass.</summary>
    private static int[] Count(long[] values)
    {
        var counts = new int[Digits * DigitValues];
        fixed (int* count = counts)
        {
            // Positions are below Digits * DigitValues by the mask, and counts at most the number of values.
            unchecked
            {
                foreach (long value in values)
                {
                    count[Digit(value, 0)]++;
                    count[DigitValues + Digit(value, DigitBits)]++;
                    count[(2 * DigitValues) + Digit(value, 2 * DigitBits)]++;
                    count[(3 * DigitValues) + Digit(value, 3 * DigitBits)]++;
                    count[(4 * DigitValues) + Digit(value, 4 * DigitBits)]++;
                    count[(5 * DigitValues) + Digit(value, 5 * DigitBits)]++;
                }
            }
        }

        return counts;
    }

    private static void Scatter(long* from, long* to, int length, int* places, int shift)
    {
        // Running sums of counts are at most the number of values.
        unchecked
        {
            int place = 0;
            for (int value = 0; value < DigitValues; value++)
            {
                int count = places[value];
                places[value] = place;
                place += count;
            }

            for (long* end = from + length; from < end; from++)
            {
                long value = *from;
                to[places[Digit(value, shift)]++] = value;
            }
        }
    }

    private static int Digit(long value, int shift) => (int)(((ulong)value >> shift) & (DigitValues - 1));
}
