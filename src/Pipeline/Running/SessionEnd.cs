using CarrierOptimization.Pipeline.Triggers;

namespace CarrierOptimization.Pipeline.Running;

/// <summary>How a session that cannot go on ends: said once to AMOP 2.0 and once to people, never in silence.</summary>
public static class SessionEnd
{
    /// <summary>Ends the session as CompleteWithErrors: error trigger, 90 %, completion at 100 %, alert.</summary>
    /// <param name="stage">Name of the stage, as it stands in triggers and mails.</param>
    /// <param name="code">Short and stable, for example <c>SyncFailed</c>.</param>
    /// <param name="message">A sentence for people: what was found, what to do.</param>
    public static StageEffects Fail(SessionHeader session, string stage, string code, string message) => new()
    {
        Triggers =
        [
            TriggerRequest.Error(stage, code, message),
            TriggerRequest.Milestone(90, session.DeviceCount),
            Completion(session, SessionStatus.CompleteWithErrors, new Dictionary<string, object?>
            {
                ["ErrorCode"] = code,
                ["ErrorMessage"] = message,
            }),
        ],
        Mails = [Alerts.Of(session, stage, code, message)],
        Session = new SessionChange(SessionStatus.CompleteWithErrors, Error: message),
    };

    /// <summary>
    /// Ends the session as Cancelled: error trigger with the reason, 90 %, completion at 100 %. Nobody is alerted: a person asked.
    /// </summary>
    /// <param name="reason">A sentence for people, for example <c>Cancelled by Ada.</c></param>
    public static StageEffects Cancel(SessionHeader session, string stage, string reason) => new()
    {
        Triggers =
        [
            TriggerRequest.Error(stage, "Cancelled", reason),
            TriggerRequest.Milestone(90, session.DeviceCount),
            Completion(session, SessionStatus.Cancelled, new Dictionary<string, object?>
            {
                ["ErrorCode"] = "Cancelled",
                ["ErrorMessage"] = reason,
            }),
        ],
        Session = new SessionChange(SessionStatus.Cancelled, Error: reason),
    };

    /// <summary>The last trigger of a session.</summary>
    public static TriggerRequest Completion(
        SessionHeader session, SessionStatus status, IReadOnlyDictionary<string, object?> result) => new(
        "completion",
        TriggerType.Completion,
        100,
        session.DeviceCount,
        null,
        new Dictionary<string, object?>(result) { ["Status"] = status.ToString() });
}
