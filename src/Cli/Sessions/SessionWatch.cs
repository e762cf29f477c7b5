using System.Globalization;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Sessions;
using Spectre.Console;

namespace CarrierOptimization.Cli.Sessions;

/// <summary>Shows a session while it runs: bars on a terminal, a line per step elsewhere.</summary>
internal sealed class SessionWatch(SessionQueries queries, long tenantId, TimeProvider time)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    private static readonly (SessionStatus Status, string Name)[] Stages =
    [
        (SessionStatus.Syncing, "Reading SIMs and usage"),
        (SessionStatus.Grouping, "Grouping"),
        (SessionStatus.Optimizing, "Finding the cheapest plans"),
        (SessionStatus.CleaningUp, "Report, mail, triggers"),
    ];

    /// <summary>Watches until the session has ended.</summary>
    /// <param name="error">Where progress is shown.</param>
    public async Task<SessionView> UntilEndAsync(
        long sessionId, TextWriter error, bool isQuiet, CancellationToken cancellationToken)
    {
        bool isTerminal = ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected && !isQuiet;
        if (!isTerminal)
        {
            return await FollowAsync(
                sessionId, view => Line(view, isQuiet ? TextWriter.Null : error), cancellationToken);
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        return await console.Progress().AutoClear(true).HideCompleted(false).Columns(
            new TaskDescriptionColumn { Alignment = Justify.Left },
            new ProgressBarColumn { Width = 30 },
            new PercentageColumn(),
            new RemainingTimeColumn()).StartAsync(async context =>
        {
            ProgressTask whole = context.AddTask("Session", maxValue: 100);
            var stages = Stages.ToDictionary(stage => stage.Status, stage => context.AddTask(stage.Name, maxValue: 1));
            return await FollowAsync(sessionId, view => Show(view, whole, stages), cancellationToken);
        });
    }

    private async Task<SessionView> FollowAsync(long sessionId, Action<SessionView> show, CancellationToken cancellationToken)
    {
        while (true)
        {
            SessionView view = await queries.ViewAsync(tenantId, sessionId, cancellationToken)
                ?? throw new InvalidOperationException($"Session {sessionId} is not in the database any more.");
            show(view);
            if (view.Session.Status.IsFinished())
            {
                return view;
            }

            await Task.Delay(LookEvery, time, cancellationToken);
        }
    }

    private void Show(SessionView view, ProgressTask whole, Dictionary<SessionStatus, ProgressTask> stages)
    {
        whole.Description = Markup.Escape($"Session {view.Session.SessionId}, {view.Session.ProviderName}");
        whole.Value = Math.Max(0, view.Session.Progress);
        foreach ((SessionStatus status, ProgressTask task) in stages)
        {
            task.Value = view.Session.Status > status ? 1 : view.Session.Status == status ? ShareOf(view) : 0;
        }

        if (view.Sync is { } sync)
        {
            stages[SessionStatus.Syncing].Description = Markup.Escape(SyncText(sync));
        }

        if (view.Components.Count > 0)
        {
            int done = view.Components.Count(component => component.Status is "Complete" or "Failed");
            stages[SessionStatus.Optimizing].Description = Markup.Escape(
                $"Finding the cheapest plans: {done} of {view.Components.Count} components");
        }
    }

    /// <summary>Of the stage at hand, 0 to 1.</summary>
    private static double ShareOf(SessionView view) => view.Session.Status switch
    {
        // Usage pages are about as many as device pages.
        SessionStatus.Syncing => view.Sync is { DevicePages: > 0 } sync
            ? Math.Min(0.98, (0.5 * (sync.UsagePages > 0 ? 1 : 0.9)) + (0.5 * Math.Min(1.0, (double)sync.UsagePages / sync.DevicePages)))
            : 0.02,
        SessionStatus.Optimizing => view.Components.Count == 0
            ? 0.05
            : Math.Max(0.05, (double)view.Components.Count(component => component.Status is "Complete" or "Failed") / view.Components.Count),
        _ => 0.5,
    };

    private string SyncText(SyncView sync)
    {
        double seconds = Math.Max(0.001, ((sync.EndedAt ?? time.GetUtcNow()) - sync.StartedAt).TotalSeconds);
        if (sync.DevicesReceived == 0)
        {
            // SIMs are counted when all are in; until then the calls say how it goes.
            string reading = sync.UsagePages > 0
                ? $"usage page {SessionTexts.Count(sync.UsagePages)} of about {SessionTexts.Count(sync.DevicePages)}"
                : $"page {SessionTexts.Count(sync.DevicePages)} of SIMs";
            return $"{SessionTexts.SyncKind(sync.Kind)} sync: {reading}, {SessionTexts.Count((long)(sync.Calls / seconds))} calls/s";
        }

        return $"{SessionTexts.SyncKind(sync.Kind)} sync: {SessionTexts.Count(sync.DevicesReceived)} SIMs, "
            + $"{SessionTexts.Count(sync.Calls)} calls, {SessionTexts.Count((long)(sync.DevicesReceived / seconds))} SIMs/s";
    }

    private SessionStatus? _lastStatus;
    private int _lastProgress = -1;

    private void Line(SessionView view, TextWriter error)
    {
        if (view.Session.Status == _lastStatus && view.Session.Progress == _lastProgress)
        {
            return;
        }

        (_lastStatus, _lastProgress) = (view.Session.Status, view.Session.Progress);
        string sync = view.Session.Status == SessionStatus.Grouping && view.Sync is { } done ? "; " + SyncText(done) : "";
        error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Math.Max(0, view.Session.Progress),3} %  session {view.Session.SessionId}: {SessionTexts.Status(view.Session.Status)}{sync}"));
        error.Flush();
    }
}
