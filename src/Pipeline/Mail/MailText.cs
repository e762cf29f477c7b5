using System.Globalization;

namespace CarrierOptimization.Pipeline.Mail;

/// <summary>What a mail says, ready to be recorded and sent.</summary>
/// <param name="Html">A whole page; every value from outside is encoded.</param>
public sealed record MailText(string Subject, string Text, string Html);

/// <summary>What every mail says about where it comes from.</summary>
/// <param name="PeriodStart">Shown as the date it has in its own offset.</param>
/// <param name="Page">Where people see the session; only http and https become links. <c>null</c> when there is no page.</param>
public sealed record MailAbout(
    string ProviderName, long SessionId, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd, Uri? Page = null)
{
    internal string Period => string.Create(CultureInfo.InvariantCulture, $"{PeriodStart:yyyy-MM-dd} to {PeriodEnd:yyyy-MM-dd}");

    internal IReadOnlyList<MailFact> Facts =>
    [
        new("Provider", ProviderName),
        new("Billing period", Period),
        new("Session", SessionId.ToString(CultureInfo.InvariantCulture)),
    ];
}

/// <summary>A name and its value, one line of a list of facts.</summary>
public sealed record MailFact(string Name, string Value);

/// <summary>The colour a mail has at its top.</summary>
internal enum MailTone
{
    Good,
    Calm,
    Warning,
    Alert,
}
