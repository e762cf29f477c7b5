using System.Globalization;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.OptimizerCleanup;
using Spectre.Console;

namespace CarrierOptimization.Cli.Optimize;

/// <summary>The result as a person reads it. Colours only on a terminal that wants them; 40 columns are enough, 80 are better.</summary>
internal sealed class ResultScreen
{
    private const int WidthMin = 36;

    /// <summary>Below so many columns a name gets a line of its own.</summary>
    private const int WidthOfOneLine = 64;
    private const int PoolsShownMax = 15;
    private const int PlansShownMax = 24;
    private const int ChangesShown = 10;
    private const int NameMin = 8;
    private const int NameMax = 24;

    private readonly IAnsiConsole _console;
    private readonly int _width;
    private readonly OptimizeResult _result;
    private readonly OptimizationReport _report;
    private readonly Bars _bars;

    private ResultScreen(IAnsiConsole console, OptimizeResult result)
    {
        _console = console;
        _width = console.Profile.Width;
        _result = result;
        _report = result.Report;
        _bars = new Bars(console.Profile.Capabilities.Unicode);
    }

    private bool IsNarrow => _width < WidthOfOneLine;

    private bool HasChanges => _result.Winner.Changes > 0;

    /// <summary>Writes the screen to <paramref name="output"/>.</summary>
    /// <param name="width">Columns; <c>null</c>: those of the terminal.</param>
    public static void Show(OptimizeResult result, IReadOnlyList<string> files, TextWriter output, int? width = null)
    {
        var screen = new ResultScreen(Screen.ConsoleOf(output, width, WidthMin), result);
        screen.ShowHeadline();
        screen.ShowPools();
        screen.ShowPlans();
        screen.ShowChanges(files.Select(Path.GetFileName).First()!);
        screen.ShowNotes();
        screen.ShowFiles(files);
    }

    private void ShowHeadline()
    {
        ReportCosts costs = _report.Costs;
        ReportCounts counts = _report.Counts;
        Title($"{Plural(counts.Read, "SIM")}, {Plural(_result.Input.Catalog.Plans.Count, "rate plan")}, "
            + $"{Plural(_result.Grouping.GroupsOptimised, "comm group")}, {Plural(_result.Grouping.Components, "component")}");
        List<(string Name, Money Amount, string Style, string Comment)> rows =
        [
            ("Current cost", costs.Current, "", _result.Grouping.WithoutCurrentPlan > 0 ? "without the SIMs that have no plan yet" : ""),
            ("Base assignment", costs.Base ?? Money.Zero, "grey", "nearest allowance above each usage"),
        ];
        if (_report.Declined is { } declined)
        {
            ReportCosts found = costs with { Optimal = declined.Cost, ProvenOptimal = declined.ProvenOptimal };
            rows.Add(("Cheapest found", found.Optimal, "", ProofOf(found, _report.MaxChanges)));
            rows.Add(("Saving found", found.Saving, "",
                $"{Percent(found.SavingShare)}, below the minimum of {declined.Minimum.ToDisplay(costs.Currency)}"));
        }
        else
        {
            rows.Add(("Optimal cost", costs.Optimal, "bold", ProofOf(costs, _report.MaxChanges)));
            rows.Add(("Saving", costs.Saving, costs.Saving > Money.Zero ? "bold green" : "bold",
                $"{Percent(costs.SavingShare)}, by {Plural(_result.Winner.Changes, "change")}"));
        }

        rows.Add(("Lower bound", costs.LowerBound, "grey", _report.MaxChanges is { } changes
            ? $"certified: with at most {Plural(changes, "change")} nothing costs less"
            : "certified: no assignment can cost less"));
        ShowAmounts(rows);
        _console.WriteLine();
        Paragraph($"{Count(counts.Read)} SIMs read = {Count(counts.Optimised)} optimised + {Count(counts.Excluded)} excluded");
        if (_report.Declined is not null)
        {
            _console.WriteLine();
            Paragraph("No change is proposed: the saving found is below the minimum. Every SIM stays on its plan. "
                + "A lower --minimum-savings shows the changes.", style: "bold");
        }
    }

