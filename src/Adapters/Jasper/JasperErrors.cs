using System.Globalization;
using CarrierOptimization.Pipeline.Carrier;

namespace CarrierOptimization.Adapters.Jasper;

/// <summary>What the carrier's codes and statuses mean, and the sentences that tell it.</summary>
internal static class JasperErrors
{
    /// <summary>Rate limit, whatever the status.</summary>
    public const string RateLimitCode = "40000029";

    /// <summary>The carrier knows no SIM of that number.</summary>
    public const string UnknownIccidCode = "20000001";

    private const string ReadFirst = "The change may have been made: read the SIM before it is tried again.";
    private const string UnknownServerErrorCode = "30000001";

    /// <summary>The outcome of an answer that says no. The code goes before the status: limits hide behind 400.</summary>
    public static JasperAnswer OfRefusal(int status, string? code, string? message, string found)
    {
        (AttemptOutcome outcome, CarrierFailure failure, string advice) = code switch
        {
            RateLimitCode => (AttemptOutcome.Limited, CarrierFailure.Unavailable, ""),
            UnknownServerErrorCode => (AttemptOutcome.Broken, CarrierFailure.Unavailable, ""),
            UnknownIccidCode => (AttemptOutcome.Refused, CarrierFailure.NotFound, "Read the list of SIMs again."),
            "10000001" => (AttemptOutcome.Refused, CarrierFailure.NotAllowed, "Correct the user name or the API key."),
            "10000030" => (AttemptOutcome.Refused, CarrierFailure.NotAllowed,
                "Give the API user the role that this call needs; the price list needs AccountAdmin."),
            "10000045" => (AttemptOutcome.Refused, CarrierFailure.Refused, "Ask for changes of the last year only."),
            "10002119" => (AttemptOutcome.Refused, CarrierFailure.Refused,
                "Compare this machine's clock with the carrier's."),
            _ => OfStatus(status),
        };
        return new JasperAnswer(outcome, found)
        {
            Status = status,
            ErrorCode = code,
            ErrorMessage = message,
            Failure = failure,
            Advice = advice,
        };
    }

    /// <summary>The end of a call that did not work.</summary>
    public static CarrierException ToException(JasperRequest request, JasperAnswer answer)
    {
        (CarrierFailure failure, string advice) = answer.Outcome switch
        {
            AttemptOutcome.Limited => (CarrierFailure.Unavailable,
                "Find out what else calls with this API user, or lower CallsPerSecond."),
            AttemptOutcome.NotSent => (CarrierFailure.Unavailable, "Check the address and the network, or try later."),
            _ when request.IsChange && answer.Outcome is AttemptOutcome.TimedOut or AttemptOutcome.Broken =>
                (CarrierFailure.TimedOut, ReadFirst),
            AttemptOutcome.TimedOut => (CarrierFailure.TimedOut, "Try later."),
            AttemptOutcome.Broken => (CarrierFailure.Unavailable, "Try later."),
            _ => (answer.Failure, answer.Advice),
        };
        string attempts = request.Attempts > 1
            ? string.Create(CultureInfo.InvariantCulture, $" to the last of {request.Attempts} attempts")
            : "";
        return new CarrierException(
            failure,
            $"Carrier, {request.What}: {answer.Found}{attempts}. {advice}".TrimEnd(),
            answer.ErrorCode,
            answer.Cause)
        {
            RetryAfter = answer.RetryAfter,
        };
    }

    /// <summary>An answer that was whole, but not of the form that was expected.</summary>
    public static CarrierException OfForm(JasperRequest request, string found, Exception? cause = null) => new(
        request.IsChange ? CarrierFailure.TimedOut : CarrierFailure.Unavailable,
        $"Carrier, {request.What}: {found} "
        + (request.IsChange ? ReadFirst : "Try later; if it stays so, the carrier has changed its answers."),
        innerException: cause);

    private static (AttemptOutcome Outcome, CarrierFailure Failure, string Advice) OfStatus(int status) => status switch
    {
        429 => (AttemptOutcome.Limited, CarrierFailure.Unavailable, ""),
        408 or 504 => (AttemptOutcome.TimedOut, CarrierFailure.TimedOut, ""),
        500 or 502 or 503 => (AttemptOutcome.Broken, CarrierFailure.Unavailable, ""),
        > 500 => (AttemptOutcome.Refused, CarrierFailure.Unavailable, "Try later."),
        401 or 403 => (AttemptOutcome.Refused, CarrierFailure.NotAllowed, "Correct the user name or the API key."),
        404 => (AttemptOutcome.Refused, CarrierFailure.NotFound, "Check the base address."),
        >= 300 and < 400 => (AttemptOutcome.Refused, CarrierFailure.NotAllowed,
            "Redirects are not followed: correct the base address."),
        _ => (AttemptOutcome.Refused, CarrierFailure.Refused, "Correct what was asked for."),
    };
}
