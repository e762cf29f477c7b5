namespace CarrierOptimization.Engine.Search;

/// <summary>Stable least-significant-digit radix sort of keys with the SIMs they belong to.</summary>
internal static class RadixSort
{
    private const int DigitBits = 11;
    private const int Buckets = 1 << DigitBits;

    public static void Sort(ulong[] keys, int[] devices)
    {
        ulong used = 0;
        foreach (ulong key in keys)
        {
            used |= key;
        }

        var otherKeys = new ulong[keys.Length];
        var otherDevices = new int[keys.Length];
        ulong[] fromKeys = keys;
        int[] fromDevices = devices;
        var places = new int[Buckets];
        for (int shift = 0; shift < 64 && used >> shift != 0; shift += DigitBits)
        {
            Array.Clear(places);
            foreach (ulong key in fromKeys)
            {
                places[(key >> shift) & (Buckets - 1)]++;
            }

            if (places[(fromKeys[0] >> shift) & (Buckets - 1)] == keys.Length)
            {
                continue;
            }

            int place = 0;
            for (int bucket = 0; bucket < Buckets; bucket++)
            {
                (places[bucket], place) = (place, place + places[bucket]);
            }

            for (int i = 0; i < fromKeys.Length; i++)
            {
                int to = places[(fromKeys[i] >> shift) & (Buckets - 1)]++;
                otherKeys[to] = fromKeys[i];
                otherDevices[to] = fromDevices[i];
            }

            (fromKeys, otherKeys) = (otherKeys, fromKeys);
            (fromDevices, otherDevices) = (otherDevices, fromDevices);
        }

        if (fromKeys != keys)
        {
            Array.Copy(fromKeys, keys, keys.Length);
            Array.Copy(fromDevices, devices, devices.Length);
        }
    }
}
