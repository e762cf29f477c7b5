namespace CarrierOptimization.Adapters.Files.Csv;

/// <summary>Gives each different name of a column one small number, without a string per row.</summary>
internal sealed class NameTable
{
    public const ushort None = ushort.MaxValue;

    private readonly Dictionary<string, ushort> _indexes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ushort>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private readonly List<string> _names = [];

    public NameTable() => _bySpan = _indexes.GetAlternateLookup<ReadOnlySpan<char>>();

    public IReadOnlyList<string> Names => _names;

    /// <returns>The number of a name, <see cref="None"/> for an empty cell; mistakes are told to the table.</returns>
    public ushort IndexOf(ReadOnlySpan<char> name, CsvTable table, string column)
    {
        if (name.IsEmpty)
        {
            return None;
        }

        if (_bySpan.TryGetValue(name, out ushort index))
        {
            return index;
        }

        if (name.Length > CsvLimits.NameCharactersMax)
        {
            table.Mistake(column, $"the name has {name.Length:N0} characters; at most {CsvLimits.NameCharactersMax} are supported. Shorten it.");
            return None;
        }

        if (_names.Count == CsvLimits.DifferentNamesMax)
        {
            table.Mistake(column, $"{CsvTable.Shown(name)} is one name too many; at most {CsvLimits.DifferentNamesMax:N0} "
                + "different ones are supported in this column. Check that it is the right column.");
            return None;
        }

        index = (ushort)_names.Count;
        _names.Add(name.ToString());
        _indexes.Add(_names[^1], index);
        return index;
    }
}
