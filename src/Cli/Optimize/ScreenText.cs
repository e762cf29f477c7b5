using System.Text;
using Spectre.Console;

namespace CarrierOptimization.Cli.Optimize;

/// <summary>Text that fits the columns of a terminal.</summary>
internal static class ScreenText
{
    /// <summary>Names come from files: control characters would move the cursor or colour the screen.</summary>
    public static string Printable(string text) =>
        text.AsSpan().IndexOfAnyInRange('\0', '\u001f') < 0 && text.AsSpan().IndexOfAnyInRange('\u007f', '\u009f') < 0
            ? text
            : string.Concat(text.Select(character => char.IsControl(character) ? '\uFFFD' : character));

    /// <summary>At most so many columns; what is left out is told by two points.</summary>
    public static string Cut(string text, int width)
    {
        if (text.GetCellWidth() <= width)
        {
            return text;
        }

        var cut = new StringBuilder();
        int used = 2;
        foreach (Rune rune in text.EnumerateRunes())
        {
            used += rune.ToString().GetCellWidth();
            if (used > width)
            {
                break;
            }

            cut.Append(rune.ToString());
        }

        return cut.Append("..".AsSpan(0, Math.Min(2, width))).ToString();
    }

    /// <summary>Lines of at most <paramref name="width"/> columns, broken between words.</summary>
    public static IEnumerable<string> Wrapped(string text, int width)
    {
        var line = new StringBuilder();
        int used = 0;
        foreach (string word in text.Split(' ').SelectMany(word => Pieces(word, width)))
        {
            int columns = word.GetCellWidth();
            if (used > 0 && used + 1 + columns > width)
            {
                yield return line.ToString();
                line.Clear();
                used = 0;
            }

            line.Append(used > 0 ? " " : "").Append(word);
            used += columns + (used > 0 ? 1 : 0);
        }

        yield return line.ToString();
    }

    public static string Styled(string text, string style) =>
        style.Length == 0 || text.Length == 0 ? Markup.Escape(text) : $"[{style}]{Markup.Escape(text)}[/]";

    /// <summary>A word that is longer than a line, in parts; others as they are.</summary>
    private static IEnumerable<string> Pieces(string word, int width)
    {
        while (word.GetCellWidth() > width)
        {
            int length = 1;
            while (length < word.Length && word[..(length + 1)].GetCellWidth() <= width)
            {
                length++;
            }

            yield return word[..length];
            word = word[length..];
        }

        yield return word;
    }
}
