using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using CarrierOptimization.Adapters.Smtp;
using CarrierOptimization.Pipeline.Mail;
using MimeKit;
using Xunit;

namespace CarrierOptimization.Adapters.Tests.Smtp;

/// <summary>Against a real mail server in another process.</summary>
public sealed class SmtpMailerTests : IDisposable
{
    private const string User = "AKIAEXAMPLE";
    private const string Password = "s3cret/with+signs=";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cco-smtp-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_mail_arrives_as_text_and_HTML()
    {
        await using RunningMailServer server = await RunningMailServer.StartAsync();
        using SmtpMailer mailer = Plain(server);

        await mailer.SendAsync(Mail("ops@example.com", "second@example.com"), Token);

        TakenMail taken = await server.NextAsync();
        Assert.Equal("cco@example.com", taken.From);
        Assert.Equal(["ops@example.com", "second@example.com"], taken.To);
        MimeMessage message = taken.Read();
        Assert.Equal("result.17@carrier-optimizer", message.MessageId);
        Assert.Equal("Saving found", message.Subject);
        Assert.Equal("Hello.", message.TextBody!.TrimEnd());
        Assert.Equal("<p>Hello.</p>", message.HtmlBody!.TrimEnd());
        Assert.Equal("multipart/alternative", message.Body!.ContentType.MimeType);
        Assert.Equal("auto-generated", message.Headers["Auto-Submitted"]);
    }

    [Fact]
    public async Task The_message_id_is_the_same_for_every_attempt()
    {
        await using RunningMailServer server = await RunningMailServer.StartAsync();
        using SmtpMailer mailer = Plain(server);

        await mailer.SendAsync(Mail("ops@example.com"), Token);
        await mailer.SendAsync(Mail("ops@example.com"), Token);

        Assert.Equal((await server.NextAsync()).Read().MessageId, (await server.NextAsync()).Read().MessageId);
    }

    [Theory]
    [InlineData("start", SmtpSecurity.StartTls)]
    [InlineData("implicit", SmtpSecurity.Tls)]
    public async Task With_TLS_the_authority_of_the_file_is_trusted_and_the_password_goes_encrypted(string tls, SmtpSecurity security)
    {
        var certificates = new TestCertificates(_folder);
        await using RunningMailServer server = await RunningMailServer.StartAsync(certificates.Arguments(tls));
        using var mailer = new SmtpMailer(Secure(server, security) with { CaFile = certificates.CaFile }, TimeProvider.System);

        await mailer.SendAsync(Mail("ops@example.com"), Token);

        Assert.True((await server.NextAsync()).IsEncrypted);
    }

    [Fact]
    public async Task A_user_signs_in_over_STARTTLS()
    {
        var certificates = new TestCertificates(_folder);
        await using RunningMailServer server = await RunningMailServer.StartAsync(
            [.. certificates.Arguments("start"), "--user", User, "--password", Password]);
        using var mailer = new SmtpMailer(
            Secure(server, SmtpSecurity.StartTls) with { CaFile = certificates.CaFile, User = User, Password = Password },
            TimeProvider.System);

        await mailer.SendAsync(Mail("ops@example.com"), Token);

        TakenMail taken = await server.NextAsync();
        Assert.Equal((true, User), (taken.IsEncrypted, taken.User));
    }

