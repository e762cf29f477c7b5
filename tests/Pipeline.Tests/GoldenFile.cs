using Xunit;

namespace CarrierOptimization.Pipeline.Tests;

/// <summary>Texts that must come out letter by letter, kept as files below <c>Golden/</c>.</summary>
/// <remarks>With <c>CCO_WRITE_GOLDEN=1</c> the files are written in place of being compared; look at the difference before committing.</remarks>
internal static class GoldenFile
{
    public static void AssertEqual(string name, string actual)
    {
        string path = Path.Combine(RepositoryRoot(), "tests", "Pipeline.Tests", "Golden", name);
        if (Environment.GetEnvironmentVariable("CCO_WRITE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual + "\n");
        }

        Assert.True(File.Exists(path), $"No {path}; write it with CCO_WRITE_GOLDEN=1.");
        Assert.Equal(File.ReadAllText(path), actual + "\n");
    }

    private static string RepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CarrierOptimizer.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Run the tests from a clone of the repository.");
    }
}
