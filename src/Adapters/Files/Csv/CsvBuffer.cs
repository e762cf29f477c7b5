using System.Buffers.Text;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Adapters.Files.Csv;

/// <summary>Formats cells straight into UTF-8 and hands full buffers to a stream.</summary>
internal sealed class CsvBuffer(Stream stream)
{
    /// <summary>Room that must be left before a row begins: twelve cells, of which five can be long names.</summary>
    private const int RowBytesMax = 1 << 14;

    private readonly byte[] _bytes = new byte[1 << 18];
    private int _count;

    public void Number(long number)
    {
        Utf8Formatter.TryFormat(number, _bytes.AsSpan(_count), out int written);
        _count += written;
    }

    /// <summary>With six decimals: <c>-12.340000</c>.</summary>
    public void MoneyMicroUnits(long microUnits)
    {
        ulong amount = unchecked((ulong)microUnits);
        if (microUnits < 0)
        {
            _bytes[_count++] = (byte)'-';
            amount = unchecked(0 - amount);
        }

        (ulong units, ulong decimals) = Math.DivRem(amount, (ulong)Money.MicroUnitsPerUnit);
        Utf8Formatter.TryFormat(units, _bytes.AsSpan(_count), out int written);
        _count += written;
        _bytes[_count] = (byte)'.';
        for (int at = 6; at > 0; at--)
        {
            (decimals, ulong digit) = Math.DivRem(decimals, 10);
            _bytes[_count + at] = (byte)('0' + digit);
        }

        _count += 7;
    }

    public void Iccid(Iccid iccid)
    {
        Span<char> digits = stackalloc char[Engine.Units.Iccid.DigitsMax];
        int length = iccid.Format(digits);
        for (int at = 0; at < length; at++)
        {
            _bytes[_count + at] = (byte)digits[at];
        }

        _count += length;
    }

    public void Text(ReadOnlySpan<byte> cell)
    {
        cell.CopyTo(_bytes.AsSpan(_count));
        _count += cell.Length;
    }

    public void Comma() => _bytes[_count++] = (byte)',';

    public void EndRow()
    {
        _bytes[_count++] = (byte)'\n';
        if (_count > _bytes.Length - RowBytesMax)
        {
            Flush();
        }
    }

    public void Flush()
    {
        stream.Write(_bytes, 0, _count);
        _count = 0;
    }
}
