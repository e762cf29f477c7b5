using Spectre.Console;

namespace CarrierOptimization.Cli;

/// <summary>How every screen of the command looks: widths, titles, tables, colours only where a terminal wants them.</summary>
internal static class Screen
{
    private const int WidthMax = 100;
    private const int WidthPiped = 80;

    /// <summary>A console on <paramref name="output"/>: plain text unless it is a terminal.</summary>
    /// <param name="width">Columns; <c>null</c>: those of the terminal, at most 100, and 80 elsewhere.</param>
    /// <param name="widthMin">Never fewer columns than these.</param>
    public static IAnsiConsole ConsoleOf(TextWriter output, int? width = null, int widthMin = 1)
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
        console.Profile.Width = Math.Max(widthMin, width ?? (isTerminal ? Math.Min(console.Profile.Width, WidthMax) : WidthPiped));
        console.Profile.Capabilities.Unicode = output.Encoding.WebName is "utf-8" or "utf-16";
        return console;
    }

    public static void Title(IAnsiConsole console, string title)
    {
        console.WriteLine();
        console.Write(new Rule(Markup.Escape(title)) { Justification = Justify.Left, Style = new Style(Color.Grey) });
    }

    /// <summary>Names and values, one pair a line.</summary>
    public static Grid Facts() => new Grid()
        .AddColumn(new GridColumn { NoWrap = true, Padding = new Padding(2, 0, 3, 0) })
        .AddColumn(new GridColumn());

    public static void Fact(Grid grid, string name, string value, string style = "") =>
        grid.AddRow(new Markup(Markup.Escape(name)), new Markup(Styled(value, style)));

    /// <summary>A table without lines.</summary>
    /// <param name="rightAligned">The headings of the columns with numbers.</param>
    public static Grid Table(IReadOnlyList<string> headings, params string[] rightAligned)
    {
        var table = new Grid();
        for (int column = 0; column < headings.Count; column++)
        {
            table.AddColumn(new GridColumn
            {
                Alignment = rightAligned.Contains(headings[column]) ? Justify.Right : Justify.Left,
                Padding = new Padding(column == 0 ? 2 : 0, 0, 2, 0),
            });
        }

        table.AddRow([.. headings.Select(heading => new Markup(Styled(heading, "grey")))]);
        return table;
    }

    public static void More(IAnsiConsole console, int more, string where)
    {
        if (more > 0)
        {
            console.MarkupLine($"  [grey]... and {more} more: {Markup.Escape(where)}[/]");
        }
    }

    public static string Styled(string text, string style) =>
        style.Length == 0 ? Markup.Escape(text) : $"[{style}]{Markup.Escape(text)}[/]";
}
