namespace CarrierOptimization.Adapters.Jasper;

/// <summary>The carrier's units of data.</summary>
internal static class DataUnits
{
    /// <summary>Bytes of one unit.</summary>
    /// <param name="bytesPerMegabyte">1,048,576 or 1,000,000; the other units follow it.</param>
    /// <returns><c>null</c> for a unit that is not known.</returns>
    public static long? BytesOf(string unit, long bytesPerMegabyte)
    {
        long step = bytesPerMegabyte == 1_000_000 ? 1_000 : 1_024;
        return unit.Trim().ToUpperInvariant() switch
        {
            "B" or "BYTE" or "BYTES" => 1,
            "KB" or "KILOBYTE" or "KILOBYTES" => step,
            "MB" or "MEGABYTE" or "MEGABYTES" => bytesPerMegabyte,
            "GB" or "GIGABYTE" or "GIGABYTES" => bytesPerMegabyte * step,
            "TB" or "TERABYTE" or "TERABYTES" => bytesPerMegabyte * step * step,
            _ => null,
        };
    }
}
