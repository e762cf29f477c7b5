using System.Text;
using CarrierOptimization.Adapters.Jasper;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.Carrier;
using Xunit;

namespace CarrierOptimization.Adapters.Tests.Jasper;

/// <summary>Answers of the carrier, harmed in every way: success or a carrier's failure comes of it, never anything else.</summary>
public sealed class JasperFuzzTests
{
    private const int Mutations = 2_000;

    private static readonly Iccid Sim = Iccid.Parse("8900000000000000017");

    private static readonly int[] Statuses = [200, 200, 200, 200, 200, 200, 202, 400, 404, 429, 500, 302];

    private static readonly string[] OddValues =
    [
        "1e400", "-1e400", "1e-400", "-1", "-0", "99999999999999999999999999999999999999", "9223372036854775808", "0.1",
        "1E+2147483648", "NaN", "null", "true", "\"\"", "\"\\ud800\"", "\"\\udc00x\"", "\"\\u0000\"", "[]", "{}", "[[[]]]",
        "\"true\"", "\"FALSE\"", "\"2016-06-29 00:21:33.339+0000\"", "\"0001-01-01T00:00:00+14:00\"", "\"9999-12-31T23:59:59-14:00\"",
        "\"100 MB\"", "\"-5 XB\"", "\"Infinity\"", "\"40000029\"", "{\"errorCode\":40000029}", "\"KB\"", "\"999999999999999999\"",
    ];

    public static TheoryData<JasperCall> Calls => [.. Enum.GetValues<JasperCall>()];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_harmed_answer_gives_a_result_or_a_carriers_failure(JasperCall call)
    {
        byte[] whole = Encoding.UTF8.GetBytes(WholeAnswer(call));
        var random = new Random(17 + (int)call);
        byte[] body = whole;
        int status = 200;
        await using OddCarrier carrier = await OddCarrier.StartAsync((context, _) => OddCarrier.WriteAsync(context, status, body));
        using JasperClient client = carrier.Client(carrier.Options(retriesMax: 0));
        await MakeAsync(client, call);
        int succeeded = 0;
        for (int mutation = 0; mutation < Mutations; mutation++)
        {
            body = Harmed(whole, random);
            status = Statuses[random.Next(Statuses.Length)];
            try
            {
                await MakeAsync(client, call);
                succeeded++;
            }
            catch (CarrierException failure)
            {
                Assert.NotEmpty(failure.Message);
            }
            catch (Exception other) when (other is not OperationCanceledException)
            {
                Assert.Fail($"Mutation {mutation} of {call}, status {status}: {other}\n{Encoding.UTF8.GetString(body)}");
            }
        }

        Assert.InRange(succeeded, 1, Mutations - 1);
    }

    private static async Task MakeAsync(JasperClient client, JasperCall call)
    {
        switch (call)
        {
            case JasperCall.Echo:
                await client.EchoAsync(Cancelled);
                break;
            case JasperCall.ListDevices:
                await client.ListDevicesAsync(ClockPump.Start, null, 1, Cancelled);
                break;
            case JasperCall.FindDevice:
                await client.FindDeviceAsync(Sim, Cancelled);
                break;
            case JasperCall.ListUsage:
                await client.ListUsageAsync("5 MB", 1, Cancelled);
                break;
            case JasperCall.FindUsage:
                await client.FindUsageAsync(Sim, Cancelled);
                break;
            case JasperCall.ListRatePlans:
                await client.ListRatePlansAsync(1, Cancelled);
                break;
            case JasperCall.ChangeRatePlan:
                await client.ChangeRatePlanAsync(Sim, "5 MB", null, Cancelled);
                break;
            default:
                await client.ListAuditTrailAsync(Sim, 30, 1, Cancelled);
                break;
        }
    }

