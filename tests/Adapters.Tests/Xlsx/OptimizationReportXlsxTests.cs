using System.Globalization;
using System.Xml.Linq;
using CarrierOptimization.Adapters.Files.Xlsx;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.OptimizerCleanup;
using Xunit;

namespace CarrierOptimization.Adapters.Tests.Xlsx;

public sealed class OptimizationReportXlsxTests
{
    [Fact]
    public void The_sheets_stand_in_reading_order()
    {
        WorkbookFile file = Written(SampleReport.Report(50));

        Assert.Equal(
            ["Summary", "Rate pools", "Device assignments", "Rate plan changes", "Exclusions and data quality"], file.Sheets.Keys);
    }

    [Fact]
    public void Every_relation_resolves_and_every_part_has_a_content_type()
    {
        WorkbookFile file = Written(SampleReport.Report(50));
        XNamespace types = "http://schemas.openxmlformats.org/package/2006/content-types";
        var typed = file.Parts["[Content_Types].xml"].Root!.Elements(types + "Override")
            .Select(part => part.Attribute("PartName")!.Value[1..]).ToHashSet();

        Assert.Equal(typed.Order(), file.Parts.Keys.Where(name => !name.EndsWith(".rels", StringComparison.Ordinal)
            && name != "[Content_Types].xml").Order());
        foreach ((string name, XDocument part) in file.Parts.Where(part => part.Key.EndsWith(".rels", StringComparison.Ordinal)))
        {
            string folder = name[..name.IndexOf("_rels", StringComparison.Ordinal)];
            foreach (XElement relation in part.Root!.Elements(WorkbookFile.PackageRelations + "Relationship"))
            {
                var target = new Uri(new Uri("zip:/" + folder), relation.Attribute("Target")!.Value);
                Assert.Contains(target.AbsolutePath[1..], file.Parts.Keys);
            }
        }
    }

    [Fact]
    public void Device_rows_carry_the_exact_amounts_and_add_up_to_the_totals()
    {
        OptimizationReport report = SampleReport.Report(500);
        List<Dictionary<string, string>> rows = Written(report).Table("Device assignments");

        Assert.Equal(500, rows.Count);
        Assert.Equal(report.Costs.Current.ToDecimal(), rows.Sum(row => Number(row["Total before"])));
        Assert.Equal(report.Costs.Optimal.ToDecimal(), rows.Sum(row => Number(row["Total after"])));
        Assert.Equal(report.Costs.Saving.ToDecimal(), rows.Sum(row => Number(row["Saving"])));
        foreach ((Dictionary<string, string> row, AssignmentRow expected) in rows.Zip(report.Assignments))
        {
            Assert.Equal("'" + expected.Iccid, row["ICCID"]);
            Assert.Equal(expected.Total.ToDecimal(), Number(row["Total after"]));
            Assert.Equal(expected.Overage.ToDecimal(), Number(row["Overage"]));
            Assert.Equal(expected.UsageBytes, Number(row["Projected usage (bytes)"]));
            Assert.Equal(expected.Changed ? "'Yes" : "'No", row["Changed"]);
        }
    }

    [Fact]
    public void The_same_report_gives_the_same_bytes_without_a_clock()
    {
        Assert.Equal(Bytes(SampleReport.Report(200)), Bytes(SampleReport.Report(200)));
        Assert.All(Written(SampleReport.Report(20)).Times, time => Assert.Equal(new DateTime(1980, 1, 1), time));
    }

    [Fact]
    public void More_rows_than_a_sheet_holds_continue_on_the_next_sheet()
    {
        OptimizationReport report = SampleReport.Report(25);
        WorkbookFile file = Written(report, rowsPerSheet: 11);

        string[] names = [.. file.Sheets.Keys.Where(name => name.StartsWith("Device", StringComparison.Ordinal))];
        Assert.Equal(["Device assignments", "Device assignments 2", "Device assignments 3"], names);
        Assert.Equal([10, 10, 5], names.Select(name => file.Table(name).Count));
        Assert.Equal(
            report.Assignments.Select(row => "'" + row.Iccid), names.SelectMany(file.Table).Select(row => row["ICCID"]));
    }

