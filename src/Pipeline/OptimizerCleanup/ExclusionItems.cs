using System.Globalization;
using CarrierOptimization.Pipeline.GroupDevices;

namespace CarrierOptimization.Pipeline.OptimizerCleanup;

/// <summary>What is said about one kind of exclusion.</summary>
/// <param name="Reason">What was found.</param>
/// <param name="Advice">What to do about it.</param>
public readonly record struct ExclusionText(string Reason, string Advice);

/// <summary>The lines of a report about SIMs left out: one per kind that occurs, with the plans that cause it.</summary>
public static class ExclusionItems
{
    /// <summary>Plans named for one kind of exclusion.</summary>
    private const int CausesMax = 5;

    private static readonly int Kinds = Enum.GetValues<Exclusion>().Length;

    /// <summary>The counts add up to the SIMs that are not optimised.</summary>
    public static IEnumerable<ReportItem> Of(
        DeviceRecords records, DeviceGrouping grouping, Func<Exclusion, ExclusionText> textOf) =>
        Enumerable.Range(1, Kinds - 1).Select(kind => (Exclusion)kind)
            .Where(kind => grouping.Counts[(int)kind] > 0)
            .Select(kind => new ReportItem(
                ReportItemKind.Exclusion, textOf(kind).Reason, grouping.Counts[(int)kind], textOf(kind).Advice,
                CausesOf(kind, records, grouping)));

    /// <summary>An exclusion as a sentence, with the plans that cause it.</summary>
    public static string SentenceOf(ReportItem item) =>
        string.Create(CultureInfo.InvariantCulture, $"{item.Count:N0} SIM{(item.Count == 1 ? "" : "s")}: {item.Reason}")
        + (item.Examples is { Count: > 0 } causes ? $" ({string.Join(", ", causes)})." : ".");

    /// <summary>The first different plans of the SIMs left out, so that nobody has to search for them.</summary>
    private static List<string>? CausesOf(Exclusion exclusion, DeviceRecords records, DeviceGrouping grouping)
    {
        if (exclusion is not (Exclusion.UnknownCurrentPlan or Exclusion.NoMapping or Exclusion.NoPlanLeft))
        {
            return null;
        }

        var causes = new List<string>();
        var seen = new HashSet<ushort>();
        bool isPlan = exclusion == Exclusion.UnknownCurrentPlan;
        for (int device = 0; device < records.Count; device++)
        {
            ushort name = isPlan ? records.RatePlan[device] : records.CommunicationPlan?[device] ?? DeviceRecords.NoName;
            if (grouping.ExclusionOf[device] == exclusion && seen.Add(name))
            {
                if (seen.Count > CausesMax)
                {
                    causes.Add("...");
                    break;
                }

                causes.Add(name == DeviceRecords.NoName
                    ? "no communication plan"
                    : $"\"{(isPlan ? records.RatePlanNames : records.CommunicationPlanNames)[name]}\"");
            }
        }

        return causes;
    }
}
