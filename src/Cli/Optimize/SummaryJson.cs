using System.Text.Json;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.OptimizerCleanup;

namespace CarrierOptimization.Cli.Optimize;

/// <summary>Writes <c>summary.json</c>. Contract: docs/csv.md.</summary>
internal static class SummaryJson
{
    public static byte[] Of(OptimizeResult result, IReadOnlyList<(string Phase, TimeSpan Elapsed)> phases)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            WriteCounts(json, result);
            WriteCosts(json, result);
            WriteExclusions(json, result.Report);
            json.WriteStartArray("notes");
            foreach (string note in result.Notes)
            {
                json.WriteStringValue(note);
            }

            json.WriteEndArray();
            json.WriteStartObject("elapsed_ms");
            foreach ((string phase, TimeSpan elapsed) in phases)
            {
                json.WriteNumber(phase, Math.Round((decimal)elapsed.TotalMilliseconds, 1));
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private static void WriteCounts(Utf8JsonWriter json, OptimizeResult result)
    {
        json.WriteNumber("devices", result.Report.Counts.Read);
        json.WriteNumber("optimised_devices", result.Report.Counts.Optimised);
        json.WriteNumber("excluded_devices", result.Report.Counts.Excluded);
        json.WriteNumber("groups", result.Grouping.GroupsOptimised);
        json.WriteNumber("components", result.Grouping.Components);
    }

    private static void WriteCosts(Utf8JsonWriter json, OptimizeResult result)
    {
        ReportCosts costs = result.Report.Costs;
        json.WriteString("currency", costs.Currency);
        Write("current_cost", costs.Current);
        Write("base_cost", costs.Base ?? Money.Zero);
        Write("optimal_cost", costs.Optimal);
        Write("lower_bound", costs.LowerBound);
        json.WriteNumber("gap", Math.Round(costs.Gap, 12));
        json.WriteBoolean("proven_optimal", costs.ProvenOptimal);
        Write("saving", costs.Saving);
        json.WriteNumber("saving_percent", Math.Round(costs.SavingShare * 100, 4));
        json.WriteNumber("changes", result.Winner.Changes);
        json.WriteString("strategy", result.Winner.Candidate.Strategy.ToString());
        json.WriteString("stopped_by", result.Solution.StoppedBy.ToString());

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
}
