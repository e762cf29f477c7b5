namespace CarrierOptimization.Pipeline.Triggers;

/// <summary>Hands one trigger to AMOP 2.0 (or writes it to a folder). One attempt; the delivery decides about the next.</summary>
public interface ITriggerSender
{
    /// <exception cref="TriggerException">Not accepted; <see cref="TriggerException.IsPermanent"/> says whether to try again.</exception>
    Task SendAsync(OutgoingTrigger trigger, CancellationToken cancellationToken);
}

/// <summary>A trigger on its way.</summary>
/// <param name="IdempotencyKey">The same for every attempt.</param>
/// <param name="Sequence">1, 2, 3 ... within the session.</param>
/// <param name="Body">The JSON that AMOP 2.0 receives, see <see cref="TriggerBody"/>.</param>
/// <param name="TraceParent">W3C trace context of the work that caused it; <c>null</c> when not traced.</param>
public sealed record OutgoingTrigger(string IdempotencyKey, long SessionId, int Sequence, string Body, string? TraceParent);

/// <summary>AMOP 2.0 did not accept a trigger.</summary>
/// <param name="isPermanent">True for a refusal that no repetition will change: 4xx other than 408 and 429.</param>
public sealed class TriggerException(string message, bool isPermanent, Exception? innerException = null)
    : Exception(message, innerException)
{
    public bool IsPermanent { get; } = isPermanent;

    /// <summary>The receiver asked to wait this long; <c>null</c> when it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
