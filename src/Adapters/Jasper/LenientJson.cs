using System.Globalization;
using System.Text.Json;

namespace CarrierOptimization.Adapters.Jasper;

/// <summary>
/// Reads the carrier's values whatever they are written as: flags and numbers as texts, texts as numbers, keys in any
/// case. What can't be read is <c>null</c>.
/// </summary>
/// <remarks>A text that is no Unicode makes all of these throw <see cref="InvalidOperationException"/>, as JSON's reader does.</remarks>
internal static class LenientJson
{
    private static readonly string[] DateForms =
    [
        "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-ddK",
    ];

    /// <summary>Digits of a decimal number that is kept exactly, and of one with an exponent.</summary>
    private const int ExactDigitsMax = 28;
    private const int ExactDigitsWithExponentMax = 16;
    private const int ExponentMax = 12;

    /// <summary>The member of that name; one in another case only if there is none. <c>null</c>: none.</summary>
    public static JsonElement? Member(this JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (element.TryGetProperty(name, out JsonElement exact))
        {
            return exact;
        }

        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return member.Value;
            }
        }

        return null;
    }

    public static bool IsNullOrMissing(this JsonElement? element) =>
        element is null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined };

    /// <summary>Text without blanks around it; <c>null</c> when it is empty or not a text, number or flag.</summary>
    public static string? Text(this JsonElement? element)
    {
        string? text = element?.ValueKind switch
        {
            JsonValueKind.String => element.Value.GetString(),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => element.Value.GetRawText(),
            _ => null,
        };
        text = text?.Trim();
        return string.IsNullOrEmpty(text) ? null : text;
    }

    public static bool? Flag(this JsonElement? element) => element.Text()?.ToUpperInvariant() switch
    {
        "TRUE" or "YES" or "Y" or "1" => true,
        "FALSE" or "NO" or "N" or "0" => false,
        _ => null,
    };

    /// <summary>A whole number, also one written as <c>12.0</c>; <c>null</c> when it is none or does not fit in 64 bits.</summary>
    public static long? Whole(this JsonElement? element)
    {
        if (element.Text() is not { } text)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
        {
            return whole;
        }

        return element.Exact() is { } number && number == decimal.Truncate(number)
            && number is >= long.MinValue and <= long.MaxValue
                ? (long)number
                : null;
    }

    /// <summary>The number as it is written; <c>null</c> when it is none or can't be kept to the last digit.</summary>
    public static decimal? Exact(this JsonElement? element)
    {
        if (element.Text() is not { } text)
        {
            return null;
        }

        int mark = text.AsSpan().IndexOfAny('e', 'E');
        int digits = 0;
        foreach (char character in mark < 0 ? text : text.AsSpan(0, mark))
        {
            digits += char.IsAsciiDigit(character) ? 1 : 0;
        }

        if (mark >= 0 && (!int.TryParse(
            text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int exponent)
            || exponent is < -ExponentMax or > ExponentMax))
        {
            return null;
        }

        return digits <= (mark < 0 ? ExactDigitsMax : ExactDigitsWithExponentMax)
            && decimal.TryParse(
                text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture, out decimal number)
                ? number
                : null;
    }

    /// <summary>A time in any of the carrier's forms, with or without its zone (then UTC); <c>null</c> when it is none.</summary>
    public static DateTimeOffset? Instant(this JsonElement? element)
    {
        if (element.Text() is not { } text)
        {
            return null;
        }

        // "+0000" becomes "+00:00".
        if (text.Length > 15 && text[^5] is '+' or '-' && text.AsSpan(text.Length - 4).IndexOfAnyExceptInRange('0', '9') < 0)
        {
            text = text.Insert(text.Length - 2, ":");
        }

        return DateTimeOffset.TryParseExact(
            text, DateForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset instant)
                ? instant.ToUniversalTime()
                : null;
    }
}
