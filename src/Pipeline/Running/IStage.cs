namespace CarrierOptimization.Pipeline.Running;

/// <summary>
/// One stage of the pipeline: load, decide, say what to save. It writes nothing itself; <see cref="StageRunner"/> does,
/// in one transaction with the outgoing messages.
/// </summary>
public interface IStage<in TMessage>
    where TMessage : StageMessage
{
    /// <summary>Does the work of a message. May be called again for the same message, also at the same time elsewhere.</summary>
    Task<StageOutcome> HandleAsync(TMessage message, CancellationToken cancellationToken);

    /// <summary>Called when the work failed for good: what becomes of this part, so that the session goes on or ends.</summary>
    /// <param name="lastError">A sentence for people.</param>
    Task<StageEffects> GiveUpAsync(TMessage message, string lastError, CancellationToken cancellationToken);
}