    [Theory]
    [InlineData("wrong", true)]
    [InlineData("overloaded", false)]
    public async Task A_refused_sign_in_is_said_without_the_password(string password, bool isPermanent)
    {
        var certificates = new TestCertificates(_folder);
        await using RunningMailServer server = await RunningMailServer.StartAsync(
            [.. certificates.Arguments("start"), "--user", User, "--password", Password]);
        using var mailer = new SmtpMailer(
            Secure(server, SmtpSecurity.StartTls) with { CaFile = certificates.CaFile, User = User, Password = password },
            TimeProvider.System);

        MailException failure = await Refused(mailer, Mail("ops@example.com"));

        Assert.Equal(isPermanent, failure.IsPermanent);
        Assert.Contains("refused the sign-in", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(password, failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(password)), failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost", false)]
    [InlineData("other.example.com", true)]
    public async Task A_certificate_that_is_not_trusted_or_of_another_name_gets_no_mail(string name, bool isTrusted)
    {
        var certificates = new TestCertificates(_folder, name);
        await using RunningMailServer server = await RunningMailServer.StartAsync(certificates.Arguments("start"));
        using var mailer = new SmtpMailer(
            Secure(server, SmtpSecurity.StartTls) with { CaFile = isTrusted ? certificates.CaFile : "" }, TimeProvider.System);

        MailException failure = await Refused(mailer, Mail("ops@example.com"));

        Assert.Contains("no certificate that this machine trusts", failure.Message, StringComparison.Ordinal);
        Assert.Empty(await server.StopAsync());
    }

    [Fact]
    public async Task A_server_without_STARTTLS_gets_no_mail()
    {
        await using RunningMailServer server = await RunningMailServer.StartAsync();
        using var mailer = new SmtpMailer(Secure(server, SmtpSecurity.StartTls), TimeProvider.System);

        MailException failure = await Refused(mailer, Mail("ops@example.com"));

        Assert.True(failure.IsPermanent, failure.Message);
        Assert.Contains("STARTTLS", failure.Message, StringComparison.Ordinal);
        Assert.Empty(await server.StopAsync());
    }

    [Theory]
    [InlineData("refused", true, "refused refused@example.com (550 5.1.1 no such mailbox)")]
    [InlineData("later", false, "refused later@example.com: 451 4.3.0 try again later")]
    [InlineData("nodata", true, "refused the mail: 554 5.6.0 content refused")]
    [InlineData("busydata", false, "refused the mail: 452 4.3.1 disk full")]
    public async Task A_refusal_says_what_the_server_said_and_whether_to_try_again(string recipient, bool isPermanent, string said)
    {
        await using RunningMailServer server = await RunningMailServer.StartAsync();
        using SmtpMailer mailer = Plain(server);

        MailException failure = await Refused(mailer, Mail($"{recipient}@example.com"));

        Assert.Contains(said, failure.Message, StringComparison.Ordinal);
        Assert.Equal(isPermanent, failure.IsPermanent);
        Assert.Empty(await server.StopAsync());
    }

    [Fact]
    public async Task One_recipient_refused_for_good_does_not_keep_the_mail_from_the_others()
    {
        await using RunningMailServer server = await RunningMailServer.StartAsync();
        using SmtpMailer mailer = Plain(server);

        MailException failure = await Refused(mailer, Mail("refused@example.com", "ops@example.com"));

        Assert.True(failure.IsPermanent);
        Assert.Contains("refused@example.com", failure.Message, StringComparison.Ordinal);
        Assert.Contains("The other 1 got the mail", failure.Message, StringComparison.Ordinal);
        Assert.Equal(["ops@example.com"], (await server.NextAsync()).To);
    }

    [Fact]
    public async Task One_recipient_refused_for_now_stops_the_mail_before_anybody_gets_it()
    {
        await using RunningMailServer server = await RunningMailServer.StartAsync();
        using SmtpMailer mailer = Plain(server);

        MailException failure = await Refused(mailer, Mail("ops@example.com", "greylist@example.com"));

        Assert.False(failure.IsPermanent);
        Assert.Empty(await server.StopAsync());
    }

    [Theory]
    [InlineData("drop")]
    [InlineData("dropafter")]
    public async Task A_connection_that_breaks_in_the_middle_is_tried_again(string recipient)
    {
        await using RunningMailServer server = await RunningMailServer.StartAsync();
        using SmtpMailer mailer = Plain(server);

        MailException failure = await Refused(mailer, Mail($"{recipient}@example.com"));

        Assert.False(failure.IsPermanent, failure.Message);
    }

    [Fact]
    public async Task Nobody_listening_is_tried_again()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var mailer = new SmtpMailer(PlainOptions(port), TimeProvider.System);

        MailException failure = await Refused(mailer, Mail("ops@example.com"));

        Assert.False(failure.IsPermanent);
        Assert.Contains("can't be reached", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_stays_silent_is_given_up_after_the_limit()
    {
        await using RunningMailServer server = await RunningMailServer.StartAsync();
        using var mailer = new SmtpMailer(
            PlainOptions(server.Port) with { AttemptTimeout = TimeSpan.FromSeconds(1) }, TimeProvider.System);

        MailException failure = await Refused(mailer, Mail("silent@example.com"));

        Assert.False(failure.IsPermanent);
        Assert.Contains("within 1 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_answers_too_late_is_given_up_before_the_limit_of_the_attempt()
    {
        await using RunningMailServer server = await RunningMailServer.StartAsync();
        using var mailer = new SmtpMailer(
            PlainOptions(server.Port) with { AnswerTimeout = TimeSpan.FromSeconds(1) }, TimeProvider.System);

        MailException failure = await Refused(mailer, Mail("silent@example.com"));

        Assert.False(failure.IsPermanent);
        Assert.Contains("does not answer", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_is_not_a_failure_of_the_mail()
    {
        await using RunningMailServer server = await RunningMailServer.StartAsync();
        using SmtpMailer mailer = Plain(server);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => mailer.SendAsync(Mail("silent@example.com"), stop.Token));
    }

    [Fact]
    public async Task A_big_attachment_arrives_byte_for_byte_under_its_name()
    {
        byte[] content = new byte[12_000_000];
        new Random(5).NextBytes(content);
        string path = Path.Combine(_folder.FullName, "report-17.xlsx");
        await File.WriteAllBytesAsync(path, content, Token);
        await using RunningMailServer server = await RunningMailServer.StartAsync();
        using SmtpMailer mailer = Plain(server);

        await mailer.SendAsync(Mail("ops@example.com") with { Attachments = [new MailAttachment("Übersicht 05.xlsx", path)] }, Token);

        MimePart part = Assert.IsType<MimePart>(Assert.Single((await server.NextAsync()).Read().Attachments), exactMatch: false);
        Assert.Equal("Übersicht 05.xlsx", part.FileName);
        Assert.Equal("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", part.ContentType.MimeType);
        using var received = new MemoryStream();
        await part.Content!.DecodeToAsync(received, Token);
        Assert.Equal(SHA256.HashData(content), SHA256.HashData(received.ToArray()));
    }

    [Fact]
    public async Task A_mail_above_the_limit_of_the_server_is_refused_for_good()
    {
        string path = Path.Combine(_folder.FullName, "big.csv");
        await File.WriteAllBytesAsync(path, new byte[200_000], Token);
        await using RunningMailServer server = await RunningMailServer.StartAsync("--size", "100000");
        using SmtpMailer mailer = Plain(server);

        MailException failure = await Refused(
            mailer, Mail("ops@example.com") with { Attachments = [new MailAttachment("big.csv", path)] });

        Assert.True(failure.IsPermanent, failure.Message);
    }

    [Fact]
    public async Task An_attachment_that_is_gone_is_named()
    {
        using var mailer = new SmtpMailer(PlainOptions(25), TimeProvider.System);

        MailException failure = await Refused(
            mailer, Mail("ops@example.com") with { Attachments = [new MailAttachment("gone.csv", Path.Combine(_folder.FullName, "gone.csv"))] });

        Assert.True(failure.IsPermanent);
        Assert.Contains("gone.csv", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_value_becomes_a_header()
    {
        string path = Path.Combine(_folder.FullName, "a.csv");
        await File.WriteAllTextAsync(path, "a", Token);
        await using RunningMailServer server = await RunningMailServer.StartAsync();
        using SmtpMailer mailer = Plain(server);

        await mailer.SendAsync(
            Mail("ops@example.com") with
            {
                Subject = "Saving\r\nBcc: thief@example.com\r\n\r\nBody",
                Text = "Hello.\r\n.\r\nMAIL FROM:<thief@example.com>",
                Attachments = [new MailAttachment("a\"\r\nX-Evil: 1\r\n.csv", path)],
            },
            Token);

        TakenMail taken = await server.NextAsync();
        Assert.Equal(["ops@example.com"], taken.To);
        Assert.Empty(taken.Read().Bcc);
        Assert.DoesNotContain("\nBcc:", taken.Raw(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("\nX-Evil:", taken.Raw(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("Saving  Bcc: thief@example.com    Body", taken.Read().Subject);
        Assert.Contains("MAIL FROM:<thief@example.com>", taken.Read().TextBody, StringComparison.Ordinal);
        Assert.Empty(await server.StopAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("ops")]
    [InlineData("ops@")]
    [InlineData("a@example.com, b@example.com")]
    [InlineData("group: a@example.com;")]
    [InlineData("ops@example.com\r\nBcc: thief@example.com")]
    [InlineData("<@relay.example:ops@example.com>")]
    [InlineData("ops@example.com> SIZE=1")]
    public async Task A_recipient_that_is_no_single_address_is_refused(string recipient)
    {
        using var mailer = new SmtpMailer(PlainOptions(25), TimeProvider.System);

        MailException failure = await Refused(mailer, Mail(recipient));

        Assert.True(failure.IsPermanent);
        Assert.Contains("is not a mail address", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-domain")]
    [InlineData("a b@example.com")]
    [InlineData("a@example.com>\r\nBcc: <thief@example.com")]
    public async Task A_message_id_that_would_break_its_header_is_refused(string id)
    {
        using var mailer = new SmtpMailer(PlainOptions(25), TimeProvider.System);

        Assert.True((await Refused(mailer, Mail("ops@example.com") with { MessageId = id })).IsPermanent);
    }

    [Fact]
    public async Task Subjects_and_names_in_any_script_arrive()
    {
        await using RunningMailServer server = await RunningMailServer.StartAsync();
        using var mailer = new SmtpMailer(
            PlainOptions(server.Port) with { From = "Tarifprüfung <cco@example.com>" }, TimeProvider.System);

        await mailer.SendAsync(
            Mail("Jürgen Öztürk <ops@example.com>", "post@münchen.example") with
            {
                Subject = "Ersparnis für Straße: 節約 🚀 " + new string('ä', 120),
                Text = "Grüße, 世界.",
            },
            Token);

        MimeMessage message = (await server.NextAsync()).Read();
        Assert.StartsWith("Ersparnis für Straße: 節約 🚀 ä", message.Subject, StringComparison.Ordinal);
        Assert.Equal("Tarifprüfung", message.From[0].Name);
        Assert.Equal("Jürgen Öztürk", message.To[0].Name);
        Assert.Contains("Grüße, 世界.", message.TextBody, StringComparison.Ordinal);
    }

    private static SmtpOptions PlainOptions(int port) => new()
    {
        Host = "127.0.0.1",
        Port = port,
        Security = SmtpSecurity.None,
        From = "Carrier Optimizer <cco@example.com>",
        AttemptTimeout = TimeSpan.FromSeconds(30),
    };

    private static SmtpMailer Plain(RunningMailServer server) => new(PlainOptions(server.Port), TimeProvider.System);

    private static SmtpOptions Secure(RunningMailServer server, SmtpSecurity security) =>
        PlainOptions(server.Port) with { Host = "localhost", Security = security };

    private static OutgoingMail Mail(params string[] to) =>
        new("result.17@carrier-optimizer", to, "Saving found", "Hello.", "<p>Hello.</p>", []);

    private static Task<MailException> Refused(SmtpMailer mailer, OutgoingMail mail) =>
        Assert.ThrowsAsync<MailException>(() => mailer.SendAsync(mail, Token));
}
