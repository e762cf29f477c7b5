using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CarrierOptimization.Benchmarks.Goals;

/// <summary>Where the figures were measured.</summary>
/// <param name="Date">As told by whoever runs it.</param>
internal sealed record Machine(string Processor, int Processors, string System, string Runtime, string Date)
{
    private const string ProcessorFile = "/proc/cpuinfo";

    /// <summary>The processor's name in small letters and dashes.</summary>
    [JsonIgnore]
    public string FileName => string.Join(
        '-', Processor.ToLowerInvariant().Split([.. Processor.ToLowerInvariant().Where(sign => !char.IsAsciiLetterOrDigit(sign))],
            StringSplitOptions.RemoveEmptyEntries)) + ".md";

    public static Machine Here(string date) => new(
        ProcessorName(), Environment.ProcessorCount, RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription, date);

    private static string ProcessorName()
    {
        string? line = File.Exists(ProcessorFile)
            ? File.ReadLines(ProcessorFile).FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line is null
            ? RuntimeInformation.ProcessArchitecture.ToString()
            : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}

/// <summary>Shows the rows: for people, as JSON, and as a page to keep.</summary>
internal static class GoalsTable
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static string Line(GoalRow row) =>
        $"{Word(row.Verdict),-6}  {row.Goal}\n        {row.Subject}: {row.Measured}";

    public static string Summary(IReadOnlyCollection<GoalRow> rows) =>
        $"{rows.Count(row => row.Verdict == Verdict.Met)} met, {rows.Count(row => row.Verdict == Verdict.Missed)} missed";

    public static string ToJson(Machine machine, IReadOnlyCollection<GoalRow> rows) =>
        JsonSerializer.Serialize(new { Machine = machine, Rows = rows }, Json);

    public static string ToPage(Machine machine, string command, IReadOnlyCollection<GoalRow> rows)
    {
        var page = new StringBuilder();
        page.Append("# ").Append(machine.Processor).Append(", ").Append(machine.Processors).Append(" processors\n\n");
        page.Append("Measured ").Append(machine.Date).Append(" on ").Append(machine.System).Append(", ").Append(machine.Runtime);
        page.Append(", by `").Append(command).Append("`. What each row means: docs/benchmarks.md.\n\n");
        page.Append(Summary(rows)).Append(".\n\n");
        page.Append("| | goal | instance | measured |\n|---|---|---|---|\n");
        foreach (GoalRow row in rows)
        {
            page.Append("| ").Append(Word(row.Verdict)).Append(" | ").Append(row.Goal).Append(" | ").Append(row.Subject);
            page.Append(" | ").Append(row.Measured).Append(" |\n");
        }

        return page.ToString();
    }

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Met => "met",
        Verdict.Missed => "MISSED",
        _ => string.Empty,
    };
}
