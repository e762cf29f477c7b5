using System.Text.Json;
using CarrierOptimization.Pipeline.Carrier;

namespace CarrierOptimization.Adapters.Jasper;

/// <summary>Answers become what the pipeline works with. Rows are taken as they come; what they are worth is judged later.</summary>
internal sealed class JasperReading(JasperRequest request, JasperOptions options)
{
    /// <summary>A page of any list.</summary>
    /// <param name="rows">The name of the list in the answer.</param>
    /// <exception cref="CarrierException">No list, no <c>lastPage</c>, or another page than was asked for.</exception>
    public CarrierPage<TRow> Page<TRow>(
        JsonElement body, int pageNumber, string rows, Func<JsonElement, IEnumerable<TRow>> read) =>
        new([.. read(List(body, rows))], CheckedPageNumber(body, pageNumber), IsLast(body));

    public IEnumerable<CarrierDevice> Devices(JsonElement rows)
    {
        foreach (JsonElement row in Objects(rows, "devices"))
        {
            yield return new CarrierDevice(
                row.Member("iccid").Text() ?? "",
                row.Member("status").Text(),
                row.Member("ratePlan").Text(),
                row.Member("communicationPlan").Text());
        }
    }

    public CarrierDeviceDetails Details(JsonElement body) => new(
        IccidOf(body),
        body.Member("msisdn").Text(),
        body.Member("status").Text(),
        body.Member("ratePlan").Text(),
        body.Member("communicationPlan").Text(),
        body.Member("dateActivated").Instant(),
        body.Member("dateUpdated").Instant());

    public CarrierUsage Usage(JsonElement body) => new(
        IccidOf(body),
        Bytes(body.Member("ctdDataUsage").Whole(), body.Member("dataUsageUnit").Text()),
        body.Member("ctdSMSUsage").Whole());

    /// <summary>One row per SIM of the page: its zones added up. A number that is missing makes the sum missing.</summary>
    public IEnumerable<CarrierUsage> UsageOfZones(JsonElement zones)
    {
        var sums = new Dictionary<string, (long? Bytes, long? Sms)>(StringComparer.Ordinal);
        var order = new List<string>();
        foreach (JsonElement zone in Objects(zones, "zones"))
        {
            foreach (JsonElement row in Objects(List(zone, "devices"), "devices"))
            {
                string iccid = row.Member("deviceId").Text() ?? row.Member("iccid").Text() ?? "";
                JsonElement usage = row.Member("usage") ?? default;
                long? bytes = Bytes(usage.Member("dataUsage").Whole(), usage.Member("dataUsageUnit").Text());
                long? sms = EitherOrBoth(usage.Member("smsMOUsage").Whole(), usage.Member("smsMTUsage").Whole());
                if (sums.TryGetValue(iccid, out (long? Bytes, long? Sms) sum))
                {
                    sums[iccid] = (Both(sum.Bytes, bytes), Both(sum.Sms, sms));
                }
                else
                {
                    sums.Add(iccid, (bytes, sms));
                    order.Add(iccid);
                }
            }
        }

        return order.Select(iccid => new CarrierUsage(iccid, sums[iccid].Bytes, sums[iccid].Sms));
    }

    public IEnumerable<CarrierRatePlan> RatePlans(JsonElement rows) =>
        Objects(rows, "ratePlans").Select(row => RatePlanReading.Read(row, options.BytesPerMegabyte));

    public IEnumerable<CarrierAuditRecord> AuditRecords(JsonElement rows)
    {
        foreach (JsonElement row in Objects(rows, "deviceAuditTrails"))
        {
            yield return new CarrierAuditRecord(
                row.Member("field").Text() ?? throw Wrong("an entry without \"field\"; expected its name."),
                row.Member("priorValue").Text(),
                row.Member("value").Text(),
                row.Member("effectiveDate").Instant()
                    ?? throw Wrong("an entry without a readable \"effectiveDate\"; expected for example 2018-09-26T03:02:18.393Z."),
                row.Member("userName").Text());
        }
    }

    /// <summary>The answer to a change may say whose it is; if it does, it must be the right one.</summary>
    public static bool IsFor(JsonElement body, string iccid) => body.Member("iccid").Text() is not { } said || said == iccid;

    private JsonElement List(JsonElement parent, string name)
    {
        JsonElement? list = parent.Member(name);
        return list?.ValueKind switch
        {
            JsonValueKind.Array or JsonValueKind.Null => list.Value,
            null => throw Wrong($"the answer has no \"{name}\"; expected a list."),
            _ => throw Wrong($"\"{name}\" is {Kind(list.Value)}; expected a list."),
        };
    }

    private IEnumerable<JsonElement> Objects(JsonElement list, string name)
    {
        if (list.ValueKind == JsonValueKind.Null)
        {
            yield break;
        }

        foreach (JsonElement row in list.EnumerateArray())
        {
            yield return row.ValueKind == JsonValueKind.Object
                ? row
                : throw Wrong($"an entry of \"{name}\" is {Kind(row)}; expected an object.");
        }
    }

    /// <summary>Without <c>lastPage</c> it isn't known whether SIMs are missing: that is never guessed.</summary>
    private bool IsLast(JsonElement body) =>
        body.Member("lastPage").Flag() ?? throw Wrong("the answer does not say whether this is the last page (\"lastPage\").");

    private int CheckedPageNumber(JsonElement body, int pageNumber) =>
        body.Member("pageNumber").Whole() is { } said && said != pageNumber
            ? throw Wrong($"page {said} came; expected page {pageNumber}.")
            : pageNumber;

    private string IccidOf(JsonElement body) =>
        body.Member("iccid").Text() ?? throw Wrong("the answer has no \"iccid\"; expected the number of the SIM.");

    /// <summary>Usage is in bytes unless a unit stands beside it.</summary>
    private long? Bytes(long? usage, string? unit)
    {
        if (usage is not { } amount || unit is null)
        {
            return usage;
        }

        Int128? bytes = DataUnits.BytesOf(unit, options.BytesPerMegabyte) * (Int128)amount;
        return bytes is { } whole ? InRange(whole) : null;
    }

    /// <summary>Of messages sent and received; one of them may be missing.</summary>
    private static long? EitherOrBoth(long? left, long? right) =>
        left is null || right is null ? left ?? right : Both(left, right);

    private static long? Both(long? left, long? right) =>
        left is { } first && right is { } second ? InRange((Int128)first + second) : null;

    private static long? InRange(Int128 number) =>
        number >= long.MinValue && number <= long.MaxValue ? (long)number : null;

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "a flag",
    };

    private CarrierException Wrong(string found) => JasperErrors.OfForm(request, found);
}
