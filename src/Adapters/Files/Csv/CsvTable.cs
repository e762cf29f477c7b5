using System.Text;
using Sylvan.Data.Csv;

namespace CarrierOptimization.Adapters.Files.Csv;

/// <summary>The columns a file must or may have.</summary>
/// <param name="RequiredAnyOf">Each entry is a column, or several of which one must be there.</param>
internal sealed record CsvColumns(IReadOnlyList<string[]> RequiredAnyOf, IReadOnlyList<string> Optional)
{
    /// <summary>What to do about a row with more cells than the header.</summary>
    public string TooManyCells { get; init; } = "Remove separators, or quote cells that contain a comma.";
}

/// <summary>One CSV file, row by row: where its columns are, which line of the file a row begins on, and its mistakes.</summary>
internal sealed class CsvTable : IDisposable
{
    private readonly CsvBytes _bytes;
    private readonly StreamReader _text;
    private readonly CsvDataReader _reader;
    private readonly InputMistakes _mistakes;
    private readonly CsvColumns _columns;
    private readonly Dictionary<string, int> _ordinals = new(StringComparer.OrdinalIgnoreCase);
    private long _linesRead;
    private int _columnCount;

    private CsvTable(string path, CsvColumns columns, InputMistakes mistakes)
    {
        _columns = columns;
        File = Path.GetFileName(path);
        _mistakes = mistakes;
        _bytes = CsvBytes.Open(path);
        _text = new StreamReader(_bytes, new UTF8Encoding(false, throwOnInvalidBytes: true), true, 1 << 16);
        try
        {
            _reader = CsvDataReader.Create(_text, new CsvDataReaderOptions
            {
                HasHeaders = false,
                Delimiter = ',',
                ResultSetMode = ResultSetMode.SingleResult,
                BufferSize = CsvLimits.RowCharactersMax * 2,
                MaxBufferSize = CsvLimits.RowCharactersMax * 2,
            });
        }
        catch (Exception failure) when (failure is InputException or CsvFormatException or DecoderFallbackException)
        {
            _text.Dispose();
            throw;
        }
    }

    /// <summary>Name of the file, as messages show it.</summary>
    public string File { get; }

    /// <summary>Line of the file on which the current row begins.</summary>
    public long Line { get; private set; }

    /// <summary>Columns that mean nothing here, for a note.</summary>
    public IReadOnlyList<string> UnknownColumns { get; private set; } = [];

    /// <summary>How much of the file was read, 0 to 1.</summary>
    public double Fraction => _bytes.Fraction;

    /// <summary>Reads a whole file; what is wrong with it goes to <paramref name="mistakes"/>.</summary>
    /// <param name="read">Reads the rows; called only when the header is well.</param>
    public static void Read(string path, CsvColumns columns, InputMistakes mistakes, Action<CsvTable> read)
    {
        CsvTable? table = null;
        try
        {
            table = new CsvTable(path, columns, mistakes);
            if (table.ReadHeader())
            {
                read(table);
            }
        }
        catch (InputException failure)
        {
            mistakes.Add($"{Path.GetFileName(path)}: {failure.Message}");
        }
        catch (CsvRecordTooLargeException)
        {
            mistakes.Add(table!.File, table._linesRead + 1, "row", TooLong);
        }
        catch (CsvFormatException)
        {
            mistakes.Add(table!.File, table._linesRead + 1, "row", QuotesDoNotMatch);
        }
        catch (DecoderFallbackException)
        {
            mistakes.Add(table is null
                ? $"{Path.GetFileName(path)}: the text is not UTF-8. Save it again as \"CSV UTF-8\"."
                : $"{table.File}: after line {table._linesRead}: the text is not UTF-8. Save it again as \"CSV UTF-8\".");
        }
        finally
        {
            table?.Dispose();
        }
    }

    /// <summary>The next row that has as many cells as the header; blank lines are passed over.</summary>
    public bool ReadRow()
    {
        while (Advance())
        {
            int cells = _reader.RowFieldCount;
            if (cells == _columnCount)
            {
                return true;
            }

            if (!IsBlank)
            {
                Mistake("row", $"{cells} cells found; the header has {_columnCount}. "
                    + (cells < _columnCount ? "Add the missing cells or separators." : _columns.TooManyCells));
            }
        }

        return false;
    }

