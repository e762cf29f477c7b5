using System.Text.Json;
using CarrierOptimization.Pipeline.Carrier;

namespace CarrierOptimization.Adapters.Jasper;

/// <summary>One call, with all its attempts.</summary>
/// <param name="What">For messages, for example <c>details of SIM 8988...</c>.</param>
/// <param name="Path">Below the base address, with its parameters.</param>
/// <param name="Body">Of a PUT; <c>null</c> makes it a GET.</param>
internal sealed record JasperRequest(JasperCall Call, string What, string Path, byte[]? Body = null)
{
    public bool IsChange => Body is not null;

    /// <summary>Attempts begun so far.</summary>
    public int Attempts { get; set; }

    /// <summary>When the first attempt began, as a time stamp.</summary>
    public long FirstBegun { get; set; }
}

/// <summary>What became of one attempt, as far as it decides whether there is another.</summary>
internal enum AttemptOutcome
{
    /// <summary>Answered as asked.</summary>
    Done,

    /// <summary>Refused by the rate limit: surely not done, whatever it was.</summary>
    Limited,

    /// <summary>No connection: the carrier never saw the call.</summary>
    NotSent,

    /// <summary>No answer in time, or the carrier gave up waiting within its own house. It may have been done.</summary>
    TimedOut,

    /// <summary>5xx, a broken connection, or an answer that is not whole. It may have been done.</summary>
    Broken,

    /// <summary>Refused: another attempt ends the same way.</summary>
    Refused,
}

/// <summary>One attempt's answer.</summary>
/// <param name="Found">What was found, for the message: <c>answered 500 "Unknown server error" (code 30000001)</c>.</param>
internal sealed record JasperAnswer(AttemptOutcome Outcome, string Found)
{
    /// <summary>Status of the answer; 0 when there was none.</summary>
    public int Status { get; init; }

    /// <summary>The body, when <see cref="Outcome"/> is done.</summary>
    public JsonElement Body { get; init; }

    /// <summary>The carrier's code, if it gave one.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>The carrier's own words, not yet fit to be shown.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>The carrier asked to wait this long.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What follows from a refusal.</summary>
    public CarrierFailure Failure { get; init; }

    /// <summary>What a person can do about a refusal, a sentence.</summary>
    public string Advice { get; init; } = "";

    public Exception? Cause { get; init; }
}
