using System.Globalization;

namespace CarrierOptimization.Engine.Units;

/// <summary>An exact amount of data in bytes.</summary>
/// <remarks>Rule: docs/pricing-rules.md, "Units".</remarks>
public readonly record struct DataVolume(long Bytes) : IComparable<DataVolume>
{
    /// <summary>The default size of a megabyte; a provider's setting may say 1,000,000.</summary>
    public const long DefaultBytesPerMegabyte = 1_048_576;

    public static readonly DataVolume Zero;

    public static bool operator <(DataVolume left, DataVolume right) => left.Bytes < right.Bytes;
    public static bool operator >(DataVolume left, DataVolume right) => left.Bytes > right.Bytes;
    public static bool operator <=(DataVolume left, DataVolume right) => left.Bytes <= right.Bytes;
    public static bool operator >=(DataVolume left, DataVolume right) => left.Bytes >= right.Bytes;

    /// <summary>Megabytes to whole bytes, half a byte rounding up.</summary>
    /// <returns>False when the result does not fit in 63 bits.</returns>
    public static bool TryFromMegabytes(decimal megabytes, long bytesPerMegabyte, out DataVolume volume)
    {
        volume = default;
        if (megabytes < 0 || megabytes > long.MaxValue / bytesPerMegabyte)
        {
            return false;
        }

        volume = new DataVolume((long)decimal.Floor((megabytes * bytesPerMegabyte) + 0.5m));
        return true;
    }

    /// <summary>Megabytes of the default size, for amounts known to be good.</summary>
    public static DataVolume FromMegabytes(decimal megabytes) =>
        TryFromMegabytes(megabytes, DefaultBytesPerMegabyte, out DataVolume volume)
            ? volume
            : throw new ArgumentOutOfRangeException(nameof(megabytes), megabytes, "Data volume must be 0 to 8.7e12 MB.");

    public decimal ToMegabytes(long bytesPerMegabyte = DefaultBytesPerMegabyte) => (decimal)Bytes / bytesPerMegabyte;

    public int CompareTo(DataVolume other) => Bytes.CompareTo(other.Bytes);

    public override string ToString() => Bytes.ToString(CultureInfo.InvariantCulture) + " bytes";
}
