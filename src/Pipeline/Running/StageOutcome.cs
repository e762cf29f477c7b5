using CarrierOptimization.Pipeline.Storage;
using CarrierOptimization.Pipeline.Triggers;

namespace CarrierOptimization.Pipeline.Running;

/// <summary>How the handling of a message ended.</summary>
public abstract record StageOutcome
{
    private StageOutcome()
    {
    }

    /// <summary>The work is done once these effects are saved.</summary>
    public sealed record Done(StageEffects Effects) : StageOutcome;

    /// <summary>Somebody did it before.</summary>
    public sealed record AlreadyDone : StageOutcome;

    /// <summary>Others must finish first; the last of them sends the message again.</summary>
    public sealed record NotYet(string Why) : StageOutcome;

    /// <summary>It can't be done now but later; counts as an attempt.</summary>
    public sealed record Retry(TimeSpan After, string Why) : StageOutcome;

    /// <summary>It is put aside for this long without counting as an attempt: a continuation of long work.</summary>
    public sealed record Park(TimeSpan After, string Why) : StageOutcome;
}

/// <summary>Everything a stage wants to happen, saved in one transaction or not at all.</summary>
public sealed record StageEffects
{
    public static StageEffects None { get; } = new();

    /// <summary>
    /// For effects that are known only inside the transaction: writes, and says what follows. Work that creates its session names
    /// it in <see cref="SessionId"/>. Everything else here is then ignored.
    /// </summary>
    public Func<StageTransaction, CancellationToken, Task<StageEffects>>? Open { get; init; }

    /// <summary>The session that triggers, mails and the new state belong to; <c>null</c>: the one of the message.</summary>
    public long? SessionId { get; init; }

    /// <summary>Writes the rows of the stage; <c>null</c> when there are none.</summary>
    public Func<StageTransaction, CancellationToken, Task>? Save { get; init; }

    /// <summary>Work that follows.</summary>
    public IReadOnlyList<StageMessage> Messages { get; init; } = [];

    /// <summary>To AMOP 2.0, in this order.</summary>
    public IReadOnlyList<TriggerRequest> Triggers { get; init; } = [];

    /// <summary>To people.</summary>
    public IReadOnlyList<MailRequest> Mails { get; init; } = [];

    /// <summary>The new state of the session; <c>null</c> leaves it.</summary>
    public SessionChange? Session { get; init; }
}

/// <summary>A trigger that a stage asks for; the session gives it its place in the sequence.</summary>
/// <param name="Key">The same request is recorded once per session: <c>progress/30</c>, <c>error/sync</c>.</param>
/// <param name="Progress">0 to 100. One of type Progress that would not rise above the last is left out.</param>
/// <param name="Additional">More values for the trigger's <c>AdditionalJson</c>.</param>
public sealed record TriggerRequest(
    string Key,
    TriggerType Type,
    int Progress,
    int DeviceCount,
    string? ErrorMessage,
    IReadOnlyDictionary<string, object?> Additional)
{
    private static readonly Dictionary<string, object?> Nothing = [];

    /// <summary>A milestone.</summary>
    public static TriggerRequest Milestone(int progress, int deviceCount) =>
        new($"progress/{progress}", TriggerType.Progress, progress, deviceCount, null, Nothing);

    /// <summary>An error scenario.</summary>
    /// <param name="code">Short and stable, for example <c>SyncFailed</c>; also the key: one trigger per scenario and session.</param>
    public static TriggerRequest Error(string stage, string code, string message) =>
        new($"error/{code}", TriggerType.ErrorMessage, 0, 0, message, new Dictionary<string, object?>
        {
            ["Stage"] = stage,
            ["ErrorCode"] = code,
        });
}

/// <summary>A mail that a stage asks for.</summary>
/// <param name="Key">The same mail is recorded once: <c>result/17</c>.</param>
/// <param name="Kind">Result, Warning or Alert.</param>
public sealed record MailRequest(
    string Key,
    string Kind,
    IReadOnlyList<string> Recipients,
    string Subject,
    string Text,
    string Html,
    IReadOnlyList<Mail.MailAttachment> Attachments);

/// <summary>A new state of the session and its instance.</summary>
/// <param name="StageTimeLimit">From now until the watchdog ends the session if it is still in this state.</param>
/// <param name="DeviceCount">SIMs of the session; <c>null</c> leaves the count.</param>
/// <param name="Error">Why it ended with errors; <c>null</c> when it did not.</param>
public sealed record SessionChange(
    SessionStatus Status, TimeSpan? StageTimeLimit = null, int? DeviceCount = null, string? Error = null);

/// <summary>Where a session or an instance stands. A finished status never changes again.</summary>
public enum SessionStatus
{
    Queued,
    Syncing,
    Grouping,
    Optimizing,
    CleaningUp,
    CompleteWithSuccess,
    CompleteWithErrors,
    Cancelled,
}

/// <summary>Questions about a status.</summary>
public static class SessionStatuses
{
    public static bool IsFinished(this SessionStatus status) => status >= SessionStatus.CompleteWithSuccess;
}
