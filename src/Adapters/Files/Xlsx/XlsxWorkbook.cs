using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace CarrierOptimization.Adapters.Files.Xlsx;

/// <summary>An Office Open XML workbook written straight to a stream: a zip of XML parts, sheets first, each row by row.</summary>
/// <remarks>
/// The same content gives the same bytes: fixed times, no generated ids. Sheets are written one after the other. Why not a
/// library: docs/decisions/0004-xlsx-writer.md.
/// </remarks>
internal sealed class XlsxWorkbook : IDisposable
{
    private const string Declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string Package = "http://schemas.openxmlformats.org/package/2006";
    private const string ContentTypes = "application/vnd.openxmlformats-officedocument.";

    /// <summary>The earliest time a zip entry can have.</summary>
    private static readonly DateTimeOffset EntryTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ZipArchive _zip;
    private readonly SharedStrings _sharedStrings = new();
    private readonly List<WrittenSheet> _sheets = [];
    private readonly string _title;
    private int _charts;
    private int _drawings;

    /// <param name="stream">Stays open. Best seekable: else sizes follow the data, which some readers dislike.</param>
    /// <param name="title">Shown in the file's properties and in the footer of printed pages.</param>
    public XlsxWorkbook(Stream stream, string title)
    {
        _title = title;
        _zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8);
    }

    /// <summary>Writes one sheet: <paramref name="rows"/> writes the rows and says what follows them.</summary>
    public void AddSheet(SheetLayout layout, Func<SheetWriter, SheetEnd> rows)
    {
        int number = _sheets.Count + 1;
        SheetEnd end;
        using (Stream stream = Open($"xl/worksheets/sheet{number}.xml"))
        {
            var writer = new SheetWriter(stream, _sharedStrings, layout.ColumnWidths.Count);
            writer.Raw(SheetXml.Head(layout, isFirst: number == 1));
            end = rows(writer);
            writer.Raw(SheetXml.Tail(layout, end, number, _title));
            writer.Flush();
        }

        _sheets.Add(new WrittenSheet(layout, end.AutoFilter));
        if (end.Charts.Count > 0)
        {
            AddDrawing(number, end.Charts);
        }
    }

    /// <summary>Writes the parts that name the sheets, and ends the zip.</summary>
    public void Complete()
    {
        AddPart("xl/sharedStrings.xml", _sharedStrings.Xml());
        AddPart("xl/styles.xml", StylesPart.Xml());
        AddPart("xl/workbook.xml", WorkbookXml());
        AddPart("xl/_rels/workbook.xml.rels", RelationsXml(
        [
            .. _sheets.Select((_, i) => ("worksheet", $"worksheets/sheet{i + 1}.xml")),
            ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml"),
        ]));
        AddPart("docProps/core.xml", Declaration
            + $"<cp:coreProperties xmlns:cp=\"{Package}/metadata/core-properties\" "
            + $"xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{XmlText.Of(_title)}</dc:title>"
            + "<dc:creator>Carrier Optimizer</dc:creator></cp:coreProperties>");
        AddPart("_rels/.rels", Declaration + $"<Relationships xmlns=\"{Package}/relationships\">"
            + $"<Relationship Id=\"rId1\" Type=\"{Relations}/officeDocument\" Target=\"xl/workbook.xml\"/>"
            + $"<Relationship Id=\"rId2\" Type=\"{Package}/relationships/metadata/core-properties\" "
            + "Target=\"docProps/core.xml\"/></Relationships>");
        AddPart("[Content_Types].xml", ContentTypesXml());
        _zip.Dispose();
    }

    public void Dispose() => _zip.Dispose();

    private void AddDrawing(int sheet, IReadOnlyList<BarChart> charts)
    {
        int drawing = ++_drawings;
        AddPart($"xl/worksheets/_rels/sheet{sheet}.xml.rels", RelationsXml([("drawing", $"../drawings/drawing{drawing}.xml")]));
        AddPart($"xl/drawings/drawing{drawing}.xml", ChartXml.Drawing(charts));
        AddPart($"xl/drawings/_rels/drawing{drawing}.xml.rels", RelationsXml(
            [.. charts.Select((_, i) => ("chart", $"../charts/chart{_charts + i + 1}.xml"))]));
        foreach (BarChart chart in charts)
        {
            AddPart($"xl/charts/chart{++_charts}.xml", ChartXml.Chart(chart));
        }
    }

    private string WorkbookXml()
    {
        var xml = new StringBuilder(Declaration)
            .Append(CultureInfo.InvariantCulture, $"<workbook xmlns=\"{Main}\" xmlns:r=\"{Relations}\">")
            .Append("<bookViews><workbookView xWindow=\"0\" yWindow=\"0\" windowWidth=\"28800\" windowHeight=\"16000\"/></bookViews>")
            .Append("<sheets>");
        for (int i = 0; i < _sheets.Count; i++)
        {
            xml.Append(CultureInfo.InvariantCulture,
                $"<sheet name=\"{XmlText.Of(_sheets[i].Layout.Name)}\" sheetId=\"{i + 1}\" r:id=\"rId{i + 1}\"/>");
        }

        xml.Append("</sheets>");
        string names = string.Concat(FilterNames()) + string.Concat(TitleNames());
        return xml.Append(names.Length == 0 ? "" : $"<definedNames>{names}</definedNames>").Append("</workbook>").ToString();
    }

    /// <summary>Excel wants each filter's range under this hidden name.</summary>
    private IEnumerable<string> FilterNames() => _sheets.Select((sheet, i) => sheet.AutoFilter is null ? "" :
        $"<definedName name=\"_xlnm._FilterDatabase\" localSheetId=\"{i}\" hidden=\"1\">"
        + $"{Quoted(sheet)}!{ChartXml.Absolute(sheet.AutoFilter)}</definedName>");

    private IEnumerable<string> TitleNames() => _sheets.Select((sheet, i) => sheet.Layout.HeaderRows == 0 ? "" :
        $"<definedName name=\"_xlnm.Print_Titles\" localSheetId=\"{i}\">"
        + $"{Quoted(sheet)}!$1:${sheet.Layout.HeaderRows}</definedName>");

    private static string Quoted(WrittenSheet sheet) => XmlText.Of($"'{sheet.Layout.Name.Replace("'", "''", StringComparison.Ordinal)}'");

    private static string RelationsXml((string Type, string Target)[] relations) =>
        Declaration + $"<Relationships xmlns=\"{Package}/relationships\">"
        + string.Concat(relations.Select((relation, i) =>
            $"<Relationship Id=\"rId{i + 1}\" Type=\"{Relations}/{relation.Type}\" Target=\"{relation.Target}\"/>"))
        + "</Relationships>";

    private string ContentTypesXml()
    {
        IEnumerable<(string Part, string Type)> parts =
        [
            ("/xl/workbook.xml", ContentTypes + "spreadsheetml.sheet.main+xml"),
            .. _sheets.Select((_, i) => ($"/xl/worksheets/sheet{i + 1}.xml", ContentTypes + "spreadsheetml.worksheet+xml")),
            ("/xl/styles.xml", ContentTypes + "spreadsheetml.styles+xml"),
            ("/xl/sharedStrings.xml", ContentTypes + "spreadsheetml.sharedStrings+xml"),
            .. Enumerable.Range(1, _drawings).Select(i => ($"/xl/drawings/drawing{i}.xml", ContentTypes + "drawing+xml")),
            .. Enumerable.Range(1, _charts).Select(i => ($"/xl/charts/chart{i}.xml", ContentTypes + "drawingml.chart+xml")),
            ("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
        ];
        return Declaration + $"<Types xmlns=\"{Package}/content-types\">"
            + "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
            + "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
            + string.Concat(parts.Select(part => $"<Override PartName=\"{part.Part}\" ContentType=\"{part.Type}\"/>"))
            + "</Types>";
    }

    private void AddPart(string name, string xml)
    {
        using Stream stream = Open(name);
        stream.Write(Encoding.UTF8.GetBytes(xml));
    }

    private Stream Open(string name)
    {
        ZipArchiveEntry entry = _zip.CreateEntry(name, CompressionLevel.Fastest);
        entry.LastWriteTime = EntryTime;
        return entry.Open();
    }

    private sealed record WrittenSheet(SheetLayout Layout, string? AutoFilter);
}
