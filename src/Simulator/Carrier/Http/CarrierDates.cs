using System.Globalization;

namespace CarrierOptimization.Simulator.Carrier.Http;

/// <summary>The carrier's ways of writing times: one for device details, one for all else, one for days.</summary>
internal static class CarrierDates
{
    private static readonly string[] InstantForms =
        ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-ddK"];

    private static readonly string[] DayForms = ["yyyy-MM-dd", "yyyy-MM-dd'Z'", "yyyy-MM-ddzzz"];

    /// <summary>For example <c>2016-06-29 00:21:33.339+0000</c>.</summary>
    public static string InDetails(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture) + "+0000";

    /// <summary>For example <c>2018-09-26T03:02:18.393Z</c>.</summary>
    public static string Elsewhere(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture) + "Z";

    /// <summary>Reads a time with its zone; a <c>+</c> that was not encoded arrives as a blank and is refused.</summary>
    public static bool TryReadInstant(string text, out DateTimeOffset instant)
    {
        instant = default;
        bool hasZone = text.EndsWith('Z') || (text.Length > 10 && text.AsSpan(10).ContainsAny('+', '-'));
        return hasZone && DateTimeOffset.TryParseExact(
            WithColon(text), InstantForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out instant);
    }

    /// <summary>Reads a day, with or without its <c>Z</c>.</summary>
    public static bool TryReadDay(string text, out DateOnly day)
    {
        day = default;
        if (!DateTimeOffset.TryParseExact(
            text, DayForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset instant))
        {
            return false;
        }

        day = DateOnly.FromDateTime(instant.DateTime);
        return true;
    }

    /// <summary><c>+0000</c> becomes <c>+00:00</c>.</summary>
    private static string WithColon(string text) =>
        text.Length > 5 && text[^5] is '+' or '-' && text.AsSpan(text.Length - 4).IndexOfAnyExceptInRange('0', '9') < 0
            && text.Contains('T', StringComparison.Ordinal)
            ? text.Insert(text.Length - 2, ":")
            : text;
}
