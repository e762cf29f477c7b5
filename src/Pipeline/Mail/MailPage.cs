using System.Globalization;
using System.Text;

namespace CarrierOptimization.Pipeline.Mail;

/// <summary>A column of a table in a mail.</summary>
/// <param name="IsNumber">Right-aligned.</param>
internal readonly record struct MailColumn(string Heading, bool IsNumber = false);

/// <summary>
/// Builds a mail as text and as HTML from the same parts, so that both say the same. The HTML is made of tables with inline styles
/// and no pictures: what all mail programs show.
/// </summary>
/// <remarks>Values are given as they are; encoding happens here and nowhere else.</remarks>
internal sealed class MailPage
{
    private const string Font = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;";
    private const string Muted = "color:#5b6773;";
    private const string Line = "border-bottom:1px solid #e6eaee;";
    private const string Cell = "padding:6px 10px 6px 0;font-size:13px;line-height:18px;vertical-align:top;" + Line;
    private const string Bare = "cellpadding=\"0\" cellspacing=\"0\" border=\"0\"";

    private readonly MailTone _tone;
    private readonly string _title;
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _html = new();

    /// <param name="kicker">A few words above the title: what kind of mail this is.</param>
    /// <param name="title">The one thing to know.</param>
    public MailPage(MailTone tone, string kicker, string title)
    {
        _tone = tone;
        _title = title;
        _text.Append(MailWriting.Wrapped(title)).Append("\n\n");
        _html.Append("<p style=\"margin:0 0 6px 0;font-size:12px;line-height:16px;letter-spacing:0.04em;")
            .Append($"color:{Colour};font-weight:600;\">").Append(MailWriting.Html(kicker)).Append("</p>\n")
            .Append("<h1 style=\"margin:0 0 16px 0;font-size:22px;line-height:28px;font-weight:600;color:#16202a;\">")
            .Append(MailWriting.Html(title)).Append("</h1>\n");
    }

    private string Colour => _tone switch
    {
        MailTone.Good => "#0b6e4f",
        MailTone.Warning => "#8a5200",
        MailTone.Alert => "#a61b1b",
        _ => "#33506b",
    };

    public MailPage Paragraph(string text)
    {
        _text.Append(MailWriting.Wrapped(text)).Append("\n\n");
        _html.Append("<p style=\"margin:0 0 14px 0;font-size:15px;line-height:22px;\">").Append(MailWriting.Html(text)).Append("</p>\n");
        return this;
    }

    public MailPage Heading(string text)
    {
        string line = MailWriting.OneLine(text);
        _text.Append(line).Append('\n').Append('-', line.Length).Append('\n');
        _html.Append("<h2 style=\"margin:26px 0 8px 0;font-size:15px;line-height:20px;font-weight:600;color:#16202a;\">")
            .Append(MailWriting.Html(text)).Append("</h2>\n");
        return this;
    }

    /// <summary>Two to four figures side by side, large.</summary>
    /// <param name="figures">The last one is the one that counts.</param>
    public MailPage Figures(IReadOnlyList<MailFact> figures)
    {
        TextFacts(figures);
        _html.Append(TableStart("0 0 8px 0")).Append("<tr>\n");
        for (int number = 0; number < figures.Count; number++)
        {
            string colour = number == figures.Count - 1 ? Colour : "#16202a";
            _html.Append($"<td width=\"{100 / figures.Count}%\" style=\"padding:12px 10px 12px 0;vertical-align:top;\">")
                .Append($"<div style=\"font-size:12px;line-height:16px;{Muted}\">")
                .Append(MailWriting.Html(figures[number].Name)).Append("</div>")
                .Append($"<div style=\"font-size:19px;line-height:26px;font-weight:600;color:{colour};\">")
                .Append(MailWriting.Html(figures[number].Value)).Append("</div></td>\n");
        }

        _html.Append("</tr></table>\n");
        return this;
    }

