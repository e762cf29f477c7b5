using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CarrierOptimization.Adapters.Jasper;
using CarrierOptimization.Adapters.Outbound;
using CarrierOptimization.Pipeline.Carrier;
using Xunit;

namespace CarrierOptimization.Adapters.Tests.Jasper;

public sealed class OutboundRulesTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("https://restapi1.jasper.com/rws/api/v1/", null)]
    [InlineData("http://restapi1.jasper.com/rws/api/v1/", "expected https")]
    [InlineData("ftp://restapi1.jasper.com/", "expected https")]
    [InlineData("file:///etc/passwd", "this machine")]
    [InlineData("https://user:secret@restapi1.jasper.com/", "user name or password")]
    [InlineData("https://restapi1.jasper.com/?a=b", "expected no ?")]
    [InlineData("https://127.0.0.1/", "this machine")]
    [InlineData("https://localhost/", "this machine")]
    [InlineData("https://2130706433/", "this machine")]
    [InlineData("https://[::1]/", "this machine")]
    [InlineData("https://[::ffff:127.0.0.1]/", "this machine")]
    [InlineData("https://10.1.2.3/", "no public address")]
    [InlineData("https://192.168.0.1/", "no public address")]
    [InlineData("https://169.254.169.254/", "no public address")]
    [InlineData("https://[fd00::1]/", "no public address")]
    [InlineData("relative/path", "begins with https")]
    public void Base_addresses_are_public_and_of_HTTPS(string address, string? mistake)
    {
        string? found = new OutboundRules(false, false).MistakeIn(new Uri(address, UriKind.RelativeOrAbsolute), "BaseAddress");

        if (mistake is null)
        {
            Assert.Null(found);
        }
        else
        {
            Assert.Contains(mistake, found, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", found, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("8.8.8.8", true, true)]
    [InlineData("2600::1", true, true)]
    [InlineData("10.255.255.255", false, true)]
    [InlineData("172.16.0.1", false, true)]
    [InlineData("172.32.0.1", true, true)]
    [InlineData("100.64.0.1", false, true)]
    [InlineData("fd12::1", false, true)]
    [InlineData("::ffff:192.168.1.1", false, true)]
    [InlineData("64:ff9b::a00:1", false, true)]
    [InlineData("2002:c0a8:1::1", false, true)]
    [InlineData("169.254.169.254", false, false)]
    [InlineData("::ffff:169.254.169.254", false, false)]
    [InlineData("fe80::1", false, false)]
    [InlineData("0.0.0.0", false, false)]
    [InlineData("::", false, false)]
    [InlineData("224.0.0.1", false, false)]
    [InlineData("255.255.255.255", false, false)]
    [InlineData("127.0.0.1", false, false)]
    [InlineData("::1", false, false)]
    public void Addresses_are_allowed(string address, bool isPublic, bool isPrivateToo)
    {
        IPAddress parsed = IPAddress.Parse(address);

        Assert.Equal(isPublic, new OutboundRules(false, false).Allows(parsed));
        Assert.Equal(isPrivateToo, new OutboundRules(false, true).Allows(parsed));
    }

    [Fact]
    public async Task A_name_that_leads_to_this_machine_is_found_when_connecting()
    {
        // The check of the setting sees a name only; this one is in the hosts file of every machine.
        await using OddCarrier carrier = await OddCarrier.StartAsync(200, "{}");
        using var handler = OutboundConnection.CreateHandler(new OutboundRules(false, true));
        using var http = new HttpClient(handler);

        HttpRequestException failure = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(
            new Uri($"http://localhost:{carrier.ApiAddress.Port}/"), Cancelled));

        Assert.IsType<OutboundAddressException>(failure.InnerException);
        Assert.Equal(0, carrier.Calls);
    }

    [Fact]
    public async Task Redirects_are_not_followed()
    {
        await using OddCarrier inside = await OddCarrier.StartAsync(200, "{}");
        await using OddCarrier carrier = await OddCarrier.StartAsync((context, _) =>
        {
            context.Response.Redirect(inside.ApiAddress.AbsoluteUri);
            return Task.CompletedTask;
        });
        using JasperClient client = carrier.Client();

        CarrierException failure = await Assert.ThrowsAsync<CarrierException>(() => client.EchoAsync(Cancelled));

        Assert.Equal((CarrierFailure.NotAllowed, 0), (failure.Failure, inside.Calls));
        Assert.Contains("Redirects are not followed", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_refused()
    {
        using var key = RSA.Create(2048);
        using X509Certificate2 made = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(90));
        await using OddCarrier carrier = await OddCarrier.StartAsync((context, _) => OddCarrier.WriteAsync(context, 200, "{}"), made);
        using JasperClient client = carrier.Client(carrier.Options(retriesMax: 0));

        CarrierException failure = await Assert.ThrowsAsync<CarrierException>(() => client.EchoAsync(Cancelled));

        Assert.Contains("SSL", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, carrier.Calls);
    }
}
