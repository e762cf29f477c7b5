using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.Carrier;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CarrierOptimization.Adapters.Jasper;

/// <summary>Cisco IoT Control Center ("Jasper", REST v1) for one account. Make one per account and keep it: it holds the circuit.</summary>
/// <remarks>Limits, repetitions, what is refused: docs/carrier.md. Safe for callers at once.</remarks>
public sealed class JasperClient : ICarrier, IDisposable
{
    private static readonly UTF8Encoding StrictUnicode = new(false, throwOnInvalidBytes: true);

    private readonly JasperOptions _options;
    private readonly JasperTransport _transport;
    private readonly JasperResilience _resilience;
    private readonly JasperCallCounters _counters = new();

    /// <param name="gate">Shared by all who call with this API user; not disposed here.</param>
    /// <param name="time">The clock of waits and time-outs.</param>
    /// <exception cref="ArgumentException">The options have mistakes; the message lists them all.</exception>
    public JasperClient(JasperOptions options, CallGate gate, TimeProvider time, ILogger<JasperClient>? log = null)
    {
        IReadOnlyList<string> mistakes = options.Mistakes();
        if (mistakes.Count > 0)
        {
            throw new ArgumentException("Settings of the carrier: " + string.Join(' ', mistakes), nameof(options));
        }

        _options = options;
        _transport = new JasperTransport(options, time);
        _resilience = new JasperResilience(options, gate, time, _counters, log ?? NullLogger<JasperClient>.Instance);
    }

    /// <summary>What was asked of the carrier so far.</summary>
    public CarrierCallCounts CallCounts => _counters.Snapshot();

    public Task EchoAsync(CancellationToken cancellationToken) => AskAsync(
        new JasperRequest(JasperCall.Echo, "echo", "echo/cco"), (_, _) => true, cancellationToken);

    public Task<CarrierPage<CarrierDevice>> ListDevicesAsync(
        DateTimeOffset modifiedSince, string? status, int pageNumber, CancellationToken cancellationToken)
    {
        string since = Instant(modifiedSince);
        string filter = status is null ? "" : $"&status={Uri.EscapeDataString(status)}";
        return AskAsync(
            new JasperRequest(
                JasperCall.ListDevices,
                $"list of SIMs changed since {since}, page {pageNumber}",
                $"devices?modifiedSince={Uri.EscapeDataString(since)}&{PageOf(pageNumber)}{filter}"),
            (reading, body) => reading.Page(body, pageNumber, "devices", reading.Devices),
            cancellationToken);
    }

    public Task<CarrierDeviceDetails?> FindDeviceAsync(Iccid iccid, CancellationToken cancellationToken) => FindAsync(
        new JasperRequest(JasperCall.FindDevice, $"details of SIM {iccid}", $"devices/{iccid}"),
        (reading, body) => reading.Details(body),
        cancellationToken);

    public async Task<CarrierPage<CarrierUsage>> ListUsageAsync(
        string ratePlan, int pageNumber, CancellationToken cancellationToken)
    {
        var request = new JasperRequest(
            JasperCall.ListUsage,
            $"usage of rate plan \"{ratePlan}\", page {pageNumber}",
            $"usages?ratePlanName={Uri.EscapeDataString(CheckedName(ratePlan))}&{PageOf(pageNumber)}");
        JasperAnswer answer = await SendAsync(request, cancellationToken);
        return answer is { Outcome: AttemptOutcome.Refused, Status: 400, Failure: CarrierFailure.Refused }
            ? throw JasperErrors.ToException(request, answer with { Failure = WhyNoBulkUsage(answer), Advice = "" })
            : Read(request, answer, (reading, body) => reading.Page(body, pageNumber, "zones", reading.UsageOfZones));
    }

    public Task<CarrierUsage?> FindUsageAsync(Iccid iccid, CancellationToken cancellationToken) => FindAsync(
        new JasperRequest(JasperCall.FindUsage, $"usage of SIM {iccid}", $"devices/{iccid}/ctdUsages"),
        (reading, body) => reading.Usage(body),
        cancellationToken);

    public Task<CarrierPage<CarrierRatePlan>> ListRatePlansAsync(int pageNumber, CancellationToken cancellationToken) =>
        AskAsync(
            new JasperRequest(
                JasperCall.ListRatePlans, $"price list, page {pageNumber}", $"rateplans?{PageOf(pageNumber)}"),
            (reading, body) => reading.Page(body, pageNumber, "ratePlans", reading.RatePlans),
            cancellationToken);

