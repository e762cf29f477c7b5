using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace CarrierOptimization.Simulator.Amop;

/// <summary>Reads a call and checks it against docs/amop.md, written from that page alone: headers, names, types, rules.</summary>
internal sealed partial class TriggerReading
{
    private const int KeyLengthMax = 255;

    private static readonly string[] Names =
    [
        "path", "job_name", "SessionId", "OptimizationSessionGuid", "DeviceCount", "ErrorMessage", "Progress", "CustomerId",
        "AdditionalInfo", "AdditionalJson",
    ];

    private static readonly string[] AdditionalNames =
    [
        "BillPeriodId", "SiteId", "ServiceProviderId", "OptimizationType", "OptimizationFrom", "BillingPeriodStartDate",
        "BillingPeriodEndDate", "DeviceCount", "TenantId",
    ];

    private readonly List<(string Rule, string Sentence)> _violations = [];

    /// <summary>Empty when the call is as described.</summary>
    public IReadOnlyList<(string Rule, string Sentence)> Violations => _violations;

    public string? IdempotencyKey { get; private set; }

    public int Sequence { get; private set; }

    public string? TraceParent { get; private set; }

    /// <summary>What the body says; only when there is no violation.</summary>
    public ArrivedTrigger? Trigger { get; private set; }

    public static TriggerReading Of(IHeaderDictionary headers, string body, int number, DateTimeOffset at)
    {
        var reading = new TriggerReading();
        reading.ReadHeaders(headers);
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            reading.ReadBody(document.RootElement, body, number, at);
        }
        catch (JsonException broken)
        {
            reading.Violate("json", $"The body is not JSON: {broken.Message}");
        }

