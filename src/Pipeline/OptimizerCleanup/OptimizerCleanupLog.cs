using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Pipeline.OptimizerCleanup;

/// <summary>Log messages of the cleanup: ids 600 to 699.</summary>
internal static partial class OptimizerCleanupLog
{
    [LoggerMessage(600, LogLevel.Information,
        "Session {SessionId}: {Status}; current {Current}, optimal {Optimal} micro-units, {Changes} changes proposed")]
    public static partial void Finished(
        ILogger log, long sessionId, Running.SessionStatus status, long current, long optimal, int changes);

    [LoggerMessage(601, LogLevel.Information, "Session {SessionId}: {Files} report files with {Bytes} bytes")]
    public static partial void ReportWritten(ILogger log, long sessionId, int files, long bytes);

    [LoggerMessage(602, LogLevel.Warning, "Session {SessionId}: changes: {Decision}, {Why}")]
    public static partial void Changes(ILogger log, long sessionId, GoNoGo decision, string why);
}
