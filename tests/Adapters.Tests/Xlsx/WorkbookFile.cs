using System.Globalization;
using System.IO.Compression;
using System.Xml.Linq;

namespace CarrierOptimization.Adapters.Tests.Xlsx;

/// <summary>Reads a workbook with nothing but zip and XML: an independent look at what was written.</summary>
internal sealed class WorkbookFile
{
    public static readonly XNamespace Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    public static readonly XNamespace Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    public static readonly XNamespace PackageRelations = "http://schemas.openxmlformats.org/package/2006/relationships";

    private readonly string[] _sharedStrings;

    public WorkbookFile(byte[] bytes)
    {
        using var zip = new ZipArchive(new MemoryStream(bytes));
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            using Stream stream = entry.Open();
            Parts.Add(entry.FullName, XDocument.Load(stream, LoadOptions.PreserveWhitespace));
            Times.Add(entry.LastWriteTime.DateTime);
        }

        _sharedStrings = [.. Parts["xl/sharedStrings.xml"].Root!.Elements(Main + "si").Select(text => text.Element(Main + "t")!.Value)];
        XDocument workbook = Parts["xl/workbook.xml"];
        var targets = Parts["xl/_rels/workbook.xml.rels"].Root!.Elements()
            .ToDictionary(relation => relation.Attribute("Id")!.Value, relation => relation.Attribute("Target")!.Value);
        foreach (XElement sheet in workbook.Descendants(Main + "sheet"))
        {
            Sheets.Add(sheet.Attribute("name")!.Value, Parts["xl/" + targets[sheet.Attribute(Relations + "id")!.Value]]);
        }
    }

    public Dictionary<string, XDocument> Parts { get; } = [];

    public List<DateTime> Times { get; } = [];

    /// <summary>By name, in the order of the tabs.</summary>
    public Dictionary<string, XDocument> Sheets { get; } = [];

    /// <summary>The rows of a sheet as text by column letter; a text cell begins with an apostrophe.</summary>
    public List<Dictionary<string, string>> Rows(string sheet) =>
        [.. Sheets[sheet].Descendants(Main + "row").Select(row => row.Elements(Main + "c")
            .Where(cell => cell.HasElements)
            .ToDictionary(cell => cell.Attribute("r")!.Value.TrimEnd("0123456789".ToCharArray()), Value))];

    /// <summary>The rows of a table sheet by header.</summary>
    public List<Dictionary<string, string>> Table(string sheet)
    {
        List<Dictionary<string, string>> rows = Rows(sheet);
        Dictionary<string, string> header = rows[0];
        return [.. rows.Skip(1).Select(row => row.ToDictionary(cell => header[cell.Key][1..], cell => cell.Value))];
    }

    public string Value(XElement cell) => cell.Attribute("t")?.Value switch
    {
        "s" => "'" + _sharedStrings[int.Parse(cell.Element(Main + "v")!.Value, CultureInfo.InvariantCulture)],
        "inlineStr" => "'" + cell.Element(Main + "is")!.Element(Main + "t")!.Value,
        null => cell.Element(Main + "v")!.Value,
        string type => throw new InvalidDataException($"Cell type {type}; expected s, inlineStr or a number."),
    };
}
