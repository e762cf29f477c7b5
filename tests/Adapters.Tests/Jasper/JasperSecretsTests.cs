using System.Text;
using System.Text.Json;
using CarrierOptimization.Adapters.Jasper;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.Carrier;
using Microsoft.Extensions.Logging;
using Xunit;

namespace CarrierOptimization.Adapters.Tests.Jasper;

/// <summary>The key is in no text that leaves the client, whatever the carrier says.</summary>
public sealed class JasperSecretsTests
{
    private static readonly Iccid Sim = Iccid.Parse("8900000000000000017");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200)]
    [InlineData(302)]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task A_carrier_that_repeats_the_credentials_does_not_get_them_into_messages_or_logs(int status)
    {
        await using OddCarrier carrier = await OddCarrier.StartAsync((context, _) =>
        {
            string credentials = context.Request.Headers.Authorization.ToString();
            context.Response.Headers.Location = "https://elsewhere.example/" + OddCarrier.ApiKey;
            return OddCarrier.WriteAsync(context, status, JsonSerializer.Serialize(new
            {
                errorMessage = $"You said {credentials}, so {OddCarrier.ApiKey.ToUpperInvariant()}\r\n\u001b[31m",
                errorCode = OddCarrier.ApiKey,
            }));
        });
        var log = new ListLogger();
        using var gate = new InProcessCallGate(1, null, TimeProvider.System);
        using var client = new JasperClient(carrier.Options(), gate, TimeProvider.System, log);

        CarrierException failure = await Assert.ThrowsAsync<CarrierException>(
            () => client.ChangeRatePlanAsync(Sim, "5 MB", null, Cancelled));

        AssertClean(failure.ToString() + failure.ErrorCode + client + log);
        Assert.Contains("***", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(failure.Message, char.IsControl);
    }

    [Fact]
    public async Task Failures_of_the_network_and_settings_that_are_printed_show_no_key()
    {
        JasperOptions options = OddCarrier.QuickOptions(new Uri("https://localhost:1/rws/api/v1/"), retriesMax: 0);
        using JasperClient client = OddCarrier.NewClient(options);

        CarrierException failure = await Assert.ThrowsAsync<CarrierException>(() => client.EchoAsync(Cancelled));

        AssertClean(failure + options.ToString() + JsonSerializer.Serialize(options) + client);
    }

    [Fact]
    public void Mistakes_in_settings_are_all_named_and_show_no_key()
    {
        var options = new JasperOptions
        {
            BaseAddress = new Uri("http://carrier.example/rws/api/v1/"),
            UserName = "a:b",
            ApiKey = OddCarrier.ApiKey + " ",
            CallsPerSecond = 0,
            CallsInFlight = 0,
            PageSize = 51,
            AttemptTimeout = TimeSpan.Zero,
            RetriesMax = 21,
            RetryDelay = TimeSpan.FromSeconds(10),
            RetryDelayMax = TimeSpan.FromSeconds(5),
            RetryFor = TimeSpan.FromHours(2),
            BreakerFailurePercent = 0,
            BreakerAttemptsMin = 1,
            BreakerWindow = TimeSpan.Zero,
            BreakFor = TimeSpan.Zero,
            BodyBytesMax = 1,
            BytesPerMegabyte = 1_024,
        };

        IReadOnlyList<string> mistakes = options.Mistakes();
        ArgumentException refused = Assert.Throws<ArgumentException>(() => OddCarrier.NewClient(new JasperOptions()));

        foreach (string name in typeof(JasperOptions).GetProperties().Select(property => property.Name)
            .Where(name => name is not (nameof(JasperOptions.AllowLoopback) or nameof(JasperOptions.AllowPrivateAddresses))))
        {
            Assert.Contains(mistakes, mistake => mistake.StartsWith(name, StringComparison.Ordinal));
        }

        AssertClean(string.Join(' ', mistakes));
        Assert.Contains("ApiKey is missing.", refused.Message, StringComparison.Ordinal);
    }

    private static void AssertClean(string text)
    {
        string encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes("somebody:" + OddCarrier.ApiKey));
        Assert.DoesNotContain(OddCarrier.ApiKey, text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(encoded, text, StringComparison.Ordinal);
    }

    private sealed class ListLogger : ILogger<JasperClient>
    {
        private readonly StringBuilder _lines = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.AppendLine(formatter(state, exception));

        public override string ToString() => _lines.ToString();
    }
}
