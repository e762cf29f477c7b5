using MailKit.Net.Smtp;
using MimeKit;

namespace CarrierOptimization.Adapters.Smtp;

/// <summary>One connection for one mail, that remembers which recipients the server refused.</summary>
/// <remarks>
/// One recipient refused for good (5yz) does not keep the mail from the others. One refused for now (4yz) stops the mail before
/// it is sent, so that the next attempt sends no doubles.
/// </remarks>
internal sealed class SmtpSession : SmtpClient
{
    private readonly List<string> _refused = [];

    /// <summary>Each with what the server said.</summary>
    public IReadOnlyList<string> Refused => _refused;

    protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
    {
        if ((int)response.StatusCode < 500)
        {
            base.OnRecipientNotAccepted(message, mailbox, response);
        }

        _refused.Add($"{mailbox.Address} ({(int)response.StatusCode} {SmtpMailer.Shown(response.Response)})");
    }
}
