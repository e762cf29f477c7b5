using System.Globalization;

namespace CarrierOptimization.Adapters.Files.Xlsx;

/// <summary>One column of a table sheet.</summary>
/// <param name="Width">In characters.</param>
/// <param name="IsNumber">Its header stands on the right.</param>
internal sealed record Column<TRow>(string Header, double Width, bool IsNumber, Action<SheetWriter, TRow> Write)
{
    /// <summary>Colour of the bars inside the cells; <c>null</c> for none.</summary>
    public string? BarColour { get; init; }

    public bool BarsFromZeroToOne { get; init; }
}

/// <summary>A table sheet: its columns, and what is not a plain row.</summary>
/// <param name="FrozenColumns">Columns that stay in sight.</param>
internal sealed record Table<TRow>(string Name, string TabColour, int FrozenColumns, IReadOnlyList<Column<TRow>> Columns)
{
    /// <summary>1 for a row that folds under the one above it.</summary>
    public Func<TRow, int>? OutlineLevel { get; init; }

    /// <summary>Cells of a last row with totals, outside the filter; <c>null</c> for none.</summary>
    public Action<SheetWriter>? Total { get; init; }
}

/// <summary>A table of any length: a header row that stays in sight, a filter, and further sheets when one is full.</summary>
internal static class TableSheets
{
    /// <summary>Rows of one sheet, a limit of the format.</summary>
    public const int RowsPerSheetMax = 1_048_576;

    private const double HeaderHeight = 30;

    /// <summary>Writes <paramref name="rows"/> to the sheet of the table's name, then "name 2" and so on.</summary>
    /// <param name="rowsPerSheet">Header row included; at least 3.</param>
    public static void Write<TRow>(XlsxWorkbook workbook, Table<TRow> table, IEnumerable<TRow> rows, int rowsPerSheet)
    {
        using IEnumerator<TRow> next = rows.GetEnumerator();
        int rowsOfData = rowsPerSheet - (table.Total is null ? 0 : 1);
        bool more = next.MoveNext();
        int number = 1;
        do
        {
            string name = number == 1 ? table.Name : string.Create(CultureInfo.InvariantCulture, $"{table.Name} {number}");
            var layout = new SheetLayout(
                name, [.. table.Columns.Select(column => column.Width)], HeaderRows: 1, table.FrozenColumns,
                TabColour: table.TabColour);
            workbook.AddSheet(layout, sheet =>
            {
                WriteHeader(sheet, table.Columns);
                while (more && sheet.Row < rowsOfData)
                {
                    WriteRow(sheet, table, next.Current);
                    more = next.MoveNext();
                }

                int lastRow = sheet.Row;
                if (!more && table.Total is { } total)
                {
                    sheet.BeginRow();
                    total(sheet);
                    sheet.EndRow();
                }

                return End(table.Columns, lastRow);
            });
            number++;
        }
        while (more);
    }

    private static void WriteHeader<TRow>(SheetWriter sheet, IReadOnlyList<Column<TRow>> columns)
    {
        sheet.BeginRow(HeaderHeight);
        foreach (Column<TRow> column in columns)
        {
            sheet.Text(column.IsNumber ? CellStyle.HeaderNumber : CellStyle.Header, column.Header);
        }

        sheet.EndRow();
    }

    private static void WriteRow<TRow>(SheetWriter sheet, Table<TRow> table, TRow row)
    {
        sheet.BeginRow(outlineLevel: table.OutlineLevel?.Invoke(row) ?? 0);
        for (int i = 0; i < table.Columns.Count; i++)
        {
            table.Columns[i].Write(sheet, row);
        }

        sheet.EndRow();
    }

    private static SheetEnd End<TRow>(IReadOnlyList<Column<TRow>> columns, int lastRow)
    {
        var bars = new List<DataBar>();
        for (int i = 0; i < columns.Count && lastRow > 1; i++)
        {
            if (columns[i].BarColour is { } colour)
            {
                string name = SheetWriter.ColumnName(i);
                bars.Add(new DataBar($"{name}2:{name}{lastRow}", colour, columns[i].BarsFromZeroToOne));
            }
        }

        return new SheetEnd($"A1:{SheetWriter.ColumnName(columns.Count - 1)}{lastRow}", [], bars, []);
    }
}
