using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace CarrierOptimization.Tidy.Tests;

/// <summary>Which project, and which folder of the engine, may know which. The picture is in docs/architecture.md.</summary>
public sealed class ProjectTests
{
    private const string Prefix = "CarrierOptimization.";

    /// <summary>Per project everything of ours it may use, directly.</summary>
    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Engine"] = [],
        ["Pipeline"] = ["Engine"],
        ["Adapters"] = ["Engine", "Pipeline"],
        ["Simulator"] = ["Engine"],
        ["Cli"] = ["Engine", "Pipeline", "Adapters", "Simulator"],
    };

    private static readonly string[] FoldersTheCheckerMayNotSee = ["Search", "Bounding", "Strategies"];

    private static readonly string[] TypesOfTheOutsideWorld =
        ["File", "Directory", "FileStream", "HttpClient", "Socket", "Console", "Process", "DbConnection"];

    [Fact]
    public void Projects_use_each_other_in_one_direction_only()
    {
        var wrong = new List<string>();
        foreach ((string name, XDocument project) in SourceProjects())
        {
            if (!MayUse.TryGetValue(name, out string[]? allowed))
            {
                wrong.Add($"{name}: say here and in docs/architecture.md what this project may use.");
                continue;
            }

            wrong.AddRange(References(project, "ProjectReference").Select(NameOfProject)
                .Except(allowed).Select(used => $"{name} uses {used}; it may use {string.Join(", ", allowed)}."));
        }

        Findings.AssertNone(wrong);
    }

    [Fact]
    public void The_engine_has_no_packages()
    {
        XDocument engine = SourceProjects().Single(project => project.Name == "Engine").Project;

        Findings.AssertNone(References(engine, "PackageReference"));
    }

    [Fact]
    public void Other_solvers_are_in_the_benchmarks_only() => Findings.AssertNone(
        SourceProjects().SelectMany(project => References(project.Project, "PackageReference"))
            .Where(package => package.Contains("OrTools", StringComparison.Ordinal)));

    [Fact]
    public void The_engine_touches_nothing_outside() => Findings.AssertNone(
        EngineNames("src/Engine/").Where(found => TypesOfTheOutsideWorld.Contains(found.Name)).Select(found => found.Place));

    [Fact]
    public void The_engine_is_synchronous() => Findings.AssertNone(
        EngineNames("src/Engine/").Where(found => found.Name is "async" or "Task" or "ValueTask").Select(found => found.Place));

    [Fact]
    public void The_certificate_checker_does_not_see_the_search()
    {
        var names = EngineNames("src/Engine/Certificates/").ToList();

        Assert.NotEmpty(names);
        Findings.AssertNone(names.Where(found => FoldersTheCheckerMayNotSee.Contains(found.Name)).Select(found => found.Place));
    }

    [Fact]
    public void No_using_is_hidden_from_the_files_of_the_engine()
    {
        XDocument engine = SourceProjects().Single(project => project.Name == "Engine").Project;

        Findings.AssertNone(References(engine, "Using"));
        Findings.AssertNone(Repository.ProductFiles
            .Where(file => file.StartsWith("src/Engine/", StringComparison.Ordinal))
            .Where(file => Repository.Parse(file).GetRoot().DescendantNodes().OfType<UsingDirectiveSyntax>()
                .Any(directive => directive.GlobalKeyword.IsKind(SyntaxKind.GlobalKeyword))));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = Repository.Read("CarrierOptimizer.slnx");

        Findings.AssertNone(Repository.Files
            .Where(file => file.EndsWith(".csproj", StringComparison.Ordinal))
            .Where(file => file.StartsWith("src/", StringComparison.Ordinal) || file.StartsWith("tests/", StringComparison.Ordinal))
            .Where(file => !solution.Contains(file, StringComparison.Ordinal)));
    }

    /// <summary>Every identifier in the code below a folder: comments don't count.</summary>
    private static IEnumerable<(string Name, string Place)> EngineNames(string folder) =>
        Repository.ProductFiles.Where(file => file.StartsWith(folder, StringComparison.Ordinal))
            .SelectMany(file => Repository.Parse(file).GetRoot().DescendantTokens()
                .Where(token => token.Parent is not null)
                .Select(token => (token.Text, $"{Repository.Place(file, token.Parent!)}: {token.Text}")));

    private static IEnumerable<(string Name, XDocument Project)> SourceProjects() =>
        Repository.Files.Where(file => file.StartsWith("src/", StringComparison.Ordinal))
            .Where(file => file.EndsWith(".csproj", StringComparison.Ordinal))
            .Select(file => (NameOfProject(file), XDocument.Parse(Repository.Read(file))));

    private static IEnumerable<string> References(XDocument project, string element) =>
        project.Descendants(element).Select(reference => reference.Attribute("Include")?.Value ?? "");

    private static string NameOfProject(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path.Replace('\\', '/'));
        return name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;
    }
}
