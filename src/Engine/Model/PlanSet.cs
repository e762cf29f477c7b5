namespace CarrierOptimization.Engine.Model;

/// <summary>A set of rate plans by position in the catalog: "1,2" and "2,1" are the same set.</summary>
/// <remarks>The empty set marks a SIM that is not billed at all: it keeps its place in the arrays and has no plan.</remarks>
public sealed class PlanSet : IEquatable<PlanSet>
{
    private readonly ushort[] _plans;

    public PlanSet(IEnumerable<int> planIndexes) =>
        _plans = [.. planIndexes.Select(plan => (ushort)plan).Distinct().Order()];

    public static PlanSet Empty { get; } = new([]);

    public int Count => _plans.Length;

    public bool IsEmpty => _plans.Length == 0;

    /// <summary>The plans, ascending.</summary>
    public ReadOnlySpan<ushort> Plans => _plans;

    public static PlanSet All(PlanCatalog catalog) => new(Enumerable.Range(0, catalog.Plans.Count));

    public bool Contains(int planIndex) => Array.BinarySearch(_plans, (ushort)planIndex) >= 0;

    public bool Equals(PlanSet? other) => other is not null && _plans.AsSpan().SequenceEqual(other._plans);

    public override bool Equals(object? obj) => Equals(obj as PlanSet);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (ushort plan in _plans)
        {
            hash.Add(plan);
        }

        return hash.ToHashCode();
    }
}
