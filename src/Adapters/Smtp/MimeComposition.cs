using System.Text.RegularExpressions;
using CarrierOptimization.Pipeline.Mail;
using MimeKit;
using MimeKit.Text;

namespace CarrierOptimization.Adapters.Smtp;

/// <summary>Makes the message that travels: headers that nothing can be smuggled into, text, HTML, attachments from disk.</summary>
internal static partial class MimeComposition
{
    /// <summary>Longest subject; RFC 5322 folds longer ones, people don't read them.</summary>
    private const int SubjectLengthMax = 200;

    /// <summary>The message; dispose it, for it holds the attachments open.</summary>
    /// <exception cref="MailException">An address or the Message-ID is malformed, or an attachment is not there.</exception>
    public static MimeMessage Of(OutgoingMail mail, MailboxAddress from, DateTimeOffset now)
    {
        if (mail.To.Count == 0)
        {
            throw new MailException("The mail has no recipient; name one in the provider's settings.", isPermanent: true);
        }

        var message = new MimeMessage();
        try
        {
            Fill(message, mail, from, now);
            return message;
        }
        catch (MailException)
        {
            message.Dispose();
            throw;
        }
    }

    private static void Fill(MimeMessage message, OutgoingMail mail, MailboxAddress from, DateTimeOffset now)
    {
        message.MessageId = MessageIdOf(mail.MessageId);
        message.Date = now;
        message.Subject = OneLine(mail.Subject, SubjectLengthMax);
        message.From.Add(from);
        foreach (string address in mail.To)
        {
            message.To.Add(MailAddress.TryParse(address, out MailboxAddress? mailbox)
                ? mailbox
                : throw new MailException(
                    $"\"{OneLine(address, SubjectLengthMax)}\" is not a mail address; expected name@example.com. "
                    + "Correct the recipients of the provider.",
                    isPermanent: true));
        }

        // RFC 3834: no holiday notices in answer.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        var alternative = new MultipartAlternative
        {
            new TextPart(TextFormat.Plain) { Text = mail.Text },
            new TextPart(TextFormat.Html) { Text = mail.Html },
        };
        if (mail.Attachments.Count == 0)
        {
            message.Body = alternative;
            return;
        }

        // The message owns the parts from here on: one attachment that is not there closes the others.
        var mixed = new Multipart("mixed") { alternative };
        message.Body = mixed;
        foreach (MailAttachment attachment in mail.Attachments)
        {
            mixed.Add(PartOf(attachment));
        }
    }

    private static MimePart PartOf(MailAttachment attachment)
    {
        string name = OneLine(attachment.Name, SubjectLengthMax).Replace('/', '_').Replace('\\', '_');
        return new MimePart(MimeTypes.GetMimeType(name))
        {
            Content = new MimeContent(Open(attachment)),
            ContentDisposition = new ContentDisposition(ContentDisposition.Attachment),
            ContentTransferEncoding = ContentEncoding.Base64,
            FileName = name,
        };
    }

    private static FileStream Open(MailAttachment attachment)
    {
        try
        {
            return new FileStream(attachment.Path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new MailException(
                $"The attachment {OneLine(attachment.Name, SubjectLengthMax)} is no longer at {attachment.Path}.", isPermanent: true, failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new MailException(
                $"The attachment {OneLine(attachment.Name, SubjectLengthMax)} can't be read: {failure.Message}", isPermanent: false, failure);
        }
    }

    private static string MessageIdOf(string id) => MessageId().IsMatch(id)
        ? id
        : throw new MailException(
            $"The Message-ID \"{OneLine(id, SubjectLengthMax)}\" can't stand in a header; expected letters, digits and dots, @ and a domain.",
            isPermanent: true);

    private static string OneLine(string text, int lengthMax)
    {
        string line = string.Concat(text.Take(lengthMax).Select(letter => char.IsControl(letter) ? ' ' : letter)).Trim();
        return line.Length > 0 && char.IsHighSurrogate(line[^1]) ? line[..^1] : line;
    }

    /// <summary>The part inside the angle brackets, of RFC 5322's dot-atoms.</summary>
    [GeneratedRegex(@"\A[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,128}@[A-Za-z0-9.-]{1,100}\z")]
    private static partial Regex MessageId();
}
