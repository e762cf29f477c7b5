using CarrierOptimization.Adapters.Smtp;
using CarrierOptimization.Pipeline.Mail;
using MimeKit;
using Xunit;

namespace CarrierOptimization.Adapters.Tests.Smtp;

public sealed class FolderMailerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cco-mails-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Mails => Path.Combine(_folder.FullName, "mails");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_mail_is_one_file_that_mail_programs_open()
    {
        string report = Path.Combine(_folder.FullName, "report.csv");
        await File.WriteAllTextAsync(report, "a;b", Token);

        await Mailer().SendAsync(Mail() with { Attachments = [new MailAttachment("report.csv", report)] }, Token);

        string file = Assert.Single(Directory.GetFiles(Mails));
        Assert.Equal(Mailer().PathOf(Mail().MessageId), file);
        Assert.EndsWith(".eml", file, StringComparison.Ordinal);
        using MimeMessage message = await MimeMessage.LoadAsync(file, Token);
        Assert.Equal("Größe", message.Subject);
        Assert.Equal("<p>Hello.</p>", message.HtmlBody!.TrimEnd());
        Assert.Single(message.Attachments);
    }

    [Fact]
    public async Task The_same_mail_is_written_once()
    {
        await Mailer().SendAsync(Mail(), Token);
        await Mailer().SendAsync(Mail() with { Subject = "Another" }, Token);
        await Mailer().SendAsync(Mail() with { MessageId = "result.18@carrier-optimizer" }, Token);

        Assert.Equal(2, Directory.GetFiles(Mails).Length);
        using MimeMessage message = await MimeMessage.LoadAsync(Mailer().PathOf(Mail().MessageId), Token);
        Assert.Equal("Größe", message.Subject);
    }

    [Fact]
    public async Task A_mail_that_can_not_be_written_leaves_nothing_and_is_tried_again()
    {
        await File.WriteAllTextAsync(Mails, "a file where the folder should be", Token);

        MailException failure = await Assert.ThrowsAsync<MailException>(() => Mailer().SendAsync(Mail(), Token));

        Assert.False(failure.IsPermanent);
        Assert.Contains(Mails, failure.Message, StringComparison.Ordinal);
        Assert.Single(_folder.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task A_message_id_never_leaves_the_folder()
    {
        string path = Mailer().PathOf("../../etc/passwd@carrier-optimizer");
        Assert.Equal(Mails, Path.GetDirectoryName(path));

        await Mailer().SendAsync(Mail() with { MessageId = "../../up@carrier-optimizer" }, Token);

        Assert.Single(Directory.GetFiles(Mails));
    }

    private FolderMailer Mailer() => new(Mails, "cco@localhost", TimeProvider.System);

    private static OutgoingMail Mail() =>
        new("result.17@carrier-optimizer", ["ops@example.com"], "Größe", "Hello.", "<p>Hello.</p>", []);
}
