using System.Globalization;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.OptimizerCleanup;

namespace CarrierOptimization.Adapters.Files.Xlsx;

/// <summary>The first sheet, for the one who decides: headline amounts, how good they are, charts, and where the saving comes from.</summary>
internal sealed class SummarySheet(OptimizationReport report, SheetWriter sheet)
{
    private const string Name = "Summary";
    private const int TableRowsMax = 25;
    private const int BarsMax = 10;
    private const int ChartRows = 20;
    private const int ChartGapPoints = 8;
    private const int CountLabelColumn = 9;
    private const int HeaderLineCharacters = 13;

    /// <summary>Fewer than a line holds: a row that is a little too high is better than half a line of text.</summary>
    private const int SentenceLineCharacters = 150;
    private const double LineHeight = 16;
    private const string Navy = "1E3A4C";
    private const string Green = "0B7A5B";
    private const string Grey = "A9B4BE";
    private const string Blue = "7FA8C4";

    /// <summary>First columns of the tiles; each is three columns wide, with a narrow one between.</summary>
    private static readonly int[] TileColumns = [1, 5, 9, 13];

    /// <summary>Where the values of a table stand: label in B to E, then these.</summary>
    private static readonly int[] ValueColumns = [5, 6, 7, 9, 10, 11, 13, 14, 15];

    private readonly List<string> _merged = [];
    private readonly List<BarChart> _charts = [];
    private readonly List<DataBar> _bars = [];

    public static SheetLayout Layout { get; } = new(
        Name, [2, 13, 13, 13, 1.5, 13, 13, 13, 1.5, 13, 13, 13, 1.5, 13, 13, 13], GridLines: false, TabColour: "FF" + Green);

    private string Currency => report.Costs.Currency;

    /// <summary>The costs of the cheapest assignment found, whether it is proposed or not.</summary>
    private ReportCosts Found => report.Declined is { } declined
        ? report.Costs with { Optimal = declined.Cost, ProvenOptimal = declined.ProvenOptimal }
        : report.Costs;

    /// <summary>What the SIMs cost when the changes of this report, if any, are made.</summary>
    private string ProposedLabel => report.Declined is null ? "Optimal" : "Proposed";

    public SheetEnd Write()
    {
        WriteHead();
        WriteTiles();
        WriteSentences();
        int from = sheet.Row + 1;
        bool hasPools = report.Pools.Any(row => row.Kind == PoolRowKind.Pool);
        int pageEnd = from + ChartRows;
        sheet.SkipRows(ChartRows + 2);
        WriteCosts(new ChartPlace(1, from, hasPools ? 6 : 8, from + ChartRows));
        WriteGroups();
        if (hasPools)
        {
            WritePools(new ChartPlace(11, from, 16, from + ChartRows, ChartGapPoints));
        }

        WritePlans(new ChartPlace(hasPools ? 6 : 8, from, hasPools ? 11 : 16, from + ChartRows, ChartGapPoints));
        WriteFacts();
        return new SheetEnd(null, _merged, _bars, _charts) { PageBreakAfterRow = pageEnd };
    }

    private void WriteHead()
    {
        sheet.SkipRows(1);
        TextRow(CellStyle.Title, report.Header.Title, 32);
        TextRow(CellStyle.Subtitle, string.Create(CultureInfo.InvariantCulture,
            $"The cheapest rate plans for {report.Counts.Read:#,##0} SIMs, with proof. Costs of one billing period in {Currency}."), 18);
        sheet.SkipRows(1);
    }

