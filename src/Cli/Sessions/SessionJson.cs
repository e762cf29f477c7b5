using System.Text.Json;
using System.Text.Json.Serialization;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Cli.Sessions;

/// <summary>Answers of the session commands for machines: snake_case names, money as text with six decimals, times in UTC.</summary>
internal static class SessionJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(), new MoneyText() },
    };

    public static string Of<TValue>(TValue value) => JsonSerializer.Serialize(value, Options);

    private sealed class MoneyText : JsonConverter<Money>
    {
        public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Money.FromDecimal(decimal.Parse(reader.GetString()!, System.Globalization.CultureInfo.InvariantCulture));

        public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
