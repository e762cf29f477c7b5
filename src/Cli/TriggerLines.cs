using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using CarrierOptimization.Simulator.Amop;
using Spectre.Console;

namespace CarrierOptimization.Cli;

/// <summary>Shows triggers as they arrive: a line each, with a bar on a terminal, or JSON for machines.</summary>
internal sealed class TriggerLines(TextWriter output, bool isJson)
{
    private const int BarWidth = 20;
    private const int TypeWidth = 12;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly bool _isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
    private readonly IAnsiConsole _console = Screen.ConsoleOf(output);

    public void Show(ArrivedTrigger trigger)
    {
        if (isJson)
        {
            output.WriteLine(JsonSerializer.Serialize(trigger, Json));
        }
        else if (_isTerminal)
        {
            _console.MarkupLine(
                $"[grey]{Time(trigger.At)}[/]  session {Markup.Escape(Text(trigger.SessionId))}  [grey]#{trigger.Sequence,-3}[/] "
                + $"{Markup.Escape(trigger.Type),-TypeWidth}  {Bar(trigger)}  {Markup.Escape(Tail(trigger))}");
        }
        else
        {
            output.WriteLine(
                $"{Time(trigger.At)} session {Text(trigger.SessionId)} #{trigger.Sequence} {trigger.Type}"
                + $"{(trigger.ErrorMessage is null ? $" {trigger.Progress} %" : "")}, {Tail(trigger)}");
        }

        output.Flush();
    }

    public void Show(AmopViolation violation)
    {
        if (isJson)
        {
            output.WriteLine(JsonSerializer.Serialize(new { Violation = violation }, Json));
        }
        else if (_isTerminal)
        {
            _console.MarkupLine($"[grey]{Time(violation.At)}[/]  [red]violation[/]  {Markup.Escape(Text(violation.Sentence))}");
        }
        else
        {
            output.WriteLine($"{Time(violation.At)} violation: {Text(violation.Sentence)}");
        }

        output.Flush();
    }

    private static string Bar(ArrivedTrigger trigger)
    {
        if (trigger.Type == "ErrorMessage")
        {
            return $"[red]{"error".PadRight(BarWidth + 5)}[/]";
        }

        int full = trigger.Progress * BarWidth / 100;
        string colour = trigger.Progress == 100 ? "green" : "blue";
        return $"[{colour}]{new string('━', full)}[/][grey]{new string('─', BarWidth - full)}[/]{trigger.Progress,4}%";
    }

    private static string Tail(ArrivedTrigger trigger) => trigger.ErrorMessage is { } error
        ? Text(error)
        : trigger.DeviceCount.ToString("#,##0", CultureInfo.InvariantCulture) + " SIMs";

    private static string Time(DateTimeOffset at) => at.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>What others wrote does not steer the terminal.</summary>
    private static string Text(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));
}
