using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace CarrierOptimization.Tidy.Tests;

/// <summary>The files of this repository, as the tests below read them.</summary>
internal static class Repository
{
    private static readonly ConcurrentDictionary<string, SyntaxTree> Parsed = new();

    private static readonly string[] FoldersLeftOut = [".git", "bin", "obj", "artifacts", "out", "TestResults", ".vs"];

    /// <summary>The folder of the solution file, above the test's own output folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every file people write, by path below the root with forward slashes, in ordinal order.</summary>
    public static IReadOnlyList<string> Files { get; } =
        [.. Walk(new DirectoryInfo(Root)).Select(file => PathBelowRoot(file.FullName)).Order(StringComparer.Ordinal)];

    public static IReadOnlyList<string> SourceFiles { get; } =
        [.. Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal))];

    /// <summary>What goes into the product: not the tests and the benchmarks.</summary>
    public static IReadOnlyList<string> ProductFiles { get; } =
        [.. SourceFiles.Where(file => file.StartsWith("src/", StringComparison.Ordinal))];

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Root, file));

    public static SyntaxTree Parse(string file) => Parsed.GetOrAdd(
        file, path => CSharpSyntaxTree.ParseText(Read(path), new CSharpParseOptions(LanguageVersion.Preview), path));

    /// <summary>"file:line" of a node, for messages.</summary>
    public static string Place(string file, SyntaxNode node) =>
        $"{file}:{node.GetLocation().GetLineSpan().StartLinePosition.Line + 1}";

    private static IEnumerable<FileInfo> Walk(DirectoryInfo folder)
    {
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos())
        {
            if (entry is FileInfo file)
            {
                yield return file;
            }
            else if (entry is DirectoryInfo below && !FoldersLeftOut.Contains(below.Name))
            {
                foreach (FileInfo fileBelow in Walk(below))
                {
                    yield return fileBelow;
                }
            }
        }
    }

    private static string PathBelowRoot(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CarrierOptimizer.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException(
            $"No CarrierOptimizer.slnx above {AppContext.BaseDirectory}; run the tests from a clone of the repository.");
    }
}