        return reading;
    }

    private void ReadHeaders(IHeaderDictionary headers)
    {
        IdempotencyKey = headers["Idempotency-Key"].Count == 1 ? headers["Idempotency-Key"].ToString() : null;
        if (IdempotencyKey is not { Length: > 0 and <= KeyLengthMax })
        {
            Violate("idempotency-key", $"Idempotency-Key is \"{IdempotencyKey}\"; expected 1 to {KeyLengthMax} characters, once.");
            IdempotencyKey = null;
        }

        string sequence = headers["X-Sequence"].ToString();
        if (int.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1)
        {
            Sequence = number;
        }
        else
        {
            Violate("x-sequence", $"X-Sequence is \"{sequence}\"; expected a whole number from 1.");
        }

        TraceParent = headers.TraceParent.Count == 0 ? null : headers.TraceParent.ToString();
        if (TraceParent is not null && !Trace().IsMatch(TraceParent))
        {
            Violate("traceparent", $"traceparent is \"{TraceParent}\"; expected W3C Trace Context, or no header.");
        }

        if (!MediaTypeHeaderValue.TryParse(headers.ContentType.ToString(), out MediaTypeHeaderValue? type)
            || !type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
        {
            Violate("content-type", $"Content-Type is \"{headers.ContentType}\"; expected application/json.");
        }
    }

    private void ReadBody(JsonElement root, string body, int number, DateTimeOffset at)
    {
        if (!TryDataOf(root, "The body", out JsonElement data))
        {
            return;
        }

        CheckNames(data, "data", Names, mayHaveMore: false);
        string? path = Text(data, "path");
        string? type = Text(data, "job_name");
        string? session = Text(data, "SessionId");
        string? guidText = TextOrNull(data, "OptimizationSessionGuid");
        int? devices = Number(data, "DeviceCount");
        string? error = TextOrNull(data, "ErrorMessage");
        int? progress = Number(data, "Progress");
        string? customer = Text(data, "CustomerId");
        string? info = Text(data, "AdditionalInfo");
        string? additional = Text(data, "AdditionalJson");
        Guid? guid = Guid.TryParseExact(guidText, "D", out Guid parsed) ? parsed : null;
        Expect(guidText is null || guid is not null, "OptimizationSessionGuid", $"is \"{guidText}\"; expected a GUID with hyphens or null");
        Expect(session is not { Length: 0 }, "SessionId", "is empty; expected the number of the session as text");
        Expect(devices is null or >= 0, "DeviceCount", $"is {devices}; expected 0 or more");
        Expect(progress is null or >= 0 and <= 100, "Progress", $"is {progress}; expected 0 to 100");
        CheckType(type, path, guid, devices, error, progress);
        CheckAdditional(additional, type, devices);
        if (_violations.Count == 0)
        {
            Trigger = new ArrivedTrigger(
                number, at, IdempotencyKey!, Sequence, TraceParent, type!, session!, guid, devices!.Value, error, progress!.Value,
                customer!, info!, additional!, body);
        }
    }

    private void CheckType(string? type, string? path, Guid? guid, int? devices, string? error, int? progress)
    {
        switch (type)
        {
            case "ErrorMessage":
                Expect(path == "/get_optimization_error_details_data", "path", $"is \"{path}\" in an error trigger");
                Expect(guid is null, "OptimizationSessionGuid", $"is {guid} in an error trigger; expected null");
                Expect(devices == 0, "DeviceCount", $"is {devices} in an error trigger; expected 0");
                Expect(progress == 0, "Progress", $"is {progress} in an error trigger; expected 0");
                Expect(!string.IsNullOrWhiteSpace(error), "ErrorMessage", "is missing in an error trigger; expected a sentence");
                break;
            case "Progress" or "Completion":
                Expect(path == "/get_optimization_progress_bar_data", "path", $"is \"{path}\" in a trigger of type {type}");
                Expect(guid is not null, "OptimizationSessionGuid", $"is missing in a trigger of type {type}");
                Expect(error is null, "ErrorMessage", $"is \"{error}\" in a trigger of type {type}; expected null");
                Expect(
                    type == "Completion" == (progress == 100),
                    "Progress",
                    $"is {progress} in a trigger of type {type}; 100 is the completion's");
                break;
            default:
                Violate("job_name", $"job_name is \"{type}\"; expected Progress, ErrorMessage or Completion.");
                break;
        }
    }

    private void CheckAdditional(string? json, string? type, int? devices)
    {
        if (json is null)
        {
            return;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            if (!TryDataOf(document.RootElement, "AdditionalJson", out JsonElement data))
            {
                return;
            }

            CheckNames(data, "AdditionalJson", AdditionalNames, mayHaveMore: true);
            Number(data, "BillPeriodId");
            Text(data, "SiteId");
            Number(data, "ServiceProviderId");
            Number(data, "TenantId");
            Expect(Number(data, "OptimizationType") is null or 0, "OptimizationType", "is not 0");
            Expect(Text(data, "OptimizationFrom") is null or "group", "OptimizationFrom", "is not \"group\"");
            Expect(Number(data, "DeviceCount") is not { } count || count == devices, "DeviceCount", "of AdditionalJson differs from the body's");
            DateTimeOffset? start = Date(data, "BillingPeriodStartDate");
            DateTimeOffset? end = Date(data, "BillingPeriodEndDate");
            Expect(start is null || end is null || start < end, "BillingPeriodEndDate", "is not after BillingPeriodStartDate");
            if (type == "ErrorMessage")
            {
                bool isGuid = Guid.TryParseExact(Text(data, "OptimizationSessionGuid"), "D", out _);
                Expect(isGuid, "OptimizationSessionGuid", "of AdditionalJson is no GUID");
                Text(data, "Stage");
                Text(data, "ErrorCode");
            }
        }
        catch (JsonException broken)
        {
            Violate("AdditionalJson", $"AdditionalJson is not JSON: {broken.Message}");
        }
    }

    private bool TryDataOf(JsonElement root, string what, out JsonElement data)
    {
        data = default;
        bool isThere = root.ValueKind == JsonValueKind.Object
            && root.TryGetProperty("data", out data)
            && data.ValueKind == JsonValueKind.Object
            && root.EnumerateObject().Count() == 1;
        if (!isThere)
        {
            Violate("data", $"{what} is not one object \"data\" and nothing else.");
        }

        return isThere;
    }

    private void CheckNames(JsonElement data, string what, string[] expected, bool mayHaveMore)
    {
        string[] found = [.. data.EnumerateObject().Select(property => property.Name)];
        foreach (string twice in found.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key))
        {
            Violate("names", $"{what} has {twice} twice.");
        }

        if (!mayHaveMore && found.Except(expected).ToList() is { Count: > 0 } more)
        {
            Violate("names", $"{what} has {string.Join(", ", more)}, which it must not have.");
        }
    }

    private string? Text(JsonElement data, string name)
    {
        string? text = TextOrNull(data, name);
        bool isNull = data.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Null;
        Expect(!isNull, name, "is null; expected text");
        return text;
    }

    private string? TextOrNull(JsonElement data, string name)
    {
        if (!data.TryGetProperty(name, out JsonElement value))
        {
            Violate(name, $"{name} is missing.");
            return null;
        }

        Expect(value.ValueKind is JsonValueKind.String or JsonValueKind.Null, name, $"is {value.ValueKind}; expected text");
        return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }

    private int? Number(JsonElement data, string name)
    {
        if (!data.TryGetProperty(name, out JsonElement value))
        {
            Violate(name, $"{name} is missing.");
            return null;
        }

        bool isNumber = value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _);
        Expect(isNumber, name, $"is {value.GetRawText()}; expected a whole number");
        return isNumber ? value.GetInt32() : null;
    }

    private DateTimeOffset? Date(JsonElement data, string name)
    {
        string? text = Text(data, name);
        if (text is null)
        {
            return null;
        }

        bool isDate = DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-ddTHH:mm:ssZ", "yyyy-MM-ddTHH:mm:ss.FFFFFFFZ"], CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out DateTimeOffset date);
        Expect(isDate, name, $"is \"{text}\"; expected a time in UTC such as 2026-05-01T00:00:00Z");
        return isDate ? date : null;
    }

    private void Expect(bool isSo, string name, string otherwise)
    {
        if (!isSo)
        {
            Violate(name, $"{name} {otherwise}.");
        }
    }

    private void Violate(string rule, string sentence) => _violations.Add((rule, sentence));

    [GeneratedRegex(@"\A00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}\z")]
    private static partial Regex Trace();
}