    /// <summary>Comments stand beside the amounts where all of them fit, else under them.</summary>
    private void ShowAmounts(List<(string Name, Money Amount, string Style, string Comment)> rows)
    {
        string[] amounts = [.. rows.Select(row => row.Amount.ToDisplay(_report.Costs.Currency))];
        int nameWidth = rows.Max(row => row.Name.Length);
        int amountWidth = amounts.Max(amount => amount.Length);
        bool isBeside = rows.All(row => nameWidth + amountWidth + row.Comment.Length + 7 <= _width);
        for (int i = 0; i < rows.Count; i++)
        {
            string style = rows[i].Style == "bold green" ? "green" : "grey";
            string line = $"  {rows[i].Name.PadRight(nameWidth)}   {ScreenText.Styled(amounts[i].PadLeft(amountWidth), rows[i].Style)}";
            _console.MarkupLine(isBeside && rows[i].Comment.Length > 0 ? $"{line}  {ScreenText.Styled(rows[i].Comment, style)}" : line);
            if (!isBeside && rows[i].Comment.Length > 0)
            {
                Paragraph(rows[i].Comment, indent: 4, style);
            }
        }
    }

    /// <summary>How near the result is to the cheapest possible, in words.</summary>
    private static string ProofOf(ReportCosts costs, int? maxChanges)
    {
        string limit = maxChanges is { } changes ? $" with {Plural(changes, "change")}" : "";
        if (costs.ProvenOptimal)
        {
            return "proven: nothing cheaper exists" + limit;
        }

        // Rounded up, so that "at most" stays true.
        decimal percent = costs.LowerBound > Money.Zero
            ? (decimal)costs.GapAmount.MicroUnits * 100 / costs.LowerBound.MicroUnits
            : 100;
        string shown = percent switch
        {
            < 0.001m => (decimal.Ceiling(percent * 1_000_000) / 1_000_000).ToString("0.000000", CultureInfo.InvariantCulture),
            < 0.1m => (decimal.Ceiling(percent * 10_000) / 10_000).ToString("0.0000", CultureInfo.InvariantCulture),
            _ => (decimal.Ceiling(percent * 100) / 100).ToString("0.00", CultureInfo.InvariantCulture),
        };
        return $"at most {shown} % above the cheapest possible{limit}";
    }

    private void ShowPools()
    {
        PoolRow[] pools = [.. _report.Pools.Where(row => row.Kind != PoolRowKind.PlanOfPool)];
        if (pools.Length == 0)
        {
            return;
        }

        Title("Pools and individual plans, " + (HasChanges ? "before and after" : "as they are"));
        ScreenTable table = SidesTable([
            new ScreenColumn(IsRight: true), new ScreenColumn(DrawnMin: 6, DrawnMax: 20), new ScreenColumn(IsRight: true),
            new ScreenColumn(IsRight: true)]);
        AddSide(table, "", "", Headers("SIMs", "", IsNarrow ? "used" : "data used", $"overage, {_report.Costs.Currency}"));
        foreach (PoolRow row in pools.Take(PoolsShownMax))
        {
            string name = row.Kind == PoolRowKind.Pool ? row.Pool : row.Plan;
            AddSide(table, row.CommGroup is null ? name : $"{name} / {row.CommGroup}", "before", CellsOf(row.Before, isAfter: false), "grey");
            if (HasChanges)
            {
                AddSide(table, "", "after", CellsOf(row.After, isAfter: true));
            }
        }

        Show(table);
        More(pools.Length - PoolsShownMax, "pools.csv");
    }

    private ScreenCell[] CellsOf(UsageAndCharges side, bool isAfter)
    {
        string style = isAfter ? "green" : "grey";
        Money overage = side.Overage + side.SmsCharge;
        string noShare = side.Devices == 0 ? "no SIMs" : side.AllowanceBytes is null ? "unlimited" : "no allowance";
        return [
            new ScreenCell(Count(side.Devices), isAfter ? "" : "grey"),
            side.Utilisation is { } share
                ? new ScreenCell("", share > 1 ? "red" : style, width => _bars.Of(Math.Min(share, 1m), width, isFramed: true))
                : new ScreenCell("", "grey", width => width < noShare.Length ? "" : noShare),
            new ScreenCell(side.Utilisation is { } part ? Percent(part, "0") : "-", side.Utilisation is null ? "grey" : ""),
            new ScreenCell(Amount(overage), overage > Money.Zero ? isAfter ? "yellow" : "grey" : "grey")];
    }