    /// <summary>Bars one below the other that show shares of the same whole; HTML only, the figures say the same.</summary>
    /// <param name="bars">Name, length in percent 0 to 100, colour.</param>
    public MailPage Bars(IReadOnlyList<(string Name, int Percent, string Colour)> bars)
    {
        _html.Append(TableStart("0 0 18px 0")).Append('\n');
        foreach ((string name, int percent, string colour) in bars)
        {
            int length = Math.Clamp(percent, 1, 100);
            string rest = length < 100 ? BarPart(100 - length, "#eef1f4") : "";
            _html.Append($"<tr><td width=\"74\" style=\"padding:3px 10px 3px 0;font-size:12px;line-height:14px;{Muted}\">")
                .Append(MailWriting.Html(name)).Append("</td><td style=\"padding:3px 0;\">")
                .Append(TableStart("0")).Append("<tr>").Append(BarPart(length, colour)).Append(rest)
                .Append("</tr></table></td></tr>\n");
        }

        _html.Append("</table>\n");
        return this;
    }

    public MailPage Facts(IReadOnlyList<MailFact> facts)
    {
        TextFacts(facts);
        _html.Append(TableStart("0 0 14px 0")).Append('\n');
        foreach (MailFact fact in facts)
        {
            _html.Append($"<tr><td width=\"150\" style=\"{Cell}{Muted}\">").Append(MailWriting.Html(fact.Name))
                .Append($"</td><td style=\"{Cell}word-break:break-word;\">").Append(MailWriting.Html(fact.Value)).Append("</td></tr>\n");
        }

        _html.Append("</table>\n");
        return this;
    }

    public MailPage List(IReadOnlyList<string> items)
    {
        _html.Append("<ul style=\"margin:0 0 14px 0;padding:0 0 0 20px;\">\n");
        foreach (string item in items)
        {
            _text.Append("- ").Append(MailWriting.Wrapped(item, indent: "  ", width: 74)).Append('\n');
            _html.Append("<li style=\"margin:0 0 4px 0;font-size:14px;line-height:20px;\">").Append(MailWriting.Html(item)).Append("</li>\n");
        }

        _text.Append('\n');
        _html.Append("</ul>\n");
        return this;
    }

    /// <summary>A table; rows beyond <paramref name="rowsMax"/> are counted and not shown.</summary>
    /// <param name="whereAll">Where all rows are, for the line that counts the others.</param>
    public MailPage Table(IReadOnlyList<MailColumn> columns, IReadOnlyList<string[]> rows, int rowsMax, string whereAll)
    {
        string[][] shown = [.. rows.Take(rowsMax)];
        TextTable(columns, shown);
        _html.Append($"<table width=\"100%\" {Bare} style=\"border-collapse:collapse;margin:0 0 14px 0;\">\n<tr>\n");
        foreach (MailColumn column in columns)
        {
            _html.Append($"<th style=\"{Cell}{Muted}font-weight:500;text-align:{Align(column)};\">")
                .Append(MailWriting.Html(column.Heading)).Append("</th>\n");
        }

        _html.Append("</tr>\n");
        foreach (string[] row in shown)
        {
            _html.Append("<tr>");
            for (int number = 0; number < columns.Count; number++)
            {
                string breaking = columns[number].IsNumber ? "white-space:nowrap;" : "word-break:break-word;";
                _html.Append($"<td style=\"{Cell}{breaking}text-align:{Align(columns[number])};\">")
                    .Append(MailWriting.Html(row[number])).Append("</td>\n");
            }

            _html.Append("</tr>\n");
        }

        _html.Append("</table>\n");
        return rows.Count > shown.Length
            ? Small(string.Create(CultureInfo.InvariantCulture, $"... and {rows.Count - shown.Length:N0} more: {whereAll}."))
            : this;
    }

    public MailPage Small(string text)
    {
        _text.Append(MailWriting.Wrapped(text)).Append("\n\n");
        _html.Append($"<p style=\"margin:0 0 14px 0;font-size:13px;line-height:18px;{Muted}\">").Append(MailWriting.Html(text)).Append("</p>\n");
        return this;
    }

