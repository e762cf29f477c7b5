using System.Security.Cryptography;
using System.Text;
using CarrierOptimization.Adapters.Files;
using CarrierOptimization.Pipeline.Mail;
using MimeKit;

namespace CarrierOptimization.Adapters.Smtp;

/// <summary>Writes each mail as an .eml file, once per Message-ID: the default without a mail server.</summary>
public sealed class FolderMailer : IMailer
{
    private readonly string _folder;
    private readonly MailboxAddress _from;
    private readonly TimeProvider _time;

    /// <param name="folder">Made when missing.</param>
    /// <param name="from">Sender, as in <see cref="SmtpOptions.From"/>.</param>
    /// <exception cref="ArgumentException">The sender is not a mail address.</exception>
    public FolderMailer(string folder, string from, TimeProvider time)
    {
        _folder = folder;
        _time = time;
        _from = MailAddress.TryParse(from, out MailboxAddress? mailbox)
            ? mailbox
            : throw new ArgumentException($"\"{from}\" is not a mail address; expected name@example.com. Set MAIL_FROM.", nameof(from));
    }

    /// <summary>Where the mail of that Message-ID is written.</summary>
    public string PathOf(string messageId)
    {
        string name = string.Concat(messageId.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_' or '@'
            ? letter
            : '_'));

        // Two ids that differ in other letters only, or in case on some disks, keep two files.
        string mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(messageId)))[..8];
        return Path.Combine(_folder, $"{name}-{mark}.eml");
    }

    /// <inheritdoc/>
    public async Task SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        using MimeMessage message = MimeComposition.Of(mail, _from, _time.GetUtcNow());
        message.Prepare(EncodingConstraint.SevenBit);
        try
        {
            await OnceWrittenFile.WriteAsync(
                PathOf(mail.MessageId),
                (stream, token) => message.WriteToAsync(stream, token),
                cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new MailException($"The mail can't be written to {_folder}: {failure.Message}", isPermanent: false, failure);
        }
    }
}
