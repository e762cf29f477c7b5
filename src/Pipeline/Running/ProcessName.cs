using System.Diagnostics;
using System.Globalization;

namespace CarrierOptimization.Pipeline.Running;

/// <summary>How a process is named in leases: machine, number and start, so that another one can tell whether it still lives.</summary>
public static class ProcessName
{
    private const char Separator = ':';

    /// <summary>Of this process.</summary>
    public static string Own { get; } = Of(Process.GetCurrentProcess());

    /// <summary>True when the owner of a lease was a process of this machine that is there no more.</summary>
    /// <param name="owner">As it stands in the lease: a name, a slash, and the number of the worker.</param>
    public static bool IsGone(string owner)
    {
        string[] parts = owner.Split('/')[0].Split(Separator);
        if (parts.Length != 3 || parts[0] != Environment.MachineName
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return false;
        }

        try
        {
            using Process process = Process.GetProcessById(number);
            return Of(process) != owner.Split('/')[0];
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException)
        {
            return true;
        }
    }

    private static string Of(Process process) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.MachineName}{Separator}{process.Id}{Separator}{new DateTimeOffset(process.StartTime).ToUnixTimeSeconds()}");
}
