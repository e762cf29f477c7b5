using System.Security.Cryptography.X509Certificates;
using System.Text;
using CarrierOptimization.Adapters.Jasper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace CarrierOptimization.Adapters.Tests.Jasper;

/// <summary>A server that answers whatever a test wants, which no carrier should.</summary>
internal sealed class OddCarrier : IAsyncDisposable
{
    public const string ApiKey = "5ec2e700-0000-4000-8000-00000000abcd";

    private readonly WebApplication _application;
    private int _calls;

    private OddCarrier(WebApplication application) => _application = application;

    /// <summary>Requests that arrived.</summary>
    public int Calls => Volatile.Read(ref _calls);

    public Uri ApiAddress => new(_application.Urls.Single() + "/rws/api/v1/");

    /// <param name="answer">Gets the number of the request, from 1.</param>
    /// <param name="certificate">For TLS; <c>null</c> for plain HTTP.</param>
    public static async Task<OddCarrier> StartAsync(Func<HttpContext, int, Task> answer, X509Certificate2? certificate = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server => server.Listen(System.Net.IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        var carrier = new OddCarrier(builder.Build());
        carrier._application.Run(context => answer(context, Interlocked.Increment(ref carrier._calls)));
        await carrier._application.StartAsync(TestContext.Current.CancellationToken);
        return carrier;
    }

    /// <summary>Always the same answer.</summary>
    public static Task<OddCarrier> StartAsync(int status, string body) =>
        StartAsync((context, _) => WriteAsync(context, status, body));

    public static Task WriteAsync(HttpContext context, int status, string body) =>
        WriteAsync(context, status, Encoding.UTF8.GetBytes(body));

    public static async Task WriteAsync(HttpContext context, int status, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        if (status is not (204 or 304))
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
    }

    /// <summary>Options for a quick client of this server: hardly any waits, no limits.</summary>
    public JasperOptions Options(int retriesMax = 3) => QuickOptions(ApiAddress, retriesMax);

    public static JasperOptions QuickOptions(Uri address, int retriesMax = 3) => new()
    {
        BaseAddress = address,
        UserName = "somebody",
        ApiKey = ApiKey,
        AllowLoopback = true,
        CallsPerSecond = null,
        CallsInFlight = 50,
        RetriesMax = retriesMax,
        RetryDelay = TimeSpan.FromMilliseconds(1),
        RetryDelayMax = TimeSpan.FromMilliseconds(2),
        BreakerAttemptsMin = 1_000,
        BreakerFailurePercent = 100,
    };

    public JasperClient Client(JasperOptions? options = null, TimeProvider? time = null) => NewClient(options ?? Options(), time);

    public static JasperClient NewClient(JasperOptions options, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        return new JasperClient(
            options, new InProcessCallGate(options.CallsInFlight, options.CallsPerSecond, time), time);
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
