using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CarrierOptimization.Simulator.Carrier.Http;

/// <summary>One answer: a status and a body of JSON.</summary>
internal readonly record struct CarrierAnswer(int Status, ReadOnlyMemory<byte> Body)
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static CarrierAnswer InvalidIccid { get; } = Error(404, "Resource not found - Invalid ICCID", "20000001");

    public static CarrierAnswer NoSuchPage { get; } = Error(404, "Resource not found", null);

    public static CarrierAnswer RateLimit(int status) => Error(status, "Rate limit exceeded", "40000029");

    /// <param name="code">A text of digits, or <c>null</c> where the carrier gives none.</param>
    public static CarrierAnswer Error(int status, string message, string? code) => Json(status, json =>
    {
        json.WriteString("errorMessage", message);
        if (code is not null)
        {
            json.WriteString("errorCode", code);
        }
    });

    /// <summary>An object whose members <paramref name="members"/> writes.</summary>
    public static CarrierAnswer Json(int status, Action<Utf8JsonWriter> members)
    {
        var body = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(body, Writing))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return new CarrierAnswer(status, body.WrittenMemory);
    }
}