    private void WriteTiles()
    {
        ReportCosts costs = Found;
        string[] labels =
        [
            $"CURRENT COST ({Currency})", $"{(report.Declined is null ? "OPTIMAL COST" : "CHEAPEST FOUND")} ({Currency})",
            $"{(report.Declined is null ? "SAVING" : "SAVING FOUND")} ({Currency})", "CERTIFIED GAP",
        ];
        string share = Percent(costs.SavingShare, "0.0") + " of the current cost";
        string[] notes =
        [
            string.Create(CultureInfo.InvariantCulture, $"{report.Counts.Read:#,##0} SIMs as they are today"),
            report.Declined is null
                ? string.Create(CultureInfo.InvariantCulture, $"{report.Counts.Changed:#,##0} rate plan changes") : "No change is proposed",
            report.Declined is { } declined ? $"Below the minimum of {declined.Minimum.ToDisplay(Currency)}" : share,
            costs.ProvenOptimal ? "Proven: nothing cheaper exists" : $"At most {costs.GapAmount.ToDisplay(Currency)} left to gain",
        ];
        TileRow(20, (tile, style) => sheet.Text(style, labels[tile]), CellStyle.TileLabel);
        sheet.BeginRow(34);
        TileCell(0, CellStyle.TileMoney, style => sheet.Money(style, costs.Current));
        TileCell(1, CellStyle.TileMoney, style => sheet.Money(style, costs.Optimal));
        TileCell(2, CellStyle.TileMoneySaving, style => sheet.Money(style, costs.Saving));
        TileCell(3, CellStyle.TileGap, style => sheet.Share(style, costs.Gap));
        sheet.EndRow();
        TileRow(20, (tile, style) => sheet.Text(style, notes[tile]), CellStyle.TileNote);
        sheet.SkipRows(1);
    }

    private void TileRow(double height, Action<int, CellStyle> write, CellStyle style)
    {
        sheet.BeginRow(height);
        for (int tile = 0; tile < TileColumns.Length; tile++)
        {
            int number = tile;
            TileCell(tile, style, tileStyle => write(number, tileStyle));
        }

        sheet.EndRow();
    }

    /// <summary>A cell over the three columns of a tile; the narrow column before it stays white.</summary>
    private void TileCell(int tile, CellStyle style, Action<CellStyle> write)
    {
        int column = TileColumns[tile];
        sheet.Skip();
        write(style);
        sheet.Blank(style);
        sheet.Blank(style);
        Merge(column, column + 2);
    }

    private void WriteSentences()
    {
        ReportCosts costs = Found;
        if (report.Declined is { } declined)
        {
            Sentence($"No change is proposed: the saving found, {costs.Saving.ToDisplay(Currency)}, is below the minimum of "
                + $"{declined.Minimum.ToDisplay(Currency)}. Every SIM stays on its plan.");
        }

        string limit = report.MaxChanges is { } changes
            ? string.Create(CultureInfo.InvariantCulture, $"with at most {changes:#,##0} rate plan changes, ") : "";
        string cost = report.Declined is null
            ? "The optimal cost is"
            : $"The cheapest assignment found costs {costs.Optimal.ToDisplay(Currency)},";
        string bound = costs.ProvenOptimal
            ? $"Proven: {limit}no other assignment of these SIMs to the rate plans they may use costs less than "
                + $"{costs.Optimal.ToDisplay(Currency)} in this period."
            : $"Certified: {limit}no assignment of these SIMs to the rate plans they may use costs less than "
                + $"{costs.LowerBound.ToDisplay(Currency)}. {cost} {costs.GapAmount.ToDisplay(Currency)} "
                + $"above that bound: {Percent(costs.Gap, "0.00##")} of the cost.";
        Sentence(bound);
        if (costs.ChangeCosts > Money.Zero)
        {
            Sentence($"The changes themselves cost {costs.ChangeCosts.ToDisplay(Currency)} once; "
                + "that is weighed in the choice and in the gap, and not part of the saving.");
        }

        if (report.Counts.WithoutCurrentPlan > 0 && report.Declined is null)
        {
            Sentence(string.Create(CultureInfo.InvariantCulture,
                $"{report.Counts.WithoutCurrentPlan:#,##0} SIMs have no rate plan today: they cost nothing in the current cost ")
                + "and something in the optimal cost.");
        }
    }

