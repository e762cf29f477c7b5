using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace CarrierOptimization.Simulator.Carrier.Http;

/// <summary>Takes calls in, and does to each what a carrier does: sign-in, limits, faults, answer.</summary>
internal sealed class CarrierServer
{
    /// <summary>Far above any change of one SIM.</summary>
    public const int BodyBytesMax = 1 << 20;

    /// <summary>Of a preview: 3 million SIMs with a plan each.</summary>
    public const int PreviewBodyBytesMax = 128 << 20;

    private const string SomebodyElse = "another.user";

    private readonly CarrierAccount _account;
    private readonly CallCounters _counters;
    private readonly CarrierSimulatorOptions _options;
    private readonly CancellationToken _stopping;
    private readonly FaultInjector _faults;
    private readonly Dictionary<string, CallLimiter> _limiters;
    private readonly DeviceCalls _devices;
    private readonly UsageCalls _usage;
    private readonly PlanCalls _plans;

    public CarrierServer(
        CarrierAccount account,
        CallCounters counters,
        CarrierSimulatorOptions options,
        TimeProvider time,
        CancellationToken stopping)
    {
        _account = account;
        _counters = counters;
        _options = options;
        _stopping = stopping;
        _faults = new FaultInjector(options.Faults, options.Seed);
        _limiters = options.Users.ToDictionary(user => user.Name, _ => new CallLimiter(options, time));
        _devices = new DeviceCalls(account, options);
        _usage = new UsageCalls(account, _devices);
        _plans = new PlanCalls(account, options);
    }

    private delegate CarrierAnswer Respond(CallContext call);

    public void Map(WebApplication application)
    {
        const string Api = "/rws/api/v{version}";
        MapCall("GET", Api + "/echo/{text}", CarrierCall.Echo, Echo);
        MapCall("GET", Api + "/devices", CarrierCall.Devices, call => _devices.List(call.Query, call.RowsMove));
        MapDevice("GET", "", CarrierCall.DeviceDetails, (call, device) => _devices.Details(call.Query, device));
        MapDevice("PUT", "", CarrierCall.EditDevice, (call, device) => _plans.Edit(call.Query, call.Body, device, call.User));
        MapDevice("GET", "/ctdUsages", CarrierCall.CycleToDateUsage, (call, device) => _usage.CycleToDate(call.Query, device));
        MapDevice("GET", "/usageInZone", CarrierCall.UsageInZone, (call, device) => _usage.InZone(call.Query, device));
        MapDevice("GET", "/auditTrails", CarrierCall.AuditTrails, (call, device) => _devices.AuditTrails(call.Query, device));
        MapCall("GET", Api + "/usages", CarrierCall.UsageByRatePlan, call => _usage.ByRatePlan(call.Query));
        MapCall("GET", Api + "/rateplans", CarrierCall.RatePlans, call => _plans.RatePlans(call.Query, call.User));
        application.MapFallback(context => AnswerAsync(context, CarrierCall.Unknown, _ => CarrierAnswer.NoSuchPage));

        var pages = new SimulatorPages(_account, _counters);
        MapPage("/simulator", _ => pages.Overview());
        MapPage("/simulator/calls", _ => pages.Calls());
        MapPage("/simulator/audit", _ => pages.Audit());
        MapPage("/simulator/invoice", pages.Invoice);
        MapPage("/simulator/invoices", _ => pages.Invoices());
        application.MapPost("/simulator/invoice/preview", (RequestDelegate)(async context =>
        {
            context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = PreviewBodyBytesMax;
            byte[] body = await ReadBodyAsync(context);
            await WriteAsync(context, Locked(() => pages.PreviewInvoice(context.Request.Query, body)));
        }));

        void MapCall(string method, string pattern, CarrierCall call, Respond respond) =>
            application.MapMethods(pattern, [method], context => AnswerAsync(context, call, respond));

        void MapDevice(string method, string rest, CarrierCall call, Func<CallContext, int, CarrierAnswer> respond) =>
            MapCall(method, Api + "/devices/{iccid}" + rest, call, made =>
            {
                int device = _account.IndexOf(made.Route("iccid"));
                return device < 0 ? CarrierAnswer.InvalidIccid : respond(made, device);
            });

        void MapPage(string path, Func<IQueryCollection, CarrierAnswer> respond) =>
            application.MapGet(path, (RequestDelegate)(context => WriteAsync(
                context, Locked(() => respond(context.Request.Query)))));
    }

    private static CarrierAnswer Echo(CallContext call)
    {
        _ = new CarrierQuery(call.Query);
        return CarrierAnswer.Json(200, json =>
        {
            json.WriteString("message", call.Route("text"));
            json.WriteString("context", call.Route("text"));
            json.WriteString("timestamp", CarrierDates.Elsewhere(call.Now));
        });
    }

