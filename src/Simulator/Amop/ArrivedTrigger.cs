namespace CarrierOptimization.Simulator.Amop;

/// <summary>A trigger as AMOP 2.0 got it.</summary>
/// <param name="Number">1, 2, 3 ... over all sessions, in the order of arrival.</param>
/// <param name="Sequence">Of the header <c>X-Sequence</c>.</param>
/// <param name="Type"><c>job_name</c>: Progress, ErrorMessage or Completion.</param>
/// <param name="SessionGuid"><c>null</c> in error triggers.</param>
/// <param name="Progress">0 to 100; 0 in error triggers.</param>
/// <param name="AdditionalJson">JSON as text.</param>
/// <param name="Body">As it came.</param>
public sealed record ArrivedTrigger(
    int Number,
    DateTimeOffset At,
    string IdempotencyKey,
    int Sequence,
    string? TraceParent,
    string Type,
    string SessionId,
    Guid? SessionGuid,
    int DeviceCount,
    string? ErrorMessage,
    int Progress,
    string CustomerId,
    string AdditionalInfo,
    string AdditionalJson,
    string Body);

/// <summary>Something a sender did that the description of the interface forbids.</summary>
/// <param name="Rule">Short and stable, for example <c>sequence</c>.</param>
/// <param name="Sentence">What was found, what was expected.</param>
/// <param name="IdempotencyKey">Of the call; <c>null</c> when it had none.</param>
public sealed record AmopViolation(DateTimeOffset At, string Rule, string Sentence, string? IdempotencyKey);