    private void ShowPlans()
    {
        IReadOnlyList<PlanDistributionRow> plans = _report.Plans;
        Title("SIMs on each plan, " + (HasChanges ? "before and after" : "as they are"));
        int most = plans.Max(plan => Math.Max(plan.DevicesBefore, plan.DevicesAfter));
        ScreenTable table = SidesTable([new ScreenColumn(DrawnMin: Count(most).Length + 6, DrawnMax: _width)]);
        foreach (PlanDistributionRow plan in plans.Take(PlansShownMax))
        {
            AddSide(table, plan.Plan, "before", [BarOf(plan.DevicesBefore, most, "grey")], "grey");
            if (HasChanges)
            {
                AddSide(table, "", "after", [BarOf(plan.DevicesAfter, most, "green")]);
            }
        }

        Show(table);
        More(plans.Count - PlansShownMax, "pools.csv");
    }

    private ScreenCell BarOf(int devices, int most, string style) => new("", style, width =>
    {
        string bar = _bars.Of(most == 0 ? 0 : (decimal)devices / most, width - Count(most).Length - 1, isFramed: false);
        return bar.Length == 0 ? Count(devices) : $"{bar} {Count(devices)}";
    });

    /// <param name="file">Where the others are.</param>
    private void ShowChanges(string file)
    {
        AssignmentRow[] best = [.. _report.RatePlanChanges.Take(ChangesShown)];
        if (best.Length == 0)
        {
            if (_report.Declined is null)
            {
                _console.WriteLine();
                Paragraph("No SIM needs another plan.");
            }

            return;
        }

        Title(best.Length < _result.Winner.Changes ? $"The {best.Length} changes that save most" : "Changes");
        if (IsNarrow)
        {
            foreach (AssignmentRow row in best)
            {
                ShowChangeInLines(row);
            }
        }
        else
        {
            ShowChangesInColumns(best);
        }

        More(_result.Winner.Changes - best.Length, file);
        _console.WriteLine();
        Paragraph("These are proposals: nothing was changed at the carrier.");
    }

    private void ShowChangeInLines(AssignmentRow row)
    {
        string iccid = row.Iccid.ToString();
        string saving = row.Saving < Money.Zero ? "costs " + Amount(Money.Zero - row.Saving) : "saves " + Amount(row.Saving);
        string style = row.Saving > Money.Zero ? "green" : "";
        if (iccid.Length + saving.Length + 4 <= _width)
        {
            _console.MarkupLine($"  {iccid}  {ScreenText.Styled(saving, style)}");
        }
        else
        {
            Paragraph(iccid);
            Paragraph(saving, indent: 4, style);
        }

        Paragraph(
            ScreenText.Printable($"{PlanName(row.CurrentPlan)} -> {PlanName(row.AssignedPlan)}, {Volume(row.UsageBytes)}"), indent: 4);
    }

    private void ShowChangesInColumns(AssignmentRow[] best)
    {
        var table = new ScreenTable(_width, 2,
            new ScreenColumn(), new ScreenColumn(ShrinksTo: NameMin), new ScreenColumn(ShrinksTo: NameMin), new ScreenColumn(IsRight: true),
            new ScreenColumn(IsRight: true));
        table.Add(Headers("ICCID", "from", "to", "usage", $"saving, {_report.Costs.Currency}"));
        foreach (AssignmentRow row in best)
        {
            table.Add(
                row.Iccid.ToString(), ShortName(PlanName(row.CurrentPlan)), ShortName(PlanName(row.AssignedPlan)), Volume(row.UsageBytes),
                new ScreenCell(Amount(row.Saving), row.Saving > Money.Zero ? "green" : ""));
        }

        Show(table);
    }

    private void ShowNotes()
    {
        ReportItem[] exclusions = [.. _report.Items.Where(item => item.Kind == ReportItemKind.Exclusion)];
        if (exclusions.Length + _result.Notes.Count == 0)
        {
            return;
        }

        Title("Left out, and worth knowing");
        foreach (string line in exclusions.Select(ExclusionItems.SentenceOf).Concat(_result.Notes))
        {
            Paragraph(ScreenText.Printable(line), mark: "- ");
        }
    }

    private void ShowFiles(IReadOnlyList<string> files)
    {
        Title("Files");
        int longest = files.Max(file => file.GetCellWidth());
        foreach (string file in files)
        {
            // A path is never broken into two lines, so that it can be copied.
            string about = Path.GetFileName(file) switch
            {
                "report.xlsx" => "for people: charts, pools, the list of changes",
                "assignments.csv" => "every SIM, its plan and the reason",
                "pools.csv" => "pools and plans, before and after",
                _ => "the figures for programs",
            };
            bool hasRoom = longest + 4 + about.Length <= _width;
            _console.Profile.Out.Writer.WriteLine(hasRoom ? $"  {file.PadRight(longest)}  {about}" : "  " + file);
        }

        _console.WriteLine();
    }

