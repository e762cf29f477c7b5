using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CarrierOptimization.Pipeline.Triggers;

/// <summary>The three kinds of message that AMOP 2.0 understands, by their wire names.</summary>
public enum TriggerType
{
    Progress,
    ErrorMessage,
    Completion,
}

/// <summary>What every trigger of a session says beside its own message.</summary>
/// <param name="BillPeriodId">Of the billing period in the database.</param>
/// <param name="SiteId">Empty unless the provider's settings name one.</param>
public sealed record TriggerContext(
    long BillPeriodId,
    string SiteId,
    long ServiceProviderId,
    DateTimeOffset BillingPeriodStart,
    DateTimeOffset BillingPeriodEnd,
    long TenantId,
    string CustomerId);

/// <summary>Writes the JSON of a trigger with the names that receivers of AMOP 2.0 know. See docs/amop.md.</summary>
public static class TriggerBody
{
    private const string ProgressPath = "/get_optimization_progress_bar_data";
    private const string ErrorPath = "/get_optimization_error_details_data";

    /// <summary>Escapes what JSON must escape and no more: bodies are never part of a page.</summary>
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The body of one trigger. The parameters keep the order that its users know from the first system.</summary>
    /// <param name="sessionGuid"><c>null</c> in error triggers; the GUID then stands in <paramref name="additionalData"/>.</param>
    /// <param name="deviceCount">0 in error triggers.</param>
    /// <param name="errorMessage"><c>null</c> in progress triggers.</param>
    /// <param name="progress">0 to 100; 0 in error triggers.</param>
    /// <param name="additionalData">More values for <c>AdditionalJson</c>: error stage and code, or the result.</param>
    public static string Write(
        TriggerContext context,
        TriggerType messageType,
        string sessionId,
        Guid? sessionGuid,
        int deviceCount,
        string? errorMessage,
        int progress,
        string additionalInfo,
        IReadOnlyDictionary<string, object?> additionalData) => Json(json =>
    {
        json.WriteStartObject("data");
        json.WriteString("path", messageType == TriggerType.ErrorMessage ? ErrorPath : ProgressPath);
        json.WriteString("job_name", messageType.ToString());
        json.WriteString("SessionId", sessionId);
        json.WriteString("OptimizationSessionGuid", sessionGuid?.ToString());
        json.WriteNumber("DeviceCount", deviceCount);
        json.WriteString("ErrorMessage", errorMessage);
        json.WriteNumber("Progress", progress);
        json.WriteString("CustomerId", context.CustomerId);
        json.WriteString("AdditionalInfo", additionalInfo);
        json.WriteString("AdditionalJson", AdditionalJson(context, deviceCount, additionalData));
        json.WriteEndObject();
    });

    private static string AdditionalJson(
        TriggerContext context, int deviceCount, IReadOnlyDictionary<string, object?> additionalData) => Json(json =>
    {
        json.WriteStartObject("data");
        json.WriteNumber("BillPeriodId", context.BillPeriodId);
        json.WriteString("SiteId", context.SiteId);
        json.WriteNumber("ServiceProviderId", context.ServiceProviderId);
        json.WriteNumber("OptimizationType", 0);
        json.WriteString("OptimizationFrom", "group");
        json.WriteString("BillingPeriodStartDate", context.BillingPeriodStart.UtcDateTime);
        json.WriteString("BillingPeriodEndDate", context.BillingPeriodEnd.UtcDateTime);
        json.WriteNumber("DeviceCount", deviceCount);
        json.WriteNumber("TenantId", context.TenantId);
        foreach ((string name, object? value) in additionalData)
        {
            json.WritePropertyName(name);
            JsonSerializer.Serialize(json, value);
        }

        json.WriteEndObject();
    });

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Readable))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
