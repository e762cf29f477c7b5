using System.Globalization;
using System.Net;

namespace CarrierOptimization.Pipeline.Running;

/// <summary>The mails that go with an error trigger or a warning.</summary>
public static class Alerts
{
    /// <summary>One alert per session and code.</summary>
    public static MailRequest Of(SessionHeader session, string stage, string code, string message) => Write(
        session, $"alert/{session.SessionId}/{code}", "Alert", code, message, $"Stage: {stage}\nCode: {code}");

    /// <summary>Something people should know while the session goes on: one mail per session and subject.</summary>
    /// <param name="subject">A few words; also the key.</param>
    public static MailRequest Warning(SessionHeader session, string subject, string message) => Write(
        session, $"warning/{session.SessionId}/{subject}", "Warning", subject, message, null);

    private static MailRequest Write(
        SessionHeader session, string key, string kind, string subject, string message, string? more)
    {
        string period = string.Create(
            CultureInfo.InvariantCulture, $"{session.PeriodStart:yyyy-MM-dd} to {session.PeriodEnd:yyyy-MM-dd}");
        string about = $"Provider: {session.ProviderName}\nBilling period: {period}\nSession: {session.SessionId}"
            + (more is null ? "" : "\n" + more);
        return new MailRequest(
            key,
            kind,
            session.Settings.Recipients,
            $"Carrier Optimizer: {session.ProviderName}: {subject}",
            $"{message}\n\n{about}\n",
            $"<p>{Html(message)}</p><p>{Html(about)}</p>",
            []);
    }

    private static string Html(string text) => WebUtility.HtmlEncode(text).Replace("\n", "<br>", StringComparison.Ordinal);
}
