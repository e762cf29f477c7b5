using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.Carrier;

namespace CarrierOptimization.Pipeline.GetDevices;

/// <summary>A SIM on its way into the database.</summary>
/// <param name="Iccid">As it came, shortened; checked where <see cref="DeviceIssue"/> says so.</param>
/// <param name="IsRecent">It changed since the period began; known only where that was asked.</param>
public sealed record StagedDevice(
    string Iccid,
    string? Status,
    string? RatePlan,
    string? CommunicationPlan,
    string? Msisdn = null,
    DateTimeOffset? ActivatedAt = null,
    bool IsRecent = false);

/// <summary>What was wrong with the data of one SIM.</summary>
/// <param name="IsRejected">True: the SIM does not become a device.</param>
public sealed record DeviceIssue(string Iccid, IssueKind Kind, string Detail, bool IsRejected);

/// <summary>The validation items, by the names in the database and the report.</summary>
public enum IssueKind
{
    /// <summary>The number is no ICCID: the row is rejected.</summary>
    BadIccid,

    /// <summary>Usage was reported for a SIM that the carrier does not describe: rejected.</summary>
    UnknownSim,

    /// <summary>A status that this software does not know.</summary>
    UnknownStatus,

    /// <summary>No rate plan, or one that is not in the price list.</summary>
    UnknownPlan,

    /// <summary>A communication plan that is not mapped to rate plans.</summary>
    NoCommPlanMapping,

    /// <summary>An active SIM without usage.</summary>
    NoUsage,

    /// <summary>Negative usage, or more than any SIM can have.</summary>
    AbsurdUsage,

    /// <summary>Known before, not at the carrier any more.</summary>
    GoneAtCarrier,
}

/// <summary>Makes what the carrier listed ready for staging. Pure.</summary>
public static class StagedDevices
{
    /// <summary>The statuses of the carrier's SIMs; others may come and don't break anything.</summary>
    public static readonly IReadOnlyList<string> KnownStatuses =
    [
        "INVENTORY", "TEST_READY", "ACTIVATION_READY", ActiveStatus, "DEACTIVATED", "RETIRED", "PURGED", "REPLACED",
    ];

    /// <summary>SIMs that are in service.</summary>
    public const string ActiveStatus = "ACTIVATED";

    /// <param name="devices">In the order of the list.</param>
    /// <returns>Per number the row that stands last in the list, in the order of the numbers, and the numbers that are none.</returns>
    public static (IReadOnlyList<StagedDevice> Devices, IReadOnlyList<DeviceIssue> Issues) Of(IReadOnlyList<CarrierDevice> devices)
    {
        var byIccid = new Dictionary<string, StagedDevice>(StringComparer.Ordinal);
        var issues = new Dictionary<string, DeviceIssue>(StringComparer.Ordinal);
        foreach (CarrierDevice device in devices)
        {
            string iccid = IccidOf(device.Iccid);
            byIccid[iccid] = new StagedDevice(
                iccid, StatusOf(device.Status), CarrierText.Of(device.RatePlan), CarrierText.Of(device.CommunicationPlan));
            if (BadIccid(iccid) is { } issue)
            {
                issues[iccid] = issue;
            }
        }

        return ([.. byIccid.Values.OrderBy(device => device.Iccid, StringComparer.Ordinal)],
            [.. issues.Values.OrderBy(issue => issue.Iccid, StringComparer.Ordinal)]);
    }

    /// <summary>What the details of a SIM say.</summary>
    public static StagedDevice Of(Iccid iccid, CarrierDeviceDetails details) => new(
        iccid.ToString(),
        StatusOf(details.Status),
        CarrierText.Of(details.RatePlan),
        CarrierText.Of(details.CommunicationPlan),
        CarrierText.Of(details.Msisdn),
        details.ActivatedAt);

    /// <summary>The key of a row: empty only where the carrier sent nothing.</summary>
    public static string IccidOf(string? iccid) => CarrierText.Of(iccid) ?? "";

    /// <returns><c>null</c> when the number is an ICCID.</returns>
    public static DeviceIssue? BadIccid(string iccid) => Iccid.TryParse(iccid, out _)
        ? null
        : new DeviceIssue(
            iccid,
            IssueKind.BadIccid,
            $"\"{iccid}\" is no ICCID: expected {Iccid.DigitsMin} to {Iccid.DigitsMax} digits. Correct it at the carrier.",
            IsRejected: true);

    private static string? StatusOf(string? status) => CarrierText.Of(status)?.ToUpperInvariant();
}

/// <summary>Text of a carrier as it can be kept: without NUL, trimmed, not longer than a name can be; nothing is <c>null</c>.</summary>
public static class CarrierText
{
    public static string? Of(string? text)
    {
        if (text is null)
        {
            return null;
        }

        string kept = text.Replace("\0", "", StringComparison.Ordinal).Trim();
        if (kept.Length > SyncLimits.TextLengthMax)
        {
            int length = char.IsHighSurrogate(kept[SyncLimits.TextLengthMax - 1])
                ? SyncLimits.TextLengthMax - 1
                : SyncLimits.TextLengthMax;
            kept = kept[..length];
        }

        return kept.Length == 0 ? null : kept;
    }
}
