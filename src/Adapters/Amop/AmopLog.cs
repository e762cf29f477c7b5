using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Adapters.Amop;

/// <summary>What is logged of AMOP 2.0. Each attempt is logged by the delivery; here stands what it can't see.</summary>
internal static partial class AmopLog
{
    [LoggerMessage(
        EventId = 7_001,
        Level = LogLevel.Warning,
        Message = "AMOP 2.0 at {Host} fails again and again; no attempt for {PauseSeconds} s")]
    public static partial void CircuitOpened(ILogger log, string host, double pauseSeconds);

    [LoggerMessage(EventId = 7_002, Level = LogLevel.Information, Message = "AMOP 2.0 at {Host} answers again")]
    public static partial void CircuitClosed(ILogger log, string host);
}
