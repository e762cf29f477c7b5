using System.Globalization;
using System.Numerics;
using CarrierOptimization.Engine.Units;
using CsCheck;
using Xunit;

namespace CarrierOptimization.Engine.Tests;

public sealed class DataVolumeTests
{
    [Theory]
    [InlineData("1", 1_048_576, 1_048_576)]
    [InlineData("1", 1_000_000, 1_000_000)]
    [InlineData("0", 1_048_576, 0)]
    [InlineData("0.0000005", 1_000_000, 1)] // half a byte rounds up
    [InlineData("0.00000049", 1_000_000, 0)]
    [InlineData("2.5", 1_000_000, 2_500_000)]
    [InlineData("8796093022207", 1_048_576, 9_223_372_036_853_727_232)]
    public void Megabytes_convert_to_whole_bytes_half_up(string megabytes, long bytesPerMegabyte, long bytes)
    {
        Assert.True(DataVolume.TryFromMegabytes(
            decimal.Parse(megabytes, CultureInfo.InvariantCulture), bytesPerMegabyte, out DataVolume volume));
        Assert.Equal(bytes, volume.Bytes);
    }

    [Theory]
    [InlineData("-0.1")]
    [InlineData("8796093022208")]
    [InlineData("79228162514264337593543950335")]
    public void A_negative_volume_or_one_too_large_is_refused(string megabytes)
    {
        decimal amount = decimal.Parse(megabytes, CultureInfo.InvariantCulture);
        Assert.False(DataVolume.TryFromMegabytes(amount, DataVolume.DefaultBytesPerMegabyte, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => DataVolume.FromMegabytes(amount));
    }

    [Fact]
    public void Any_megabytes_in_range_convert_or_are_refused_but_never_throw_or_err_by_more_than_half_a_byte() =>
        Gen.Select(Gen.Decimal[0m, 9_300_000_000_000m], Gen.OneOf(1_000_000L, 1_048_576L, 1_024_000L)).Sample(
            (megabytes, bytesPerMegabyte) =>
            {
                if (DataVolume.TryFromMegabytes(megabytes, bytesPerMegabyte, out DataVolume volume))
                {
                    // In units of 10^-28 of a byte, where the decimal is a whole number.
                    BigInteger unit = BigInteger.Pow(10, 28);
                    BigInteger exact = WholeUnits(megabytes) * bytesPerMegabyte;
                    Assert.True(BigInteger.Abs((volume.Bytes * unit) - exact) <= unit / 2);
                }
                else
                {
                    Assert.True(megabytes > (long.MaxValue / bytesPerMegabyte) - 1);
                }
            },
            iter: Instances.Iterations(10_000));

    [Fact]
    public void Bytes_convert_back_to_megabytes() => Assert.Equal(1.5m, new DataVolume(1_572_864).ToMegabytes());

    private static BigInteger WholeUnits(decimal amount)
    {
        int[] bits = decimal.GetBits(amount);
        var digits = new BigInteger([.. bits.Take(3).SelectMany(BitConverter.GetBytes)], isUnsigned: true);
        int scale = (bits[3] >> 16) & 0xFF;
        return digits * BigInteger.Pow(10, 28 - scale);
    }
}
