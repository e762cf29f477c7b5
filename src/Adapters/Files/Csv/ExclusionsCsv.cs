using CarrierOptimization.Pipeline.OptimizerCleanup;

namespace CarrierOptimization.Adapters.Files.Csv;

/// <summary>Writes <c>exclusions.csv</c>: what was left out and what was odd, with counts. Contract: docs/csv.md.</summary>
public static class ExclusionsCsv
{
    public static void Write(Stream stream, IReadOnlyList<ReportItem> items)
    {
        var buffer = new CsvBuffer(stream);
        buffer.Text("kind,reason,count,examples,advice\n"u8);
        foreach (ReportItem item in items)
        {
            buffer.Text(item.Kind == ReportItemKind.Exclusion ? "exclusion,"u8 : "data quality,"u8);
            Cell(buffer, item.Reason);
            buffer.Comma();
            buffer.Number(item.Count);
            buffer.Comma();
            Cell(buffer, string.Join("; ", item.Examples ?? []));
            buffer.Comma();
            Cell(buffer, item.Advice);
            buffer.EndRow();
        }

        buffer.Flush();
    }

    /// <summary>A sentence about many plans can be longer than the room of a row.</summary>
    private static void Cell(CsvBuffer buffer, string text)
    {
        const int CharactersMax = 1_000;
        buffer.Text(CsvText.Cell(text.Length <= CharactersMax ? text : string.Concat(text.AsSpan(0, CharactersMax), " ...")));
    }
}
