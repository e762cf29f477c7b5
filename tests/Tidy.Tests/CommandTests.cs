using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;

namespace CarrierOptimization.Tidy.Tests;

/// <summary>The commands in the pages, typed as a reader would type them.</summary>
public sealed partial class CommandTests : IDisposable
{
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cco-pages-");

    /// <summary>The blocks fenced as "sh test": they run in a folder that looks like a fresh clone.</summary>
    public static TheoryData<string, string> TestedBlocks => [.. Repository.Files
        .Where(file => file.EndsWith(".md", StringComparison.Ordinal))
        .SelectMany(page => TestedBlock().Matches(Repository.Read(page))
            .Select(block => (page, block.Groups["commands"].Value)))];

    public static TheoryData<string> Verbs => [.. Repository.Files
        .Where(file => file.EndsWith(".md", StringComparison.Ordinal))
        .SelectMany(page => Verb().Matches(Repository.Read(page)).Select(match => match.Groups["verb"].Value))
        .Where(verb => verb != "bench")
        .Distinct().Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(TestedBlocks))]
    public async Task Commands_marked_as_tested_work(string page, string commands)
    {
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "cco"), Path.Combine(Repository.Root, "cco"));
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "samples"));
        foreach (string sample in Directory.GetFiles(Path.Combine(Repository.Root, "samples")))
        {
            File.Copy(sample, Path.Combine(_folder.FullName, "samples", Path.GetFileName(sample)));
        }

        (int code, string output) = await Run("set -e\n" + commands);

        Assert.True(code == 0, $"{page}: code {code}{Environment.NewLine}{commands}{Environment.NewLine}{output}");
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task Commands_named_in_pages_exist(string verb)
    {
        (int code, string output) = await Run($"'{Path.Combine(Repository.Root, "cco")}' {verb} --help");

        Assert.True(code == 0, output);
        Assert.Contains($"cco {verb}", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_launcher_works_through_a_symlink_from_another_folder()
    {
        string link = Path.Combine(_folder.FullName, "optimizer");
        File.CreateSymbolicLink(link, Path.Combine(Repository.Root, "cco"));

        (int code, string output) = await Run("./optimizer --help");

        Assert.True(code == 0, output);
        Assert.Contains("generate", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stopped_command_tidies_up_and_says_so()
    {
        string cco = Path.Combine(Repository.Root, "cco");
        (int code, string output) = await Run($"""
            '{cco}' --version
            '{cco}' generate --devices 50000000 --output fleet & made=$!
            until [ -e fleet/devices.csv.unfinished ] || ! kill -0 $made; do sleep 0.05; done
            kill -TERM $made
            wait $made
            """);

        Assert.True(code == 130, output);
        Assert.Contains("cco generate: stopped; no file of devices was written.", output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder.FullName, "fleet"), "devices*"));
    }

    [Fact]
    public async Task The_launcher_says_in_one_line_that_the_SDK_is_missing()
    {
        // A bare copy of the launcher in an empty clone, where no dotnet can be found.
        File.Copy(Path.Combine(Repository.Root, "cco"), Path.Combine(_folder.FullName, "cco"));
        await File.WriteAllTextAsync(
            Path.Combine(_folder.FullName, "dotnet"), "#!/bin/sh\nexit 1\n", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "src"));

        (int code, string output) = await Run("chmod +x dotnet; DOTNET_ROOT=$PWD ./cco --help");

        Assert.Equal(1, code);
        string line = Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("cco: the .NET 10 SDK is missing", line, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Output)> Run(string script)
    {
        var start = new ProcessStartInfo("bash", ["-c", script])
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(CommandTimeout);
        Task<string> output = process.StandardOutput.ReadToEndAsync(timeout.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(timeout.Token);
        await process.WaitForExitAsync(timeout.Token);
        return (process.ExitCode, await output + await error);
    }

    [GeneratedRegex(@"^```sh test\n(?<commands>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex TestedBlock();

    [GeneratedRegex(@"^\s*(?:\./)?cco (?<verb>[a-z]+)\b|`(?:\./)?cco (?<verb>[a-z]+)\b", RegexOptions.Multiline)]
    private static partial Regex Verb();
}
