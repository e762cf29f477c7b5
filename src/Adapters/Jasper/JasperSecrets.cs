using System.Net.Http.Headers;
using System.Text;

namespace CarrierOptimization.Adapters.Jasper;

/// <summary>The credentials of one account: sent with every call, taken out of every text.</summary>
internal sealed class JasperSecrets
{
    private const string Mask = "***";

    private readonly string _apiKey;
    private readonly string _encoded;

    public JasperSecrets(JasperOptions options)
    {
        _apiKey = options.ApiKey;
        _encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.UserName}:{options.ApiKey}"));
    }

    public AuthenticationHeaderValue Authorization => new("Basic", _encoded);

    /// <summary>The carrier's words as they may be shown: one line, short, without credentials.</summary>
    public string Quote(string words)
    {
        string shown = words
            .Replace(_encoded, Mask, StringComparison.Ordinal)
            .Replace(_apiKey, Mask, StringComparison.OrdinalIgnoreCase);
        var line = new StringBuilder(Math.Min(shown.Length, JasperLimits.QuoteLengthMax));
        foreach (char character in shown)
        {
            if (line.Length == JasperLimits.QuoteLengthMax)
            {
                line.Append("...");
                break;
            }

            line.Append(char.IsControl(character) || char.IsSurrogate(character) ? ' ' : character);
        }

        return line.ToString();
    }

    public override string ToString() => Mask;
}
