using System.Buffers.Text;
using System.Globalization;
using System.Text;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Adapters.Files.Xlsx;

/// <summary>Writes the rows of one sheet, cell after cell, through one buffer; nothing of a row is kept.</summary>
/// <remarks>
/// Text is always a string cell, never a formula. Numbers are written as decimal text made of integers, so that the text
/// is exact; what a spreadsheet program makes of more than 15 digits is its own affair.
/// </remarks>
internal sealed class SheetWriter
{
    private const int BufferBytes = 1 << 16;

    /// <summary>Room that a cell without text needs at most.</summary>
    private const int CellBytesMax = 160;

    private readonly Stream _stream;
    private readonly SharedStrings _sharedStrings;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly byte[][] _columnNames;
    private readonly byte[] _rowDigits = new byte[8];
    private int _rowDigitCount;
    private int _position;
    private int _column;

    public SheetWriter(Stream stream, SharedStrings sharedStrings, int columns)
    {
        _stream = stream;
        _sharedStrings = sharedStrings;
        _columnNames = [.. Enumerable.Range(0, columns).Select(column => Encoding.ASCII.GetBytes(ColumnName(column)))];
    }

    /// <summary>Rows begun so far: the number of the current row.</summary>
    public int Row { get; private set; }

    /// <summary>Where the next cell goes, counted from 0.</summary>
    public int Column => _column;

    /// <summary>"A" for 0, "AA" for 26.</summary>
    public static string ColumnName(int column) =>
        column < 26 ? ((char)('A' + column)).ToString() : ColumnName((column / 26) - 1) + (char)('A' + (column % 26));

    /// <summary>Begins the next row.</summary>
    /// <param name="heightPoints">0 for the default height.</param>
    /// <param name="outlineLevel">1 for a row that folds under the one above.</param>
    public void BeginRow(double heightPoints = 0, int outlineLevel = 0)
    {
        Row++;
        _column = 0;
        Utf8Formatter.TryFormat(Row, _rowDigits, out _rowDigitCount);
        Reserve(CellBytesMax);
        Put("<row r=\""u8);
        Put(_rowDigits.AsSpan(0, _rowDigitCount));
        Put("\""u8);
        if (heightPoints > 0)
        {
            PutAscii(string.Create(CultureInfo.InvariantCulture, $" ht=\"{heightPoints}\" customHeight=\"1\""));
        }

        if (outlineLevel > 0)
        {
            PutAscii(string.Create(CultureInfo.InvariantCulture, $" outlineLevel=\"{outlineLevel}\""));
        }

        Put(">"u8);
    }

    public void EndRow()
    {
        Reserve(CellBytesMax);
        Put("</row>"u8);
    }

    public void SkipRows(int count) => Row += count;

    public void Skip(int cells = 1) => _column += cells;

    /// <summary>An empty cell that shows its fill and border.</summary>
    public void Blank(CellStyle style)
    {
        BeginCell(2 * (int)style);
        Put("/>"u8);
    }

    /// <summary>Text that other cells are likely to repeat. Nothing is written for <c>null</c> and empty text.</summary>
    public void Text(CellStyle style, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            Skip();
            return;
        }

        int index = _sharedStrings.IndexOf(text);
        if (index < 0)
        {
            UniqueText(style, text);
            return;
        }

