using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Pipeline.SimCardCostOptimizer;

/// <summary>Log messages of the optimizer: ids 500 to 599.</summary>
internal static partial class SimCardCostOptimizerLog
{
    [LoggerMessage(500, LogLevel.Information,
        "Session {SessionId}, component {Component}: {Devices} SIMs, {Winner} wins with {Cost} micro-units, bound {Bound}, {Changes} changes")]
    public static partial void Optimized(
        ILogger log, long sessionId, int component, int devices, Engine.Strategy winner, long cost, long bound, int changes);

    [LoggerMessage(501, LogLevel.Error, "Session {SessionId}, component {Component}: failed: {Error}")]
    public static partial void ComponentFailed(ILogger log, long sessionId, int component, string error);
}
