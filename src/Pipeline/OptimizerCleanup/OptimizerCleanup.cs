using CarrierOptimization.Engine.Model;
using CarrierOptimization.Pipeline.Mail;
using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.Reports;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Snapshots;
using CarrierOptimization.Pipeline.Storage;
using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Pipeline.OptimizerCleanup;

/// <summary>
/// Once all components are in: report files, proposed changes, mail and completion. The status is the last thing that changes, so
/// that a crash anywhere comes back here.
/// </summary>
public sealed class OptimizerCleanup(
    Database database,
    IFileStore files,
    IReadOnlyList<ReportFormat> formats,
    OptimizerCleanupOptions options,
    TimeProvider time,
    ILogger<OptimizerCleanup> log) : IStage<CleanUp>
{
    private const string Stage = nameof(OptimizerCleanup);
    private const string MailedFile = "report.xlsx";
    private const long BytesPerMb = 1_000_000;

    public async Task<StageOutcome> HandleAsync(CleanUp message, CancellationToken cancellationToken)
    {
        SessionHeader session = await SessionHeader.LoadAsync(database, message.SessionId!.Value, cancellationToken);
        IReadOnlyList<ComponentFacts> components = await database.QueryAsync<ComponentFacts>(
            OptimizerCleanupSql.Components, new { session.InstanceId }, cancellationToken);
        int open = components.Count(component => !component.IsFinished);
        if (open > 0 || components.Count == 0)
        {
            return new StageOutcome.NotYet($"{open} of {components.Count} components are not finished.");
        }

        InstanceFacts facts = await LoadAsync(session, components, cancellationToken);
        InstanceResult result = await Task.Run(() => InstanceDecision.Decide(facts), cancellationToken);
        IReadOnlyList<WrittenFile> written = await WriteFilesAsync(session, result, cancellationToken);
        GoNoGoInput input = InputOf(facts, result);
        ChangeSelection changes = await Task.Run(
            () => ChangeSelection.Decide(facts, result, input, time, cancellationToken), cancellationToken);
        return new StageOutcome.Done(Ended(facts, result, written, changes));
    }

    public async Task<StageEffects> GiveUpAsync(CleanUp message, string lastError, CancellationToken cancellationToken)
    {
        SessionHeader session = await SessionHeader.LoadAsync(database, message.SessionId!.Value, cancellationToken);
        return SessionEnd.Fail(
            session, Stage, "CleanupFailed", $"The plans were optimised but the result could not be reported: {lastError}");
    }

    private async Task<InstanceFacts> LoadAsync(
        SessionHeader session, IReadOnlyList<ComponentFacts> components, CancellationToken cancellationToken)
    {
        HashSet<int> failed = [.. components.Where(component => component.Status == CandidateStatus.Failed)
            .Select(component => component.Number)];
        Snapshot snapshot = await Snapshot.LoadAsync(database, session, failed, cancellationToken);
        CheckCounts(session, snapshot, components);
        var values = new { session.InstanceId };
        return new InstanceFacts(
            session,
            snapshot,
            await WinnersAsync(session, snapshot, cancellationToken),
            components,
            [.. (await database.QueryAsync<IssueFacts>(OptimizerCleanupSql.Issues, values, cancellationToken))
                .OrderByDescending(issue => issue.Devices).ThenBy(issue => issue.Kind, StringComparer.Ordinal)],
            (int)await database.FirstOrDefaultAsync<long>(OptimizerCleanupSql.StoppedEarly, values, cancellationToken));
    }

    /// <summary>No SIM was lost between the grouping and here.</summary>
    private static void CheckCounts(SessionHeader session, Snapshot snapshot, IReadOnlyList<ComponentFacts> components)
    {
        int read = snapshot.Records.Count;
        int optimised = snapshot.Grouping.Optimised;
        if (read != session.DeviceCount || read != optimised + snapshot.Grouping.Excluded)
        {
            throw new InvalidOperationException(
                $"{session.DeviceCount} SIMs were grouped, the snapshot has {read}: {optimised} optimised and "
                + $"{snapshot.Grouping.Excluded} excluded.");
        }

        var found = new int[components.Count];
        foreach (int component in snapshot.ComponentOf.Where(component => component != GroupDevices.ComponentTable.None))
        {
            found[component]++;
        }

        foreach (ComponentFacts component in components.Where(component => found[component.Number] != component.Devices))
        {
            throw new InvalidOperationException(
                $"Component {component.Number} was formed of {component.Devices} SIMs; the snapshot has {found[component.Number]}.");
        }
    }

    /// <summary>The winners of all components; SIMs that are in none stay where they are.</summary>
    private async Task<ushort[]> WinnersAsync(SessionHeader session, Snapshot snapshot, CancellationToken cancellationToken)
    {
        var winners = new ushort[snapshot.Records.Count];
        var isAssigned = new bool[winners.Length];
        await database.StreamAsync(
            OptimizerCleanupSql.Assignments,
            new { session.InstanceId },
            row =>
            {
                int position = row.GetInt32(0);
                winners[position] = row.IsDBNull(1) ? Fleet.NoPlan : (ushort)snapshot.Catalog.IndexOf(row.GetString(1));
                isAssigned[position] = true;
            },
            cancellationToken);
        for (int device = 0; device < winners.Length; device++)
        {
            if (!isAssigned[device])
            {
                winners[device] = snapshot.Grouping.ExclusionOf[device] == GroupDevices.Exclusion.None
                    ? throw new InvalidOperationException($"The SIM at {device} was to be optimised and no component assigned it.")
                    : snapshot.Fleet.CurrentPlan![device];
            }
        }

        return winners;
    }

    private async Task<IReadOnlyList<WrittenFile>> WriteFilesAsync(
        SessionHeader session, InstanceResult result, CancellationToken cancellationToken)
    {
        var written = new List<WrittenFile>();
        foreach (ReportFormat format in formats)
        {
            StoredFile file = await files.WriteAsync(
                $"sessions/{session.SessionId}/{format.FileName}",
                stream => format.Write(result.Content, stream, cancellationToken),
                cancellationToken);
            written.Add(new WrittenFile(format.FileName, file));
        }

        OptimizerCleanupLog.ReportWritten(log, session.SessionId, written.Count, written.Sum(file => file.File.Bytes));
        return written;
    }

    private GoNoGoInput InputOf(InstanceFacts facts, InstanceResult result)
    {
        ProviderSettings settings = facts.Session.Settings;
        return new GoNoGoInput(
            settings.ChangeMode,
            settings.PartialUpdates,
            result.Counts.Changed,
            facts.Snapshot.Grouping.WithoutCurrentPlan + facts.Snapshot.Grouping.OnForbiddenPlan,
            facts.Session.PeriodEnd - time.GetUtcNow(),
            TimeSpan.FromMinutes(settings.SafetyMinutes),
            GoNoGoDecision.DocumentedRate(settings));
    }

    private StageEffects Ended(
        InstanceFacts facts, InstanceResult result, IReadOnlyList<WrittenFile> written, ChangeSelection changes)
    {
        SessionHeader session = facts.Session with { DeviceCount = result.Counts.Read };
        SessionStatus status = session.HasErrors || result.Failures.Count > 0
            ? SessionStatus.CompleteWithErrors
            : SessionStatus.CompleteWithSuccess;
        WrittenFile? report = written.FirstOrDefault(file => file.Name == MailedFile);
        string link = options.WebAddress is { } address ? $"{address.TrimEnd('/')}/sessions/{session.SessionId}" : report?.File.Path ?? "";
        bool isNoGo = changes.Decision.Decision == GoNoGo.NoGo;
        OptimizerCleanupLog.Finished(
            log, session.SessionId, status, result.Costs.Current.MicroUnits, result.Costs.Optimal.MicroUnits, changes.Changes);
        if (changes.Decision.Decision != GoNoGo.NotAsked)
        {
            OptimizerCleanupLog.Changes(log, session.SessionId, changes.Decision.Decision, changes.Decision.Why);
        }

        return new StageEffects
        {
            Save = new ResultWriter(session, facts.Snapshot, result, written, changes, time).SaveAsync,
            Triggers =
            [
                .. isNoGo ? [TriggerRequest.Error(Stage, nameof(GoNoGo.NoGo), changes.Decision.Why)] : Array.Empty<TriggerRequest>(),
                TriggerRequest.Milestone(90, session.DeviceCount),
                SessionEnd.Completion(session, status, CompletionValues.Of(result, changes, link)),
            ],
            Mails =
            [
                ResultMail.Of(new ResultMailFacts(session, result, link, AttachmentOf(report), changes.Decision)),
                .. isNoGo ? [NoGoMail.Of(session, Stage, result, changes.Decision)] : Array.Empty<MailRequest>(),
            ],
            Session = new SessionChange(
                status, DeviceCount: session.DeviceCount,
                Error: result.Failures.Count > 0 ? string.Join(' ', result.Failures) : null),
        };
    }

    private MailAttachment? AttachmentOf(WrittenFile? report) =>
        report is not null && report.File.Bytes <= options.MaxAttachmentMb * BytesPerMb
            ? new MailAttachment(report.Name, report.File.Path)
            : null;
}

/// <summary>A file of a report and where it lies.</summary>
internal sealed record WrittenFile(string Name, StoredFile File);
