using System.Globalization;
using System.Text;

namespace CarrierOptimization.Adapters.Files.Xlsx;

/// <summary>The part xl/styles.xml: fonts, fills, borders, number formats and the styles made of them.</summary>
/// <remarks>
/// Every style stands there twice: at 2n as it is, at 2n+1 with quotePrefix, which keeps text that begins like a formula
/// text even after someone edits the cell.
/// </remarks>
internal static class StylesPart
{
    private const string Ink = "FF1F2933";
    private const string Muted = "FF6B7785";
    private const string Navy = "FF1E3A4C";
    private const string Green = "FF0B7A5B";
    private const string White = "FFFFFFFF";

    private static readonly string[] Fonts =
    [
        Font(10, Ink), Font(10, Ink, bold: true), Font(10, White, bold: true), Font(10, Muted), Font(22, Navy, bold: true),
        Font(11, Muted), Font(13, Navy, bold: true), Font(18, Navy, bold: true), Font(18, Green, bold: true),
        Font(9, Muted, bold: true), Font(9, Muted), Font(11, Ink), Font(10, Green, bold: true),
    ];

    /// <summary>The first two are fixed by the format.</summary>
    private static readonly string[] Fills =
    [
        "<fill><patternFill patternType=\"none\"/></fill>", "<fill><patternFill patternType=\"gray125\"/></fill>",
        Fill(Navy), Fill("FFEAF0F3"), Fill("FFF4F7F8"),
    ];

    private static readonly string[] Borders =
    [
        Border("", ""), Border("", Line("bottom", "hair", "FFC6D0D6")), Border(Line("top", "thin", Navy), Line("bottom", "thin", Navy)),
        Border("", Line("bottom", "medium", "FF0B7A5B")),
    ];

    private static readonly string[] NumberFormats =
    [
        "#,##0", "#,##0.00;[Red]\\-#,##0.00", "0.0%", "#,##0.00", "0.00##%",
    ];

    private static readonly Look[] Looks =
    [
        new(), new(Indent: true, Vertical: "center"), new(Font: 3, Indent: true, Vertical: "center"),
        new(Font: 3, Horizontal: "right", Vertical: "center"), new(Wrap: true, Indent: true, Vertical: "center"),
        new(Format: 1, Vertical: "center"), new(Format: 2, Vertical: "center"), new(Format: 2, Font: 12, Vertical: "center"),
        new(Format: 3, Vertical: "center"), new(Format: 4, Vertical: "center"),
        new(Font: 2, Fill: 2, Wrap: true, Indent: true, Vertical: "center"),
        new(Font: 2, Fill: 2, Wrap: true, Vertical: "center", Horizontal: "right"),
        new(Font: 1, Fill: 3, Border: 1, Indent: true), new(1, 3, 1, 1), new(1, 3, 1, 2), new(12, 3, 1, 2), new(1, 3, 1, 3),
        new(1, 3, 1, 4),
        new(Font: 1, Border: 2, Indent: true), new(1, 0, 2, 1), new(1, 0, 2, 2), new(12, 0, 2, 2), new(1, 0, 2, 3), new(1, 0, 2, 4),
        new(Font: 4, Vertical: "center"), new(Font: 5, Vertical: "center"), new(Font: 6, Border: 3),
        new(Font: 11, Wrap: true, Vertical: "center"),
        new(Font: 9, Fill: 4, Indent: true, Vertical: "center"),
        new(Font: 7, Fill: 4, Format: 2, Horizontal: "left", Indent: true, Vertical: "center"),
        new(Font: 8, Fill: 4, Format: 2, Horizontal: "left", Indent: true, Vertical: "center"),
        new(Font: 10, Fill: 4, Indent: true, Vertical: "center"),
        new(Font: 7, Fill: 4, Format: 5, Horizontal: "left", Indent: true, Vertical: "center"),
    ];

    public static string Xml()
    {
        if (Looks.Length != Enum.GetValues<CellStyle>().Length)
        {
            throw new InvalidOperationException($"{Looks.Length} looks for {Enum.GetValues<CellStyle>().Length} cell styles.");
        }

        var xml = new StringBuilder(16_384)
            .Append("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n")
            .Append("<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">");
        xml.Append(CultureInfo.InvariantCulture, $"<numFmts count=\"{NumberFormats.Length}\">");
        for (int i = 0; i < NumberFormats.Length; i++)
        {
            xml.Append(CultureInfo.InvariantCulture, $"<numFmt numFmtId=\"{FormatId(i + 1)}\" formatCode=\"{NumberFormats[i]}\"/>");
        }

        xml.Append("</numFmts>");
        List(xml, "fonts", Fonts);
        List(xml, "fills", Fills);
        List(xml, "borders", Borders);
        List(xml, "cellStyleXfs", ["<xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/>"]);
        List(xml, "cellXfs", [.. Looks.SelectMany(look => new[] { Format(look, quoted: false), Format(look, quoted: true) })]);
        List(xml, "cellStyles", ["<cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/>"]);
        return xml.Append("</styleSheet>").ToString();
    }

    private static int FormatId(int format) => format == 0 ? 0 : 163 + format;

    private static void List(StringBuilder xml, string name, string[] elements) =>
        xml.Append(CultureInfo.InvariantCulture, $"<{name} count=\"{elements.Length}\">")
            .AppendJoin("", elements).Append("</").Append(name).Append('>');

    private static string Format(Look look, bool quoted)
    {
        string alignment = string.Concat(
            look.Horizontal is null && !look.Indent ? "" : $" horizontal=\"{look.Horizontal ?? "left"}\"",
            look.Vertical is null ? look.Wrap ? " vertical=\"top\"" : "" : $" vertical=\"{look.Vertical}\"",
            look.Wrap ? " wrapText=\"1\"" : "",
            look.Indent ? " indent=\"1\"" : "");
        string open = $"<xf numFmtId=\"{FormatId(look.Format)}\" fontId=\"{look.Font}\" fillId=\"{look.Fill}\" "
            + $"borderId=\"{look.Border}\" xfId=\"0\"{(quoted ? " quotePrefix=\"1\"" : "")} applyNumberFormat=\"1\" "
            + "applyFont=\"1\" applyFill=\"1\" applyBorder=\"1\"";
        return alignment.Length == 0 ? open + "/>" : open + $" applyAlignment=\"1\"><alignment{alignment}/></xf>";
    }

    private static string Font(int points, string colour, bool bold = false) =>
        $"<font>{(bold ? "<b/>" : "")}<sz val=\"{points}\"/><color rgb=\"{colour}\"/><name val=\"Calibri\"/><family val=\"2\"/></font>";

    private static string Fill(string colour) =>
        $"<fill><patternFill patternType=\"solid\"><fgColor rgb=\"{colour}\"/><bgColor indexed=\"64\"/></patternFill></fill>";

    private static string Border(string top, string bottom) =>
        $"<border><left/><right/>{(top.Length == 0 ? "<top/>" : top)}{(bottom.Length == 0 ? "<bottom/>" : bottom)}<diagonal/></border>";

    private static string Line(string side, string style, string colour) =>
        $"<{side} style=\"{style}\"><color rgb=\"{colour}\"/></{side}>";

    /// <summary>Numbers are positions in the lists above; format 0 is General, others count from 1.</summary>
    private sealed record Look(
        int Font = 0, int Fill = 0, int Border = 0, int Format = 0, string? Horizontal = null, string? Vertical = null,
        bool Wrap = false, bool Indent = false);
}
