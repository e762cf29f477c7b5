using Xunit;

namespace CarrierOptimization.Tidy.Tests;

/// <summary>Places where a house rule is broken.</summary>
internal static class Findings
{
    /// <summary>Fails with every place, one a line.</summary>
    public static void AssertNone(IEnumerable<string> found)
    {
        string[] all = [.. found];
        Assert.True(all.Length == 0, $"{all.Length} found:{Environment.NewLine}{string.Join(Environment.NewLine, all)}");
    }
}
