using CarrierOptimization.Pipeline.Carrier;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace CarrierOptimization.Adapters.Jasper;

/// <summary>
/// All about time-outs, repetitions and the circuit of calls to one account, and the only place where they are.
/// </summary>
/// <remarks>
/// From the outside in: repetitions, the circuit, the turn at the gate, the attempt's time limit. What may be repeated is
/// decided by <see cref="MayRepeat"/>; docs/carrier.md, "Repetitions".
/// </remarks>
internal sealed class JasperResilience
{
    private static readonly ResiliencePropertyKey<JasperRequest> RequestKey = new("carrier-request");

    private readonly JasperOptions _options;
    private readonly CallGate _gate;
    private readonly TimeProvider _time;
    private readonly JasperCallCounters _counters;
    private readonly ILogger _log;
    private readonly ResiliencePipeline<JasperAnswer> _call;
    private readonly ResiliencePipeline _attempt;
    private long _openUntil = long.MinValue;

    public JasperResilience(
        JasperOptions options, CallGate gate, TimeProvider time, JasperCallCounters counters, ILogger log)
    {
        _options = options;
        _gate = gate;
        _time = time;
        _counters = counters;
        _log = log;
        var call = new ResiliencePipelineBuilder<JasperAnswer> { TimeProvider = time };
        if (options.RetriesMax > 0)
        {
            call.AddRetry(Retries());
        }

        _call = call.AddCircuitBreaker(Circuit()).Build();
        _attempt = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddTimeout(new TimeoutStrategyOptions { Timeout = options.AttemptTimeout })
            .Build();
    }

    /// <summary>Makes attempts until one is final.</summary>
    /// <param name="send">One attempt. It throws nothing but cancellation.</param>
    /// <returns>The last attempt's answer, whatever it is.</returns>
    /// <exception cref="CarrierException">The circuit is open: nothing was sent.</exception>
    public async Task<JasperAnswer> RunAsync(
        JasperRequest request, Func<CancellationToken, Task<JasperAnswer>> send, CancellationToken cancellationToken)
    {
        ResilienceContext context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(RequestKey, request);
        try
        {
            return await _call.ExecuteAsync(
                async (running, state) => await state.Self.AttemptAsync(
                    state.Request, state.Send, running.CancellationToken),
                context,
                (Self: this, Request: request, Send: send));
        }
        catch (BrokenCircuitException open)
        {
            throw CircuitIsOpen(request, open);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async Task<JasperAnswer> AttemptAsync(
        JasperRequest request, Func<CancellationToken, Task<JasperAnswer>> send, CancellationToken cancellationToken)
    {
        await using IAsyncDisposable turn = await _gate.EnterAsync(cancellationToken);
        if (request.Attempts++ == 0)
        {
            request.FirstBegun = _time.GetTimestamp();
        }

        _counters.Begin(request.Call, isRetry: request.Attempts > 1);
        JasperAnswer answer;
        try
        {
            answer = await _attempt.ExecuteAsync(
                static async (wholeCall, token) => await wholeCall(token), send, cancellationToken);
        }
        catch (TimeoutRejectedException late)
        {
            answer = new JasperAnswer(AttemptOutcome.TimedOut, $"gave no answer within {_options.AttemptTimeout.TotalSeconds:0.###} s")
            {
                Cause = late,
            };
        }

        if (answer.Outcome == AttemptOutcome.Limited)
        {
            _counters.Limited(request.Call);
        }

        return answer;
    }

    /// <summary>
    /// A change is repeated only when it surely was not made: the carrier has no key by which it would know it again.
    /// </summary>
    private static bool MayRepeat(JasperRequest request, JasperAnswer answer) => answer.Outcome switch
    {
        AttemptOutcome.Limited or AttemptOutcome.NotSent => true,
        AttemptOutcome.TimedOut or AttemptOutcome.Broken => !request.IsChange,
        _ => false,
    };

    private RetryStrategyOptions<JasperAnswer> Retries() => new()
    {
        MaxRetryAttempts = _options.RetriesMax,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = _options.RetryDelay,
        MaxDelay = _options.RetryDelayMax,
        ShouldHandle = attempt => ValueTask.FromResult(
            attempt.Outcome is { Result: { } answer }
            && MayRepeat(RequestOf(attempt.Context), answer)
            && IsTimeLeft(RequestOf(attempt.Context), answer)),
        DelayGenerator = attempt => ValueTask.FromResult(
            attempt.Outcome is { Result: { } answer } ? answer.RetryAfter : null),
        OnRetry = attempt =>
        {
            if (attempt.Outcome is { Result: { } answer })
            {
                JasperRequest request = RequestOf(attempt.Context);
                JasperLog.Repeats(_log, request.Call, request.Attempts, answer.Outcome, attempt.RetryDelay);
            }

            return ValueTask.CompletedTask;
        },
    };

    /// <summary>A refusal by the rate limit shows that the carrier is well: it does not count as a failure.</summary>
    private CircuitBreakerStrategyOptions<JasperAnswer> Circuit() => new()
    {
        FailureRatio = _options.BreakerFailurePercent / 100.0,
        MinimumThroughput = _options.BreakerAttemptsMin,
        SamplingDuration = _options.BreakerWindow,
        BreakDuration = _options.BreakFor,
        ShouldHandle = attempt => ValueTask.FromResult(attempt.Outcome is
        {
            Result.Outcome: AttemptOutcome.NotSent or AttemptOutcome.TimedOut or AttemptOutcome.Broken,
        }),
        OnOpened = opened =>
        {
            Interlocked.Exchange(
                ref _openUntil,
                _time.GetTimestamp() + (long)(opened.BreakDuration.TotalSeconds * _time.TimestampFrequency));
            JasperLog.CircuitOpened(_log, opened.BreakDuration);
            return ValueTask.CompletedTask;
        },
        OnClosed = _ =>
        {
            JasperLog.CircuitClosed(_log);
            return ValueTask.CompletedTask;
        },
    };

    private bool IsTimeLeft(JasperRequest request, JasperAnswer answer) =>
        _time.GetElapsedTime(request.FirstBegun) + (answer.RetryAfter ?? TimeSpan.Zero) <= _options.RetryFor;

    private CarrierException CircuitIsOpen(JasperRequest request, BrokenCircuitException open)
    {
        TimeSpan rest = _time.GetElapsedTime(_time.GetTimestamp(), Interlocked.Read(ref _openUntil));
        rest = rest > TimeSpan.Zero ? rest : TimeSpan.FromSeconds(1);
        return new CarrierException(
            CarrierFailure.Unavailable,
            $"Carrier, {request.What}: not asked, because at least {_options.BreakerFailurePercent} % of the last calls to this "
            + $"account failed. The next one is tried in {Math.Ceiling(rest.TotalSeconds):0} s.",
            innerException: open)
        {
            RetryAfter = rest,
        };
    }

    private static JasperRequest RequestOf(ResilienceContext context) => context.Properties.GetValue(RequestKey, null!);
}
