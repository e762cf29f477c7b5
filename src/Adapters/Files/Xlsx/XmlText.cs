using System.Text;

namespace CarrierOptimization.Adapters.Files.Xlsx;

/// <summary>Turns any text into the content of an XML element that spreadsheet programs show as it is.</summary>
/// <remarks>
/// What XML 1.0 forbids (control characters, lone surrogates, U+FFFE, U+FFFF) becomes U+FFFD. Line ends become LF. Text that
/// looks like the format's own escape <c>_x0041_</c> is escaped, so that it is not decoded (ECMA-376 part 1, 22.4.2.4).
/// </remarks>
internal static class XmlText
{
    /// <summary>Characters a cell holds at most (a limit of Excel); longer text is cut and ends with an ellipsis.</summary>
    public const int CharactersMax = 32_767;

    private const char Replacement = '\uFFFD';

    /// <summary>The XML of <paramref name="text"/> as the content of a cell.</summary>
    public static string OfCell(string text)
    {
        text = Cut(text, CharactersMax);
        return IsPlain(text) ? text : Escape(text, isCell: true);
    }

    /// <summary>The XML of <paramref name="text"/> for an attribute or for an element outside cells.</summary>
    public static string Of(string text) => IsPlain(text) ? text : Escape(text, isCell: false);

    /// <summary>True when a spreadsheet program could take the text for a formula, were it typed in.</summary>
    public static bool BeginsLikeFormula(string text) => text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r';

    /// <summary>True when readers would drop white space at an end unless told to keep it.</summary>
    public static bool HasOuterSpace(string text) => char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]);

    private static string Cut(string text, int charactersMax)
    {
        if (text.Length <= charactersMax)
        {
            return text;
        }

        int length = charactersMax - 1;
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[length - 1]) ? length - 1 : length), "…");
    }

    private static bool IsPlain(string text)
    {
        foreach (char c in text)
        {
            if (c is < ' ' or > '\u007E' or '<' or '>' or '&' or '"' or '_')
            {
                return false;
            }
        }

        return true;
    }

    private static string Escape(string text, bool isCell)
    {
        var xml = new StringBuilder(text.Length + 16);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            switch (c)
            {
                case '<': xml.Append("&lt;"); break;
                case '>': xml.Append("&gt;"); break;
                case '&': xml.Append("&amp;"); break;
                case '"': xml.Append("&quot;"); break;
                case '_' when isCell && IsEscape(text.AsSpan(i)): xml.Append("_x005F_"); break;
                case '\r' when i + 1 < text.Length && text[i + 1] == '\n': break;
                case '\r': xml.Append('\n'); break;
                case '\t' or '\n': xml.Append(c); break;
                case < ' ' or '\uFFFE' or '\uFFFF': xml.Append(Replacement); break;
                case >= '\u007F' and <= '\u009F': xml.Append(Replacement); break;
                default: i = AppendUnicode(xml, text, i); break;
            }
        }

        return xml.ToString();
    }

    private static int AppendUnicode(StringBuilder xml, string text, int i)
    {
        char c = text[i];
        if (!char.IsSurrogate(c))
        {
            xml.Append(c);
            return i;
        }

        if (i + 1 < text.Length && char.IsSurrogatePair(c, text[i + 1]))
        {
            xml.Append(c).Append(text[i + 1]);
            return i + 1;
        }

        xml.Append(Replacement);
        return i;
    }

    /// <summary>True for <c>_xHHHH_</c>.</summary>
    private static bool IsEscape(ReadOnlySpan<char> text) =>
        text.Length >= 7 && text[1] is 'x' or 'X' && text[6] == '_'
        && char.IsAsciiHexDigit(text[2]) && char.IsAsciiHexDigit(text[3])
        && char.IsAsciiHexDigit(text[4]) && char.IsAsciiHexDigit(text[5]);
}
