using System.Globalization;
using System.Net;
using System.Text;
using CarrierOptimization.Pipeline.Mail;
using CarrierOptimization.Pipeline.Running;

namespace CarrierOptimization.Pipeline.OptimizerCleanup;

/// <summary>What the mail about a result says.</summary>
/// <param name="ReportLink">Where the report is seen.</param>
/// <param name="Report">The file to attach; <c>null</c> when it is too large.</param>
/// <param name="Changes">How the changes were decided.</param>
public sealed record ResultMailFacts(
    SessionHeader Session, InstanceResult Result, string ReportLink, MailAttachment? Report, GoNoGoResult Changes);

/// <summary>The mail about a result.</summary>
public static class ResultMail
{
    public static MailRequest Of(ResultMailFacts facts)
    {
        SessionHeader session = facts.Session;
        ReportCosts costs = facts.Result.Costs;
        (string Name, string Value)[] lines = [.. Lines(facts)];
        string period = Text($"{session.PeriodStart:yyyy-MM-dd} to {session.PeriodEnd:yyyy-MM-dd}");
        string title = $"{session.ProviderName}, {period}: {costs.Saving.ToDisplay(costs.Currency)} can be saved";
        var text = new StringBuilder(title).Append("\n\n");
        var html = new StringBuilder("<h1>").Append(WebUtility.HtmlEncode(title)).Append("</h1><table>");
        foreach ((string name, string value) in lines)
        {
            text.Append(name).Append(": ").Append(value).Append('\n');
            html.Append("<tr><th align=\"left\">").Append(WebUtility.HtmlEncode(name)).Append("</th><td>")
                .Append(WebUtility.HtmlEncode(value)).Append("</td></tr>");
        }

        return new MailRequest(
            $"result/{session.SessionId}", "Result", session.Settings.Recipients, "Carrier Optimizer: " + title, text.ToString(),
            html.Append("</table>").ToString(), facts.Report is { } report ? [report] : []);
    }

    private static IEnumerable<(string Name, string Value)> Lines(ResultMailFacts facts)
    {
        ReportCosts costs = facts.Result.Costs;
        ReportCounts counts = facts.Result.Counts;
        yield return ("Session", facts.Session.SessionId.ToString(CultureInfo.InvariantCulture));
        yield return ("SIMs", Text($"{counts.Read:N0} read = {counts.Optimised:N0} optimised + {counts.Excluded:N0} excluded"));
        yield return ("Current cost", costs.Current.ToDisplay(costs.Currency));
        yield return ("Optimal cost", costs.Optimal.ToDisplay(costs.Currency));
        yield return ("Saving", Text($"{costs.Saving.ToDisplay(costs.Currency)} ({costs.SavingShare * 100:0.00} %)"));
        yield return ("Lower bound", costs.LowerBound.ToDisplay(costs.Currency) + (costs.ProvenOptimal ? ", proven optimal" : ""));
        yield return ("Changes", Text($"{counts.Changed:N0}. {facts.Changes.Why}"));
        foreach (string failure in facts.Result.Failures)
        {
            yield return ("Missing", failure);
        }

        yield return ("Report", facts.Report is null ? facts.ReportLink : "attached, and at " + facts.ReportLink);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
