using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace CarrierOptimization.Pipeline.Mail;

/// <summary>Makes values from outside harmless: for text, and for HTML.</summary>
internal static class MailWriting
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>On one line, without characters that are not seen: controls, and those that turn the direction of writing.</summary>
    public static string OneLine(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool turns = rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0x200E or 0x200F or 0x061C;
            bool isNoCharacter = (rune.Value & 0xFFFE) == 0xFFFE;
            if (!turns && !isNoCharacter)
            {
                line.Append(Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029 ? " " : rune.ToString());
            }
        }

        return line.ToString().Trim();
    }

    /// <summary>For the content of an element or an attribute in quotes.</summary>
    public static string Html(string text) => Encoder.Encode(OneLine(text));

    /// <summary>Breaks at spaces so that no line is longer than mail programs show without wrapping.</summary>
    /// <param name="indent">Before every line but the first.</param>
    /// <param name="width">Characters of a line, the indent not counted.</param>
    public static string Wrapped(string text, string indent = "", int width = 76)
    {
        var lines = new StringBuilder();
        int used = 0;
        foreach (string word in OneLine(text).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (used > 0 && used + 1 + word.Length > width)
            {
                lines.Append('\n').Append(indent);
                used = 0;
            }
            else if (used > 0)
            {
                lines.Append(' ');
                used++;
            }

            lines.Append(word);
            used += word.Length;
        }

        return lines.ToString();
    }

    /// <summary>True for addresses that may become links.</summary>
    public static bool MayLink(Uri address) => address.IsAbsoluteUri && address.Scheme is "https" or "http";
}