    public async Task<bool> ChangeRatePlanAsync(
        Iccid iccid, string ratePlan, DateTimeOffset? effectiveAt, CancellationToken cancellationToken)
    {
        var request = new JasperRequest(
            JasperCall.ChangeRatePlan,
            $"change of SIM {iccid} to rate plan \"{ratePlan}\"",
            $"devices/{iccid}",
            ChangeBody(CheckedName(ratePlan), effectiveAt));
        JasperAnswer answer = await SendAsync(request, cancellationToken);
        bool isFor = Read(request, answer, (_, body) => JasperReading.IsFor(body, iccid.ToString()));
        return isFor
            ? answer.Status != 202
            : throw JasperErrors.ToException(
                request, answer with { Outcome = AttemptOutcome.Broken, Found = "answered for another SIM" });
    }

    public Task<CarrierPage<CarrierAuditRecord>> ListAuditTrailAsync(
        Iccid iccid, int daysOfHistory, int pageNumber, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(daysOfHistory, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(daysOfHistory, JasperLimits.HistoryDaysMax);
        return AskAsync(
            new JasperRequest(
                JasperCall.ListAuditTrail,
                $"history of SIM {iccid}, page {pageNumber}",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"devices/{iccid}/auditTrails?daysOfHistory={daysOfHistory}&{PageOf(pageNumber)}")),
            (reading, body) => reading.Page(body, pageNumber, "deviceAuditTrails", reading.AuditRecords),
            cancellationToken);
    }

    public void Dispose() => _transport.Dispose();

    /// <summary>Without credentials.</summary>
    public override string ToString() => $"Carrier client of {_options}";

    private async Task<TAnswer> AskAsync<TAnswer>(
        JasperRequest request, Func<JasperReading, JsonElement, TAnswer> read, CancellationToken cancellationToken) =>
        Read(request, await SendAsync(request, cancellationToken), read);

    /// <returns><c>null</c> only when the carrier says by its code that it knows no such SIM: a wrong address has 404, too.</returns>
    private async Task<TAnswer?> FindAsync<TAnswer>(
        JasperRequest request, Func<JasperReading, JsonElement, TAnswer> read, CancellationToken cancellationToken)
        where TAnswer : class
    {
        JasperAnswer answer = await SendAsync(request, cancellationToken);
        return answer.ErrorCode == JasperErrors.UnknownIccidCode ? null : Read(request, answer, read);
    }

    private Task<JasperAnswer> SendAsync(JasperRequest request, CancellationToken cancellationToken) =>
        _resilience.RunAsync(request, token => _transport.SendAsync(request, token), cancellationToken);

    private TAnswer Read<TAnswer>(
        JasperRequest request, JasperAnswer answer, Func<JasperReading, JsonElement, TAnswer> read)
    {
        if (answer.Outcome != AttemptOutcome.Done)
        {
            throw JasperErrors.ToException(request, answer);
        }

        try
        {
            return read(new JasperReading(request, _options), answer.Body);
        }
        catch (InvalidOperationException noUnicode)
        {
            throw JasperErrors.OfForm(request, "a text in the answer is no Unicode.", noUnicode);
        }
    }

    /// <summary>The carrier gives no code here. Asking SIM by SIM always works, so that is what doubt leads to.</summary>
    private static CarrierFailure WhyNoBulkUsage(JasperAnswer answer)
    {
        string words = answer.ErrorMessage ?? "";
        return answer.ErrorCode is not null ? CarrierFailure.Refused
            : !words.Contains("shared", StringComparison.OrdinalIgnoreCase)
                && words.Contains("invalid rate plan", StringComparison.OrdinalIgnoreCase) ? CarrierFailure.NotFound
            : CarrierFailure.NotOffered;
    }

    private static byte[] ChangeBody(string ratePlan, DateTimeOffset? effectiveAt)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("ratePlan", ratePlan);
            if (effectiveAt is { } at)
            {
                json.WriteString("effectiveDate", Instant(at));
            }

            json.WriteEndObject();
        }

        return body.WrittenSpan.ToArray();
    }

    /// <summary>For example <c>2016-04-18T17:31:34Z</c>; whole seconds, cut off.</summary>
    private static string Instant(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private string PageOf(int pageNumber)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageNumber, 1);
        return string.Create(CultureInfo.InvariantCulture, $"pageSize={_options.PageSize}&pageNumber={pageNumber}");
    }

    private static string CheckedName(string ratePlan)
    {
        if (ratePlan.Length is 0 or > JasperLimits.PlanNameLengthMax)
        {
            throw new CarrierException(
                CarrierFailure.Refused,
                $"A rate plan's name has {ratePlan.Length} characters; expected 1 to {JasperLimits.PlanNameLengthMax}.");
        }

        try
        {
            _ = StrictUnicode.GetByteCount(ratePlan);
            return ratePlan;
        }
        catch (EncoderFallbackException)
        {
            throw new CarrierException(CarrierFailure.Refused, "A rate plan's name is no Unicode text. Read the price list again.");
        }
    }
}
