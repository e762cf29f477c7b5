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
        using (var folder = new OutputFolder(Target, ["a.csv", "b.csv"]))
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
        using (var folder = new OutputFolder(Target, ["a.csv", "b.csv"]))
        {
            using Stream stream = folder.Create("a.csv", null, cancelled.Token);
            stream.WriteByte(1);
            cancelled.Cancel();
            Assert.Throws<OperationCanceledException>(() => stream.WriteByte(2));
        }

        Assert.False(Directory.Exists(Target));
    }

    [Fact]
    public void Folders_made_on_the_way_are_removed_again_and_older_ones_stay()
    {
        using (var folder = new OutputFolder(Path.Combine(Target, "2026", "may"), ["a.csv"]))
        {
            Write(folder, "a.csv", "half");
        }

        Assert.False(Directory.Exists(Target));
        Assert.True(Directory.Exists(_folder.FullName));
    }

    [Theory]
    [InlineData("results")]
    [InlineData("results/may")]
    public void A_file_in_the_way_is_named(string path)
    {
        File.WriteAllText(Target, "mine");

        OutputException failure = Refused(Path.Combine(_folder.FullName, path));

        Assert.Equal($"{Target} is a file; expected a folder. Move the file away, or choose another folder.", failure.Message);
        Assert.Equal("mine", File.ReadAllText(Target));
    }

    [Theory]
    [InlineData("b.csv")]
    [InlineData("b.csv.part")]
    public void A_folder_in_place_of_a_result_is_named_before_any_work(string name)
    {
        Directory.CreateDirectory(Path.Combine(Target, name));

        Assert.StartsWith($"{name} in it is a folder; expected a file of an earlier run, or none.", Refused(Target).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_nobody_may_write_to_is_told_so()
    {
        if (OperatingSystem.IsWindows() || Environment.UserName == "root")
        {
            Assert.Skip("This user may write everywhere.");
            return;
        }

        Directory.CreateDirectory(Target, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        Assert.StartsWith("you may not write in this folder.", Refused(Target).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_is_told_so_and_leaves_the_earlier_files_and_nothing_else()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        Publish("first", "first");
        File.CreateSymbolicLink(Path.Combine(Target, "b.csv.part"), "/dev/full");

        using (var folder = new OutputFolder(Target, ["a.csv", "b.csv"]))
        {
            Write(folder, "a.csv", "second");
            OutputException failure = Assert.Throws<OutputException>(() => Write(folder, "b.csv", "second"));
            Assert.Equal("the disk is full. Free some space, or choose a folder on another disk.", failure.Message);
        }

        Assert.Equal(["a.csv", "b.csv"], Directory.GetFiles(Target).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal("first", File.ReadAllText(Path.Combine(Target, "a.csv")));
    }

    [Fact]
    public void When_one_file_cannot_be_replaced_all_keep_their_earlier_content()
    {
        Publish("first", "first");
        using (var folder = new OutputFolder(Target, ["a.csv", "b.csv"]))
        {
            Write(folder, "a.csv", "second");
            Write(folder, "b.csv", "second");
            File.Delete(Path.Combine(Target, "b.csv"));
            Directory.CreateDirectory(Path.Combine(Target, "b.csv"));

            Assert.StartsWith("b.csv in it cannot be replaced; another program may have it open.",
                Assert.Throws<OutputException>(folder.Publish).Message, StringComparison.Ordinal);
        }

        Assert.Equal("first", File.ReadAllText(Path.Combine(Target, "a.csv")));
        Assert.Equal(["a.csv", "b.csv"], Directory.GetFileSystemEntries(Target).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private static OutputException Refused(string path) => Assert.Throws<OutputException>(() => new OutputFolder(path, ["a.csv", "b.csv"]));

    private void Publish(string first, string second)
    {
        using var folder = new OutputFolder(Target, ["a.csv", "b.csv"]);
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
