using CarrierOptimization.Pipeline.Carrier;

namespace CarrierOptimization.Pipeline.GetDevices;

/// <summary>Why a sync can't go on.</summary>
/// <param name="Code">Short and stable, stands in triggers and mails.</param>
/// <param name="Message">What was found and what to do.</param>
public sealed record SyncFailure(string Code, string Message)
{
    public const string Failed = "SyncFailed";
    public const string Refused = "CarrierRefused";
    public const string TimedOut = "CarrierTimedOut";
    public const string Incomplete = "SyncIncomplete";

    private const string Separator = ": ";

    /// <summary>What a failed call means for the sync.</summary>
    public static SyncFailure Of(CarrierException failure) => new(
        failure.Failure switch
        {
            CarrierFailure.TimedOut => TimedOut,
            CarrierFailure.Unavailable => Failed,
            _ => Refused,
        },
        failure.Message);

    /// <summary>The same failure with the code in front, so that it is known again when the attempts are used up.</summary>
    public static CarrierException Marked(CarrierException failure) =>
        new(failure.Failure, Of(failure).Code + Separator + failure.Message, failure.ErrorCode, failure)
        {
            RetryAfter = failure.RetryAfter,
        };

    /// <summary>What the last of several attempts meant.</summary>
    /// <param name="lastError">From <see cref="Marked"/>, or of anything else that went wrong.</param>
    public static SyncFailure Read(string lastError)
    {
        foreach (string code in (string[])[TimedOut, Refused, Failed])
        {
            int at = lastError.IndexOf(code + Separator, StringComparison.Ordinal);
            if (at >= 0)
            {
                return new SyncFailure(code, Advised(lastError[(at + code.Length + Separator.Length)..]));
            }
        }

        return new SyncFailure(Failed, Advised(lastError));
    }

    private static string Advised(string what) =>
        $"The devices could not be read: {what.TrimEnd()} No rate plan was changed. The next run reads them again.";
}
