using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Sessions;
using Spectre.Console;

namespace CarrierOptimization.Cli.Sessions;

/// <summary>Everything about a session as a person reads it. Colours only on a terminal that wants them; 80 columns are enough.</summary>
internal sealed class SessionScreen
{
    private const int ComponentsShownMax = 12;

    private readonly IAnsiConsole _console;
    private readonly SessionView _view;

    private SessionScreen(IAnsiConsole console, SessionView view)
    {
        _console = console;
        _view = view;
    }

    public static void Show(SessionView view, TextWriter output)
    {
        var screen = new SessionScreen(Screen.ConsoleOf(output), view);
        screen.ShowHead();
        screen.ShowComponents();
        screen.ShowDeliveries();
        screen.ShowTroubles();
        screen.ShowFiles();
    }

    private void ShowHead()
    {
        SessionRow session = _view.Session;
        string style = session.Status switch
        {
            SessionStatus.CompleteWithSuccess => "green",
            SessionStatus.CompleteWithErrors or SessionStatus.Cancelled => "red",
            _ => "yellow",
        };
        Screen.Title(_console, $"Session {session.SessionId}: {session.ProviderName}, {SessionTexts.Period(session)}");
        Grid grid = Screen.Facts();
        Screen.Fact(grid, "Status", $"{SessionTexts.Status(session.Status)}, {Math.Max(0, session.Progress)} %", style);
        if (session.Error is { } error)
        {
            Screen.Fact(grid, "Error", error, "red");
        }

        Screen.Fact(grid, "Started", $"{SessionTexts.Time(session.CreatedAt)} by {session.StartedBy}");
        if (_view.Sync is { } sync)
        {
            Screen.Fact(
                grid,
                "Sync",
                $"{SessionTexts.SyncKind(sync.Kind)} ({sync.Why}): {SessionTexts.Count(sync.DevicesReceived)} SIMs received, "
                + $"{SessionTexts.Count(sync.DevicesRejected)} rejected, {SessionTexts.Count(sync.Calls)} calls");
        }

        if (_view.Components.Count > 0)
        {
            int inComponents = _view.Components.Sum(component => component.Devices);
            Screen.Fact(
                grid,
                "SIMs",
                $"{SessionTexts.Count(session.DeviceCount)} = {SessionTexts.Count(inComponents)} in components + "
                + $"{SessionTexts.Count(session.DeviceCount - inComponents)} left out (exclusions.csv says why)");
        }

        if (session.CurrentCost is not null)
        {
            string currency = session.Currency;
            Screen.Fact(grid, "Current cost", SessionTexts.Amount(session.CurrentCost, currency));
            Screen.Fact(grid, "Base assignment", SessionTexts.Amount(session.BaseCost, currency), "grey");
            Screen.Fact(grid, "Optimal cost", SessionTexts.Amount(session.OptimalCost, currency), "bold");
            Screen.Fact(
                grid,
                "Saving",
                $"{SessionTexts.Amount(session.Saving, currency)}, {SessionTexts.SavingPercent(session)}, by "
                + $"{SessionTexts.Count(session.Changes ?? 0)} changes",
                "bold green");
            Screen.Fact(grid, "Lower bound", SessionTexts.Amount(session.LowerBound, currency) + ", certified", "grey");
        }

        _console.Write(grid);
    }

    private void ShowComponents()
    {
        if (_view.Components.Count == 0)
        {
            return;
        }

        Screen.Title(_console, "Components");
        Grid table = Screen.Table(["", "SIMs", "current", "winner", "cost", "changes", "gap"], "SIMs", "current", "cost", "changes", "gap");
        foreach (ComponentView component in _view.Components.Take(ComponentsShownMax))
        {
            string currency = _view.Session.Currency;
            table.AddRow(
                Text($"{component.Number + 1}"),
                Text(SessionTexts.Count(component.Devices)),
                Text(SessionTexts.Amount(component.CurrentCost, currency)),
                component.Error is { } error ? new Markup($"[red]{Markup.Escape(error)}[/]") : Text(component.Winner ?? component.Status),
                Text(SessionTexts.Amount(component.WinnerCost, currency)),
                Text(component.Changes is { } changes ? SessionTexts.Count(changes) : ""),
                Text(GapOf(component)));
        }

        _console.Write(table);
        Screen.More(_console, _view.Components.Count - ComponentsShownMax, "cco session ... --json");
    }

    private static string GapOf(ComponentView component) =>
        component.IsProven == true ? "proven"
        : component is { WinnerCost: { MicroUnits: > 0 } cost, LowerBound: { } bound }
            ? ((decimal)(cost - bound).MicroUnits * 100 / cost.MicroUnits)
                .ToString("0.0000", System.Globalization.CultureInfo.InvariantCulture) + " %"
            : "";

    private void ShowDeliveries()
    {
        if (_view.Triggers.Count > 0)
        {
            Screen.Title(_console, "Triggers to AMOP 2.0");
            _console.WriteLine("  " + string.Join("  ", _view.Triggers.Select(Trigger)));
            ShowFailures(_view.Triggers.Where(trigger => trigger.State != "Delivered" && trigger.LastError is not null)
                .Select(trigger => $"trigger {trigger.Sequence}: {trigger.State.ToLowerInvariant()}, {trigger.LastError}"));
        }

        if (_view.Mails.Count > 0)
        {
            Screen.Title(_console, "Mails");
            foreach (MailView mail in _view.Mails)
            {
                _console.WriteLine($"  {mail.Subject}: {mail.State.ToLowerInvariant()}");
            }

            ShowFailures(_view.Mails.Where(mail => mail.State != "Delivered" && mail.LastError is not null)
                .Select(mail => $"{mail.Subject}: {mail.LastError}"));
        }
    }

    private static string Trigger(TriggerView trigger)
    {
        string what = trigger.Type == "ErrorMessage" ? "error" : $"{trigger.Progress} %";
        return trigger.State == "Delivered" ? what : $"{what} ({trigger.State.ToLowerInvariant()})";
    }

    private void ShowTroubles()
    {
        if (_view.Troubles.Count > 0)
        {
            Screen.Title(_console, "Messages with errors");
            ShowFailures(_view.Troubles.Select(message =>
                $"{message.Type} {message.Key}: {message.State.ToLowerInvariant()} after {message.Attempts} attempts, {message.LastError}"));
        }
    }

    private void ShowFailures(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            _console.MarkupLine("  [red]" + Markup.Escape(line) + "[/]");
        }
    }

    private void ShowFiles()
    {
        if (_view.Files.Count > 0)
        {
            Screen.Title(_console, "Files");
            foreach (ReportFileView file in _view.Files)
            {
                _console.WriteLine($"  {file.Path}  ({SessionTexts.Size(file.Bytes)})");
            }
        }
    }

    private static Markup Text(string text) => new Markup(Markup.Escape(text));
}
