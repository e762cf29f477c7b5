using CarrierOptimization.Cli.Sessions;
using Spectre.Console;

namespace CarrierOptimization.Cli.Demo;

/// <summary>The end of the demo as a person reads it.</summary>
internal static class DemoScreen
{
    public static void Show(DemoResult result, TextWriter output)
    {
        SessionScreen.Show(result.View, output);
        IAnsiConsole console = Screen.ConsoleOf(output);
        string currency = result.View.Session.Currency;
        if (result.Invoices is { } invoices)
        {
            Screen.Title(console, "The carrier's own invoice, to the micro-unit");
            Grid grid = Screen.Facts();
            Compare(grid, "with today's plans", invoices.CurrentInvoice.ToString(), invoices.CurrentCost.ToString(), currency);
            Compare(grid, "with the new plans", invoices.OptimalInvoice.ToString(), invoices.OptimalCost.ToString(), currency);
            console.Write(grid);
        }

        Screen.Title(console, "Triggers as the receiver of AMOP 2.0 got them");
        console.WriteLine("  " + string.Join("  ", result.Progress.Select(progress => $"{progress} %")));
        foreach (string sentence in result.Violations.Select(violation => violation.Sentence))
        {
            console.MarkupLine("  [red]" + Markup.Escape(sentence) + "[/]");
        }

        Screen.Title(console, "Look around");
        console.WriteLine($"  ./cco session {result.View.Session.SessionId} --data {result.DataFolder}");
        console.WriteLine($"  mails: {Path.Combine(result.DataFolder, "mails")}");
    }

    private static void Compare(Grid grid, string what, string invoice, string cost, string currency) => Screen.Fact(
        grid, what,
        invoice == cost ? $"{invoice} {currency} = our bill" : $"{invoice} {currency}, but our bill says {cost}",
        invoice == cost ? "green" : "red");
}
