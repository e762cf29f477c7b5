using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Pipeline.Running;

/// <summary>Log messages of the runner, the workers and the deliveries: ids 100 to 199.</summary>
internal static partial class RunningLog
{
    [LoggerMessage(100, LogLevel.Information, "{Type} {Key}: {Result} at attempt {Attempt} in {ElapsedMs} ms")]
    public static partial void Handled(ILogger log, string type, string key, int attempt, RunResult result, long elapsedMs);

    [LoggerMessage(101, LogLevel.Warning, "{Type} {Key}: attempt {Attempt} failed")]
    public static partial void Failed(ILogger log, string type, string key, int attempt, Exception failure);

    [LoggerMessage(102, LogLevel.Error, "{Type} {Key}: given up after {Attempts} attempts: {LastError}")]
    public static partial void GivenUp(ILogger log, string type, string key, int attempts, string lastError);

    [LoggerMessage(110, LogLevel.Warning, "A worker lost the database or failed; it goes on in {DelayMs} ms")]
    public static partial void WorkerFailed(ILogger log, long delayMs, Exception failure);

    [LoggerMessage(120, LogLevel.Information, "Trigger {Sequence} of session {SessionId} ({Type} {Progress} %) delivered")]
    public static partial void TriggerDelivered(ILogger log, long sessionId, int sequence, string type, int progress);

    [LoggerMessage(121, LogLevel.Warning, "Trigger {Sequence} of session {SessionId}: attempt {Attempt} failed: {Why}")]
    public static partial void TriggerFailed(ILogger log, long sessionId, int sequence, int attempt, string why);

    [LoggerMessage(122, LogLevel.Error, "Trigger {Sequence} of session {SessionId} is put aside: {Why}")]
    public static partial void TriggerBuried(ILogger log, long sessionId, int sequence, string why);

    [LoggerMessage(130, LogLevel.Information, "Mail {Key} delivered")]
    public static partial void MailDelivered(ILogger log, string key);

    [LoggerMessage(131, LogLevel.Warning, "Mail {Key}: attempt {Attempt} failed: {Why}")]
    public static partial void MailFailed(ILogger log, string key, int attempt, string why);

    [LoggerMessage(132, LogLevel.Error, "Mail {Key} is put aside: {Why}")]
    public static partial void MailBuried(ILogger log, string key, string why);

    [LoggerMessage(140, LogLevel.Warning, "Watchdog: session {SessionId} did not move; {What}")]
    public static partial void Watchdog(ILogger log, long sessionId, string what);
}
