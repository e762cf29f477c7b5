using System.Text;
using CarrierOptimization.Adapters.Jasper;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.Carrier;
using Xunit;

namespace CarrierOptimization.Adapters.Tests.Jasper;

/// <summary>Odd answers: what is read leniently, and what is refused in words.</summary>
public sealed class JasperAnswerTests
{
    private static readonly Iccid Sim = Iccid.Parse("8900000000000000017");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Flags_and_numbers_may_be_texts_and_keys_of_any_case()
    {
        await using OddCarrier carrier = await OddCarrier.StartAsync(200, """
            {"PageNumber":"1","lastpage":"TRUE","zones":[
              {"zoneName":"Home","Devices":[
                {"deviceid":8900000000000000017,"usage":{"datausage":"1234","smsmousage":"2","SMSMTUsage":3}},
                {"deviceId":"x","usage":{"dataUsage":1.5e3}}]},
              {"zoneName":"Roaming","devices":[
                {"deviceId":"8900000000000000017","usage":{"dataUsage":1,"dataUsageUnit":"KB"}}]}]}
            """);
        using JasperClient client = carrier.Client();

        CarrierPage<CarrierUsage> page = await client.ListUsageAsync("5 MB", 1, Cancelled);

        Assert.True(page.IsLast);
        Assert.Equal([new CarrierUsage(Sim.ToString(), 2258, null), new CarrierUsage("x", 1500, null)], page.Rows);
    }

    [Theory]
    [InlineData("9223372036854775807", 9223372036854775807)]
    [InlineData("9223372036854775808", null)]
    [InlineData("-5", -5L)]
    [InlineData("1e400", null)]
    [InlineData("1e-400", null)]
    [InlineData("12.5", null)]
    [InlineData("12.0", 12L)]
    [InlineData("\"NaN\"", null)]
    [InlineData("\"Infinity\"", null)]
    [InlineData("\" 77 \"", 77L)]
    [InlineData("\"1,000\"", null)]
    [InlineData("null", null)]
    [InlineData("true", null)]
    [InlineData("[5]", null)]
    [InlineData("{}", null)]
    [InlineData("99999999999999999999999999999999999999999999999999", null)]
    public async Task Usage_is_kept_as_it_comes_if_it_fits_and_is_missing_otherwise(string written, long? expected)
    {
        await using OddCarrier carrier = await OddCarrier.StartAsync(
            200, $$"""{"iccid":"{{Sim}}","ctdDataUsage":{{written}},"ctdSMSUsage":{{written}}}""");
        using JasperClient client = carrier.Client();

        CarrierUsage? usage = await client.FindUsageAsync(Sim, Cancelled);

        Assert.Equal(new CarrierUsage(Sim.ToString(), expected, expected), usage);
    }

    [Theory]
    [InlineData("2016-06-29 00:21:33.339+0000", "2016-06-29T00:21:33.3390000+00:00")]
    [InlineData("2016-06-29 00:21:33.339-0530", "2016-06-29T05:51:33.3390000+00:00")]
    [InlineData("2018-09-26T03:02:18.393Z", "2018-09-26T03:02:18.3930000+00:00")]
    [InlineData("2016-04-18T17:31:34Z", "2016-04-18T17:31:34.0000000+00:00")]
    [InlineData("2016-04-18T17:31:34+02:00", "2016-04-18T15:31:34.0000000+00:00")]
    [InlineData("2016-04-18T17:31:34", "2016-04-18T17:31:34.0000000+00:00")]
    [InlineData("2016-04-18Z", "2016-04-18T00:00:00.0000000+00:00")]
    [InlineData("2016-04-18", "2016-04-18T00:00:00.0000000+00:00")]
    [InlineData("0001-01-01T00:00:00+14:00", null)]
    [InlineData("2016-13-45", null)]
    [InlineData("yesterday", null)]
    [InlineData("", null)]
    public async Task All_forms_of_dates_are_read(string written, string? expected)
    {
        await using OddCarrier carrier = await OddCarrier.StartAsync(
            200, $$"""{"iccid":"{{Sim}}","status":"A_NEW_ONE","dateActivated":"{{written}}"}""");
        using JasperClient client = carrier.Client();

        CarrierDeviceDetails? details = await client.FindDeviceAsync(Sim, Cancelled);

        Assert.Equal(expected, details!.ActivatedAt?.ToString("O"));
        Assert.Equal("A_NEW_ONE", details.Status);
    }

