namespace CarrierOptimization.Pipeline.Carrier;

/// <summary>What went wrong at the carrier, as far as it decides what to do next.</summary>
public enum CarrierFailure
{
    /// <summary>
    /// It may work later: no connection, 5xx, broken answer, limits. The retries are used up. A change that ends like this
    /// was not made.
    /// </summary>
    Unavailable,

    /// <summary>No answer in time, or for a change: 5xx or a broken answer. What was asked for may have happened.</summary>
    TimedOut,

    /// <summary>Wrong credentials, or a role that may not: a person must mend it.</summary>
    NotAllowed,

    /// <summary>The carrier does not do this here, for example usage in bulk of a plan that shares a pool.</summary>
    NotOffered,

    /// <summary>The carrier does not know the SIM, the plan or the page.</summary>
    NotFound,

    /// <summary>The call itself is wrong; asking again won't help.</summary>
    Refused,
}

/// <summary>A call to a carrier that did not work.</summary>
/// <param name="failure">What follows from it.</param>
/// <param name="message">A sentence for people: call, what was found, what to do. No secrets.</param>
/// <param name="errorCode">The carrier's own code, if it gave one.</param>
public sealed class CarrierException(
    CarrierFailure failure, string message, string? errorCode = null, Exception? innerException = null)
    : Exception(message, innerException)
{
    public CarrierFailure Failure { get; } = failure;

    public string? ErrorCode { get; } = errorCode;

    /// <summary>The carrier asked to wait this long; <c>null</c> when it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public bool IsTransient => Failure is CarrierFailure.Unavailable or CarrierFailure.TimedOut;
}
