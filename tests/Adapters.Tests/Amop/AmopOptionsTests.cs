using CarrierOptimization.Adapters.Amop;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace CarrierOptimization.Adapters.Tests.Amop;

public sealed class AmopOptionsTests
{
    private static readonly AmopOptions Good = new() { Endpoint = "https://api.example.com/optimization", ApiKey = "key" };

    [Fact]
    public void An_address_and_a_key_are_all_that_is_needed() => Assert.Empty(Good.Mistakes());

    [Theory]
    [InlineData("https://api.example.com/optimization", true)]
    [InlineData("http://localhost:8481/optimization", true)]
    [InlineData("http://127.0.0.1:8481/optimization", true)]
    [InlineData("http://api.example.com/optimization", false)]
    [InlineData("http://192.168.0.7/optimization", false)]
    [InlineData("https://user:password@api.example.com/", false)]
    [InlineData("ftp://api.example.com/", false)]
    [InlineData("api.example.com", false)]
    [InlineData("", false)]
    public void Plain_HTTP_is_for_this_machine_only(string endpoint, bool isAllowed)
    {
        IReadOnlyList<string> mistakes = (Good with { Endpoint = endpoint }).Mistakes();

        Assert.Equal(isAllowed, mistakes.Count == 0);
        Assert.DoesNotContain(mistakes, mistake => mistake.Contains("password@", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_mistake_is_named_at_once()
    {
        IReadOnlyList<string> mistakes = new AmopOptions
        {
            Endpoint = "",
            ApiKey = "",
            AttemptTimeout = TimeSpan.FromMinutes(3),
            TokenRenewal = TimeSpan.FromSeconds(-1),
            TokenLifetime = TimeSpan.Zero,
            BreakerAttempts = 1,
            BreakerFailurePercent = 0,
            BreakerWindow = TimeSpan.Zero,
            BreakerPause = TimeSpan.FromHours(1),
        }.Mistakes();

        Assert.Equal(9, mistakes.Count);
    }

    [Theory]
    [InlineData("", "", "", "", "ApiKey is empty")]
    [InlineData("key with space", "", "", "", "ApiKey has a space")]
    [InlineData("", "https://login.example.com/token", "", "", "without ClientId")]
    [InlineData("key", "https://login.example.com/token", "id", "secret", "one way to sign in")]
    [InlineData("key", "", "id", "secret", "without TokenEndpoint")]
    [InlineData("", "http://login.example.com/token", "id", "secret", "TokenEndpoint is plain HTTP")]
    public void There_is_one_complete_way_to_sign_in(string key, string tokenEndpoint, string id, string secret, string expected)
    {
        IReadOnlyList<string> mistakes =
            (Good with { ApiKey = key, TokenEndpoint = tokenEndpoint, ClientId = id, ClientSecret = secret }).Mistakes();

        Assert.Contains(expected, Assert.Single(mistakes), StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_can_be_logged()
    {
        string shown = (Good with { ApiKey = "s3cret", ClientSecret = "s3cret" }).ToString();

        Assert.DoesNotContain("s3cret", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sender_is_not_made_of_bad_settings() => Assert.Contains(
        "Endpoint is plain HTTP",
        Assert.Throws<ArgumentException>(() => new AmopSender(
            Good with { Endpoint = "http://example.com/" }, TimeProvider.System, NullLogger<AmopSender>.Instance)).Message,
        StringComparison.Ordinal);
}