    private async Task AnswerAsync(HttpContext context, CarrierCall call, Respond respond)
    {
        long number = _counters.Begin();
        CarrierUser? user = CarrierCredentials.Find(context.Request, _options.Users, out CarrierAnswer refusal);
        if (user is null)
        {
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"Jasper\"";
            await FinishAsync(context, call, refusal);
            return;
        }

        CallLimiter limiter = _limiters[user.Name];
        if (!limiter.TryEnter())
        {
            context.Response.Headers.RetryAfter = "1";
            await FinishAsync(context, call, CarrierAnswer.RateLimit((int)_options.LimitStatus));
            return;
        }

        bool isInside = true;
        try
        {
            string name = $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}";
            Fault fault = _faults.Decide(name, call == CarrierCall.EditDevice, call == CarrierCall.Devices);
            CarrierAnswer answer = await RespondAsync(context, user, number, fault, respond);

            // The caller may call again as soon as it has the answer: the call is over before that is sent.
            limiter.Leave();
            isInside = false;
            if (fault == Fault.TornJson && answer.Status < 400)
            {
                await TearAsync(context, call, answer, _faults.BreaksConnection(name));
                return;
            }

            await FinishAsync(context, call, answer);
        }
        finally
        {
            if (isInside)
            {
                limiter.Leave();
            }
        }
    }

    private async Task<CarrierAnswer> RespondAsync(
        HttpContext context, CarrierUser user, long number, Fault fault, Respond respond)
    {
        switch (fault)
        {
            case Fault.TooManyRequests:
                context.Response.Headers.RetryAfter = "1";
                return CarrierAnswer.RateLimit(429);
            case Fault.HiddenLimit:
                return CarrierAnswer.RateLimit(400);
            case Fault.ServerError:
                return CarrierAnswer.Error(500, "Unknown server error", "30000001");
            case Fault.Unavailable:
                context.Response.Headers.RetryAfter = "1";
                context.Response.ContentType = "text/html";
                return new CarrierAnswer(503, "<html><body><h1>Service Unavailable</h1></body></html>"u8.ToArray());
            case Fault.Slow:
                await WaitAsync(context, _options.Faults.SlowAnswer);
                break;
        }

        byte[] body = await ReadBodyAsync(context);
        CarrierAnswer answer = Locked(() =>
        {
            Disturb(number);
            string version = context.GetRouteValue("version") as string ?? "1";
            return version == "1"
                ? respond(new CallContext(context, user, body, fault == Fault.MovingRows, _account.Now))
                : CarrierAnswer.Error(400, $"Invalid apiVersion: {version}", "10000024");
        });
        if (fault == Fault.TimeoutAfterApply && answer.Status < 400)
        {
            await WaitAsync(context, _options.Faults.SilentFor);
            return new CarrierAnswer(504, ReadOnlyMemory<byte>.Empty);
        }

        return answer;
    }

    /// <summary>What others do meanwhile: rename a plan, move a SIM.</summary>
    private void Disturb(long callNumber)
    {
        FaultProfile faults = _options.Faults;
        if (faults.PlanRenamedAfterCalls > 0 && callNumber == faults.PlanRenamedAfterCalls + 1)
        {
            int plan = (int)Scatter.Below(_options.Seed, 0xAB, 0, _account.Fleet.Catalog.Plans.Count);
            _account.RenamePlan(plan, _account.PlanName((ushort)plan) + " (renamed)");
        }

        if (faults.DeviceMovedEveryCalls > 0 && callNumber % faults.DeviceMovedEveryCalls == 0 && _account.Fleet.Count > 0)
        {
            int device = (int)Scatter.Below(_options.Seed, 0xCD, (ulong)callNumber, _account.Fleet.Count);
            ushort[] others = [.. AllowedPlansOf(device).Where(plan => plan != _account.Fleet.Plans[device])];
            if (others.Length > 0)
            {
                ushort plan = others[Scatter.Below(_options.Seed, 0xEF, (ulong)callNumber, others.Length)];
                _account.ChangePlan(device, plan, _account.Now, SomebodyElse);
            }
        }
    }

    private ushort[] AllowedPlansOf(int device) =>
        _account.Fleet.CommunicationPlans[_account.Fleet.CommunicationPlanOf[device]].AllowedPlans.Plans.ToArray();

    private CarrierAnswer Locked(Func<CarrierAnswer> respond)
    {
        lock (_account.Gate)
        {
            _account.Advance();
            try
            {
                return respond();
            }
            catch (RefusedCallException refused)
            {
                return refused.Answer;
            }
        }
    }

    private async Task WaitAsync(HttpContext context, TimeSpan time)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping);
        try
        {
            await Task.Delay(time, either.Token);
        }
        catch (OperationCanceledException)
        {
            // The caller gave up, or the simulator is being stopped: there is nothing left to wait for.
        }
    }

    private static async Task<byte[]> ReadBodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.ToArray();
    }

    private Task FinishAsync(HttpContext context, CarrierCall call, CarrierAnswer answer)
    {
        _counters.End(call, answer.Status);
        return WriteAsync(context, answer);
    }

    private static async Task WriteAsync(HttpContext context, CarrierAnswer answer)
    {
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType ??= "application/json;charset=UTF-8";
        context.Response.ContentLength = answer.Body.Length;
        await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }

    private async Task TearAsync(HttpContext context, CarrierCall call, CarrierAnswer answer, bool breaksConnection)
    {
        _counters.End(call, answer.Status);
        ReadOnlyMemory<byte> half = answer.Body[..(answer.Body.Length / 2)];
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = "application/json;charset=UTF-8";
        context.Response.ContentLength = breaksConnection ? answer.Body.Length : half.Length;
        await context.Response.Body.WriteAsync(half, context.RequestAborted);
        if (breaksConnection)
        {
            await context.Response.Body.FlushAsync(context.RequestAborted);
            context.Abort();
        }
    }

    /// <summary>One call, as the parts that answer it see it.</summary>
    private readonly record struct CallContext(
        HttpContext Http, CarrierUser User, ReadOnlyMemory<byte> Body, bool RowsMove, DateTimeOffset Now)
    {
        public IQueryCollection Query => Http.Request.Query;

        public string Route(string name) =>
            Convert.ToString(Http.GetRouteValue(name), CultureInfo.InvariantCulture) ?? "";
    }
}
