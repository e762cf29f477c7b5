using System.Globalization;

namespace CarrierOptimization.Engine.Units;

/// <summary>
/// An exact amount of money in micro-units of one currency (1 USD = 1,000,000). May be negative (a saving lost).
/// </summary>
/// <remarks>Rule: docs/pricing-rules.md, "Units". The currency stands on the plan catalog: amounts of two currencies never meet.</remarks>
public readonly record struct Money(long MicroUnits) : IComparable<Money>
{
    /// <summary>Micro-units of one unit of currency.</summary>
    public const long MicroUnitsPerUnit = 1_000_000;

    public static readonly Money Zero;

    public static Money operator +(Money left, Money right) => new(left.MicroUnits + right.MicroUnits);
    public static Money operator -(Money left, Money right) => new(left.MicroUnits - right.MicroUnits);
    public static Money operator -(Money value) => new(-value.MicroUnits);
    public static Money operator *(long count, Money each) => new(count * each.MicroUnits);
    public static bool operator <(Money left, Money right) => left.MicroUnits < right.MicroUnits;
    public static bool operator >(Money left, Money right) => left.MicroUnits > right.MicroUnits;
    public static bool operator <=(Money left, Money right) => left.MicroUnits <= right.MicroUnits;
    public static bool operator >=(Money left, Money right) => left.MicroUnits >= right.MicroUnits;

    /// <summary>Exact conversion at the edge of the program.</summary>
    /// <returns>False when <paramref name="amount"/> has more than six decimals or does not fit.</returns>
    public static bool TryFromDecimal(decimal amount, out Money money)
    {
        money = default;
        if (amount is > 9_223_372_036_854m or < -9_223_372_036_854m)
        {
            return false;
        }

        decimal micro = amount * MicroUnitsPerUnit;
        if (micro != decimal.Truncate(micro))
        {
            return false;
        }

        money = new Money((long)micro);
        return true;
    }

    /// <summary>Exact conversion of a literal; for amounts known to be good.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than six decimals, or too large.</exception>
    public static Money FromDecimal(decimal amount) =>
        TryFromDecimal(amount, out Money money)
            ? money
            : throw new ArgumentOutOfRangeException(nameof(amount), amount, "Money has at most 6 decimals and 9e12 units.");

    public decimal ToDecimal() => (decimal)MicroUnits / MicroUnitsPerUnit;

    public static Money Max(Money left, Money right) => left >= right ? left : right;

    public int CompareTo(Money other) => MicroUnits.CompareTo(other.MicroUnits);

    /// <summary>With six decimals and no separators, as files carry it: <c>1234.500000</c>.</summary>
    public override string ToString() => ToDecimal().ToString("0.000000", CultureInfo.InvariantCulture);

    /// <summary>With two decimals, separators and currency, as people read it: <c>1,234.50 USD</c>.</summary>
    public string ToDisplay(string currency) =>
        ToDecimal().ToString("#,##0.00", CultureInfo.InvariantCulture) + " " + currency;
}
