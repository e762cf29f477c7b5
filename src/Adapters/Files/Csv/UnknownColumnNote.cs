namespace CarrierOptimization.Adapters.Files.Csv;

/// <summary>Says which columns of a file were passed over.</summary>
internal static class UnknownColumnNote
{
    private const int NamedMax = 10;

    public static void Add(CsvTable table, List<string> notes)
    {
        if (table.UnknownColumns.Count > 0)
        {
            int more = table.UnknownColumns.Count - NamedMax;
            notes.Add($"{table.File}: columns not used: {string.Join(", ", table.UnknownColumns.Take(NamedMax))}"
                + (more > 0 ? $" and {more} more." : "."));
        }
    }
}
