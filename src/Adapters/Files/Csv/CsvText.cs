using System.Text;

namespace CarrierOptimization.Adapters.Files.Csv;

/// <summary>A text as a CSV cell in UTF-8: quoted where needed, and never a formula.</summary>
internal static class CsvText
{
    /// <summary>First characters that make a spreadsheet run a cell as a formula.</summary>
    private const string FormulaStarts = "=+-@\t\r";

    public static byte[] Cell(string text)
    {
        if (text.Length > 0 && FormulaStarts.Contains(text[0], StringComparison.Ordinal))
        {
            text = "'" + text;
        }

        if (text.AsSpan().IndexOfAny(",\"\r\n") >= 0)
        {
            text = "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
        }

        return Encoding.UTF8.GetBytes(text);
    }

    public static byte[][] Cells(IEnumerable<string> texts) => [.. texts.Select(Cell)];
}
