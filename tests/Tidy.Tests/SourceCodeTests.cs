using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace CarrierOptimization.Tidy.Tests;

/// <summary>House rules that the compiler does not check. Each failure lists every place.</summary>
public sealed partial class SourceCodeTests
{
    private const int FileLinesMax = 600;
    private const int LineLengthMax = 145;
    private const int MethodLinesMax = 60;

    /// <summary>The one place that may ask the machine for the time: where a TimeProvider is handed in, at the top.</summary>
    private static readonly string[] FilesThatMayReadTheClock = [];

    private static IEnumerable<string> LibraryFiles =>
        Repository.ProductFiles.Where(file => !file.StartsWith("src/Cli/", StringComparison.Ordinal));

    [Fact]
    public void The_code_base_is_found()
    {
        Assert.True(
            Repository.ProductFiles.Count > 20,
            $"Only {Repository.ProductFiles.Count} source files below {Repository.Root}/src.");
    }

    [Fact]
    public void No_file_is_longer_than_600_lines() => Findings.AssertNone(
        Repository.SourceFiles.Where(file => Repository.Lines(file).Length >= FileLinesMax)
            .Select(file => $"{file}: {Repository.Lines(file).Length} lines; part it by what it does."));

    [Fact]
    public void No_line_is_longer_than_145_characters() => Findings.AssertNone(
        Repository.SourceFiles.SelectMany(file => Repository.Lines(file).Select((line, index) => (file, line, number: index + 1)))
            .Where(row => row.line.Length > LineLengthMax)
            .Select(row => $"{row.file}:{row.number}: {row.line.Length} characters"));

    [Fact]
    public void No_method_is_longer_than_60_lines() => Findings.AssertNone(
        NodesOf<BaseMethodDeclarationSyntax>(Repository.SourceFiles)
            .Select(found => (found.File, found.Node, lines: LinesOf((SyntaxNode?)found.Node.Body ?? found.Node.ExpressionBody)))
            .Where(found => found.lines > MethodLinesMax)
            .Select(found => $"{Repository.Place(found.File, found.Node)}: {found.lines} lines"));

