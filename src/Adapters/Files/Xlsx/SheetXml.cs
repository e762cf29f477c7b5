using System.Globalization;
using System.Text;

namespace CarrierOptimization.Adapters.Files.Xlsx;

/// <summary>The XML of a sheet before and after its rows, in the order the format prescribes.</summary>
internal static class SheetXml
{
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main";
    private const string Xm = "http://schemas.microsoft.com/office/excel/2006/main";
    private const string NegativeColour = "FFF2B8B2";

    public static string Head(SheetLayout layout, bool isFirst)
    {
        var xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n")
            .Append(CultureInfo.InvariantCulture, $"<worksheet xmlns=\"{Main}\" xmlns:r=\"{Relations}\"><sheetPr>")
            .Append(layout.TabColour is null ? "" : $"<tabColor rgb=\"{layout.TabColour}\"/>")
            .Append("<outlinePr summaryBelow=\"0\"/>")
            .Append(layout.FitToWidth ? "<pageSetUpPr fitToPage=\"1\"/>" : "")
            .Append("</sheetPr><sheetViews><sheetView workbookViewId=\"0\"")
            .Append(isFirst ? " tabSelected=\"1\"" : "")
            .Append(layout.GridLines ? ">" : " showGridLines=\"0\">")
            .Append(Pane(layout))
            .Append("</sheetView></sheetViews><sheetFormatPr defaultRowHeight=\"15\" outlineLevelRow=\"1\"/><cols>");
        for (int column = 0; column < layout.ColumnWidths.Count; column++)
        {
            xml.Append(CultureInfo.InvariantCulture,
                $"<col min=\"{column + 1}\" max=\"{column + 1}\" width=\"{layout.ColumnWidths[column]}\" customWidth=\"1\"/>");
        }

        return xml.Append("</cols><sheetData>").ToString();
    }

    public static string Tail(SheetLayout layout, SheetEnd end, int number, string title)
    {
        var xml = new StringBuilder("</sheetData>");
        xml.Append(end.AutoFilter is null ? "" : $"<autoFilter ref=\"{end.AutoFilter}\"/>");
        if (end.MergedCells.Count > 0)
        {
            xml.Append(CultureInfo.InvariantCulture, $"<mergeCells count=\"{end.MergedCells.Count}\">")
                .AppendJoin("", end.MergedCells.Select(range => $"<mergeCell ref=\"{range}\"/>")).Append("</mergeCells>");
        }

        for (int bar = 0; bar < end.DataBars.Count; bar++)
        {
            xml.Append(DataBarRule(end.DataBars[bar], number, bar));
        }

        xml.Append("<printOptions horizontalCentered=\"1\"/>")
            .Append("<pageMargins left=\"0.4\" right=\"0.4\" top=\"0.5\" bottom=\"0.6\" header=\"0.3\" footer=\"0.3\"/>")
            .Append("<pageSetup paperSize=\"9\" orientation=\"landscape\"")
            .Append(layout.FitToWidth ? " fitToWidth=\"1\" fitToHeight=\"0\"/>" : "/>")
            .Append("<headerFooter><oddFooter>").Append(XmlText.Of(Footer(title, layout.Name))).Append("</oddFooter></headerFooter>")
            .Append(end.PageBreakAfterRow == 0 ? "" : string.Create(CultureInfo.InvariantCulture,
                $"<rowBreaks count=\"1\" manualBreakCount=\"1\"><brk id=\"{end.PageBreakAfterRow}\" max=\"16383\" man=\"1\"/></rowBreaks>"))
            .Append(IgnoredErrors(end))
            .Append(end.Charts.Count > 0 ? "<drawing r:id=\"rId1\"/>" : "")
            .Append(DataBarExtensions(end.DataBars, number));
        return xml.Append("</worksheet>").ToString();
    }

