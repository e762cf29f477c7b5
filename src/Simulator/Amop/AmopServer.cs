using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace CarrierOptimization.Simulator.Amop;

/// <summary>Takes calls in, and does to each what AMOP 2.0 does: fault, sign-in, check, taking, answer.</summary>
internal sealed class AmopServer(
    TriggerLedger ledger, IssuedTokens tokens, AmopSimulatorOptions options, TimeProvider time, CancellationToken stopping)
{
    /// <summary>Far above any trigger.</summary>
    public const int BodyBytesMax = 1 << 20;

    /// <summary>Where triggers are posted.</summary>
    public const string Path = "/optimization";

    private readonly Lock _gate = new();
    private volatile FaultDraw _faults = new(options.Faults);

    public AmopFaults Faults
    {
        get => _faults.Faults;
        set => _faults = new FaultDraw(value);
    }

    public void Map(WebApplication application)
    {
        application.MapPost(Path, (RequestDelegate)AnswerAsync);
        application.MapPost("/oauth/token", (RequestDelegate)(async context =>
        {
            IFormCollection form = context.Request.HasFormContentType
                ? await context.Request.ReadFormAsync(context.RequestAborted)
                : FormCollection.Empty;
            await tokens.Issue(context.Request, form).ExecuteAsync(context);
        }));
        MapPage("/simulator", () => new { triggers = ledger.Taken, repeated = ledger.Repeated, violations = ledger.Violations.Count });
        MapPage("/simulator/triggers", () => ledger.Triggers);
        MapPage("/simulator/violations", () => ledger.Violations);
        application.MapPut("/simulator/faults", (RequestDelegate)SwitchFaultsAsync);

        void MapPage(string path, Func<object> read) => application.MapGet(
            path, (RequestDelegate)(context => Results.Json(Locked(read), JsonSerializerOptions.Web).ExecuteAsync(context)));
    }

    public TValue Locked<TValue>(Func<TValue> read)
    {
        lock (_gate)
        {
            return read();
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        string body = await reader.ReadToEndAsync(context.RequestAborted);
        TriggerReading reading = TriggerReading.Of(context.Request.Headers, body, ledger.Taken + 1, time.GetUtcNow());
        FaultDraw faults = _faults;
        AmopFault fault = faults.Next(reading.IdempotencyKey ?? body);
        switch (fault)
        {
            case AmopFault.Down:
                context.Response.StatusCode = 503;
                context.Response.ContentType = "text/html";
                await context.Response.WriteAsync(
                    "<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>", context.RequestAborted);
                return;
            case AmopFault.TooManyRequests:
                context.Response.Headers.RetryAfter =
                    ((int)faults.Faults.RetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
                await SayAsync(context, 429, "too many requests");
                return;
            case AmopFault.BadRequest:
                await RefuseAsync(context, reading, 400, "refused by a fault of the simulator");
                return;
            case AmopFault.Unauthorized:
                await RefuseAsync(context, reading, 401, "refused by a fault of the simulator");
                return;
            case AmopFault.Slow:
                await PauseAsync(faults.Faults.SlowAnswer, context);
                break;
        }

        await TakeAsync(context, reading, fault == AmopFault.AcceptedThenSilent ? faults.Faults.SilentFor : TimeSpan.Zero);
    }

    private async Task TakeAsync(HttpContext context, TriggerReading reading, TimeSpan silentFor)
    {
        if (!tokens.Accepts(context.Request))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await RefuseAsync(context, reading, 401, "the bearer token is missing, wrong or expired");
            return;
        }

        if (reading.Trigger is not { } trigger)
        {
            string sentences = string.Join(' ', reading.Violations.Select(violation => violation.Sentence));
            Locked(() =>
            {
                foreach ((string rule, string sentence) in reading.Violations)
                {
                    ledger.Violate(rule, sentence, reading.IdempotencyKey);
                }

                return true;
            });
            await SayAsync(context, 400, sentences);
            return;
        }

        bool isTaken = Locked(() => ledger.TryTake(trigger with { Number = ledger.Taken + 1 }));
        if (silentFor > TimeSpan.Zero)
        {
            await PauseAsync(silentFor, context);
            await SayAsync(context, 504, "no answer in time");
            return;
        }

        await SayAsync(context, isTaken ? 200 : 422, isTaken ? "taken" : "the key was used for another trigger");
    }

    /// <summary>A refusal that no repetition changes leaves its place in the sequence empty.</summary>
    private Task RefuseAsync(HttpContext context, TriggerReading reading, int status, string why)
    {
        if (reading.Trigger is { } trigger)
        {
            Locked(() =>
            {
                ledger.RefuseForGood(trigger.SessionId, trigger.Sequence);
                return true;
            });
        }

        return SayAsync(context, status, why);
    }

    private async Task SwitchFaultsAsync(HttpContext context)
    {
        IQueryCollection query = context.Request.Query;
        try
        {
            AmopFaults faults = AmopFaults.Parse(query["names"].ToString());
            Faults = int.TryParse(query["calls"], NumberStyles.None, CultureInfo.InvariantCulture, out int calls)
                ? faults with { CallsMax = calls }
                : faults;
            await SayAsync(context, 200, "switched");
        }
        catch (ArgumentException unknown)
        {
            await SayAsync(context, 400, unknown.Message);
        }
    }

    private async Task PauseAsync(TimeSpan pause, HttpContext context)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            await Task.Delay(pause, time, either.Token);
        }
        catch (OperationCanceledException)
        {
            // The sender went away, or the simulator is being stopped.
        }
    }

    private static Task SayAsync(HttpContext context, int status, string message) =>
        Results.Json(new { message }, statusCode: status).ExecuteAsync(context);
}