    /// <summary>The costs, and beside them what became of the SIMs.</summary>
    private void WriteCosts(ChartPlace place)
    {
        ReportCosts costs = Found;
        Section("Costs and SIMs", "Assignment", ["Cost", "Below current", "In percent", "SIMs", "", "Count"]);
        int from = sheet.Row + 1;
        List<(string Label, Money Cost, string Colour)> rows = [("Current", costs.Current, Grey)];
        if (costs.Base is { } baseCost)
        {
            rows.Add(("Base", baseCost, Blue));
        }

        rows.Add((report.Declined is null ? "Optimal" : "Cheapest found", costs.Optimal, Green));
        rows.Add(("Lower bound", costs.LowerBound, Navy));
        (string Label, int Count)[] counts =
        [
            ("Read", report.Counts.Read), ("Optimised", report.Counts.Optimised),
            ("Excluded, with a reason", report.Counts.Excluded), ("Rate plan changes", report.Counts.Changed),
        ];
        for (int i = 0; i < counts.Length; i++)
        {
            Action[] cost = i < rows.Count ? CostCells(rows[i].Cost) : [() => sheet.Skip(), () => sheet.Skip(), () => sheet.Skip()];
            (string label, int count) = counts[i];
            Row(i < rows.Count ? rows[i].Label : "", CellStyle.Text, CellStyle.Text, [
                .. cost,
                () => sheet.Text(CellStyle.Text, label),
                () => sheet.Skip(),
                () => sheet.Integer(CellStyle.Integer, count)]);
        }

        int to = from + rows.Count - 1;
        _charts.Add(new BarChart(
            $"Cost of the period ({Currency})", place, Range(1, from, to), [.. rows.Select(row => row.Label)],
            [new BarSeries("Cost", Range(5, from - 1, from - 1), Range(5, from, to), [.. rows.Select(row => Number(row.Cost))],
                Green, [.. rows.Select(row => row.Colour)])],
            "#,##0", IsHorizontal: false, ShowsValues: true));
        sheet.SkipRows(1);
    }

    private Action[] CostCells(Money cost)
    {
        Money current = report.Costs.Current;
        decimal? share = current == Money.Zero ? null : (decimal)(current - cost).MicroUnits / current.MicroUnits;
        return [
            () => sheet.Money(CellStyle.Money, cost),
            () => sheet.Money(CellStyle.MoneySaving, current - cost),
            () => sheet.Share(CellStyle.Percent, share)];
    }

    private void WriteGroups()
    {
        Section("Saving per comm group", "Comm group", ["SIMs", "Changes", "Current", ProposedLabel, "Saving", "Saving %"]);
        int from = sheet.Row + 1;
        CommGroupRow[] shown = [.. report.CommGroups.Take(TableRowsMax)];
        foreach (CommGroupRow group in shown)
        {
            Group(group, CellStyle.Text, CellStyle.Integer, CellStyle.Money, CellStyle.MoneySaving, CellStyle.Percent);
        }

        if (report.CommGroups.Count > shown.Length)
        {
            CommGroupRow[] rest = [.. report.CommGroups.Skip(TableRowsMax)];
            Group(
                Sum(string.Create(CultureInfo.InvariantCulture, $"{rest.Length:#,##0} other comm groups"), rest),
                CellStyle.TextMuted, CellStyle.Integer, CellStyle.Money, CellStyle.MoneySaving, CellStyle.Percent);
        }

        Bar(10, from, isShare: false);
        Group(
            Sum("Total", report.CommGroups), CellStyle.TotalText, CellStyle.TotalInteger, CellStyle.TotalMoney,
            CellStyle.TotalMoneySaving, CellStyle.TotalPercent);
        sheet.SkipRows(1);

        static CommGroupRow Sum(string name, IReadOnlyList<CommGroupRow> rows) => new(
            name, rows.Sum(row => row.Devices), rows.Sum(row => row.Changed),
            new Money(rows.Sum(row => row.Current.MicroUnits)), new Money(rows.Sum(row => row.Optimal.MicroUnits)));
    }

    private void Group(
        CommGroupRow group, CellStyle label, CellStyle integer, CellStyle money, CellStyle saving, CellStyle percent)
    {
        decimal? share = group.Current == Money.Zero ? null : (decimal)group.Saving.MicroUnits / group.Current.MicroUnits;
        Row(group.Name, label, label == CellStyle.TotalText ? label : CellStyle.Text, [
            () => sheet.Integer(integer, group.Devices),
            () => sheet.Integer(integer, group.Changed),
            () => sheet.Money(money, group.Current),
            () => sheet.Money(money, group.Optimal),
            () => sheet.Money(saving, group.Saving),
            () => sheet.Share(percent, share)]);
    }

