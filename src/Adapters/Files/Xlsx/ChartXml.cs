using System.Globalization;
using System.Text;

namespace CarrierOptimization.Adapters.Files.Xlsx;

/// <summary>The parts of a drawing and of its charts (DrawingML).</summary>
internal static class ChartXml
{
    private const string Declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
    private const string A = "http://schemas.openxmlformats.org/drawingml/2006/main";
    private const string C = "http://schemas.openxmlformats.org/drawingml/2006/chart";
    private const string Xdr = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing";
    private const string R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const int EmuPerPoint = 12_700;
    private const string Ink = "1F2933";
    private const string Muted = "6B7785";
    private const string GridLine = "E1E7EB";

    /// <summary>"A1:B2" to "$A$1:$B$2".</summary>
    public static string Absolute(string range) => string.Join(':', range.Split(':').Select(cell =>
    {
        int digits = cell.AsSpan().IndexOfAnyInRange('0', '9');
        return $"${cell[..digits]}${cell[digits..]}";
    }));

    public static string Drawing(IReadOnlyList<BarChart> charts)
    {
        var xml = new StringBuilder(Declaration)
            .Append(CultureInfo.InvariantCulture, $"<xdr:wsDr xmlns:xdr=\"{Xdr}\" xmlns:a=\"{A}\">");
        for (int i = 0; i < charts.Count; i++)
        {
            ChartPlace place = charts[i].Place;
            xml.Append(CultureInfo.InvariantCulture,
                $"""
                <xdr:twoCellAnchor><xdr:from>{Cell(place.FromColumn, place.FromRow, place.GapPoints)}</xdr:from>
                <xdr:to>{Cell(place.ToColumn, place.ToRow)}</xdr:to><xdr:graphicFrame macro="">
                <xdr:nvGraphicFramePr><xdr:cNvPr id="{i + 2}" name="Chart {i + 1}" descr="{XmlText.Of(charts[i].Title)}"/>
                <xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr><xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm><a:graphic>
                <a:graphicData uri="{C}"><c:chart xmlns:c="{C}" xmlns:r="{R}" r:id="rId{i + 1}"/></a:graphicData></a:graphic>
                </xdr:graphicFrame><xdr:clientData/></xdr:twoCellAnchor>
                """);
        }

        return xml.Append("</xdr:wsDr>").ToString();
    }

    public static string Chart(BarChart chart)
    {
        var xml = new StringBuilder(Declaration)
            .Append(CultureInfo.InvariantCulture, $"<c:chartSpace xmlns:c=\"{C}\" xmlns:a=\"{A}\" xmlns:r=\"{R}\">")
            .Append("<c:roundedCorners val=\"0\"/><c:chart><c:title><c:tx><c:rich><a:bodyPr/><a:p><a:pPr>")
            .Append(TextLook("defRPr", 1200, Ink, bold: true))
            .Append("</a:pPr><a:r>").Append(TextLook("rPr", 1200, Ink, bold: true))
            .Append(CultureInfo.InvariantCulture, $"<a:t>{XmlText.Of(chart.Title)}</a:t></a:r></a:p></c:rich></c:tx>")
            .Append("<c:overlay val=\"0\"/></c:title><c:autoTitleDeleted val=\"0\"/><c:plotArea><c:layout/><c:barChart>")
            .Append(CultureInfo.InvariantCulture, $"<c:barDir val=\"{(chart.IsHorizontal ? "bar" : "col")}\"/>")
            .Append("<c:grouping val=\"clustered\"/><c:varyColors val=\"0\"/>");
        for (int i = 0; i < chart.Series.Count; i++)
        {
            AppendSeries(xml, chart, i);
        }

        xml.Append(CultureInfo.InvariantCulture, $"<c:gapWidth val=\"{(chart.Series.Count == 1 ? 60 : 50)}\"/>")
            .Append("<c:overlap val=\"0\"/><c:axId val=\"111\"/><c:axId val=\"112\"/></c:barChart>");
        AppendAxes(xml, chart);
        return xml.Append("</c:plotArea>")
            .Append(chart.Series.Count > 1 ? $"<c:legend><c:legendPos val=\"b\"/><c:overlay val=\"0\"/>{TextBody(900, Muted)}</c:legend>" : "")
            .Append("<c:plotVisOnly val=\"1\"/><c:dispBlanksAs val=\"gap\"/></c:chart>")
            .Append("<c:spPr><a:solidFill><a:srgbClr val=\"FFFFFF\"/></a:solidFill><a:ln w=\"9525\"><a:solidFill>")
            .Append(CultureInfo.InvariantCulture, $"<a:srgbClr val=\"{GridLine}\"/></a:solidFill></a:ln></c:spPr>")
            .Append("</c:chartSpace>").ToString();
    }

