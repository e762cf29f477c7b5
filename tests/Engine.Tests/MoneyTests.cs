using System.Globalization;
using CarrierOptimization.Engine.Units;
using CsCheck;
using Xunit;

namespace CarrierOptimization.Engine.Tests;

public sealed class MoneyTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("0.000001", 1)]
    [InlineData("-0.5", -500_000)]
    [InlineData("1.0000000", 1_000_000)]
    [InlineData("9223372036854", 9_223_372_036_854_000_000)]
    public void An_amount_with_at_most_six_decimals_converts_exactly(string amount, long microUnits)
    {
        Assert.True(Money.TryFromDecimal(decimal.Parse(amount, CultureInfo.InvariantCulture), out Money money));
        Assert.Equal(microUnits, money.MicroUnits);
    }

    [Theory]
    [InlineData("0.0000001")]
    [InlineData("1.2345678")]
    [InlineData("9223372036855")]
    [InlineData("-9223372036855")]
    [InlineData("79228162514264337593543950335")]
    public void A_seventh_decimal_or_an_amount_too_large_is_refused(string amount)
    {
        Assert.False(Money.TryFromDecimal(decimal.Parse(amount, CultureInfo.InvariantCulture), out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => Money.FromDecimal(decimal.Parse(amount, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Every_amount_survives_the_way_through_decimal_and_text() =>
        Gen.Long[-9_223_372_036_854_000_000, 9_223_372_036_854_000_000].Sample(microUnits =>
        {
            var money = new Money(microUnits);
            Assert.Equal(money, Money.FromDecimal(money.ToDecimal()));
            Assert.Equal(money, Money.FromDecimal(decimal.Parse(money.ToString(), CultureInfo.InvariantCulture)));
        });

    [Fact]
    public void Amounts_print_with_six_decimals_for_files_and_two_for_people()
    {
        Assert.Equal("1234.500000", new Money(1_234_500_000).ToString());
        Assert.Equal("-0.000001", new Money(-1).ToString());
        Assert.Equal("1,234.50 USD", new Money(1_234_500_000).ToDisplay("USD"));
    }

    [Fact]
    public void Sums_and_products_that_overflow_throw_and_never_wrap()
    {
        Assert.Throws<OverflowException>(() => new Money(long.MaxValue) + new Money(1));
        Assert.Throws<OverflowException>(() => new Money(long.MinValue) - new Money(1));
        Assert.Throws<OverflowException>(() => 2 * new Money(long.MaxValue));
        Assert.Throws<OverflowException>(() => -new Money(long.MinValue));
    }
}