    /// <summary>A button; nothing when the address may not become a link.</summary>
    public MailPage Link(string label, Uri? address)
    {
        if (address is null || !MailWriting.MayLink(address))
        {
            return this;
        }

        _text.Append(MailWriting.OneLine(label)).Append(": ").Append(address.AbsoluteUri).Append("\n\n");
        _html.Append($"<table role=\"presentation\" {Bare} style=\"margin:18px 0 6px 0;\"><tr>")
            .Append($"<td style=\"background:{Colour};border-radius:4px;\"><a href=\"").Append(MailWriting.Html(address.AbsoluteUri))
            .Append("\" style=\"display:inline-block;padding:10px 18px;font-size:14px;line-height:18px;font-weight:600;")
            .Append("color:#ffffff;text-decoration:none;\">")
            .Append(MailWriting.Html(label)).Append("</a></td></tr></table>\n");
        return this;
    }

    /// <summary>Puts the page around the parts.</summary>
    /// <param name="preview">What lists of mails show after the subject.</param>
    /// <param name="about">The last lines: where the mail comes from.</param>
    public MailText Finish(string subject, string preview, IReadOnlyList<MailFact> about)
    {
        Heading("About").Facts(about);
        const string Footer = "Sent by Carrier Optimizer to the recipients of this provider.";
        _text.Append(Footer).Append('\n');
        string card = $"max-width:640px;background:#ffffff;border:1px solid #e6eaee;border-top:4px solid {Colour};text-align:left;";
        string html = $"""
            <!DOCTYPE html>
            <html xmlns="http://www.w3.org/1999/xhtml" lang="en">
            <head>
            <meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <meta name="color-scheme" content="light" />
            <title>{MailWriting.Html(_title)}</title>
            </head>
            <body style="margin:0;padding:0;background:#f3f5f7;{Font}color:#26323d;">
            <div style="display:none;max-height:0;overflow:hidden;">{MailWriting.Html(preview)}</div>
            <table role="presentation" width="100%" {Bare} style="background:#f3f5f7;">
            <tr><td align="center" style="padding:24px 12px;">
            <table role="presentation" width="100%" {Bare} style="{card}">
            <tr><td style="padding:24px 28px 16px 28px;{Font}">

            """ + _html + $"""
            </td></tr>
            </table>
            <p style="margin:14px 0 0 0;font-size:12px;line-height:16px;{Muted}">{Footer}</p>
            </td></tr>
            </table>
            </body>
            </html>

            """;
        return new MailText(MailWriting.OneLine(subject), _text.ToString(), html);
    }

    private static string BarPart(int percent, string colour) =>
        $"<td width=\"{percent}%\" style=\"font-size:0;line-height:10px;background:{colour};\">&#160;</td>";

    private static string TableStart(string margin) =>
        $"<table role=\"presentation\" width=\"100%\" {Bare} style=\"border-collapse:collapse;margin:{margin};\">";

    private static string Align(MailColumn column) => column.IsNumber ? "right" : "left";

    private void TextFacts(IReadOnlyList<MailFact> facts)
    {
        int width = facts.Count == 0 ? 0 : facts.Max(fact => MailWriting.OneLine(fact.Name).Length) + 2;
        foreach (MailFact fact in facts)
        {
            _text.Append((MailWriting.OneLine(fact.Name) + ":").PadRight(width))
                .Append(MailWriting.Wrapped(fact.Value, new string(' ', width), 76 - width)).Append('\n');
        }

        _text.Append('\n');
    }

    private void TextTable(IReadOnlyList<MailColumn> columns, string[][] rows)
    {
        string[][] lines = [[.. columns.Select(column => column.Heading)], .. rows];
        for (int number = 0; number < lines.Length; number++)
        {
            lines[number] = [.. lines[number].Select(MailWriting.OneLine)];
        }

        int[] widths = [.. Enumerable.Range(0, columns.Count).Select(column => lines.Max(line => line[column].Length))];
        foreach (string[] line in lines)
        {
            _text.AppendJoin("  ", line.Select((cell, column) =>
                columns[column].IsNumber ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column])));
            while (_text[^1] == ' ')
            {
                _text.Length--;
            }

            _text.Append('\n');
        }

        _text.Append('\n');
    }
}
