using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using CarrierOptimization.Adapters.Outbound;
using CarrierOptimization.Pipeline.Carrier;

namespace CarrierOptimization.Adapters.Jasper;

/// <summary>One attempt over HTTP: sends, reads the body within its limit, and says what became of it.</summary>
internal sealed class JasperTransport : IDisposable
{
    private const int CopyBytes = 16 * 1024;

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = JasperLimits.JsonDepthMax };

    private readonly HttpClient _http;
    private readonly JasperSecrets _secrets;
    private readonly TimeProvider _time;
    private readonly int _bodyBytesMax;

    public JasperTransport(JasperOptions options, TimeProvider time)
    {
        _secrets = new JasperSecrets(options);
        _time = time;
        _bodyBytesMax = options.BodyBytesMax;
        _http = new HttpClient(OutboundConnection.CreateHandler(options.Rules))
        {
            BaseAddress = WithSlash(options.BaseAddress!),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.Authorization = _secrets.Authorization;
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("CarrierOptimizer", "1"));
    }

    /// <returns>Every failure is an answer; only cancellation is thrown.</returns>
    public async Task<JasperAnswer> SendAsync(JasperRequest request, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(
            request.IsChange ? HttpMethod.Put : HttpMethod.Get, new Uri(request.Path, UriKind.Relative));
        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        try
        {
            using HttpResponseMessage response = await _http.SendAsync(
                message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            byte[]? content = await ReadAsync(response.Content, cancellationToken);
            return content is null ? TooLong(response) : Judge(response, content);
        }
        catch (HttpRequestException failure) when (failure.InnerException is OutboundAddressException address)
        {
            return new JasperAnswer(AttemptOutcome.Refused, "was not called: " + address.Message.TrimEnd('.'))
            {
                Failure = CarrierFailure.NotAllowed,
                Cause = failure,
            };
        }
        catch (HttpRequestException failure)
        {
            bool isSent = failure.HttpRequestError is not (HttpRequestError.NameResolutionError
                or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError);
            return new JasperAnswer(
                isSent ? AttemptOutcome.Broken : AttemptOutcome.NotSent,
                isSent
                    ? $"broke off ({failure.HttpRequestError})"
                    : $"can't be reached: {_secrets.Quote(failure.Message).TrimEnd('.')}")
            {
                Cause = failure,
            };
        }
        catch (IOException failure)
        {
            return new JasperAnswer(AttemptOutcome.Broken, "broke off in the middle of its answer") { Cause = failure };
        }
    }

    public void Dispose() => _http.Dispose();

    private static Uri WithSlash(Uri address) =>
        address.AbsoluteUri.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/");

    /// <returns>The body, or <c>null</c> when it is longer than the limit.</returns>
    private async Task<byte[]?> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > _bodyBytesMax)
        {
            return null;
        }

        await using Stream stream = await content.ReadAsStreamAsync(cancellationToken);
        using var read = new MemoryStream();
        byte[] part = new byte[CopyBytes];
        int count;
        while ((count = await stream.ReadAsync(part, cancellationToken)) > 0)
        {
            if (read.Length + count > _bodyBytesMax)
            {
                return null;
            }

            read.Write(part, 0, count);
        }

        return read.ToArray();
    }

    private JasperAnswer TooLong(HttpResponseMessage response) => new(
        AttemptOutcome.Refused,
        string.Create(CultureInfo.InvariantCulture, $"answered with more than {_bodyBytesMax:#,##0} bytes"))
    {
        Status = (int)response.StatusCode,
        Failure = CarrierFailure.Unavailable,
        Advice = "Check what stands at the base address, or raise BodyBytesMax.",
    };

    private JasperAnswer Judge(HttpResponseMessage response, byte[] content)
    {
        int status = (int)response.StatusCode;
        JsonElement? body = Parse(content);
        (string? code, string? words) = ErrorIn(body);
        if (response.IsSuccessStatusCode && code is null)
        {
            return body is { } whole
                ? new JasperAnswer(AttemptOutcome.Done, "") { Status = status, Body = whole }
                : new JasperAnswer(AttemptOutcome.Broken, $"answered {status} with {content.Length} bytes that are not JSON")
                {
                    Status = status,
                };
        }

        string found = $"answered {status}"
            + (words is null ? "" : $" \"{_secrets.Quote(words)}\"")
            + (code is null ? "" : $" (code {_secrets.Quote(code)})");
        return JasperErrors.OfRefusal(status, code is null ? null : _secrets.Quote(code), words, found) with
        {
            RetryAfter = RetryAfterOf(response),
        };
    }

    private static JsonElement? Parse(byte[] content)
    {
        try
        {
            using var document = JsonDocument.Parse(content, Reading);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static (string? Code, string? Words) ErrorIn(JsonElement? body)
    {
        if (body is not { ValueKind: JsonValueKind.Object } error)
        {
            return (null, null);
        }

        try
        {
            return (error.Member("errorCode").Text(), error.Member("errorMessage").Text());
        }
        catch (InvalidOperationException)
        {
            // A text that is no Unicode: whatever it says is not one of the known codes.
            return (null, null);
        }
    }

    private TimeSpan? RetryAfterOf(HttpResponseMessage response)
    {
        TimeSpan? wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - _time.GetUtcNow(),
            _ => null,
        };
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