    /// <summary>ICCIDs are text on purpose: no green triangle in each cell.</summary>
    private static string IgnoredErrors(SheetEnd end) => end.AutoFilter is null ? "" :
        $"<ignoredErrors><ignoredError sqref=\"{end.AutoFilter}\" numberStoredAsText=\"1\"/></ignoredErrors>";

    private static string Pane(SheetLayout layout)
    {
        if (layout.HeaderRows == 0 && layout.FrozenColumns == 0)
        {
            return "";
        }

        string cell = SheetWriter.ColumnName(layout.FrozenColumns) + (layout.HeaderRows + 1).ToString(CultureInfo.InvariantCulture);
        string pane = layout.FrozenColumns == 0 ? "bottomLeft" : layout.HeaderRows == 0 ? "topRight" : "bottomRight";
        return "<pane"
            + (layout.FrozenColumns == 0 ? "" : $" xSplit=\"{layout.FrozenColumns}\"")
            + (layout.HeaderRows == 0 ? "" : $" ySplit=\"{layout.HeaderRows}\"")
            + $" topLeftCell=\"{cell}\" activePane=\"{pane}\" state=\"frozen\"/><selection pane=\"{pane}\"/>";
    }

    /// <summary>An ampersand begins a code in a footer: a real one is doubled. Excel refuses more than 255 characters.</summary>
    private static string Footer(string title, string sheet)
    {
        string left = title.Length > 80 ? title[..80] : title;
        return $"&L&8{left.Replace("&", "&&", StringComparison.Ordinal)}&C&8{sheet}&R&8Page &P of &N";
    }

    private static string DataBarRule(DataBar bar, int sheet, int index) =>
        $"<conditionalFormatting sqref=\"{bar.Range}\"><cfRule type=\"dataBar\" priority=\"{index + 1}\"><dataBar>"
        + (bar.FromZeroToOne ? "<cfvo type=\"num\" val=\"0\"/><cfvo type=\"num\" val=\"1\"/>" : "<cfvo type=\"min\"/><cfvo type=\"max\"/>")
        + $"<color rgb=\"{bar.Colour}\"/></dataBar><extLst><ext xmlns:x14=\"{X14}\" uri=\"{{B025F937-C7B1-47D3-B67F-A62EFF666E3E}}\">"
        + $"<x14:id>{RuleId(sheet, index)}</x14:id></ext></extLst></cfRule></conditionalFormatting>";

    /// <summary>Since 2010: flat bars, an axis at zero, another colour for negative values.</summary>
    private static string DataBarExtensions(IReadOnlyList<DataBar> bars, int sheet) => bars.Count == 0 ? "" :
        $"<extLst><ext xmlns:x14=\"{X14}\" uri=\"{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}\"><x14:conditionalFormattings>"
        + string.Concat(bars.Select((bar, index) =>
            $"<x14:conditionalFormatting xmlns:xm=\"{Xm}\"><x14:cfRule type=\"dataBar\" id=\"{RuleId(sheet, index)}\">"
            + "<x14:dataBar minLength=\"0\" maxLength=\"100\" gradient=\"0\">"
            + (bar.FromZeroToOne
                ? "<x14:cfvo type=\"num\"><xm:f>0</xm:f></x14:cfvo><x14:cfvo type=\"num\"><xm:f>1</xm:f></x14:cfvo>"
                : "<x14:cfvo type=\"autoMin\"/><x14:cfvo type=\"autoMax\"/>")
            + $"<x14:negativeFillColor rgb=\"{NegativeColour}\"/><x14:axisColor rgb=\"FF9AA5B1\"/></x14:dataBar></x14:cfRule>"
            + $"<xm:sqref>{bar.Range}</xm:sqref></x14:conditionalFormatting>"))
        + "</x14:conditionalFormattings></ext></extLst>";

    /// <summary>Joins a rule and its extension; made of the place, so that it is the same in every run.</summary>
    private static string RuleId(int sheet, int index) => $"{{00000000-0000-4000-8000-{sheet:X6}{index:X6}}}";
}