    [Fact]
    public void No_method_is_async_void() => Findings.AssertNone(
        NodesOf<MethodDeclarationSyntax>(Repository.SourceFiles)
            .Where(found => found.Node.Modifiers.Any(SyntaxKind.AsyncKeyword)
                && found.Node.ReturnType is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword })
            .Select(found => $"{Repository.Place(found.File, found.Node)}: async void loses its exceptions; return Task."));

    [Fact]
    public void Nothing_blocks_on_a_task() => Findings.AssertNone(
        NodesOf<MemberAccessExpressionSyntax>(Repository.SourceFiles)
            .Where(found => BlocksOnTask(found.Node))
            .Select(found => $"{Repository.Place(found.File, found.Node)}: {found.Node} blocks a thread; await it."));

    [Fact]
    public void There_are_no_regions() => Findings.AssertNone(
        Repository.SourceFiles.Where(file =>
            Repository.Lines(file).Any(line => line.TrimStart().StartsWith("#region", StringComparison.Ordinal))));

    [Fact]
    public void No_type_or_file_has_a_vague_name() => Findings.AssertNone(
        NodesOf<BaseTypeDeclarationSyntax>(Repository.SourceFiles).Select(found => (found.File, Name: found.Node.Identifier.Text))
            .Concat(Repository.SourceFiles.Select(file => (File: file, Name: Path.GetFileNameWithoutExtension(file))))
            .Where(found => VagueName().IsMatch(found.Name))
            .Select(found => $"{found.File}: {found.Name}; say what it does."));

    [Fact]
    public void Only_named_places_read_the_clock() => Findings.AssertNone(
        NodesOf<MemberAccessExpressionSyntax>(Repository.ProductFiles)
            .Where(found => !FilesThatMayReadTheClock.Contains(found.File) && ClockRead().IsMatch(found.Node.ToString()))
            .Select(found => $"{Repository.Place(found.File, found.Node)}: {found.Node}; take a TimeProvider."));

    [Fact]
    public void Random_numbers_are_seeded() => Findings.AssertNone(
        NodesOf<ExpressionSyntax>(Repository.SourceFiles)
            .Where(found => found.Node.ToString() is "Random.Shared" or "new Random()" or "Guid.NewGuid")
            .Where(found => found.File.StartsWith("src/Engine/", StringComparison.Ordinal)
                || found.File.StartsWith("src/Simulator/", StringComparison.Ordinal)
                || found.Node.ToString() != "Guid.NewGuid")
            .Select(found => $"{Repository.Place(found.File, found.Node)}: {found.Node}; pass a seeded generator."));

    [Fact]
    public void Billed_money_and_data_never_meet_floating_point() => Findings.AssertNone(
        NodesOf<PredefinedTypeSyntax>(Repository.ProductFiles.Where(IsExactArithmetic))
            .Where(found => found.Node.Keyword.Kind() is SyntaxKind.DoubleKeyword or SyntaxKind.FloatKeyword)
            .Select(found => $"{Repository.Place(found.File, found.Node)}: {found.Node}; money and bytes are whole numbers."));

    [Fact]
    public void Classes_are_sealed_static_or_abstract() => Findings.AssertNone(
        NodesOf<ClassDeclarationSyntax>(Repository.SourceFiles)
            // BenchmarkDotNet derives from the classes whose methods it times.
            .Where(found => !found.File.StartsWith("bench/Kernels/", StringComparison.Ordinal)
                || !found.Node.Members.Any(member => member.AttributeLists.ToString().Contains("Benchmark", StringComparison.Ordinal)))
            .Where(found => !found.Node.Modifiers.Any(modifier =>
                modifier.Kind() is SyntaxKind.SealedKeyword or SyntaxKind.StaticKeyword or SyntaxKind.AbstractKeyword))
            .Select(found => $"{Repository.Place(found.File, found.Node)}: class {found.Node.Identifier} is open; seal it."));

    [Fact]
    public void Every_catch_names_a_type() => Findings.AssertNone(
        NodesOf<CatchClauseSyntax>(Repository.SourceFiles)
            .Where(found => found.Node.Declaration is null)
            .Select(found => $"{Repository.Place(found.File, found.Node)}: catch without a type"));

    [Fact]
    public void Public_members_that_take_a_cancellation_token_take_it_last() => Findings.AssertNone(
        NodesOf<MethodDeclarationSyntax>(Repository.ProductFiles)
            .Where(found => found.Node.ParameterList.Parameters.SkipLast(1)
                .Any(parameter => parameter.Type?.ToString() == "CancellationToken"))
            .Select(found => $"{Repository.Place(found.File, found.Node)}: {found.Node.Identifier}"));

    [Fact]
    public void Public_types_of_the_libraries_say_what_they_mean() => Findings.AssertNone(
        NodesOf<BaseTypeDeclarationSyntax>(LibraryFiles)
            .Where(found => found.Node.Modifiers.Any(SyntaxKind.PublicKeyword) && found.Node.Parent is not TypeDeclarationSyntax)
            .Where(found => !found.Node.GetLeadingTrivia().ToString().Contains("<summary>", StringComparison.Ordinal))
            .Select(found => $"{Repository.Place(found.File, found.Node)}: {found.Node.Identifier} has no summary."));

    /// <summary>The settings of a command are described by its help.</summary>
    [Fact]
    public void Every_setting_of_a_library_says_what_it_means() => Findings.AssertNone(
        NodesOf<PropertyDeclarationSyntax>(LibraryFiles)
            .Where(found => found.Node.Parent is TypeDeclarationSyntax type
                && (type.Identifier.Text.EndsWith("Options", StringComparison.Ordinal)
                    || type.Identifier.Text.EndsWith("Settings", StringComparison.Ordinal)
                    || type.Identifier.Text.EndsWith("Rules", StringComparison.Ordinal)))
            .Where(found => found.Node.Modifiers.Any(SyntaxKind.PublicKeyword) && found.Node.AccessorList is not null)
            .Where(found => !found.Node.GetLeadingTrivia().ToString().Contains("<summary>", StringComparison.Ordinal))
            .Select(found => $"{Repository.Place(found.File, found.Node)}: {found.Node.Identifier} has no summary."));

    private static bool IsExactArithmetic(string file) =>
        file.StartsWith("src/Engine/Units/", StringComparison.Ordinal)
        || file.StartsWith("src/Engine/Billing/", StringComparison.Ordinal);

    /// <summary>A property named Result, or a call of Wait without arguments, is taken to be a task's.</summary>
    private static bool BlocksOnTask(MemberAccessExpressionSyntax access) =>
        access.Name.Identifier.Text switch
        {
            "Result" => access.Parent is not InvocationExpressionSyntax,
            "Wait" => access.Parent is InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0 },
            "GetResult" => access.Expression.ToString().EndsWith("GetAwaiter()", StringComparison.Ordinal),
            _ => false,
        };

    private static int LinesOf(SyntaxNode? node)
    {
        if (node is null)
        {
            return 0;
        }

        FileLinePositionSpan span = node.GetLocation().GetLineSpan();
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }

    private static IEnumerable<(string File, TNode Node)> NodesOf<TNode>(IEnumerable<string> files)
        where TNode : SyntaxNode =>
        files.SelectMany(file => Repository.Parse(file).GetRoot().DescendantNodes().OfType<TNode>().Select(node => (file, node)));

    [GeneratedRegex("(Utils?|Utility|Utilities|Helpers?|Managers?|Impl|Infos?|Common|Misc)$")]
    private static partial Regex VagueName();

    [GeneratedRegex(@"\b(DateTime|DateTimeOffset)\.(Now|UtcNow|Today)$|^Stopwatch\.StartNew$|^Environment\.TickCount(64)?$")]
    private static partial Regex ClockRead();
}
