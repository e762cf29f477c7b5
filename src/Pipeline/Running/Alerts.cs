using System.Globalization;
using System.Net;

namespace CarrierOptimization.Pipeline.Running;

/// <summary>The mail that goes with an error trigger.</summary>
public static class Alerts
{
    /// <summary>One alert per session and code.</summary>
    public static MailRequest Of(SessionHeader session, string stage, string code, string message)
    {
        string period = string.Create(
            CultureInfo.InvariantCulture, $"{session.PeriodStart:yyyy-MM-dd} to {session.PeriodEnd:yyyy-MM-dd}");
        string text = $"{message}\n\nProvider: {session.ProviderName}\nBilling period: {period}\nSession: {session.SessionId}\n"
            + $"Stage: {stage}\nCode: {code}\n";
        string html = $"<p>{WebUtility.HtmlEncode(message)}</p><p>Provider: {WebUtility.HtmlEncode(session.ProviderName)}<br>"
            + $"Billing period: {period}<br>Session: {session.SessionId}<br>Stage: {stage}<br>Code: {code}</p>";
        return new MailRequest(
            $"alert/{session.SessionId}/{code}",
            "Alert",
            session.Settings.Recipients,
            $"Carrier Optimizer: {session.ProviderName}: {code}",
            text,
            html,
            []);
    }
}