        BeginCell(StyleOf(style, text));
        Put(" t=\"s\"><v>"u8);
        PutInteger(index);
        Put("</v></c>"u8);
    }

    /// <summary>Text that no other cell repeats.</summary>
    public void UniqueText(CellStyle style, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            Skip();
            return;
        }

        BeginCell(StyleOf(style, text));
        Put(" t=\"inlineStr\"><is>"u8);
        Put(XmlText.HasOuterSpace(text) ? "<t xml:space=\"preserve\">"u8 : "<t>"u8);
        PutText(XmlText.OfCell(text));
        Put("</t></is></c>"u8);
    }

    /// <summary>The digits as text: as a number a spreadsheet program would round them.</summary>
    public void Iccid(CellStyle style, Iccid iccid)
    {
        BeginCell(2 * (int)style);
        Put(" t=\"inlineStr\"><is><t>"u8);
        Span<char> digits = stackalloc char[Engine.Units.Iccid.DigitsMax];
        int count = iccid.Format(digits);
        for (int i = 0; i < count; i++)
        {
            _buffer[_position++] = (byte)digits[i];
        }

        Put("</t></is></c>"u8);
    }

    public void Integer(CellStyle style, long value)
    {
        BeginCell(2 * (int)style);
        Put("><v>"u8);
        PutInteger(value);
        Put("</v></c>"u8);
    }

    public void Money(CellStyle style, Money money)
    {
        BeginCell(2 * (int)style);
        Put("><v>"u8);
        PutMillionths(money.MicroUnits);
        Put("</v></c>"u8);
    }

    /// <summary>A share, 1 for 100 %, rounded to six decimals for display; nothing for <c>null</c>.</summary>
    public void Share(CellStyle style, decimal? share)
    {
        if (share is null)
        {
            Skip();
            return;
        }

        BeginCell(2 * (int)style);
        Put("><v>"u8);
        PutMillionths((long)decimal.Round(share.Value * 1_000_000));
        Put("</v></c>"u8);
    }

    /// <summary>Bytes shown as MB, rounded to six decimals; nothing for <c>null</c>.</summary>
    public void Megabytes(CellStyle style, long? bytes, long bytesPerMegabyte)
    {
        if (bytes is null)
        {
            Skip();
            return;
        }

        BeginCell(2 * (int)style);
        Put("><v>"u8);
        PutMillionths((long)((((UInt128)(ulong)bytes.Value * 1_000_000) + ((ulong)bytesPerMegabyte / 2)) / (ulong)bytesPerMegabyte));
        Put("</v></c>"u8);
    }

    /// <summary>Writes what the format has around the rows.</summary>
    public void Raw(string xml)
    {
        Reserve(CellBytesMax);
        PutText(xml);
    }

    public void Flush()
    {
        _stream.Write(_buffer, 0, _position);
        _position = 0;
    }

    private static int StyleOf(CellStyle style, string text) => (2 * (int)style) + (XmlText.BeginsLikeFormula(text) ? 1 : 0);

    private void BeginCell(int styleIndex)
    {
        Reserve(CellBytesMax);
        Put("<c r=\""u8);
        Put(_columnNames[_column++]);
        Put(_rowDigits.AsSpan(0, _rowDigitCount));
        Put("\" s=\""u8);
        PutInteger(styleIndex);
        Put("\""u8);
    }

    private void PutMillionths(long millionths)
    {
        if (millionths < 0)
        {
            Put("-"u8);
        }

        ulong size = millionths < 0 ? (ulong)-(Int128)millionths : (ulong)millionths;
        PutInteger((long)(size / 1_000_000));
        PutFraction((long)(size % 1_000_000));
    }

    /// <summary>The six decimals after the point, zeros at the end left out.</summary>
    private void PutFraction(long millionths)
    {
        if (millionths == 0)
        {
            return;
        }

        _buffer[_position++] = (byte)'.';
        for (long unit = 100_000; millionths > 0; unit /= 10)
        {
            _buffer[_position++] = (byte)('0' + (millionths / unit));
            millionths %= unit;
        }
    }

    private void PutInteger(long value)
    {
        Utf8Formatter.TryFormat(value, _buffer.AsSpan(_position), out int written);
        _position += written;
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.AsSpan(_position));
        _position += bytes.Length;
    }

    private void PutAscii(string text) => _position += Encoding.ASCII.GetBytes(text, _buffer.AsSpan(_position));

    /// <summary>Text of any length.</summary>
    private void PutText(string xml)
    {
        // Chunks end between characters: a surrogate pair is never parted.
        const int chunkChars = (BufferBytes / 3) - CellBytesMax;
        for (int from = 0; from < xml.Length;)
        {
            int length = Math.Min(chunkChars, xml.Length - from);
            if (from + length < xml.Length && char.IsHighSurrogate(xml[from + length - 1]))
            {
                length--;
            }

            Reserve((3 * length) + CellBytesMax);
            _position += Encoding.UTF8.GetBytes(xml.AsSpan(from, length), _buffer.AsSpan(_position));
            from += length;
        }
    }

    private void Reserve(int bytes)
    {
        if (_position + bytes > BufferBytes)
        {
            Flush();
        }
    }
}
