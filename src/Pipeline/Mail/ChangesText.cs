using System.Globalization;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Pipeline.Mail;

/// <summary>What became of the changes that were pushed.</summary>
/// <param name="Saving">Of the verified changes, for the period.</param>
/// <param name="Skipped">Left alone because somebody else had moved the SIM.</param>
/// <param name="NotReached">Left when the time was over.</param>
/// <param name="Problems">Failed and skipped ones, the first few.</param>
public sealed record ChangesFacts(
    MailAbout About,
    string Currency,
    Money Saving,
    int Verified,
    int Failed,
    int Skipped,
    int NotReached,
    IReadOnlyList<ChangeProblem> Problems);

/// <summary>A change that was not made, and why.</summary>
public sealed record ChangeProblem(string Iccid, string To, string Why);

/// <summary>The mail after changes were pushed and read back.</summary>
public static class ChangesText
{
    private const int RowsMax = 20;

    public static MailText Compose(ChangesFacts facts)
    {
        int open = facts.Failed + facts.Skipped + facts.NotReached;
        string title = open == 0
            ? Text($"{facts.About.ProviderName}: all {facts.Verified:N0} changes are made and verified")
            : Text($"{facts.About.ProviderName}: {facts.Verified:N0} changes are made and verified, {open:N0} are not");
        MailPage page = new MailPage(open == 0 ? MailTone.Good : MailTone.Warning, "Rate plan changes", title)
            .Figures(
            [
                new("Verified", Text($"{facts.Verified:N0}")),
                new("Not made", Text($"{open:N0}")),
                new("Saving of the verified", facts.Saving.ToDisplay(facts.Currency)),
            ])
            .Facts(
            [
                new("Failed", Text($"{facts.Failed:N0}, refused by the carrier or not seen when read back")),
                new("Skipped", Text($"{facts.Skipped:N0}, because the SIM was moved by somebody else meanwhile")),
                new("Not reached", Text($"{facts.NotReached:N0}, because the time for changes was over")),
            ])
            .Link("Open the session", facts.About.Page);
        if (facts.Problems.Count > 0)
        {
            page.Heading("Not made").Table(
                [new("SIM"), new("To"), new("Why")],
                [.. facts.Problems.Select(problem => new[] { problem.Iccid, problem.To, problem.Why })],
                RowsMax,
                "the session lists all");
        }

        return page.Finish(
            $"Carrier Optimizer: {title}", $"{facts.Saving.ToDisplay(facts.Currency)} saved this period.", facts.About.Facts);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
