using System.Text;
using System.Text.Json;

namespace CarrierOptimization.Simulator.Carrier.Http;

/// <summary>Reads which SIM is to be on which plan.</summary>
internal static class PlanChoices
{
    /// <param name="body">An object of JSON, or lines of CSV with or without the header <c>iccid,...</c>.</param>
    /// <exception cref="RefusedCallException">It is neither.</exception>
    public static IEnumerable<(string Iccid, string PlanName)> Read(ReadOnlyMemory<byte> body)
    {
        string text = Encoding.UTF8.GetString(body.Span).TrimStart('\uFEFF', ' ', '\r', '\n', '\t');
        return text.StartsWith('{') ? OfJson(text) : OfLines(text);
    }

    private static List<(string Iccid, string PlanName)> OfJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return [.. document.RootElement.EnumerateObject().Select(member => (member.Name, member.Value.ToString()))];
        }
        catch (JsonException malformed)
        {
            throw new RefusedCallException(400, $"Malformed JSON: {malformed.Message}", "10000023");
        }
    }

    private static IEnumerable<(string Iccid, string PlanName)> OfLines(string text)
    {
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            string[] parts = line.Trim().Split(',', 2);
            if (parts[0].Length == 0 || (number == 1 && parts[0].Equals("iccid", StringComparison.OrdinalIgnoreCase)))
            {
                continue;
            }

            yield return parts.Length == 2
                ? (parts[0], Unquoted(parts[1]))
                : throw new RefusedCallException(400, $"Line {number} is \"{line.Trim()}\"; expected iccid,rate plan", null);
        }
    }

    private static string Unquoted(string name) => name.Length >= 2 && name.StartsWith('"') && name.EndsWith('"')
        ? name[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal)
        : name;
}