    /// <summary>One to three harms: bytes flipped, parts cut, doubled or swapped, values replaced.</summary>
    private static byte[] Harmed(byte[] whole, Random random)
    {
        byte[] body = whole;
        for (int harm = random.Next(1, 4); harm > 0 && body.Length > 4; harm--)
        {
            int from = random.Next(body.Length);
            int to = Math.Min(body.Length, from + random.Next(1, 40));
            switch (random.Next(8))
            {
                case 0:
                    body = [.. body];
                    body[from] = (byte)random.Next(256);
                    break;
                case 1:
                    body = body[..from];
                    break;
                case 2:
                    body = [.. body[..from], .. body[to..]];
                    break;
                case 3:
                    body = [.. body[..to], .. body[from..]];
                    break;
                default:
                    body = WithOddValue(body, random);
                    break;
            }
        }

        return body;
    }

    /// <summary>A value after a colon becomes an odd one; what stood there is cut off where the next member begins.</summary>
    private static byte[] WithOddValue(byte[] body, Random random)
    {
        string text = Encoding.Latin1.GetString(body);
        int[] colons = [.. Enumerable.Range(0, text.Length).Where(place => text[place] == ':')];
        if (colons.Length == 0)
        {
            return body;
        }

        int from = colons[random.Next(colons.Length)] + 1;
        int to = text.IndexOfAny([',', '}', ']'], from);
        string odd = OddValues[random.Next(OddValues.Length)];
        return Encoding.Latin1.GetBytes(text[..from] + odd + (to < 0 ? "" : text[to..]));
    }

    private static string WholeAnswer(JasperCall call) => call switch
    {
        JasperCall.Echo => """{"message":"cco","timestamp":"2018-09-26T03:02:18.393Z"}""",
        JasperCall.ListDevices => """
            {"pageNumber":1,"lastPage":true,"devices":[
             {"iccid":"8900000000000000017","status":"ACTIVATED","ratePlan":"5 MB","communicationPlan":"LTE"},
             {"iccid":"8900000000000000025","status":"INVENTORY","ratePlan":null,"communicationPlan":"LTE \u00fc"}]}
            """,
        JasperCall.FindDevice => """
            {"iccid":"8900000000000000017","imsi":"001010000000001","msisdn":"883200000017","status":"ACTIVATED","ratePlan":"5 MB",
             "communicationPlan":"LTE","dateActivated":"2016-06-29 00:21:33.339+0000","dateUpdated":"2016-07-06 22:04:39.562+0000",
             "accountId":"100000001","accountCustom1":""}
            """,
        JasperCall.ListUsage => """
            {"ratePlanName":"5 MB","pageNumber":1,"lastPage":false,"zones":[{"zoneName":"Home","devices":[
             {"deviceId":"8900000000000000017","usage":{"dataUsage":123456,"dataUsageUnit":"bytes","smsMOUsage":1,"smsMTUsage":2}}]}]}
            """,
        JasperCall.FindUsage => """
            {"iccid":"8900000000000000017","ctdDataUsage":123456,"ctdSMSUsage":7,"ctdVoiceUsage":0,"overageLimitReached":false}
            """,
        JasperCall.ListRatePlans => """
            {"pageNumber":1,"lastPage":true,"ratePlans":[{"name":"5 MB","version":3,"status":"Published","type":"Monthly - Individual",
             "subscriptionCharge":1.5,"subscriptionChargeUnit":"USD","tiers":[{"subscriberThreshold":0,"perSubscriberCharge":1.5}],
             "dataUsage":{"useDefaultRating":"false","zones":{"Home":{"includedData":5,"includedDataUnit":"MB",
             "bulkOverageEnabled":"true","dataRoundingUnit":"bytes","tiers":[{"dataOverage":0.25,"dataOverageUnit":"100 MB"}]}}},
             "smsUsage":{"includedSMS":10,"smsOverage":0.04},"voiceUsage":{"zones":{"Home":{"voiceOverage":0}}}}]}
            """,
        JasperCall.ChangeRatePlan => """{"iccid":"8900000000000000017"}""",
        _ => """
            {"iccid":"8900000000000000017","pageNumber":1,"lastPage":true,"deviceAuditTrails":[{"field":"Rate Plan",
             "priorValue":"1 MB","value":"5 MB","effectiveDate":"2018-09-26T03:02:18.393Z","status":"Successful","userName":"api"}]}
            """,
    };
}
