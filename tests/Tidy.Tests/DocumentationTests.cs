using System.Text.RegularExpressions;
using Xunit;

namespace CarrierOptimization.Tidy.Tests;

/// <summary>What the pages say about the repository is there.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string[] TextEndings =
        [".cs", ".md", ".csproj", ".props", ".slnx", ".json", ".yml", ".editorconfig", ".gitignore"];

    /// <summary>Written in parts, so that this file doesn't find itself.</summary>
    private static readonly string[] WordsOfOneMachine =
    [
        "/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/",
        "sha" + "red/spec", "sha" + "red/data", "../sha" + "red", "10-dom" + "ain", "20-eng" + "ine",
    ];

    /// <summary>Pages that others are writing at this moment. A page that is there must leave this list.</summary>
    private static readonly string[] PagesBeingWritten = [];

    private static IReadOnlyList<string> Pages { get; } =
        [.. Repository.Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal))];

    [Fact]
    public void Relative_links_lead_somewhere()
    {
        var broken = new List<string>();
        foreach (string page in Pages)
        {
            foreach (Match link in Link().Matches(WithoutCode(page)))
            {
                string[] target = link.Groups["target"].Value.Split('#', 2);
                string file = target[0].Length == 0 ? page : Resolve(page, target[0]);
                if (!Exists(file))
                {
                    broken.Add($"{page}: {link.Value}");
                }
                else if (target.Length == 2 && file.EndsWith(".md", StringComparison.Ordinal) && !Anchors(file).Contains(target[1]))
                {
                    broken.Add($"{page}: {link.Value}: no heading of that name in {file}");
                }
            }
        }

        Findings.AssertNone(broken);
    }

    [Fact]
    public void Files_named_in_pages_exist() => Findings.AssertNone(
        Pages.SelectMany(page => PathInCode().Matches(Repository.Read(page))
                .Select(match => (page, path: match.Groups["path"].Value)))
            .Where(named => !Exists(named.path.TrimEnd('/')))
            .Select(named => $"{named.page}: `{named.path}`"));

    [Fact]
    public void Pages_named_in_code_exist() => Findings.AssertNone(
        Repository.SourceFiles
            .SelectMany(file => PageInCode().Matches(Repository.Read(file)).Select(match => (file, page: match.Value)))
            .Where(named => !Exists(named.page))
            .Select(named => $"{named.file}: {named.page}").Distinct());

    [Fact]
    public void Sections_cited_in_code_exist() => Findings.AssertNone(
        Repository.SourceFiles
            .SelectMany(file => CitedSection().Matches(Repository.Read(file)).Select(match => (file, match)))
            .Where(cited => !PagesBeingWritten.Contains(cited.match.Groups["page"].Value))
            .Where(cited => !Repository.Lines(cited.match.Groups["page"].Value)
                .Any(line => line.StartsWith('#') && line.TrimStart('#', ' ') == cited.match.Groups["section"].Value))
            .Select(cited => $"{cited.file}: {cited.match.Value}").Distinct());

    [Fact]
    public void Nothing_names_one_persons_machine() => Findings.AssertNone(
        Repository.Files.Where(IsText)
            .SelectMany(file => Repository.Lines(file).Select((line, index) => (line, place: $"{file}:{index + 1}")))
            .SelectMany(row => WordsOfOneMachine.Where(word => row.line.Contains(word, StringComparison.OrdinalIgnoreCase))
                .Select(word => $"{row.place}: {word}")));

    [Fact]
    public void The_readme_fits_one_or_two_screens() => Assert.InRange(Repository.Lines("README.md").Length, 20, 120);

    private static bool IsText(string file) =>
        TextEndings.Contains(Path.GetExtension(file)) || file is "cco" or "test" or ".ci/run";

    private static bool Exists(string path)
    {
        if (PagesBeingWritten.Contains(path))
        {
            return true;
        }

        string full = Path.Combine(Repository.Root, path);
        return File.Exists(full) || Directory.Exists(full);
    }

    private static string Resolve(string page, string target)
    {
        string folder = Path.GetDirectoryName(page) ?? "";
        return Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, folder, target)));
    }

    /// <summary>The page less its fenced blocks, where brackets mean something else.</summary>
    private static string WithoutCode(string page) => Fence().Replace(Repository.Read(page), "");

    /// <summary>The names that headings can be linked by: small letters, hyphens for spaces, no punctuation.</summary>
    private static HashSet<string> Anchors(string page) =>
        [.. Repository.Lines(page).Where(line => line.StartsWith('#'))
            .Select(line => NoAnchorCharacter().Replace(line.TrimStart('#', ' ').ToLowerInvariant(), "").Replace(' ', '-'))];

    [GeneratedRegex(@"\[[^\]]*\]\((?!https?:|mailto:)(?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`(?<path>(?:src|tests|bench|samples|docs)/[\w./-]+)`")]
    private static partial Regex PathInCode();

    [GeneratedRegex(@"\bdocs/[\w/-]+\.md")]
    private static partial Regex PageInCode();

    [GeneratedRegex(@"(?<page>docs/[\w/-]+\.md), ""(?<section>[^""]+)""")]
    private static partial Regex CitedSection();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoAnchorCharacter();
}
