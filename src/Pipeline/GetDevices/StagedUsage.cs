using CarrierOptimization.Pipeline.Carrier;

namespace CarrierOptimization.Pipeline.GetDevices;

/// <summary>Usage of one SIM on one plan.</summary>
/// <param name="RatePlan">Empty: of the whole period, over all plans.</param>
public sealed record UsageRow(string Iccid, string RatePlan, long DataBytes, int SmsCount);

/// <summary>Sorts reported usage into what can be used, what is to be asked for SIM by SIM, and what is none. Pure.</summary>
public static class StagedUsage
{
    /// <summary>Over all plans.</summary>
    public const string AllPlans = "";

    /// <param name="Rows">Per number the last one, in the order of the numbers.</param>
    /// <param name="Doubtful">SIMs whose numbers were missing or absurd.</param>
    /// <param name="Issues">Rows whose ICCID is none.</param>
    public sealed record Sorted(
        IReadOnlyList<UsageRow> Rows, IReadOnlyList<string> Doubtful, IReadOnlyList<DeviceIssue> Issues);

    /// <summary>Usage of a plan in bulk; parts of several batches may be given together.</summary>
    public static Sorted Sort(IEnumerable<(string RatePlan, CarrierUsage Usage)> reported)
    {
        var rows = new Dictionary<(string, string), UsageRow>();
        var doubtful = new SortedSet<string>(StringComparer.Ordinal);
        var issues = new Dictionary<string, DeviceIssue>(StringComparer.Ordinal);
        foreach ((string ratePlan, CarrierUsage usage) in reported)
        {
            string iccid = StagedDevices.IccidOf(usage.Iccid);
            if (StagedDevices.BadIccid(iccid) is { } issue)
            {
                issues[iccid] = issue;
            }
            else if (WhyAbsurd(usage) is not null || usage.DataBytes is null)
            {
                doubtful.Add(iccid);
            }
            else
            {
                rows[(iccid, ratePlan)] = Row(iccid, ratePlan, usage);
            }
        }

        return new Sorted(
            [.. rows.Values.OrderBy(row => row.Iccid, StringComparer.Ordinal).ThenBy(row => row.RatePlan, StringComparer.Ordinal)],
            [.. doubtful],
            [.. issues.Values.OrderBy(issue => issue.Iccid, StringComparer.Ordinal)]);
    }

    /// <summary>A row of numbers that were found good.</summary>
    public static UsageRow Row(string iccid, string ratePlan, CarrierUsage usage) =>
        new(iccid, ratePlan, usage.DataBytes ?? 0, (int)(usage.SmsCount ?? 0));

    /// <returns><c>null</c> when the numbers can be those of a SIM.</returns>
    public static string? WhyAbsurd(CarrierUsage usage) =>
        usage.DataBytes is < 0 or > SyncLimits.UsageBytesMax
            ? $"Usage is {usage.DataBytes} bytes; expected 0 to {SyncLimits.UsageBytesMax}. Ask the carrier."
        : usage.SmsCount is < 0 or > SyncLimits.SmsMax
            ? $"{usage.SmsCount} messages were counted; expected 0 to {SyncLimits.SmsMax}. Ask the carrier."
        : null;
}