    /// <summary>A table whose rows have a side, before or after; the name is a column, or a line above on a narrow terminal.</summary>
    private ScreenTable SidesTable(ScreenColumn[] columns)
    {
        ScreenColumn[] side = HasChanges ? [new ScreenColumn()] : [];
        return IsNarrow
            ? new ScreenTable(_width, 4, [.. side, .. columns])
            : new ScreenTable(_width, 2, [new ScreenColumn(ShrinksTo: NameMin), .. side, .. columns]);
    }

    private void AddSide(ScreenTable table, string name, string side, ScreenCell[] cells, string style = "")
    {
        string shown = ShortName(name, IsNarrow ? _width : NameMax);
        ScreenCell[] sides = HasChanges ? [new ScreenCell(side, style)] : [];
        ScreenCell[] all = [.. sides, .. cells];
        if (!IsNarrow)
        {
            table.Add([new ScreenCell(shown), .. all]);
            return;
        }

        if (shown.Length > 0)
        {
            table.Add(new ScreenCell(shown));
        }

        table.Add(all);
    }

    private static ScreenCell[] Headers(params string[] names) => [.. names.Select(name => new ScreenCell(name, "grey"))];

    private void Show(ScreenTable table)
    {
        foreach (string line in table.Lines())
        {
            _console.MarkupLine(line);
        }
    }

    private void Title(string text)
    {
        _console.WriteLine();
        if (text.Length + 6 > _width)
        {
            Paragraph(text, indent: 0, "bold");
            return;
        }

        string line = _console.Profile.Capabilities.Unicode ? "─" : "-";
        string rest = string.Concat(Enumerable.Repeat(line, _width - text.Length - 4));
        _console.MarkupLine($"{ScreenText.Styled(line + line, "grey")} {ScreenText.Styled(text, "bold")} {ScreenText.Styled(rest, "grey")}");
    }

    /// <summary>Text over as many lines as it needs.</summary>
    /// <param name="mark">Before the first line; the others stand under the text.</param>
    private void Paragraph(string text, int indent = 2, string style = "", string mark = "")
    {
        string blanks = new(' ', indent);
        string before = mark;
        foreach (string line in ScreenText.Wrapped(text, _width - indent - mark.Length))
        {
            _console.MarkupLine(blanks + before + ScreenText.Styled(line, style));
            before = new string(' ', mark.Length);
        }
    }

    private void More(int left, string file)
    {
        if (left > 0)
        {
            _console.MarkupLine(ScreenText.Styled($"  ... and {Count(left)} more in {file}", "grey"));
        }
    }

    private string Volume(long bytes)
    {
        decimal megabytes = new DataVolume(bytes).ToMegabytes(_report.BytesPerMegabyte);
        return megabytes.ToString(megabytes < 10 ? "0.00" : "#,##0", CultureInfo.InvariantCulture) + " MB";
    }

    private static string PlanName(string? name) => name ?? "(none)";

    private static string ShortName(string name, int width = NameMax) => ScreenText.Cut(ScreenText.Printable(name), width);

    private static string Amount(Money amount) => amount.ToDecimal().ToString("#,##0.00", CultureInfo.InvariantCulture);

    private static string Count(long count) => count.ToString("#,##0", CultureInfo.InvariantCulture);

    private static string Plural(int count, string noun) => $"{Count(count)} {noun}{(count == 1 ? "" : "s")}";

    private static string Percent(decimal share, string format = "0.00") =>
        (share * 100).ToString(format, CultureInfo.InvariantCulture) + " %";
}

/// <summary>Bars made of letters: eighths of a block where the terminal has them.</summary>
internal sealed class Bars(bool isUnicode)
{
    private const string Eighths = " ▏▎▍▌▋▊▉";

    /// <param name="share">0 to 1.</param>
    /// <param name="isFramed">Fill up to the width, so that the whole is seen.</param>
    public string Of(decimal share, int width, bool isFramed)
    {
        int eighths = (int)Math.Round(Math.Clamp(share, 0, 1) * width * 8);
        if (share > 0 && eighths == 0)
        {
            eighths = 1;
        }

        int full = eighths / 8;
        string bar = isUnicode
            ? new string('█', full) + (eighths % 8 > 0 ? Eighths[eighths % 8] : "")
            : new string('#', Math.Max(full, share > 0 ? 1 : 0));
        return isFramed ? bar.PadRight(width, isUnicode ? '░' : '.') : bar;
    }
}