    [Theory]
    [InlineData("[]", "has no \"devices\"")]
    [InlineData("""{"devices":[],"pageNumber":1}""", "last page")]
    [InlineData("""{"devices":[],"pageNumber":2,"lastPage":true}""", "page 2 came; expected page 1")]
    [InlineData("""{"devices":"none","lastPage":true}""", "\"devices\" is a text; expected a list")]
    [InlineData("""{"devices":[5],"lastPage":true}""", "an entry of \"devices\" is a number; expected an object")]
    [InlineData("""{"devices":[{"iccid":"\ud800"}],"lastPage":true}""", "no Unicode")]
    public async Task A_list_of_another_form_is_refused_in_words(string body, string expected)
    {
        await using OddCarrier carrier = await OddCarrier.StartAsync(200, body);
        using JasperClient client = carrier.Client();

        CarrierException failure = await Assert.ThrowsAsync<CarrierException>(
            () => client.ListDevicesAsync(ClockPump.Start, null, 1, Cancelled));

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.StartsWith("Carrier, list of SIMs changed since 2026-03-20T12:00:00Z, page 1: ", failure.Message, StringComparison.Ordinal);
        Assert.Equal(CarrierFailure.Unavailable, failure.Failure);
    }

    [Fact]
    public async Task Rows_without_a_number_or_of_strange_values_are_handed_on_to_be_judged()
    {
        await using OddCarrier carrier = await OddCarrier.StartAsync(
            200, """{"devices":[{},{"iccid":null,"status":7},{"ICCID":"12","ratePlan":" "}],"lastPage":true}""");
        using JasperClient client = carrier.Client();

        CarrierPage<CarrierDevice> page = await client.ListDevicesAsync(ClockPump.Start, null, 1, Cancelled);

        Assert.Equal(
            [new CarrierDevice("", null, null, null), new CarrierDevice("", "7", null, null), new CarrierDevice("12", null, null, null)],
            page.Rows);
    }

    [Fact]
    public async Task An_answer_that_is_nested_too_deep_is_not_read()
    {
        await using OddCarrier carrier = await OddCarrier.StartAsync(200, new string('[', 100_000) + new string(']', 100_000));
        using JasperClient client = carrier.Client(carrier.Options(retriesMax: 0));

        CarrierException failure = await Assert.ThrowsAsync<CarrierException>(() => client.EchoAsync(Cancelled));

        Assert.Contains("are not JSON", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_above_the_limit_is_not_read_to_its_end(bool saysLength)
    {
        const long Claimed = 100L << 30;
        await using OddCarrier carrier = await OddCarrier.StartAsync(async (context, _) =>
        {
            context.Response.ContentLength = saysLength ? Claimed : null;
            byte[] part = Encoding.ASCII.GetBytes(new string(' ', 64 * 1024));
            for (long sent = 0; sent < Claimed && !context.RequestAborted.IsCancellationRequested; sent += part.Length)
            {
                await context.Response.Body.WriteAsync(part, context.RequestAborted);
            }
        });
        JasperOptions options = carrier.Options();
        options.BodyBytesMax = 200_000;
        using JasperClient client = carrier.Client(options);

        CarrierException failure = await Assert.ThrowsAsync<CarrierException>(() => client.EchoAsync(Cancelled));

        Assert.Contains("more than 200,000 bytes", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, carrier.Calls);
    }
}
