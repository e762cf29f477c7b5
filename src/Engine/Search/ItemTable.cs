namespace CarrierOptimization.Engine.Search;

/// <summary>
/// The fleet summarised: an item stands for SIMs of one class with the same or nearly the same usage. Items are sorted by class,
/// then by mean usage. Sums are exact; only the search treats the SIMs of an item alike.
/// </summary>
internal sealed class ItemTable
{
    public required SearchModel Model { get; init; }

    /// <summary>Per class the first item; one place more than there are classes.</summary>
    public required int[] ClassStart { get; init; }

    /// <summary>Per item its SIMs.</summary>
    public required int[] Devices { get; init; }

    /// <summary>Per item the sum of the usages, in bytes.</summary>
    public required long[] UsageBytes { get; init; }

    /// <summary>
    /// Per class, for classes whose cost is no straight line, per alternative, per item: own cost of all its SIMs; null for an
    /// alternative that is on one.
    /// </summary>
    public required long[]?[]?[] OwnCost { get; init; }

    public int Count => Devices.Length;

    public double MeanUsage(int item) => (double)UsageBytes[item] / Devices[item];

    public int ClassOf(int item)
    {
        int low = 0;
        int high = ClassStart.Length - 1;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            if (ClassStart[middle] <= item)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}

/// <summary>
/// How the SIMs of the items are spread over alternatives: one alternative for all, or counts per alternative.
/// </summary>
internal sealed class ItemSplit(int items)
{
    public const ushort Mixed = ushort.MaxValue;

    /// <summary>Per item the alternative of all its SIMs, or <see cref="Mixed"/>.</summary>
    public ushort[] Alternative { get; } = new ushort[items];

    /// <summary>For mixed items the number of SIMs per alternative.</summary>
    public Dictionary<int, int[]> Counts { get; } = [];
}

/// <summary>Items and the SIMs behind them.</summary>
internal interface IItemSource
{
    ItemTable Table { get; }

    /// <summary>Writes the plan of each SIM of the fleet.</summary>
    void Apply(ItemSplit split, ushort[] assignment);

    /// <summary>The same, and some SIMs of the wanted items as <see cref="Members"/> gives them.</summary>
    int[] Apply(ItemSplit split, ushort[] assignment, IReadOnlyList<(int Item, int Limit)> wanted)
    {
        Apply(split, assignment);
        return Members(wanted);
    }

    /// <summary>Some SIMs of the wanted items, at most so many of each, those first in the fleet.</summary>
    int[] Members(IReadOnlyList<(int Item, int Limit)> wanted);
}