    /// <returns>Position of a column for <see cref="Cell"/>, or -1 when the file has no such column.</returns>
    public int Ordinal(string column) => _ordinals.GetValueOrDefault(column, -1);

    /// <summary>The cell without surrounding blanks; valid until the next row. Empty when there is no such column.</summary>
    public ReadOnlySpan<char> Cell(int ordinal) => ordinal < 0 ? default : _reader.GetFieldSpan(ordinal).Trim();

    public void Mistake(string column, string what) => _mistakes.Add(File, Line, column, what);

    public void Dispose()
    {
        _reader.Dispose();
        _text.Dispose();
        _bytes.Dispose();
    }

    /// <summary>A cell as messages show it: short, on one line.</summary>
    public static string Shown(ReadOnlySpan<char> cell)
    {
        var text = new StringBuilder("\"");
        foreach (char character in cell[..Math.Min(cell.Length, 40)])
        {
            text.Append(char.IsControl(character) ? '\uFFFD' : character);
        }

        return text.Append(cell.Length > 40 ? "...\"" : "\"").ToString();
    }

    private static string TooLong => $"the row is longer than {CsvLimits.RowCharactersMax:N0} characters. "
        + "A double quote that is never closed makes the rest of a file one cell: correct the quotes.";

    private const string QuotesDoNotMatch = "the double quotes do not match: a cell that begins with one must end with one, and each "
        + "double quote inside it must be doubled. Correct the quotes of this row.";

    private bool IsBlank => _reader.RowFieldCount == 1 && _reader.GetFieldSpan(0).IsWhiteSpace();

    private bool Advance()
    {
        if (!_reader.Read())
        {
            return false;
        }

        ReadOnlySpan<char> raw = _reader.GetRawRecordSpan();
        Line = _linesRead + 1;
        int breaks = raw.Count('\n');
        _linesRead += Math.Max(1, breaks > 0 ? breaks : raw.Count('\r'));
        if (raw.Length > CsvLimits.RowCharactersMax)
        {
            throw new InputException($"line {Line}: {TooLong}");
        }

        return true;
    }

    private bool ReadHeader()
    {
        bool hasRow = Advance();
        while (hasRow && IsBlank)
        {
            hasRow = Advance();
        }

        if (!hasRow)
        {
            _mistakes.Add($"{File}: the file is empty; expected a header row with {Wanted(_columns)}. Export it again.");
            return false;
        }

        _columnCount = _reader.RowFieldCount;
        if (_columnCount > CsvLimits.ColumnsMax)
        {
            Mistake("header", $"{_columnCount} columns; at most {CsvLimits.ColumnsMax} are supported. Remove columns that are not used.");
            return false;
        }

        if (_columnCount == 1 && OtherSeparator(Cell(0)) is { } separators)
        {
            Mistake("header", $"the columns are separated by {separators}; expected commas. Save the file again as \"CSV UTF-8\" "
                + "with commas.");
            return false;
        }

        return FindColumns();
    }

    private static string? OtherSeparator(ReadOnlySpan<char> header) =>
        header.Contains(';') ? "semicolons" : header.Contains('\t') ? "tabs" : header.Contains('|') ? "bars" : null;

    private bool FindColumns()
    {
        string[] known = [.. _columns.RequiredAnyOf.SelectMany(names => names), .. _columns.Optional];
        var unknown = new List<string>();
        var found = new List<string>();
        long before = _mistakes.Count;
        for (int ordinal = 0; ordinal < _columnCount; ordinal++)
        {
            string name = Cell(ordinal).ToString();
            found.Add(Shown(name).Trim('"'));
            if (!known.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                unknown.Add(found[^1]);
            }
            else if (!_ordinals.TryAdd(name, ordinal))
            {
                Mistake(name, "the column is there twice. Remove one of them.");
            }
        }

        foreach (string[] names in _columns.RequiredAnyOf.Where(names => !names.Any(_ordinals.ContainsKey)))
        {
            Mistake(string.Join(" or ", names), $"the column is missing; found {string.Join(", ", found.Take(30))}. "
                + "Add it, or rename the column that holds it.");
        }

        UnknownColumns = unknown;
        return _mistakes.Count == before;
    }

    private static string Wanted(CsvColumns columns) =>
        string.Join(", ", columns.RequiredAnyOf.Select(names => string.Join(" or ", names)));
}
