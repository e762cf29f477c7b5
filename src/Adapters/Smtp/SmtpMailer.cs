using System.Net.Sockets;
using CarrierOptimization.Pipeline.Mail;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace CarrierOptimization.Adapters.Smtp;

/// <summary>Hands mails to a mail server: one connection and one attempt per call. See docs/mail.md.</summary>
public sealed class SmtpMailer : IMailer, IDisposable
{
    private const int ShownCharactersMax = 200;

    private readonly SmtpOptions _options;
    private readonly MailboxAddress _from;
    private readonly TrustedAuthorities _authorities;
    private readonly TimeProvider _time;

    /// <exception cref="ArgumentException">The options have mistakes; names all.</exception>
    public SmtpMailer(SmtpOptions options, TimeProvider time)
    {
        if (options.Mistakes() is { Count: > 0 } mistakes)
        {
            throw new ArgumentException(string.Join(' ', mistakes), nameof(options));
        }

        _options = options;
        _time = time;
        _ = MailAddress.TryParse(options.From, out MailboxAddress? from);
        _from = from!;
        try
        {
            _authorities = new TrustedAuthorities(options.CaFile, options.ChecksRevocation);
        }
        catch (System.Security.Cryptography.CryptographicException failure)
        {
            throw new ArgumentException(
                $"CaFile {options.CaFile} can't be read as PEM: {failure.Message}", nameof(options), failure);
        }
    }

    /// <inheritdoc/>
    public async Task SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        using MimeMessage message = MimeComposition.Of(mail, _from, _time.GetUtcNow());
        using var limit = new CancellationTokenSource(_options.AttemptTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        using SmtpSession session = Session();
        try
        {
            await SendAsync(session, message, either.Token);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed($"did not take the mail within {_options.AttemptTimeout.TotalSeconds:0.#} s.", isPermanent: false, late);
        }
        catch (SmtpCommandException refusal)
        {
            throw Failed($"refused{WhomOf(refusal)}: {(int)refusal.StatusCode} {Shown(refusal.Message)}", IsPermanent(refusal), refusal);
        }
        catch (AuthenticationException refusal)
        {
            throw Failed(
                $"refused the sign-in: {Shown(refusal.Message)}. Check SMTP_USER and SMTP_PASSWORD.",
                refusal.InnerException is not SmtpCommandException command || IsPermanent(command),
                refusal);
        }
        catch (SslHandshakeException failure)
        {
            throw Failed(
                "has no certificate that this machine trusts for that name. Correct it there, or set the file of its authority.",
                isPermanent: false,
                failure);
        }
        catch (NotSupportedException missing)
        {
            throw Failed($"lacks what is needed: {Shown(missing.Message)}", isPermanent: true, missing);
        }
        catch (Exception failure) when (failure is SocketException or TimeoutException)
        {
            throw Failed(
                failure is TimeoutException ? "does not answer." : "can't be reached; is it running, and does the network let us through?",
                isPermanent: false,
                failure);
        }
        catch (Exception failure) when (failure is IOException or ServiceNotConnectedException or ProtocolException)
        {
            throw Failed($"broke off: {Shown(failure.Message)}", isPermanent: false, failure);
        }
    }

    public void Dispose() => _authorities.Dispose();

    /// <summary>What a server said, on one line and short.</summary>
    internal static string Shown(string text) =>
        string.Concat(text.Take(ShownCharactersMax).Select(letter => char.IsControl(letter) ? ' ' : letter)).Trim().TrimEnd('.');

    private SmtpSession Session() => new()
    {
        Timeout = (int)_options.AnswerTimeout.TotalMilliseconds,
        ServerCertificateValidationCallback = _authorities.Accepts,
        CheckCertificateRevocation = _options.ChecksRevocation,

        // Says nothing about this machine's name.
        LocalDomain = _from.Domain.Contains('.', StringComparison.Ordinal) ? _from.Domain : "localhost",
    };

    private async Task SendAsync(SmtpSession session, MimeMessage message, CancellationToken cancellationToken)
    {
        await session.ConnectAsync(_options.Host, _options.Port, SocketOptions(), cancellationToken);
        if (_options.User.Length > 0)
        {
            await session.AuthenticateAsync(_options.User, _options.Password, cancellationToken);
        }

        try
        {
            await session.SendAsync(message, cancellationToken);
        }
        catch (SmtpCommandException) when (session.Refused.Count == message.To.Count)
        {
            // Nobody is left to get it; said below with the answers of the server.
        }

        await LeaveAsync(session, cancellationToken);
        if (session.Refused.Count > 0)
        {
            int others = message.To.Count - session.Refused.Count;
            throw Failed(
                $"refused {string.Join(", ", session.Refused)}. "
                + (others > 0 ? $"The other {others} got the mail. " : "")
                + "Correct the recipients of the provider.",
                isPermanent: true);
        }
    }

    /// <summary>The mail is taken: what happens to the connection after that is no failure of it.</summary>
    private static async Task LeaveAsync(SmtpSession session, CancellationToken cancellationToken)
    {
        try
        {
            await session.DisconnectAsync(quit: true, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or ProtocolException or CommandException or SocketException
            or TimeoutException or OperationCanceledException or ServiceNotConnectedException)
        {
            // The server closed first, or is slow to say goodbye.
        }
    }

    private SecureSocketOptions SocketOptions() => _options.Security switch
    {
        SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
        SmtpSecurity.None => SecureSocketOptions.None,
        _ => SecureSocketOptions.StartTls,
    };

    private MailException Failed(string what, bool isPermanent, Exception? failure = null) =>
        new($"The mail server {_options.Host} {what}", isPermanent, failure);

    private static bool IsPermanent(SmtpCommandException refusal) => (int)refusal.StatusCode >= 500;

    private static string WhomOf(SmtpCommandException refusal) => refusal.ErrorCode switch
    {
        SmtpErrorCode.SenderNotAccepted => $" the sender {refusal.Mailbox?.Address}",
        SmtpErrorCode.RecipientNotAccepted => $" {refusal.Mailbox?.Address}",
        _ => " the mail",
    };
}
