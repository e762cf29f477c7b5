using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Pipeline.GetDevices;

/// <summary>Log messages of the sync: ids 300 to 399. The runner says how each message ended; these say what came.</summary>
internal static partial class GetDevicesLog
{
    [LoggerMessage(300, LogLevel.Information, "Session {SessionId}: {Kind} sync ({Why}), {RatePlans} rate plans")]
    public static partial void Begun(ILogger log, long sessionId, SyncKind kind, string why, int ratePlans);

    [LoggerMessage(301, LogLevel.Warning, "The price list can't be read, the known rate plans are kept: {Why}")]
    public static partial void NoPriceList(ILogger log, string why);

    [LoggerMessage(302, LogLevel.Warning, "Session {SessionId}: the carrier lists one year only; reading changes since {Since}")]
    public static partial void OneYear(ILogger log, long sessionId, DateTimeOffset since);

    [LoggerMessage(310, LogLevel.Information, "Session {SessionId}: {Devices} SIMs in {Calls} calls; next page {NextPage}")]
    public static partial void Devices(ILogger log, long sessionId, int devices, int calls, int nextPage);

    [LoggerMessage(311, LogLevel.Information, "Session {SessionId}: {Step}: {Devices} SIMs in {Calls} calls, news {HasNews}")]
    public static partial void Changes(ILogger log, long sessionId, SyncStep step, int devices, int calls, bool hasNews);

    [LoggerMessage(
        320, LogLevel.Information,
        "Session {SessionId}: usage of {Rows} SIMs in {Calls} calls; {NotOffered} plans without it, {Doubtful} doubtful SIMs")]
    public static partial void Usage(ILogger log, long sessionId, int rows, int calls, int notOffered, int doubtful);

    [LoggerMessage(321, LogLevel.Warning, "Usage of rate plan {RatePlan} is asked SIM by SIM: {Why}")]
    public static partial void NotOffered(ILogger log, string ratePlan, string why);

    [LoggerMessage(330, LogLevel.Information, "Session {SessionId}: {Sims} SIMs asked one by one in {Calls} calls, {NoAnswer} without answer")]
    public static partial void Singles(ILogger log, long sessionId, int sims, int calls, int noAnswer);

    [LoggerMessage(
        340, LogLevel.Information,
        "Session {SessionId}: {Devices} devices, {MissingUsage} without usage, {Vanished} gone; the sync is {Answer}")]
    public static partial void Merged(ILogger log, long sessionId, long devices, long missingUsage, long vanished, string answer);
}
