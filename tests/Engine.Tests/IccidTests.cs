using System.Globalization;
using CarrierOptimization.Engine.Units;
using CsCheck;
using Xunit;

namespace CarrierOptimization.Engine.Tests;

public sealed class IccidTests
{
    private static readonly Gen<string> Digits = Gen.Char['0', '9'].Array[Iccid.DigitsMin, Iccid.DigitsMax]
        .Select(digits => new string(digits));

    [Fact]
    public void Every_ICCID_survives_parsing_and_printing() => Digits.Sample(
        digits => Assert.Equal(digits, Iccid.Parse(digits).ToString()), iter: Instances.Iterations(10_000));

    [Theory]
    [InlineData("000000000000000000")]
    [InlineData("0000000000000000000000")]
    [InlineData("9999999999999999999999")]
    [InlineData("8901260123456789012")]
    public void Leading_zeros_and_the_length_are_kept(string digits) => Assert.Equal(digits, Iccid.Parse(digits).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("89012601234567890")]
    [InlineData("89012601234567890123456")]
    [InlineData("890126012345678901X")]
    [InlineData("X901260123456789012")]
    [InlineData("89012601234567890-2")]
    [InlineData(" 890126012345678901")]
    [InlineData("890126012345678901 ")]
    [InlineData("٨٩٠١٢٦٠١٢٣٤٥٦٧٨٩٠١٢")]
    public void Anything_else_is_refused(string text)
    {
        Assert.False(Iccid.TryParse(text, out _));
        Assert.Throws<FormatException>(() => Iccid.Parse(text));
    }

    [Fact]
    public void Numbers_of_different_length_or_digits_are_different() =>
        Gen.Select(Digits, Digits).Sample((left, right) =>
        {
            Assert.Equal(left == right, Iccid.Parse(left) == Iccid.Parse(right));
            Assert.NotEqual(Iccid.Parse("0" + left[1..]), Iccid.Parse("1" + left[1..]));
        });

    [Fact]
    public void Of_all_last_digits_exactly_one_is_the_check_digit() => Digits.Sample(digits =>
    {
        int luhn = Enumerable.Range(0, 10).Single(
            last => Iccid.Parse(digits[..^1] + last.ToString(CultureInfo.InvariantCulture)).HasValidCheckDigit);
        Assert.InRange(luhn, 0, 9);
    });

    [Theory]
    [InlineData("8991101200003204514", true)]
    [InlineData("8991101200003204510", false)]
    public void The_check_digit_is_Luhns(string digits, bool isValid) =>
        Assert.Equal(isValid, Iccid.Parse(digits).HasValidCheckDigit);
}