    private void WritePools(ChartPlace place)
    {
        Section("Rate pools", "Rate pool", [
            "SIMs before", "SIMs after", "Utilisation before", "Utilisation after", "Cost before", "Cost after", "Saving"]);
        int from = sheet.Row + 1;
        PoolRow[] pools = [.. report.Pools.Where(row => row.Kind == PoolRowKind.Pool)
            .OrderByDescending(row => Math.Max(row.Before.Devices, row.After.Devices))];
        PoolRow[] shown = [.. pools.Take(TableRowsMax)];
        foreach (PoolRow pool in shown)
        {
            Pool(PoolName(pool), [pool]);
        }

        Bar(7, from, isShare: true);
        Bar(9, from, isShare: true);
        PoolRow[] rest = [.. pools.Skip(TableRowsMax)];
        PoolRow[] individual = [.. report.Pools.Where(row => row.Kind == PoolRowKind.IndividualPlan)];
        if (rest.Length > 0)
        {
            Pool(string.Create(CultureInfo.InvariantCulture, $"{rest.Length:#,##0} other rate pools"), rest);
        }

        if (individual.Length > 0)
        {
            Pool("Individual plans", individual);
        }

        Pool("Total", [.. pools, .. individual], isTotal: true);
        PoolRow[] charted = [.. shown.Take(BarsMax)];
        int to = from + charted.Length - 1;
        _charts.Add(new BarChart(
            "Rate pool utilisation", place, Range(1, from, to), [.. charted.Select(PoolName)],
            [
                new BarSeries("Utilisation before", Range(7, from - 1, from - 1), Range(7, from, to),
                    [.. charted.Select(pool => Number(pool.Before.Utilisation ?? 0))], Grey),
                new BarSeries("Utilisation after", Range(9, from - 1, from - 1), Range(9, from, to),
                    [.. charted.Select(pool => Number(pool.After.Utilisation ?? 0))], Green),
            ],
            "0%", IsHorizontal: true, ShowsValues: true));
        sheet.SkipRows(1);
    }

    /// <summary>One line for one or more pools; utilisation only where it is the one of a pool.</summary>
    private void Pool(string label, PoolRow[] pools, bool isTotal = false)
    {
        PoolRow? single = pools.Length == 1 && pools[0].Kind == PoolRowKind.Pool && !isTotal ? pools[0] : null;
        CellStyle integer = isTotal ? CellStyle.TotalInteger : CellStyle.Integer;
        CellStyle money = isTotal ? CellStyle.TotalMoney : CellStyle.Money;
        CellStyle text = isTotal ? CellStyle.TotalText : CellStyle.Text;
        Row(label, text, text, [
            () => sheet.Integer(integer, pools.Sum(pool => pool.Before.Devices)),
            () => sheet.Integer(integer, pools.Sum(pool => pool.After.Devices)),
            () => Utilisation(single?.Before, text),
            () => Utilisation(single?.After, text),
            () => sheet.Money(money, new Money(pools.Sum(pool => pool.Before.Total.MicroUnits))),
            () => sheet.Money(money, new Money(pools.Sum(pool => pool.After.Total.MicroUnits))),
            () => sheet.Money(
                isTotal ? CellStyle.TotalMoneySaving : CellStyle.MoneySaving,
                new Money(pools.Sum(pool => pool.Saving.MicroUnits)))]);
    }

    private void Utilisation(UsageAndCharges? side, CellStyle blank)
    {
        if (side?.Utilisation is { } share)
        {
            sheet.Share(CellStyle.Percent, share);
        }
        else
        {
            sheet.Blank(blank);
        }
    }

    private void WritePlans(ChartPlace place)
    {
        Section("SIMs per rate plan", "Rate plan", ["SIMs before", "SIMs after", "Difference"]);
        int from = sheet.Row + 1;
        PlanDistributionRow[] plans = [.. report.Plans
            .OrderByDescending(plan => Math.Max(plan.DevicesBefore, plan.DevicesAfter)).Take(TableRowsMax)];
        foreach (PlanDistributionRow plan in plans)
        {
            Row(plan.Plan, CellStyle.Text, CellStyle.Text, [
                () => sheet.Integer(CellStyle.Integer, plan.DevicesBefore),
                () => sheet.Integer(CellStyle.Integer, plan.DevicesAfter),
                () => sheet.Integer(CellStyle.Integer, plan.DevicesAfter - plan.DevicesBefore)]);
        }

        PlanDistributionRow[] charted = [.. plans.Take(BarsMax)];
        int to = from + charted.Length - 1;
        if (charted.Length > 0)
        {
            _charts.Add(new BarChart(
                "SIMs per rate plan", place, Range(1, from, to), [.. charted.Select(plan => plan.Plan)],
                [
                    new BarSeries("SIMs before", Range(5, from - 1, from - 1), Range(5, from, to),
                        [.. charted.Select(plan => Number(plan.DevicesBefore))], Grey),
                    new BarSeries("SIMs after", Range(6, from - 1, from - 1), Range(6, from, to),
                        [.. charted.Select(plan => Number(plan.DevicesAfter))], Green),
                ],
                "#,##0", IsHorizontal: true, ShowsValues: true));
        }

        sheet.SkipRows(1);
    }

