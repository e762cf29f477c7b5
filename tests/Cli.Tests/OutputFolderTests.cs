using CarrierOptimization.Adapters.Files;
using Xunit;

namespace CarrierOptimization.Cli.Tests;

public sealed class OutputFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cco-output-");

    private string Target => Path.Combine(_folder.FullName, "results");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Files_appear_together_when_published_and_replace_earlier_ones()
    {
        Publish("first", "first");
        Publish("second", "second");

        Assert.Equal(["a.csv", "b.csv"], Directory.GetFiles(Target).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal("second", File.ReadAllText(Path.Combine(Target, "a.csv")));
    }

    [Fact]
    public void An_unpublished_run_leaves_the_earlier_files_and_nothing_else()
    {
        Publish("first", "first");
        using (var folder = new OutputFolder(Target))
        {
            Write(folder, "a.csv", "half");
        }

        Assert.Equal(["a.csv", "b.csv"], Directory.GetFiles(Target).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal("first", File.ReadAllText(Path.Combine(Target, "a.csv")));
    }

    [Fact]
    public void A_write_after_cancellation_throws_and_a_new_folder_is_removed()
    {
        using var cancelled = new CancellationTokenSource();
        using (var folder = new OutputFolder(Target))
        {
            using Stream stream = folder.Create("a.csv", null, cancelled.Token);
            stream.WriteByte(1);
            cancelled.Cancel();
            Assert.Throws<OperationCanceledException>(() => stream.WriteByte(2));
        }

        Assert.False(Directory.Exists(Target));
    }

    private void Publish(string first, string second)
    {
        using var folder = new OutputFolder(Target);
        Write(folder, "a.csv", first);
        Write(folder, "b.csv", second);
        folder.Publish();
    }

    private static void Write(OutputFolder folder, string name, string text)
    {
        using var writer = new StreamWriter(folder.Create(name, null, CancellationToken.None));
        writer.Write(text);
    }
}