    [Fact]
    public void A_full_sheet_is_not_followed_by_an_empty_one()
    {
        WorkbookFile file = Written(SampleReport.Report(10), rowsPerSheet: 11);

        Assert.Single(file.Sheets.Keys, name => name.StartsWith("Device", StringComparison.Ordinal));
    }

    [Fact]
    public void The_tables_of_the_summary_end_with_the_saving_of_the_report()
    {
        OptimizationReport report = SampleReport.Report(400);
        List<Dictionary<string, string>> rows = Written(report).Rows("Summary");
        Dictionary<string, string>[] totals = [.. rows.Where(row => row.GetValueOrDefault("B") == "'Total")];

        Assert.Equal(2, totals.Length);
        Assert.Equal(report.Costs.Saving.ToDecimal(), Number(totals[0]["K"]));
        Assert.Equal(report.Costs.Saving.ToDecimal(), Number(totals[1]["N"]));
        Assert.Contains(rows, row => row.GetValueOrDefault("B", "").StartsWith("'Certified: no assignment", StringComparison.Ordinal));
    }

    [Fact]
    public void Charts_show_what_the_cells_they_name_hold()
    {
        WorkbookFile file = Written(SampleReport.Report(400));
        XNamespace chart = "http://schemas.openxmlformats.org/drawingml/2006/chart";
        Dictionary<string, string> cells = file.Sheets["Summary"].Descendants(WorkbookFile.Main + "c").Where(cell => cell.HasElements)
            .ToDictionary(cell => cell.Attribute("r")!.Value, file.Value);
        XElement[] references = [.. file.Parts.Where(part => part.Key.StartsWith("xl/charts/", StringComparison.Ordinal))
            .SelectMany(part => part.Value.Descendants(chart + "f")).Select(formula => formula.Parent!)];

        // Three charts: one series, then twice two; each series with a name, categories and values.
        Assert.Equal(15, references.Length);
        foreach (XElement reference in references)
        {
            string[] ends = reference.Element(chart + "f")!.Value.Replace("'Summary'!", "", StringComparison.Ordinal)
                .Replace("$", "", StringComparison.Ordinal).Split(':');
            string column = ends[0][..1];
            int from = int.Parse(ends[0][1..], CultureInfo.InvariantCulture);
            string[] cached = [.. reference.Descendants(chart + "v").Select(value => value.Value)];
            Assert.Equal(int.Parse(ends[1][1..], CultureInfo.InvariantCulture) - from + 1, cached.Length);
            Assert.Equal(
                Enumerable.Range(from, cached.Length).Select(row => Plain(cells[$"{column}{row}"])), cached.Select(Plain));
        }

        static string Plain(string text) => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
            ? (number / 1.000000000000000000000000000m).ToString(CultureInfo.InvariantCulture) : text.TrimStart('\'');
    }

    [Fact]
    public void A_pool_of_one_plan_is_one_row_and_the_rows_shown_add_up_to_the_total_row()
    {
        OptimizationReport report = SampleReport.Report(400);
        List<Dictionary<string, string>> rows = Written(report).Table("Rate pools");

        Assert.Single(rows, row => row["Rate pool"] == "'IoT 1MB");
        Assert.Equal(3, rows.Count(row => row["Rate pool"] == "'Large"));
        Assert.Equal(report.Costs.Optimal.ToDecimal(), Number(rows[^1]["Total after"]));
        Assert.Equal(
            report.Costs.Optimal.ToDecimal(),
            rows.SkipLast(1).Where(row => row.GetValueOrDefault("Rate plan") != "'All plans of the pool")
                .Sum(row => Number(row["Total after"])));
    }

    [Fact]
    public void A_fleet_without_pools_or_changes_still_makes_a_whole_workbook()
    {
        OptimizationReport report = SampleReport.Report(5) with { Pools = [], Items = [], RatePlanChanges = [], Plans = [] };
        WorkbookFile file = Written(report);

        Assert.Equal(5, file.Sheets.Count);
        Assert.Empty(file.Table("Rate plan changes"));
        Assert.Single(file.Parts.Keys, name => name.StartsWith("xl/charts/", StringComparison.Ordinal));
    }

