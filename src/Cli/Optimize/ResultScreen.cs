using System.Globalization;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.OptimizerCleanup;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace CarrierOptimization.Cli.Optimize;

/// <summary>The result as a person reads it. Colours only on a terminal that wants them; 80 columns are enough.</summary>
internal sealed class ResultScreen
{
    private const int WidthMax = 100;
    private const int WidthPiped = 80;
    private const int PoolsShownMax = 15;
    private const int PlansShownMax = 24;
    private const int ChangesShown = 10;
    private const int NameWidth = 20;

    private readonly IAnsiConsole _console;
    private readonly OptimizeResult _result;
    private readonly OptimizationReport _report;
    private readonly Bars _bars;

    private ResultScreen(IAnsiConsole console, OptimizeResult result)
    {
        _console = console;
        _result = result;
        _report = result.Report;
        _bars = new Bars(console.Profile.Capabilities.Unicode);
    }

    /// <summary>Writes the screen to <paramref name="output"/>.</summary>
    public static void Show(OptimizeResult result, IReadOnlyList<string> files, TextWriter output)
    {
        var screen = new ResultScreen(ConsoleOf(output), result);
        screen.ShowHeadline();
        screen.ShowPools();
        screen.ShowPlans();
        screen.ShowChanges();
        screen.ShowNotes();
        screen.ShowFiles(files);
    }

