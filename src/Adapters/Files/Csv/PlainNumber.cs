using System.Buffers;
using System.Globalization;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Adapters.Files.Csv;

/// <summary>Numbers as the files must write them: digits, and a decimal point where decimals make sense. Exact, never rounded twice.</summary>
internal static class PlainNumber
{
    /// <summary>Significant digits a decimal may have, so that it is held exactly.</summary>
    private const int DigitsMax = 28;

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    /// <summary>A whole number from 0 to <paramref name="max"/>.</summary>
    public static bool TryWhole(ReadOnlySpan<char> text, long max, out long number)
    {
        number = 0;
        if (text.Length is 0 or > 19)
        {
            return false;
        }

        // Nineteen digits stay below 2^64.
        ulong sum = 0;
        foreach (char character in text)
        {
            uint digit = unchecked((uint)(character - '0'));
            if (digit > 9)
            {
                return false;
            }

            sum = unchecked((sum * 10) + digit);
        }

        number = unchecked((long)sum);
        return sum <= (ulong)max;
    }

    /// <summary>Megabytes to bytes, half a byte rounding up.</summary>
    public static bool TryMegabytes(ReadOnlySpan<char> text, long bytesPerMegabyte, long maxBytes, out long bytes)
    {
        bytes = 0;
        if (!TryDecimal(text, out decimal megabytes)
            || !DataVolume.TryFromMegabytes(megabytes, bytesPerMegabyte, out DataVolume volume))
        {
            return false;
        }

        bytes = volume.Bytes;
        return bytes <= maxBytes;
    }

    /// <summary>An amount of money with at most six decimals.</summary>
    public static bool TryMoney(ReadOnlySpan<char> text, out Money money)
    {
        money = default;
        int point = text.IndexOf('.');
        return (point < 0 || text.Length - point - 1 <= 6)
            && TryDecimal(text, out decimal amount) && Money.TryFromDecimal(amount, out money);
    }

    /// <summary>A limit in words: "at most 1,000,000".</summary>
    public static string AtMost(long limit) => "at most " + limit.ToString("#,##0", CultureInfo.InvariantCulture);

    /// <summary>Why a cell is not such a number, for the message; the slow path.</summary>
    /// <param name="expected">What should be there: "a whole number of bytes".</param>
    /// <param name="atMost">Its limit, as <see cref="AtMost"/> says it.</param>
    /// <param name="decimalsMax">0 for whole numbers.</param>
    public static string Explain(ReadOnlySpan<char> text, string expected, string atMost, int decimalsMax = DigitsMax)
    {
        string shown = CsvTable.Shown(text);
        int point = text.IndexOf('.');
        int decimals = point < 0 ? 0 : text.Length - point - 1;
        bool isPlain = text.Length > 0 && char.IsAsciiDigit(text[0]) && char.IsAsciiDigit(text[^1])
            && !text.ContainsAnyExcept(NumberCharacters) && text.Count('.') <= 1;
        string reason = text switch
        {
            [] => $"the cell is empty; expected {expected}",
            ['-', ..] => $"{shown} is negative; expected {expected}",
            _ when isPlain && decimals > decimalsMax && decimalsMax == 0 => $"{shown} has decimals; expected {expected}",
            _ when isPlain && decimals > decimalsMax && decimalsMax < DigitsMax =>
                $"{shown} has {decimals} decimals; expected {expected}, with at most {decimalsMax} decimals",
            _ when isPlain && decimals > 0 && text.Length > DigitsMax + 1 =>
                $"{shown} has too many digits; expected {expected}, with at most {DigitsMax} digits",
            _ when isPlain => $"{shown} is too large; expected {expected}, {atMost}",
            _ when text.ContainsAny("eE") => $"{shown} is not a plain number; expected {expected}, without exponent",
            _ when text.Contains(',') => $"{shown} has a comma; expected {expected}, with a decimal point and no separators",
            _ => $"{shown} is not a number; expected {expected}",
        };
        return reason + ". Correct the cell.";
    }

    private static bool TryDecimal(ReadOnlySpan<char> text, out decimal number)
    {
        number = 0;
        if (text.Length is 0 or > DigitsMax + 1 || !char.IsAsciiDigit(text[0]) || !char.IsAsciiDigit(text[^1]))
        {
            return false;
        }

        if (text.Length > 18)
        {
            return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
        }

        // Up to eighteen digits fit in 63 bits; the usual case.
        long digits = 0;
        int decimals = -1;
        foreach (char character in text)
        {
            uint digit = unchecked((uint)(character - '0'));
            if (digit <= 9)
            {
                digits = unchecked((digits * 10) + digit);
                decimals += decimals >= 0 ? 1 : 0;
            }
            else if (character == '.' && decimals < 0)
            {
                decimals = 0;
            }
            else
            {
                return false;
            }
        }

        number = new decimal(unchecked((int)digits), unchecked((int)(digits >> 32)), 0, false, (byte)Math.Max(decimals, 0));
        return true;
    }
}