    [Fact]
    public void Bars_that_carry_their_values_have_no_value_axis_whose_labels_run_together()
    {
        XNamespace chart = "http://schemas.openxmlformats.org/drawingml/2006/chart";
        XDocument[] charts = [.. Written(SampleReport.Report(400)).Parts
            .Where(part => part.Key.StartsWith("xl/charts/", StringComparison.Ordinal)).Select(part => part.Value)];

        Assert.Equal(3, charts.Length);
        Assert.All(charts, part => Assert.Equal(
            "1", part.Descendants(chart + "valAx").Single().Element(chart + "delete")!.Attribute("val")!.Value));
        Assert.All(charts, part => Assert.Equal(
            "0", part.Descendants(chart + "catAx").Single().Element(chart + "delete")!.Attribute("val")!.Value));
    }

    [Fact]
    public void A_declined_saving_is_told_and_nothing_is_called_optimal()
    {
        OptimizationReport report = SampleReport.Report(400);
        Money found = report.Costs.Optimal;
        string[] texts = SummaryTexts(report with
        {
            Costs = report.Costs with { Optimal = report.Costs.Current },
            Declined = new DeclinedSaving(found, ProvenOptimal: false, Money.FromDecimal(1_000_000m)),
        });

        Assert.Contains("CHEAPEST FOUND (USD)", texts);
        Assert.Contains("SAVING FOUND (USD)", texts);
        Assert.Contains("No change is proposed", texts);
        Assert.Contains($"No change is proposed: the saving found, {(report.Costs.Current - found).ToDisplay("USD")}, is below the minimum of "
            + "1,000,000.00 USD. Every SIM stays on its plan.", texts);
        Assert.DoesNotContain(texts, text => text.Contains("optimal", StringComparison.OrdinalIgnoreCase));
        Assert.Contains(texts, text => text.Contains("The cheapest assignment found costs", StringComparison.Ordinal));
    }

    [Fact]
    public void A_limit_of_changes_is_part_of_the_certificate()
    {
        string[] texts = SummaryTexts(SampleReport.Report(400) with { MaxChanges = 1_200 });

        Assert.Contains(texts, text => text.StartsWith(
            "Certified: with at most 1,200 rate plan changes, no assignment of these SIMs", StringComparison.Ordinal));
    }

    [Fact]
    public void Columns_of_the_pools_are_as_wide_as_their_amounts()
    {
        OptimizationReport small = SampleReport.Report(50);
        OptimizationReport large = small with
        {
            Pools = [.. small.Pools.Select(row => row with { After = row.After with { RateCharge = Money.FromDecimal(123_456_789_012m) } })],
        };

        Assert.True(Width(large, "Rate charge after") >= 19, "123,456,789,012.00 would be shown as ###.");
        Assert.True(Width(small, "Rate charge after") <= 11, "A page of narrow amounts is printed needlessly small.");

        static double Width(OptimizationReport report, string header)
        {
            WorkbookFile file = Written(report);
            int column = file.Rows("Rate pools")[0].Values.ToList().IndexOf("'" + header);
            return double.Parse(
                file.Sheets["Rate pools"].Descendants(WorkbookFile.Main + "col").ElementAt(column).Attribute("width")!.Value,
                CultureInfo.InvariantCulture);
        }
    }

    private static string[] SummaryTexts(OptimizationReport report) =>
        [.. Written(report).Rows("Summary").SelectMany(row => row.Values).Where(text => text.StartsWith('\'')).Select(text => text[1..])];

    internal static byte[] Bytes(OptimizationReport report, int rowsPerSheet = TableSheets.RowsPerSheetMax)
    {
        using var stream = new MemoryStream();
        OptimizationReportXlsx.Write(report, stream, rowsPerSheet);
        return stream.ToArray();
    }

    internal static WorkbookFile Written(OptimizationReport report, int rowsPerSheet = TableSheets.RowsPerSheetMax) =>
        new(Bytes(report, rowsPerSheet));

    private static decimal Number(string text) => decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
}
