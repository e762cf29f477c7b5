using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Adapters.Jasper;

/// <summary>Log messages of the carrier's client: kinds of calls, never credentials, numbers of SIMs or bodies.</summary>
internal static partial class JasperLog
{
    [LoggerMessage(EventId = 4001, Level = LogLevel.Information,
        Message = "Carrier call {Call}: attempt {Attempt} ended as {Outcome}; again in {Wait}.")]
    public static partial void Repeats(ILogger log, JasperCall call, int attempt, AttemptOutcome outcome, TimeSpan wait);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Warning,
        Message = "Too many calls to the carrier failed: none is made for {Time}.")]
    public static partial void CircuitOpened(ILogger log, TimeSpan time);

    [LoggerMessage(EventId = 4003, Level = LogLevel.Information, Message = "The carrier answers again.")]
    public static partial void CircuitClosed(ILogger log);
}
