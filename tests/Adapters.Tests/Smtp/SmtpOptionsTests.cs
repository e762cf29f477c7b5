using CarrierOptimization.Adapters.Smtp;
using Xunit;

namespace CarrierOptimization.Adapters.Tests.Smtp;

public sealed class SmtpOptionsTests
{
    [Fact]
    public void A_host_is_all_that_is_needed() => Assert.Empty(new SmtpOptions { Host = "smtp.example.com" }.Mistakes());

    [Fact]
    public void Every_mistake_is_named_at_once()
    {
        IReadOnlyList<string> mistakes = new SmtpOptions
        {
            Host = "mail server",
            Port = 0,
            Security = SmtpSecurity.None,
            User = "somebody",
            From = "nobody",
            CaFile = "/nowhere/ca.pem",
            AnswerTimeout = TimeSpan.Zero,
            AttemptTimeout = TimeSpan.FromMinutes(5),
        }.Mistakes();

        Assert.Equal(8, mistakes.Count);
        Assert.All(["Host", "Port", "Security", "User", "From", "CaFile", "AnswerTimeout", "AttemptTimeout"], name =>
            Assert.Single(mistakes, mistake => mistake.StartsWith(name, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("smtp.example.com", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("localhost.example.com", false)]
    public void Plain_text_is_for_this_machine_only(string host, bool isAllowed) =>
        Assert.Equal(isAllowed, new SmtpOptions { Host = host, Security = SmtpSecurity.None }.Mistakes().Count == 0);

    [Fact]
    public void Settings_can_be_logged() =>
        Assert.DoesNotContain("s3cret", new SmtpOptions { Host = "h", User = "u", Password = "s3cret" }.ToString(), StringComparison.Ordinal);

    [Fact]
    public void A_mailer_is_not_made_of_bad_settings()
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(
            () => new SmtpMailer(new SmtpOptions { Host = "", Port = -1 }, TimeProvider.System));

        Assert.Contains("Host is", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Port is -1", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_holds_no_certificate_is_named()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "-----BEGIN CERTIFICATE-----\nbm90IG9uZQ==\n-----END CERTIFICATE-----\n");

            ArgumentException refused = Assert.Throws<ArgumentException>(
                () => new SmtpMailer(new SmtpOptions { Host = "localhost", CaFile = file }, TimeProvider.System));

            Assert.Contains(file, refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
