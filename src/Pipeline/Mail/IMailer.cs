namespace CarrierOptimization.Pipeline.Mail;

/// <summary>Hands one mail to an SMTP server or writes it to a folder. One attempt; the delivery decides about the next.</summary>
public interface IMailer
{
    /// <exception cref="MailException">Not accepted; <see cref="MailException.IsPermanent"/> says whether to try again.</exception>
    Task SendAsync(OutgoingMail mail, CancellationToken cancellationToken);
}

/// <summary>A mail on its way.</summary>
/// <param name="MessageId">The same for every attempt, for the <c>Message-ID</c> header: receivers drop doubles by it.</param>
/// <param name="To">Addresses; at least one.</param>
/// <param name="Html">Encoded already: no value of outside stands in it as it came.</param>
/// <param name="Attachments">Files by full path; small enough to attach.</param>
public sealed record OutgoingMail(
    string MessageId,
    IReadOnlyList<string> To,
    string Subject,
    string Text,
    string Html,
    IReadOnlyList<MailAttachment> Attachments);

/// <summary>A file that goes with a mail.</summary>
/// <param name="Name">As the receiver sees it.</param>
/// <param name="Path">Where it lies, for the file store.</param>
public sealed record MailAttachment(string Name, string Path);

/// <summary>The mail server did not accept a mail.</summary>
/// <param name="isPermanent">True for a refusal that no repetition will change (5yz).</param>
public sealed class MailException(string message, bool isPermanent, Exception? innerException = null)
    : Exception(message, innerException)
{
    public bool IsPermanent { get; } = isPermanent;
}
