namespace CarrierOptimization.Pipeline.Mail;

/// <summary>What a code means for people: a title, and what they do about it.</summary>
/// <param name="Title">Follows the name of the provider.</param>
public sealed record MailAdvice(string Title, string WhatToDo)
{
    private static readonly MailAdvice Unknown = new(
        "the optimization needs attention",
        "Look at the session on the dashboard. Start a run once the cause is mended.");

    private static readonly Dictionary<string, MailAdvice> Known = new()
    {
        ["InvalidRatePlan"] = new(
            "a rate plan has no valid price",
            "Correct the overage rate and the data per overage charge at the carrier, or mark the plan unlimited. Then start a run."),
        ["RatePlanValidationFailed"] = new(
            "the rate plans can't be used",
            "Correct the plans named above at the carrier or in the plan mapping. Then start a run."),
        ["NoCommGroups"] = new(
            "no SIM can be optimised",
            "Map the communication plans to the rate plans that their SIMs may use (cco plans map). Then start a run."),
        ["GroupingFailed"] = new(
            "the SIMs could not be grouped",
            "If the database was away, start a run. If it happens again, send this mail to your support."),
        ["SyncFailed"] = new(
            "the carrier could not be read",
            "Check address, user and key of the provider, and whether the carrier has an outage. Then start a run."),
        ["SyncIncomplete"] = new(
            "the inventory of the carrier is incomplete",
            "Too much is missing to optimise on. Wait until the carrier reports again, then start a run with a full sync."),
        ["CarrierRefused"] = new(
            "the carrier refuses the sign-in or a call",
            "Check user, key and rights of the API user at the carrier, and store a new key with cco providers set."),
        ["DatabaseLost"] = new(
            "the database could not be reached",
            "Check that the database runs and has room. Unfinished sessions go on by themselves once it answers."),
        ["OptimizationFailed"] = new(
            "a part of the SIMs could not be optimised",
            "The other parts are finished and reported; these SIMs keep their plans. Start a run to try again."),
        ["CleanupFailed"] = new(
            "the result could not be reported",
            "Check that the report folder can be written to and has room. Then start a run."),
        ["StageTimeout"] = new(
            "the run took too long and was ended",
            "Check that workers are running and the carrier answers. Then start a run."),
        ["NoGo"] = new(
            "the changes don't fit in the time left",
            "Nothing was pushed. The report lists the changes, largest saving first: the first ones can be made by hand at the carrier. "
            + "To have the best part pushed by itself next time, switch PartialUpdates on."),
        ["Cancelled"] = new(
            "the run was cancelled",
            "Nothing to do if that was meant. Otherwise start a run."),
        ["StartFailed"] = new(
            "a run could not be started",
            "Correct the settings of the provider, then start a run."),
        ["UnexpectedDeviceCount"] = new(
            "the number of SIMs is not as expected",
            "If the new number is right, set ExpectedDevices to it. Otherwise check the account at the carrier."),
        ["number of SIMs"] = new(
            "the number of SIMs is not as expected",
            "If the new number is right, nothing is to be done. Otherwise check the account at the carrier before changes are pushed."),
        ["new communication plans"] = new(
            "new communication plans are not mapped",
            "Say which rate plans their SIMs may use: cco plans map. The next run then optimises them."),
        ["a second start was refused"] = new(
            "a second start was refused",
            "Nothing is lost: the run under way continues. Start again once it has ended, if still needed."),
    };

    /// <summary>The advice for a code of an error trigger or the subject of a warning; a general one for others.</summary>
    public static MailAdvice Of(string code) => Known.GetValueOrDefault(code, Unknown);
}
