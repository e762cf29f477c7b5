using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using CarrierOptimization.Pipeline.Triggers;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace CarrierOptimization.Adapters.Amop;

/// <summary>Posts triggers to AMOP 2.0: one attempt per call, behind one circuit breaker. See docs/amop.md.</summary>
/// <remarks>Meant to live as long as the process: it keeps connections, the OAuth token and the state of the circuit.</remarks>
public sealed partial class AmopSender : ITriggerSender, IDisposable
{
    /// <summary>Connections are made anew after this long, so that a moved address is found.</summary>
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    private readonly AmopOptions _options;
    private readonly Uri _endpoint;
    private readonly TimeProvider _time;
    private readonly ILogger<AmopSender> _log;
    private readonly HttpClient _client;
    private readonly BearerTokens _tokens;
    private readonly ResiliencePipeline<AmopAnswer> _attempt;
    private long _openUntilTicks;

    /// <exception cref="ArgumentException">The options have mistakes; names all.</exception>
    public AmopSender(AmopOptions options, TimeProvider time, ILogger<AmopSender> log)
    {
        if (options.Mistakes() is { Count: > 0 } mistakes)
        {
            throw new ArgumentException(string.Join(' ', mistakes), nameof(options));
        }

        _options = options;
        _endpoint = new Uri(options.Endpoint);
        _time = time;
        _log = log;
        _client = new HttpClient(new SocketsHttpHandler
        {
            // A redirection would carry the token to somebody else.
            AllowAutoRedirect = false,
            PooledConnectionLifetime = ConnectionLifetime,
            UseProxy = !_endpoint.IsLoopback,

            // The trace of the work that caused the trigger goes out, not that of the delivery.
            ActivityHeadersPropagator = null,
        })
        {
            // The pipeline limits the attempt.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _tokens = new BearerTokens(options, _client, time);
        _attempt = Pipeline();
    }

    /// <inheritdoc/>
    public async Task SendAsync(OutgoingTrigger trigger, CancellationToken cancellationToken)
    {
        AmopAnswer answer;
        try
        {
            answer = await _attempt.ExecuteAsync(
                static async (state, token) => await state.Sender.PostAsync(state.Trigger, token),
                (Sender: this, Trigger: trigger),
                cancellationToken);
        }
        catch (BrokenCircuitException broken)
        {
            throw new TriggerException(
                $"AMOP 2.0 at {_endpoint.Host} failed again and again; it is left alone for a while.", isPermanent: false, broken)
            {
                RetryAfter = UntilClosed(),
            };
        }
        catch (TimeoutRejectedException late)
        {
            throw new TriggerException(
                $"AMOP 2.0 at {_endpoint.Host} did not answer within {_options.AttemptTimeout.TotalSeconds:0.#} s.",
                isPermanent: false,
                late);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw new TriggerException(
                $"AMOP 2.0 at {_endpoint.Host} can't be reached: {ReasonOf(failure)}", isPermanent: false, failure);
        }

        if (!answer.IsSuccess)
        {
            throw new TriggerException(
                $"AMOP 2.0 at {_endpoint.Host} answered {answer.Shown(_options.ApiKey, _options.ClientSecret)}"
                + AdviceOn(answer.Status),
                answer.IsPermanent)
            {
                RetryAfter = answer.RetryAfter,
            };
        }
    }

    public void Dispose()
    {
        _tokens.Dispose();
        _client.Dispose();
    }

    /// <summary>From outside to inside: circuit breaker, time-out of the attempt.</summary>
    private ResiliencePipeline<AmopAnswer> Pipeline() =>
        new ResiliencePipelineBuilder<AmopAnswer> { TimeProvider = _time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<AmopAnswer>
            {
                FailureRatio = _options.BreakerFailurePercent / 100.0,
                MinimumThroughput = _options.BreakerAttempts,
                SamplingDuration = _options.BreakerWindow,
                BreakDuration = _options.BreakerPause,
                ShouldHandle = new PredicateBuilder<AmopAnswer>()
                    .HandleResult(answer => answer.IsOutage)
                    .Handle<HttpRequestException>()
                    .Handle<IOException>()
                    .Handle<TimeoutRejectedException>()
                    .Handle<TriggerException>(token => !token.IsPermanent),
                OnOpened = opened =>
                {
                    Interlocked.Exchange(ref _openUntilTicks, (_time.GetUtcNow() + opened.BreakDuration).UtcTicks);
                    AmopLog.CircuitOpened(_log, _endpoint.Host, opened.BreakDuration.TotalSeconds);
                    return ValueTask.CompletedTask;
                },
                OnClosed = _ =>
                {
                    AmopLog.CircuitClosed(_log, _endpoint.Host);
                    return ValueTask.CompletedTask;
                },
            })
            .AddTimeout(_options.AttemptTimeout)
            .Build();

    /// <summary>Posts with a token; once more with a new one when AMOP 2.0 refuses it and there can be a new one.</summary>
    private async Task<AmopAnswer> PostAsync(OutgoingTrigger trigger, CancellationToken cancellationToken)
    {
        string token = await _tokens.GetAsync(refused: null, cancellationToken);
        AmopAnswer answer = await PostOnceAsync(trigger, token, cancellationToken);
        if (answer.Status != HttpStatusCode.Unauthorized || !_options.UsesOAuth)
        {
            return answer;
        }

        token = await _tokens.GetAsync(refused: token, cancellationToken);
        return await PostOnceAsync(trigger, token, cancellationToken);
    }

    private async Task<AmopAnswer> PostOnceAsync(OutgoingTrigger trigger, string token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _endpoint);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Add("Idempotency-Key", trigger.IdempotencyKey);
        request.Headers.Add("X-Sequence", trigger.Sequence.ToString(CultureInfo.InvariantCulture));
        if (trigger.TraceParent is { } trace && TraceParent().IsMatch(trace))
        {
            request.Headers.Add("traceparent", trace);
        }

        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(trigger.Body))
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
        };
        using HttpResponseMessage response =
            await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        AmopAnswer answer = await AmopAnswer.ReadAsync(response, _time, cancellationToken);

        // An OAuth token is known here only; nobody sees an answer that repeats it.
        return answer.IsSuccess
            ? answer with { Body = "" }
            : answer with { Body = answer.Body.Replace(token, "***", StringComparison.Ordinal) };
    }

    private TimeSpan? UntilClosed()
    {
        TimeSpan left = new DateTimeOffset(Interlocked.Read(ref _openUntilTicks), TimeSpan.Zero) - _time.GetUtcNow();
        return left > TimeSpan.Zero ? left : null;
    }

    private static string ReasonOf(Exception failure) => failure switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
            "no secure connection; its certificate must be valid for this name and trusted by this machine.",
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "its name is not known to DNS.",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } =>
            "no connection; is it running, and does the network let it through?",
        _ => "the connection broke.",
    };

    private static string AdviceOn(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ". Check AMOP_API_KEY or the OAuth client.",
        HttpStatusCode.NotFound => ". Check AMOP_API_ENDPOINT.",
        >= HttpStatusCode.Moved and < HttpStatusCode.BadRequest =>
            ". Redirections are not followed; set AMOP_API_ENDPOINT to where it moved.",
        _ => "",
    };

    /// <summary>W3C Trace Context, version 00: anything else is not sent.</summary>
    [GeneratedRegex(@"\A00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}\z")]
    private static partial Regex TraceParent();
}
