using System.Globalization;
using System.Xml.Linq;
using CarrierOptimization.Adapters.Files.Xlsx;
using CarrierOptimization.Engine.Units;
using CsCheck;
using Xunit;

namespace CarrierOptimization.Adapters.Tests.Xlsx;

public sealed class XlsxTextTests
{
    [Theory]
    [InlineData("=1+1")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData("@SUM(A1)")]
    [InlineData("\tcmd")]
    [InlineData("=cmd|'/c calc'!A0")]
    public void Text_that_begins_like_a_formula_stays_text_even_when_edited(string text)
    {
        WorkbookFile file = Sheet(text);
        XElement[] cells = [.. file.Sheets["Sheet"].Descendants(WorkbookFile.Main + "c")];

        Assert.Equal(2, cells.Length);
        Assert.All(cells, cell => Assert.Equal("'" + text, file.Value(cell)));
        Assert.Empty(file.Sheets["Sheet"].Descendants(WorkbookFile.Main + "f"));
        XElement[] styles = [.. file.Parts["xl/styles.xml"].Descendants(WorkbookFile.Main + "cellXfs").Single().Elements()];
        Assert.All(cells, cell => Assert.Equal("1", styles[(int)cell.Attribute("s")!].Attribute("quotePrefix")?.Value));
    }

    [Theory]
    [InlineData("a\u0000b\u001Fc", "a\uFFFDb\uFFFDc")]
    [InlineData("pair \uD83D\uDCA1", "pair \uD83D\uDCA1")]
    [InlineData("\uFFFE\uFFFF", "\uFFFD\uFFFD")]
    [InlineData("]]> <b a=\"1\">&amp;</b> '", "]]> <b a=\"1\">&amp;</b> '")]
    [InlineData("one\r\ntwo\rthree", "one\ntwo\nthree")]
    [InlineData(" outer space ", " outer space ")]
    [InlineData("_x0041_ and _x0041", "_x005F_x0041_ and _x0041")]
    public void Hostile_text_arrives_or_is_replaced(string text, string expected)
    {
        WorkbookFile file = Sheet(text);

        Assert.Equal(["'" + expected, "'" + expected], file.Rows("Sheet")[0].Values);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_replaced()
    {
        // Made here: an attribute cannot hold half a pair.
        char[] halves = ['a', '\uD800', 'b', '\uDC00', '\uD83D'];

        Assert.Equal("'a\uFFFDb\uFFFD\uFFFD", Sheet(new string(halves)).Rows("Sheet")[0]["A"]);
    }

    [Fact]
    public void Text_beyond_what_a_cell_holds_is_cut_between_characters()
    {
        string text = new string('x', 32_765) + "\uD83D\uDCA1" + new string('y', 7_233);
        string value = Sheet(text).Rows("Sheet")[0]["A"][1..];

        Assert.Equal(new string('x', 32_765) + "…", value);
        Assert.Equal(new string('x', 32_767), Sheet(new string('x', 32_767)).Rows("Sheet")[0]["A"][1..]);
        Assert.Equal(32_767, Sheet(new string('&', 40_000)).Rows("Sheet")[0]["B"].Length - 1);
    }

    [Fact]
    public void Any_text_gives_a_workbook_that_can_be_read()
    {
        // Gen.String makes any UTF-16, lone surrogates included.
        Gen.String.Where(text => text.Length > 0).Sample(
            text => Assert.Equal(2, Sheet(text).Rows("Sheet")[0].Count), iter: 500, seed: "0N0XIzNsQ0O2");
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "0.000001")]
    [InlineData(-1, "-0.000001")]
    [InlineData(1_500_000, "1.5")]
    [InlineData(-12_345_678_901, "-12345.678901")]
    [InlineData(long.MaxValue, "9223372036854.775807")]
    [InlineData(long.MinValue, "-9223372036854.775808")]
    public void Money_is_written_to_the_last_micro_unit(long microUnits, string expected) =>
        Assert.Equal(expected, Cell(sheet => sheet.Money(CellStyle.Money, new Money(microUnits))));

    [Fact]
    public void Any_money_reads_back_exactly() => Gen.Long.Sample(
        microUnits => decimal.Parse(
            Cell(sheet => sheet.Money(CellStyle.Money, new Money(microUnits))), NumberStyles.Float, CultureInfo.InvariantCulture)
            == new Money(microUnits).ToDecimal(),
        iter: 300, seed: "0N0XIzNsQ0O2");

    [Theory]
    [InlineData(1_048_576, 1_048_576, "1")]
    [InlineData(1, 1_048_576, "0.000001")]
    [InlineData(1_999_999, 1_000_000, "1.999999")]
    [InlineData(1_048_575, 1_048_576, "0.999999")]
    [InlineData(1L << 62, 1_048_576, "4398046511104")]
    public void Bytes_are_shown_in_megabytes_of_the_given_size(long bytes, long bytesPerMegabyte, string expected) =>
        Assert.Equal(expected, Cell(sheet => sheet.Megabytes(CellStyle.Megabytes, bytes, bytesPerMegabyte)));

    [Fact]
    public void An_iccid_is_text_with_all_its_digits() =>
        Assert.Equal("'0089014103211118510720", Cell(sheet => sheet.Iccid(CellStyle.Text, Iccid.Parse("0089014103211118510720"))));

    [Fact]
    public void More_distinct_texts_than_are_shared_still_all_arrive()
    {
        int rows = SharedStrings.TextsMax + 50;
        WorkbookFile file = Workbook(sheet =>
        {
            for (int row = 0; row < rows; row++)
            {
                sheet.BeginRow();
                sheet.Text(CellStyle.Text, $"Reason {row}");
                sheet.EndRow();
            }
        });

        Assert.Equal(Enumerable.Range(0, rows).Select(row => $"'Reason {row}"), file.Rows("Sheet").Select(row => row["A"]));
    }

    [Theory]
    [InlineData(0, "A")]
    [InlineData(25, "Z")]
    [InlineData(26, "AA")]
    [InlineData(701, "ZZ")]
    [InlineData(702, "AAA")]
    public void Columns_are_named_like_a_spreadsheet_names_them(int column, string name) =>
        Assert.Equal(name, SheetWriter.ColumnName(column));

    private static string Cell(Action<SheetWriter> write) => Workbook(sheet =>
    {
        sheet.BeginRow();
        write(sheet);
        sheet.EndRow();
    }).Rows("Sheet")[0]["A"];

    /// <summary>A: the text as shared text; B: as text of one cell.</summary>
    private static WorkbookFile Sheet(string text) => Workbook(sheet =>
    {
        sheet.BeginRow();
        sheet.Text(CellStyle.Text, text);
        sheet.UniqueText(CellStyle.Text, text);
        sheet.EndRow();
    });

    private static WorkbookFile Workbook(Action<SheetWriter> write)
    {
        using var stream = new MemoryStream();
        using (var workbook = new XlsxWorkbook(stream, "Test"))
        {
            workbook.AddSheet(new SheetLayout("Sheet", [10, 10]), sheet =>
            {
                write(sheet);
                return new SheetEnd(null, [], [], []);
            });
            workbook.Complete();
        }

        return new WorkbookFile(stream.ToArray());
    }
}
