using System.Globalization;
using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Benchmarks.Instances;

/// <summary>Writes a pooled instance as plain text, for other solvers.</summary>
internal static class InstanceText
{
    /// <summary>
    /// First line the days of the period; then <c>plan rateMicro includedBytes overageMicro blockBytes pooled</c> (-1 included:
    /// unlimited); then <c>sim usageBytes</c>. Every SIM may use every plan, each pooled plan is its own pool.
    /// </summary>
    public static void Write(Instance instance, TextWriter writer)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        writer.WriteLine(instance.Catalog.Rules.PeriodDays.ToString(invariant));
        foreach (RatePlan plan in instance.Catalog.Plans)
        {
            writer.WriteLine(string.Create(
                invariant,
                $"plan {plan.MonthlyRate.MicroUnits} {plan.IncludedData?.Bytes ?? -1} {plan.OverageRate.MicroUnits} "
                + $"{plan.OverageBlock.Bytes} {(plan.IsPooled ? 1 : 0)}"));
        }

        foreach (long usage in instance.Fleet.UsageBytes)
        {
            writer.WriteLine("sim " + usage.ToString(invariant));
        }
    }
}
