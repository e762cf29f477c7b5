using System.Globalization;

namespace CarrierOptimization.Benchmarks.Measuring;

/// <summary>What this process ever held in memory, as Linux counts it.</summary>
internal static class PeakMemory
{
    private const string StatusFile = "/proc/self/status";

    /// <returns>Bytes, or <c>null</c> where the system does not tell.</returns>
    public static long? Bytes()
    {
        if (!File.Exists(StatusFile))
        {
            return null;
        }

        string? line = File.ReadLines(StatusFile).FirstOrDefault(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
        string? kilobytes = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(1);
        return long.TryParse(kilobytes, CultureInfo.InvariantCulture, out long found) ? found * 1024 : null;
    }
}