    private static void AppendSeries(StringBuilder xml, BarChart chart, int index)
    {
        BarSeries series = chart.Series[index];
        xml.Append(CultureInfo.InvariantCulture, $"<c:ser><c:idx val=\"{index}\"/><c:order val=\"{index}\"/><c:tx><c:strRef>")
            .Append(CultureInfo.InvariantCulture, $"<c:f>{XmlText.Of(series.NameCell)}</c:f>")
            .Append(Cache("strCache", "", [series.Name])).Append("</c:strRef></c:tx>")
            .Append(FillOf(series.Colour)).Append("<c:invertIfNegative val=\"0\"/>");
        for (int point = 0; point < (series.PointColours?.Count ?? 0); point++)
        {
            xml.Append(CultureInfo.InvariantCulture, $"<c:dPt><c:idx val=\"{point}\"/><c:invertIfNegative val=\"0\"/><c:bubble3D val=\"0\"/>")
                .Append(FillOf(series.PointColours![point])).Append("</c:dPt>");
        }

        xml.Append(CultureInfo.InvariantCulture, $"<c:dLbls><c:numFmt formatCode=\"{XmlText.Of(chart.NumberFormat)}\" sourceLinked=\"0\"/>")
            .Append("<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>").Append(TextBody(chart.Series.Count == 1 ? 1000 : 800, Ink))
            .Append("<c:dLblPos val=\"outEnd\"/><c:showLegendKey val=\"0\"/>")
            .Append(CultureInfo.InvariantCulture, $"<c:showVal val=\"{(chart.ShowsValues ? 1 : 0)}\"/><c:showCatName val=\"0\"/>")
            .Append("<c:showSerName val=\"0\"/><c:showPercent val=\"0\"/><c:showBubbleSize val=\"0\"/></c:dLbls>")
            .Append(CultureInfo.InvariantCulture, $"<c:cat><c:strRef><c:f>{XmlText.Of(chart.CategoriesRange)}</c:f>")
            .Append(Cache("strCache", "", chart.Categories)).Append("</c:strRef></c:cat>")
            .Append(CultureInfo.InvariantCulture, $"<c:val><c:numRef><c:f>{XmlText.Of(series.ValuesRange)}</c:f>")
            .Append(Cache("numCache", $"<c:formatCode>{XmlText.Of(chart.NumberFormat)}</c:formatCode>", series.Values))
            .Append("</c:numRef></c:val></c:ser>");
    }

    private static void AppendAxes(StringBuilder xml, BarChart chart)
    {
        string order = chart.IsHorizontal ? "maxMin" : "minMax";
        string categoryAt = chart.IsHorizontal ? "l" : "b";
        string valueAt = chart.IsHorizontal ? "b" : "l";
        xml.Append("<c:catAx><c:axId val=\"111\"/><c:scaling>")
            .Append(CultureInfo.InvariantCulture, $"<c:orientation val=\"{order}\"/></c:scaling>")
            .Append(CultureInfo.InvariantCulture, $"<c:delete val=\"0\"/><c:axPos val=\"{categoryAt}\"/>")
            .Append("<c:numFmt formatCode=\"General\" sourceLinked=\"0\"/><c:majorTickMark val=\"none\"/><c:minorTickMark val=\"none\"/>")
            .Append("<c:tickLblPos val=\"low\"/>").Append(LineOf("9AA5B1")).Append(TextBody(900, Ink))
            .Append("<c:crossAx val=\"112\"/><c:crosses val=\"autoZero\"/><c:auto val=\"0\"/><c:lblAlgn val=\"ctr\"/>")
            .Append("<c:lblOffset val=\"100\"/><c:noMultiLvlLbl val=\"1\"/></c:catAx>")
            .Append("<c:valAx><c:axId val=\"112\"/><c:scaling><c:orientation val=\"minMax\"/><c:min val=\"0\"/></c:scaling>")
            // Where each bar carries its value, labels of the axis would say it again, and run together where they are long.
            .Append(CultureInfo.InvariantCulture, $"<c:delete val=\"{(chart.ShowsValues ? 1 : 0)}\"/>")
            .Append(CultureInfo.InvariantCulture, $"<c:axPos val=\"{valueAt}\"/>")
            .Append(chart.ShowsValues ? "" : $"<c:majorGridlines>{LineOf(GridLine)}</c:majorGridlines>")
            .Append(CultureInfo.InvariantCulture, $"<c:numFmt formatCode=\"{XmlText.Of(chart.NumberFormat)}\" sourceLinked=\"0\"/>")
            .Append("<c:majorTickMark val=\"none\"/><c:minorTickMark val=\"none\"/><c:tickLblPos val=\"nextTo\"/>")
            .Append("<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>").Append(TextBody(800, Muted))
            .Append("<c:crossAx val=\"111\"/>")
            .Append(CultureInfo.InvariantCulture, $"<c:crosses val=\"{(chart.IsHorizontal ? "max" : "autoZero")}\"/></c:valAx>");
    }

    private static string Cache(string element, string format, IReadOnlyList<string> values) =>
        $"<c:{element}>{format}<c:ptCount val=\"{values.Count}\"/>"
        + string.Concat(values.Select((value, i) => $"<c:pt idx=\"{i}\"><c:v>{XmlText.Of(value)}</c:v></c:pt>"))
        + $"</c:{element}>";

    private static string Cell(int column, int row, int gapPoints = 0) =>
        $"<xdr:col>{column}</xdr:col><xdr:colOff>{gapPoints * EmuPerPoint}</xdr:colOff><xdr:row>{row}</xdr:row><xdr:rowOff>0</xdr:rowOff>";

    private static string FillOf(string colour) =>
        $"<c:spPr><a:solidFill><a:srgbClr val=\"{colour}\"/></a:solidFill></c:spPr>";

    private static string LineOf(string colour) =>
        $"<c:spPr><a:ln w=\"9525\"><a:solidFill><a:srgbClr val=\"{colour}\"/></a:solidFill></a:ln></c:spPr>";

    private static string TextBody(int size, string colour) =>
        $"<c:txPr><a:bodyPr/><a:p><a:pPr>{TextLook("defRPr", size, colour)}</a:pPr><a:endParaRPr lang=\"en-US\"/></a:p></c:txPr>";

    private static string TextLook(string element, int size, string colour, bool bold = false) =>
        $"<a:{element} sz=\"{size}\" b=\"{(bold ? 1 : 0)}\"><a:solidFill><a:srgbClr val=\"{colour}\"/></a:solidFill>"
        + $"<a:latin typeface=\"Calibri\"/></a:{element}>";
}
