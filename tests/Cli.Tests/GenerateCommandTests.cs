using System.IO.Compression;
using CarrierOptimization.Simulator.Fleets;
using Xunit;

namespace CarrierOptimization.Cli.Tests;

public sealed class GenerateCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cco-generate-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_samples_are_what_the_command_beside_them_writes()
    {
        string samples = Path.Combine(RepositoryRoot(), "samples");
        string command = File.ReadLines(Path.Combine(samples, "README.md"))
            .Single(line => line.StartsWith("./cco generate", StringComparison.Ordinal));
        string[] words = command.Split(' ')[1..];
        Assert.Equal("samples", words[^1]);
        words[^1] = _folder.FullName;

        (int code, _, string error) = await Run(words);

        Assert.Equal("", error);
        Assert.Equal(ExitCode.Done, code);
        foreach (string file in new[] { FleetFiles.DevicesFile, FleetFiles.PlansFile, FleetFiles.CommunicationPlansFile })
        {
            Assert.True(
                File.ReadAllBytes(Path.Combine(samples, file)).AsSpan().SequenceEqual(File.ReadAllBytes(InFolder(file))),
                $"samples/{file} is not what \"{command}\" writes; run it and commit what changed, if the change was meant.");
        }
    }

    [Fact]
    public async Task Compressed_devices_are_the_same_rows()
    {
        await Run("generate", "--devices", "500", "--output", _folder.FullName);
        await Run("generate", "--devices", "500", "--output", _folder.FullName, "--gzip");

        using var plain = File.OpenText(InFolder("devices.csv"));
        using var compressed = new StreamReader(
            new GZipStream(File.OpenRead(InFolder("devices.csv.gz")), CompressionMode.Decompress));
        Assert.Equal(await plain.ReadToEndAsync(Token), await compressed.ReadToEndAsync(Token));
    }

    [Fact]
    public async Task It_says_what_it_wrote_and_what_to_do_next()
    {
        (int code, string output, _) = await Run("generate", "--devices", "1200", "--plans", "12", "--output", _folder.FullName);

        Assert.Equal(ExitCode.Done, code);
        string written = $"1,200 SIMs, 12 rate plans and 3 communication plans written to {_folder.FullName} in ";
        Assert.StartsWith(written, output, StringComparison.Ordinal);
        Assert.Contains("Next: cco optimize --devices " + InFolder("devices.csv"), output, StringComparison.Ordinal);
        Assert.Equal(1_201, File.ReadLines(InFolder("devices.csv")).Count());
    }

    [Fact]
    public async Task An_impossible_shape_is_refused_before_anything_is_written()
    {
        (int code, string output, string error) =
            await Run("generate", "--devices", "-1", "--plans", "2", "--output", _folder.FullName);

        Assert.Equal(ExitCode.BadInput, code);
        Assert.Equal("", output);
        string[] lines = error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["cco generate: -1 devices: expected 0 to 50000000.", "cco generate: 2 plans: expected 3 to 64."], lines);
        Assert.Empty(_folder.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task A_folder_that_can_not_be_made_is_named()
    {
        string taken = InFolder("taken");
        await File.WriteAllTextAsync(taken, "a file", Token);

        (int code, _, string error) = await Run("generate", "--devices", "10", "--output", taken);

        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains($"can't write to {taken}", error, StringComparison.Ordinal);
        Assert.Contains("Choose another --output.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_run_leaves_no_device_file()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        Assert.ThrowsAny<OperationCanceledException>(() => FleetFiles.Write(
            FleetShape.OfProfile("pooled", 100_000, seed: 1), _folder.FullName, compress: false, progress: null, cancelled.Token));

        Assert.Empty(_folder.EnumerateFiles("devices*"));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<(int Code, string Output, string Error)> Run(params string[] words)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int code = await CommandTree.RunAsync(words, output, error, Token);
        return (code, output.ToString(), error.ToString());
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

    private string InFolder(string file) => Path.Combine(_folder.FullName, file);
}
