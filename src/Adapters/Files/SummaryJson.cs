using System.Text.Json;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.OptimizerCleanup;
using CarrierOptimization.Pipeline.Reports;

namespace CarrierOptimization.Adapters.Files;

/// <summary>Writes <c>summary.json</c>. Contract: docs/csv.md.</summary>
public static class SummaryJson
{
    /// <param name="phases">How long each phase took; <c>null</c> where the same input must give the same bytes.</param>
    public static byte[] Of(ReportContent content, IReadOnlyList<(string Phase, TimeSpan Elapsed)>? phases)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            WriteAbout(json, content.About);
            WriteCounts(json, content);
            WriteCosts(json, content);
            WriteExclusions(json, content.Report);
            json.WriteStartArray("notes");
            foreach (string note in content.Notes)
            {
                json.WriteStringValue(note);
            }

            json.WriteEndArray();
            if (phases is not null)
            {
                WritePhases(json, phases);
            }

            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private static void WriteAbout(Utf8JsonWriter json, IReadOnlyList<HeaderFact> about)
    {
        foreach (HeaderFact fact in about)
        {
            json.WriteString(fact.Name.ToLowerInvariant().Replace(' ', '_'), fact.Value);
        }
    }

    private static void WriteCounts(Utf8JsonWriter json, ReportContent content)
    {
        json.WriteNumber("devices", content.Report.Counts.Read);
        json.WriteNumber("optimised_devices", content.Report.Counts.Optimised);
        json.WriteNumber("excluded_devices", content.Report.Counts.Excluded);
        json.WriteNumber("groups", content.Grouping.GroupsOptimised);
        json.WriteNumber("components", content.Grouping.Components);
    }

    private static void WriteCosts(Utf8JsonWriter json, ReportContent content)
    {
        ReportCosts costs = content.Report.Costs;
        json.WriteString("currency", costs.Currency);
        Write("current_cost", costs.Current);
        Write("base_cost", costs.Base ?? Money.Zero);
        Write("optimal_cost", costs.Optimal);
        Write("lower_bound", costs.LowerBound);
        json.WriteNumber("gap", Math.Round(costs.Gap, 12));
        json.WriteBoolean("proven_optimal", costs.ProvenOptimal);
        Write("saving", costs.Saving);
        json.WriteNumber("saving_percent", Math.Round(costs.SavingShare * 100, 4));
        json.WriteNumber("changes", content.Report.Counts.Changed);
        json.WriteString("strategy", content.Strategy);
        json.WriteString("stopped_by", content.StoppedBy);

        void Write(string key, Money amount) => json.WriteString(key, amount.ToString());
    }

    private static void WriteExclusions(Utf8JsonWriter json, OptimizationReport report)
    {
        json.WriteStartArray("exclusions");
        foreach (ReportItem item in report.Items.Where(item => item.Kind == ReportItemKind.Exclusion))
        {
            json.WriteStartObject();
            json.WriteString("reason", item.Reason);
            json.WriteNumber("devices", item.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePhases(Utf8JsonWriter json, IReadOnlyList<(string Phase, TimeSpan Elapsed)> phases)
    {
        json.WriteStartObject("elapsed_ms");
        foreach ((string phase, TimeSpan elapsed) in phases)
        {
            json.WriteNumber(phase, Math.Round((decimal)elapsed.TotalMilliseconds, 1));
        }

        json.WriteEndObject();
    }
}
