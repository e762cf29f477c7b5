using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Pipeline.GroupDevices;

/// <summary>Log messages of the grouping: ids 400 to 499.</summary>
internal static partial class GroupDevicesLog
{
    [LoggerMessage(400, LogLevel.Information,
        "Session {SessionId}: {Devices} SIMs, {Optimised} to optimise in {Groups} comm groups and {Components} components")]
    public static partial void Grouped(ILogger log, long sessionId, int devices, int optimised, int groups, int components);

    [LoggerMessage(401, LogLevel.Warning, "Session {SessionId}: stopped, {Plans} rate plans are invalid")]
    public static partial void PlansInvalid(ILogger log, long sessionId, int plans);
}
