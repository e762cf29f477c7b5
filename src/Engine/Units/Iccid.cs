namespace CarrierOptimization.Engine.Units;

/// <summary>The number of a SIM, 18 to 22 decimal digits (ITU-T E.118); the key of a device.</summary>
/// <remarks>Held as one number with a leading 1 in front of the digits, so that leading zeros and the length survive.</remarks>
public readonly record struct Iccid : IComparable<Iccid>
{
    public const int DigitsMin = 18;
    public const int DigitsMax = 22;

    private readonly UInt128 _marked;

    private Iccid(UInt128 marked) => _marked = marked;

    /// <summary>Makes an ICCID of text; surrounding white space is not accepted.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Iccid iccid)
    {
        iccid = default;
        if (text.Length is < DigitsMin or > DigitsMax)
        {
            return false;
        }

        // The first digits fit in 64 bits together with the mark: at most 18 of them.
        ulong high = 1;
        int split = text.Length - 11;
        for (int i = 0; i < split; i++)
        {
            int digit = text[i] - '0';
            if (digit is < 0 or > 9)
            {
                return false;
            }

            high = (high * 10) + (uint)digit;
        }

        ulong low = 0;
        for (int i = split; i < text.Length; i++)
        {
            int digit = text[i] - '0';
            if (digit is < 0 or > 9)
            {
                return false;
            }

            low = (low * 10) + (uint)digit;
        }

        iccid = new Iccid(((UInt128)high * 100_000_000_000UL) + low);
        return true;
    }

    public static Iccid Parse(string text) =>
        TryParse(text, out Iccid iccid)
            ? iccid
            : throw new FormatException($"\"{text}\" is not an ICCID: expected {DigitsMin} to {DigitsMax} digits.");

    /// <summary>
    /// True when the last digit is the Luhn check digit of the ones before (many real ICCIDs have none).
    /// </summary>
    public bool HasValidCheckDigit
    {
        get
        {
            Span<char> text = stackalloc char[DigitsMax];
            int length = Format(text);
            int sum = 0;
            for (int i = length - 1, position = 0; i >= 0; i--, position++)
            {
                int digit = text[i] - '0';
                if ((position & 1) == 1)
                {
                    digit *= 2;
                    digit = digit > 9 ? digit - 9 : digit;
                }

                sum += digit;
            }

            return sum % 10 == 0;
        }
    }

    /// <summary>Writes the digits.</summary>
    /// <returns>How many were written: 18 to 22, or 0 for the default value.</returns>
    public int Format(Span<char> destination)
    {
        if (_marked == UInt128.Zero)
        {
            return 0;
        }

        (UInt128 highPart, UInt128 lowPart) = UInt128.DivRem(_marked, 100_000_000_000UL);
        ulong high = (ulong)highPart;
        ulong low = (ulong)lowPart;
        int highDigits = -1;
        for (ulong rest = high; rest > 0; rest /= 10)
        {
            highDigits++;
        }

        int length = highDigits + 11;
        for (int i = length - 1; i >= highDigits; i--)
        {
            destination[i] = (char)('0' + (low % 10));
            low /= 10;
        }

        for (int i = highDigits - 1; i >= 0; i--)
        {
            destination[i] = (char)('0' + (high % 10));
            high /= 10;
        }

        return length;
    }

    public int CompareTo(Iccid other) => _marked.CompareTo(other._marked);

    public override string ToString()
    {
        Span<char> text = stackalloc char[DigitsMax];
        return new string(text[..Format(text)]);
    }
}
