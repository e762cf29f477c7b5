using System.Text;
using Spectre.Console;

namespace CarrierOptimization.Cli.Optimize;

/// <summary>A column of a <see cref="ScreenTable"/>.</summary>
/// <param name="IsRight">Its cells stand on the right.</param>
/// <param name="ShrinksTo">Columns below which its text is not cut; 0: never cut.</param>
/// <param name="DrawnMin">Columns below which drawn cells are left out; 0: the column holds text.</param>
/// <param name="DrawnMax">Columns that drawn cells take where there is room.</param>
internal sealed record ScreenColumn(bool IsRight = false, int ShrinksTo = 0, int DrawnMin = 0, int DrawnMax = 0);

/// <summary>A cell: text, or what is drawn to the width of its column.</summary>
internal readonly record struct ScreenCell(string Text, string Style = "", Func<int, string>? Draw = null)
{
    public static implicit operator ScreenCell(string text) => new(text);
}

/// <summary>
/// Rows in columns as wide as what they hold. Where the terminal is too narrow, first drawn columns shrink, then names are cut,
/// then drawn columns go; numbers stay whole.
/// </summary>
internal sealed class ScreenTable(int width, int indent, params ScreenColumn[] columns)
{
    private const int Gap = 2;

    private readonly List<ScreenCell[]> _rows = [];

    /// <summary>A row; one cell alone is a line over all columns, two places to the left.</summary>
    public void Add(params ScreenCell[] cells) => _rows.Add(cells);

    /// <summary>The rows as lines of markup without blanks at their ends.</summary>
    public IEnumerable<string> Lines()
    {
        int[] widths = Fit();
        foreach (ScreenCell[] row in _rows)
        {
            yield return row.Length == 1 ? Line(row[0]) : Line(row, widths);
        }
    }

    private int[] Fit()
    {
        int[] widths = [.. columns.Select((column, at) => column.DrawnMax > 0
            ? column.DrawnMax
            : _rows.Where(row => row.Length > 1).Max(row => row[at].Text.GetCellWidth()))];
        for (int at = 0; at < columns.Length; at++)
        {
            if (columns[at].DrawnMax > 0)
            {
                widths[at] = Math.Max(columns[at].DrawnMin, widths[at] - Math.Max(0, Over(widths)));
            }
        }

        while (Over(widths) > 0 && Widest(widths) is >= 0 and int name)
        {
            widths[name]--;
        }

        for (int at = 0; at < columns.Length && Over(widths) > 0; at++)
        {
            widths[at] = columns[at].DrawnMax > 0 ? 0 : widths[at];
        }

        return widths;
    }

    private int Over(int[] widths) => indent + widths.Where(one => one > 0).Sum(one => one + Gap) - Gap - width;

    /// <summary>The widest column that may still be cut, or -1.</summary>
    private int Widest(int[] widths)
    {
        int widest = -1;
        for (int at = 0; at < widths.Length; at++)
        {
            bool mayShrink = columns[at].ShrinksTo > 0 && widths[at] > columns[at].ShrinksTo;
            widest = mayShrink && (widest < 0 || widths[at] > widths[widest]) ? at : widest;
        }

        return widest;
    }

    private string Line(ScreenCell cell) =>
        new string(' ', Math.Max(0, indent - 2)) + ScreenText.Styled(ScreenText.Cut(cell.Text, width - indent + 2), cell.Style);

    private string Line(ScreenCell[] row, int[] widths)
    {
        var line = new StringBuilder();
        int blanks = indent;
        for (int at = 0; at < row.Length; at++)
        {
            if (widths[at] == 0)
            {
                continue;
            }

            string text = row[at].Draw is { } draw ? draw(widths[at]) : ScreenText.Cut(row[at].Text, widths[at]);
            int rest = widths[at] - text.GetCellWidth();
            if (text.Length > 0)
            {
                line.Append(' ', blanks + (columns[at].IsRight ? rest : 0)).Append(ScreenText.Styled(text, row[at].Style));
                blanks = columns[at].IsRight ? 0 : rest;
            }
            else
            {
                blanks += widths[at];
            }

            blanks += Gap;
        }

        return line.ToString();
    }
}