    /// <summary>How near the result is to the cheapest possible, in words.</summary>
    internal static string ProofOf(ReportCosts costs)
    {
        if (costs.ProvenOptimal)
        {
            return "proven: nothing cheaper exists";
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
        return $"at most {shown} % above the cheapest possible";
    }

    private static IAnsiConsole ConsoleOf(TextWriter output)
    {
        bool isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        bool hasColour = isTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = hasColour ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = hasColour ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = isTerminal ? Math.Min(console.Profile.Width, WidthMax) : WidthPiped;
        console.Profile.Capabilities.Unicode = output.Encoding.WebName is "utf-8" or "utf-16";
        return console;
    }

    private void ShowHeadline()
    {
        ReportCosts costs = _report.Costs;
        ReportCounts counts = _report.Counts;
        _console.WriteLine();
        Title($"{Count(counts.Read)} SIMs, {Count(_result.Input.Catalog.Plans.Count)} rate plans, "
            + $"{Plural(_result.Grouping.GroupsOptimised, "comm group")}, {Plural(_result.Grouping.Components, "component")}");
        var table = new Grid().AddColumn(new GridColumn { NoWrap = true, Padding = new Padding(2, 0, 3, 0) })
            .AddColumn(new GridColumn { Alignment = Justify.Right, NoWrap = true }).AddColumn(new GridColumn());
        Row(table, "Current cost", costs.Current, "", _result.Grouping.WithoutCurrentPlan > 0 ? "without the SIMs that have no plan yet" : "");
        Row(table, "Base assignment", costs.Base ?? Money.Zero, "grey", "nearest allowance above each usage");
        Row(table, "Optimal cost", costs.Optimal, "bold", ProofOf(costs));
        string saving = costs.Saving < Money.Zero ? "bold" : "bold green";
        Row(table, "Saving", costs.Saving, saving, $"{Percent(costs.SavingShare)}, by {Plural(_result.Winner.Changes, "change")}");
        Row(table, "Lower bound", costs.LowerBound, "grey", "certified: no assignment can cost less");
        _console.Write(table);
        _console.WriteLine();
        _console.MarkupLine($"  {Count(counts.Read)} SIMs read = {Count(counts.Optimised)} optimised + {Count(counts.Excluded)} excluded");
    }

    private void Row(Grid table, string name, Money amount, string style, string comment) =>
        table.AddRow(
            new Markup(Markup.Escape(name)),
            new Markup(Styled(amount.ToDisplay(_report.Costs.Currency), style)),
            new Markup(Styled(comment, style == "bold green" ? "green" : "grey")));

    private void ShowPools()
    {
        PoolRow[] pools = [.. _report.Pools.Where(row => row.Kind != PoolRowKind.PlanOfPool)];
        if (pools.Length == 0)
        {
            return;
        }

        Title("Pools and individual plans, before and after");
        Grid table = PlainTable(["", "SIMs", "utilisation", "overage"], "SIMs", "overage");
        foreach (PoolRow row in pools.Take(PoolsShownMax))
        {
            string name = row.Kind == PoolRowKind.Pool ? row.Pool : row.Plan;
            AddSide(table, Name(row.CommGroup is null ? name : $"{name} / {row.CommGroup}"), row.Before, isAfter: false);
            AddSide(table, "", row.After, isAfter: true);
        }

        _console.Write(table);
        More(pools.Length - PoolsShownMax, "pools.csv");
    }

    private void AddSide(Grid table, string name, UsageAndCharges side, bool isAfter)
    {
        string style = isAfter ? "green" : "grey";
        string bar = side.Utilisation is { } share
            ? Styled(_bars.Of(Math.Min(share, 1m), 20, isFramed: true), share > 1 ? "red" : style) + $" {Percent(share, "0"),6}"
            : Styled(side.Devices == 0 ? "no SIMs" : "no allowance", "grey");
        Money overage = side.Overage + side.SmsCharge;
        table.AddRow(
            new Markup(Markup.Escape(name)),
            new Markup(Styled(Count(side.Devices), isAfter ? "" : "grey")),
            new Markup(bar),
            new Markup(Styled(Amount(overage), overage > Money.Zero ? isAfter ? "yellow" : "grey" : "grey")));
    }

    private void ShowPlans()
    {
        IReadOnlyList<PlanDistributionRow> plans = _report.Plans;
        Title("SIMs on each plan, before and after");
        int most = plans.Max(plan => Math.Max(plan.DevicesBefore, plan.DevicesAfter));
        var grid = new Grid().AddColumn(new GridColumn { Width = NameWidth, NoWrap = true, Padding = new Padding(2, 0, 1, 0) })
            .AddColumn(new GridColumn { NoWrap = true });
        foreach (PlanDistributionRow plan in plans.Take(PlansShownMax))
        {
            AddBar(grid, Name(plan.Plan), plan.DevicesBefore, most, "grey");
            AddBar(grid, "", plan.DevicesAfter, most, "green");
        }

        _console.Write(grid);
        More(plans.Count - PlansShownMax, "pools.csv");
    }

    private void AddBar(Grid grid, string name, int devices, int most, string style)
    {
        int width = _console.Profile.Width - NameWidth - 18;
        string bar = _bars.Of(most == 0 ? 0 : (decimal)devices / most, width, isFramed: false);
        grid.AddRow(new Markup(Markup.Escape(name)), new Markup($"{Styled(bar, style)}{(bar.Length > 0 ? " " : "")}{Count(devices)}"));
    }

    private void ShowChanges()
    {
        AssignmentRow[] best = [.. _report.RatePlanChanges.Take(ChangesShown)];
        if (best.Length == 0)
        {
            _console.WriteLine();
            _console.MarkupLine("  No SIM needs another plan.");
            return;
        }

        Title(best.Length < ChangesShown ? "Changes" : $"The {ChangesShown} changes that save most");
        Grid table = PlainTable(["ICCID", "from", "to", "usage", "saving"], "usage", "saving");
        foreach (AssignmentRow row in best)
        {
            table.AddRow(
                row.Iccid.ToString(),
                Markup.Escape(Name(row.CurrentPlan ?? "(none)", 15)),
                Markup.Escape(Name(row.AssignedPlan ?? "(none)", 15)),
                Volume(row.UsageBytes),
                Styled(Amount(row.Saving), row.Saving > Money.Zero ? "green" : ""));
        }

        _console.Write(table);
    }

    private void ShowNotes()
    {
        ReportItem[] exclusions = [.. _report.Items.Where(item => item.Kind == ReportItemKind.Exclusion)];
        if (exclusions.Length + _result.Notes.Count == 0)
        {
            return;
        }

        Title("Left out, and worth knowing");
        foreach (string line in exclusions.Select(OptimizeDecision.SentenceOf).Concat(_result.Notes))
        {
            _console.Write(new Padder(new Markup(Markup.Escape("- " + line)), new Padding(2, 0, 0, 0)));
        }
    }

    private void ShowFiles(IReadOnlyList<string> files)
    {
        Title("Files");
        foreach (string file in files)
        {
            // A path is never broken into two lines, so that it can be copied.
            _console.Profile.Out.Writer.WriteLine("  " + file);
        }

        _console.WriteLine();
    }

    private void Title(string text)
    {
        _console.WriteLine();
        IRenderable rule = new Rule($"[bold]{Markup.Escape(text)}[/]")
        {
            Justification = Justify.Left,
            Style = Style.Parse("grey"),
            Border = _console.Profile.Capabilities.Unicode ? BoxBorder.Square : BoxBorder.Ascii,
        };
        _console.Write(rule);
    }

    private void More(int left, string file)
    {
        if (left > 0)
        {
            _console.MarkupLine(Styled($"  ... and {Count(left)} more in {file}", "grey"));
        }
    }

    /// <summary>Columns two blanks apart; the names in <paramref name="rightAligned"/> are numbers.</summary>
    private static Grid PlainTable(string[] headers, params string[] rightAligned)
    {
        var table = new Grid();
        foreach (string header in headers)
        {
            table.AddColumn(new GridColumn
            {
                NoWrap = true,
                Padding = new Padding(2, 0, 1, 0),
                Alignment = rightAligned.Contains(header) ? Justify.Right : Justify.Left,
            });
        }

        return table.AddRow([.. headers.Select(header => Styled(header, "grey"))]);
    }

    private string Volume(long bytes)
    {
        decimal megabytes = new DataVolume(bytes).ToMegabytes(_report.BytesPerMegabyte);
        return megabytes.ToString(megabytes < 10 ? "0.00" : "#,##0", CultureInfo.InvariantCulture) + " MB";
    }

    private static string Name(string name, int width = NameWidth - 2) =>
        name.Length <= width ? name : string.Concat(name.AsSpan(0, width - 2), "..");

    private static string Amount(Money amount) => amount.ToDecimal().ToString("#,##0.00", CultureInfo.InvariantCulture);

    private static string Count(long count) => count.ToString("#,##0", CultureInfo.InvariantCulture);

    private static string Plural(int count, string noun) => $"{Count(count)} {noun}{(count == 1 ? "" : "s")}";

    private static string Percent(decimal share, string format = "0.00") =>
        (share * 100).ToString(format, CultureInfo.InvariantCulture) + " %";

    private static string Styled(string text, string style) =>
        style.Length == 0 || text.Length == 0 ? Markup.Escape(text) : $"[{style}]{Markup.Escape(text)}[/]";
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
