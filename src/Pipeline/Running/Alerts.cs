using CarrierOptimization.Pipeline.Mail;

namespace CarrierOptimization.Pipeline.Running;

/// <summary>The mails that go with an error trigger or a warning.</summary>
public static class Alerts
{
    /// <summary>One alert per session and code.</summary>
    /// <param name="details">Numbers that explain it; <c>null</c> for none.</param>
    public static MailRequest Of(
        SessionHeader session, string stage, string code, string message, IReadOnlyList<MailFact>? details = null) => Request(
        session,
        $"alert/{session.SessionId}/{code}",
        "Alert",
        NoticeText.Alert(new NoticeFacts(AboutOf(session), code, message, stage, details)));

    /// <summary>Something people should know while the session goes on: one mail per session and subject.</summary>
    /// <param name="subject">A few words; also the key.</param>
    public static MailRequest Warning(SessionHeader session, string subject, string message) => Request(
        session,
        $"warning/{session.SessionId}/{subject}",
        "Warning",
        NoticeText.Warning(new NoticeFacts(AboutOf(session), subject, message)));

    /// <summary>What every mail of a session says about it.</summary>
    /// <param name="page">Where people see the session; <c>null</c> when there is no page.</param>
    public static MailAbout AboutOf(SessionHeader session, Uri? page = null)
    {
        TimeZoneInfo zone = TimeZoneInfo.TryFindSystemTimeZoneById(session.Settings.TimeZone, out TimeZoneInfo? known)
            ? known
            : TimeZoneInfo.Utc;
        return new MailAbout(
            session.ProviderName, session.SessionId, TimeZoneInfo.ConvertTime(session.PeriodStart, zone),
            TimeZoneInfo.ConvertTime(session.PeriodEnd, zone), page);
    }

    private static MailRequest Request(SessionHeader session, string key, string kind, MailText mail) =>
        new(key, kind, session.Settings.Recipients, mail.Subject, mail.Text, mail.Html, []);
}
