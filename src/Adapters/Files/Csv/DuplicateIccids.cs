using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Adapters.Files.Csv;

/// <summary>Finds SIMs that are listed twice, in linear time and about 8 bytes a SIM.</summary>
/// <remarks>
/// Ascending ICCIDs, the usual export, need one comparison each. Else the rows are parted by hash into parts that fit the
/// processor's cache, and each part is looked through with a small table of its own.
/// </remarks>
public static class DuplicateIccids
{
    private const int RowsPerPart = 1 << 14;

    /// <returns>Pairs of rows with one ICCID, the first row and a later one, by the later row.</returns>
    public static IReadOnlyList<(int First, int Second)> Find(Iccid[] iccids) =>
        IsAscending(iccids) ? [] : FindByHash(iccids);

    private static bool IsAscending(Iccid[] iccids)
    {
        for (int row = 1; row < iccids.Length; row++)
        {
            if (iccids[row - 1].CompareTo(iccids[row]) >= 0)
            {
                return false;
            }
        }

        return true;
    }

    private static List<(int First, int Second)> FindByHash(Iccid[] iccids)
    {
        int partBits = 0;
        while (partBits < 16 && iccids.Length >> partBits > RowsPerPart)
        {
            partBits++;
        }

        (int[] rows, int[] ends) = PartRows(iccids, partBits);
        var found = new List<(int First, int Second)>();
        int[] table = [];
        for (int part = 0; part < ends.Length; part++)
        {
            int from = part == 0 ? 0 : ends[part - 1];
            FindInPart(iccids, rows.AsSpan(from, ends[part] - from), ref table, found);
        }

        found.Sort((left, right) => left.Second.CompareTo(right.Second));
        return found;
    }

    /// <summary>Rows by part, in the order of the file within a part.</summary>
    private static (int[] Rows, int[] Ends) PartRows(Iccid[] iccids, int partBits)
    {
        var ends = new int[1 << partBits];
        foreach (Iccid iccid in iccids)
        {
            ends[PartOf(iccid, partBits)]++;
        }

        int sum = 0;
        for (int part = 0; part < ends.Length; part++)
        {
            int count = ends[part];
            ends[part] = sum;
            sum += count;
        }

        var rows = new int[iccids.Length];
        for (int row = 0; row < iccids.Length; row++)
        {
            rows[ends[PartOf(iccids[row], partBits)]++] = row;
        }

        return (rows, ends);
    }

    private static void FindInPart(Iccid[] iccids, ReadOnlySpan<int> rows, ref int[] table, List<(int First, int Second)> found)
    {
        int size = 16;
        while (size < rows.Length * 2)
        {
            size *= 2;
        }

        if (table.Length < size)
        {
            table = new int[size];
        }

        // Places hold row + 1; 0 is free.
        Span<int> places = table.AsSpan(0, size);
        places.Clear();
        foreach (int row in rows)
        {
            int place = iccids[row].GetHashCode() & (size - 1);
            while (places[place] != 0 && iccids[places[place] - 1] != iccids[row])
            {
                place = (place + 1) & (size - 1);
            }

            if (places[place] != 0)
            {
                found.Add((places[place] - 1, row));
            }
            else
            {
                places[place] = row + 1;
            }
        }
    }

    private static int PartOf(Iccid iccid, int partBits) =>
        partBits == 0 ? 0 : (int)(unchecked((uint)iccid.GetHashCode()) >> (32 - partBits));
}