    private void WriteFacts()
    {
        Section("About this report", "", []);
        foreach (HeaderFact fact in report.Header.Facts)
        {
            Row(fact.Name, CellStyle.Text, CellStyle.Text, [() => sheet.Text(CellStyle.Text, fact.Value)]);
        }
    }

    /// <summary>A line with the name of a table, and its header.</summary>
    private void Section(string title, string label, string[] headers)
    {
        sheet.BeginRow(24);
        sheet.Skip();
        sheet.Text(CellStyle.Section, title);
        for (int column = 2; column < Layout.ColumnWidths.Count; column++)
        {
            sheet.Blank(CellStyle.Section);
        }

        sheet.EndRow();
        if (headers.Length > 0)
        {
            double height = headers.Any(header => header.Length > HeaderLineCharacters) ? 28 : 18;
            Row(label, CellStyle.Header, CellStyle.Header,
                [.. headers.Select(header => (Action)(() => Header(header)))], height);
            Merge(1, ValueColumns[0] - 1);
        }
    }

    private void Header(string header)
    {
        if (header.Length == 0)
        {
            sheet.Blank(CellStyle.Header);
        }
        else
        {
            sheet.Text(header == "SIMs" && sheet.Column == CountLabelColumn ? CellStyle.Header : CellStyle.HeaderNumber, header);
        }
    }

    /// <summary>A label in B to E and values in their columns; the narrow columns between take the label's fill.</summary>
    private void Row(string label, CellStyle labelStyle, CellStyle between, Action[] values, double height = 0)
    {
        sheet.BeginRow(height);
        sheet.Skip();
        sheet.Text(labelStyle, label);

        int column = 2;
        for (int value = 0; value < values.Length; value++)
        {
            for (; column < ValueColumns[value]; column++)
            {
                sheet.Blank(between);
            }

            values[value]();
            column++;
        }

        sheet.EndRow();
    }

    private void Sentence(string text) =>
        TextRow(CellStyle.Sentence, text, 2 + (LineHeight * ((text.Length + SentenceLineCharacters - 1) / SentenceLineCharacters)));

    private void TextRow(CellStyle style, string text, double height)
    {
        sheet.BeginRow(height);
        sheet.Skip();
        sheet.Text(style, text);
        sheet.EndRow();
        Merge(1, 15);
    }

    private void Merge(int fromColumn, int toColumn) =>
        _merged.Add(string.Create(CultureInfo.InvariantCulture,
            $"{SheetWriter.ColumnName(fromColumn)}{sheet.Row}:{SheetWriter.ColumnName(toColumn)}{sheet.Row}"));

    private void Bar(int column, int from, bool isShare)
    {
        if (sheet.Row >= from)
        {
            string name = SheetWriter.ColumnName(column);
            _bars.Add(new DataBar(
                string.Create(CultureInfo.InvariantCulture, $"{name}{from}:{name}{sheet.Row}"), isShare ? "FFB9D3E4" : "FFA7D8C9", isShare));
        }
    }

    private string Range(int column, int from, int? to = null) =>
        $"'{Name}'!" + ChartXml.Absolute(string.Create(CultureInfo.InvariantCulture,
            $"{SheetWriter.ColumnName(column)}{from}:{SheetWriter.ColumnName(column)}{to ?? sheet.Row}"));

    private static string PoolName(PoolRow pool) => pool.CommGroup is null ? pool.Pool : $"{pool.Pool} ({pool.CommGroup})";

    private static string Number(Money money) => money.ToDecimal().ToString(CultureInfo.InvariantCulture);

    private static string Number(decimal number) => decimal.Round(number, 6).ToString(CultureInfo.InvariantCulture);

    private static string Percent(decimal share, string format) =>
        (100 * share).ToString(format, CultureInfo.InvariantCulture) + " %";
}
