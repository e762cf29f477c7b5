using MimeKit;

namespace CarrierOptimization.Adapters.Smtp;

/// <summary>How the connection to the mail server is kept secret.</summary>
public enum SmtpSecurity
{
    /// <summary>Plain at first, then TLS; a server that does not offer it gets no mail.</summary>
    StartTls,

    /// <summary>TLS from the first byte, usually port 465.</summary>
    Tls,

    /// <summary>None: to this machine only.</summary>
    None,
}

/// <summary>The mail server. Amazon SES works with its SMTP address and SMTP credentials. See docs/mail.md.</summary>
public sealed record SmtpOptions
{
    /// <summary>Name or address of the mail server. <c>SMTP_HOST</c>.</summary>
    public string Host { get; init; } = "";

    /// <summary>1 to 65,535. <c>SMTP_PORT</c>.</summary>
    public int Port { get; init; } = 587;

    /// <summary>How the connection is kept secret. <c>SMTP_SECURITY</c>.</summary>
    public SmtpSecurity Security { get; init; } = SmtpSecurity.StartTls;

    /// <summary>Empty: no sign-in. <c>SMTP_USER</c>.</summary>
    public string User { get; init; } = "";

    /// <summary>Of the user. <c>SMTP_PASSWORD</c>.</summary>
    public string Password { get; init; } = "";

    /// <summary>Sender, as <c>name@example.com</c> or <c>Name &lt;name@example.com&gt;</c>. <c>MAIL_FROM</c>.</summary>
    public string From { get; init; } = "carrier-optimizer@localhost";

    /// <summary>PEM file with the authorities that the server's certificate must come from; empty: those of the machine.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>True to ask the authority whether the certificate was revoked; needs a way out to the authority.</summary>
    public bool ChecksRevocation { get; init; }

    /// <summary>Limit of each answer of the server, 1 to 120 s.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Limit of one attempt, 1 s to 4 min; a delivery's lease of 5 min must outlast it.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Without the password, so that the settings may be logged.</summary>
    public override string ToString() => $"SmtpOptions {{ Host = {Host}, Port = {Port}, Security = {Security} }}";

    /// <summary>Every setting that can't be used, as sentences without secrets; empty when all is well.</summary>
    public IReadOnlyList<string> Mistakes()
    {
        var mistakes = new List<string>();
        Check(Host.Length > 0 && Uri.CheckHostName(Host) != UriHostNameType.Unknown,
            $"Host is \"{Host}\"; expected the name of the mail server. Set SMTP_HOST.");
        Check(Port is >= 1 and <= 65_535, $"Port is {Port}; expected 1 to 65535. Set SMTP_PORT.");
        Check(Enum.IsDefined(Security), $"Security is {Security}; expected StartTls, Tls or None. Set SMTP_SECURITY.");
        Check(Security != SmtpSecurity.None || IsLoopback,
            $"Security is None and the mail server is {Host}; expected StartTls or Tls. None is for this machine only.");
        Check(User.Length == 0 == (Password.Length == 0), "User and Password: one is set and the other is not; set both or none.");
        Check(MailAddress.TryParse(From, out MailboxAddress? _), $"From is \"{From}\"; expected name@example.com. Set MAIL_FROM.");
        Check(CaFile.Length == 0 || File.Exists(CaFile), $"CaFile is \"{CaFile}\", which is not there; expected a PEM file.");
        Check(AnswerTimeout >= TimeSpan.FromSeconds(1) && AnswerTimeout <= TimeSpan.FromSeconds(120),
            $"AnswerTimeout is {AnswerTimeout}; expected 1 s to 120 s.");
        Check(AttemptTimeout >= TimeSpan.FromSeconds(1) && AttemptTimeout <= TimeSpan.FromMinutes(4),
            $"AttemptTimeout is {AttemptTimeout}; expected 1 s to 4 min.");
        return mistakes;

        void Check(bool isGood, string mistake)
        {
            if (!isGood)
            {
                mistakes.Add(mistake);
            }
        }
    }

    private bool IsLoopback => Host == "localhost"
        || (System.Net.IPAddress.TryParse(Host, out System.Net.IPAddress? address) && System.Net.IPAddress.IsLoopback(address));
}
