using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Pipeline.QueueCarrierPlanOptimization;

/// <summary>Log messages of the start of sessions: ids 200 to 299.</summary>
internal static partial class QueueLog
{
    [LoggerMessage(200, LogLevel.Information, "Start {SessionGuid} of provider {ProviderId}, asked for by {StartedBy}: {Answer}")]
    public static partial void Decided(ILogger log, Guid sessionGuid, long providerId, string startedBy, string answer);

    [LoggerMessage(210, LogLevel.Debug, "Schedule of provider {ProviderId}: due {IsDue}. {Why}")]
    public static partial void Schedule(ILogger log, long providerId, bool isDue, string why);

    [LoggerMessage(211, LogLevel.Error, "Schedule of provider {ProviderId}: its settings can't be used: {Why}")]
    public static partial void NoSchedule(ILogger log, long providerId, string why);

    [LoggerMessage(212, LogLevel.Warning, "The schedule could not be looked at; it is looked at again in {WaitMs} ms")]
    public static partial void TickFailed(ILogger log, long waitMs, Exception failure);
}
