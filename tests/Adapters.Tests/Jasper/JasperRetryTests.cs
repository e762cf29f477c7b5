using System.Globalization;
using CarrierOptimization.Adapters.Jasper;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.Carrier;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CarrierOptimization.Adapters.Tests.Jasper;

public sealed class JasperRetryTests
{
    private const string LimitBody = """{"errorMessage":"Rate limit exceeded","errorCode":"40000029"}""";

    private static readonly Iccid Sim = Iccid.Parse("8900000000000000017");
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(429, "{}")]
    [InlineData(500, "{}")]
    [InlineData(502, "<html>")]
    [InlineData(503, "")]
    [InlineData(504, "")]
    [InlineData(408, "")]
    [InlineData(400, LimitBody)]
    [InlineData(401, LimitBody)]
    [InlineData(200, LimitBody)]
    [InlineData(200, """{"ERRORCODE":40000029}""")]
    [InlineData(404, """{"errorMessage":"Unknown server error","errorCode":"30000001"}""")]
    [InlineData(200, "{\"message\":\"cc")]
    [InlineData(200, "")]
    [InlineData(200, "<html>Sign in to the network</html>")]
    public async Task What_may_work_later_is_repeated(int status, string body)
    {
        await using OddCarrier carrier = await OddCarrier.StartAsync((context, call) =>
            call < 3 ? OddCarrier.WriteAsync(context, status, body) : OddCarrier.WriteAsync(context, 200, "{}"));
        using JasperClient client = carrier.Client();

        await client.EchoAsync(Cancelled);

        Assert.Equal((3, 2), (client.CallCounts.Calls, client.CallCounts.Retries));
    }

    [Theory]
    [InlineData(400, """{"errorMessage":"Malformed JSON","errorCode":"10000023"}""", CarrierFailure.Refused)]
    [InlineData(400, """{"errorMessage":"no access","errorCode":"10000030"}""", CarrierFailure.NotAllowed)]
    [InlineData(401, """{"errorMessage":"Invalid credentials","errorCode":"10000001"}""", CarrierFailure.NotAllowed)]
    [InlineData(401, "", CarrierFailure.NotAllowed)]
    [InlineData(403, "", CarrierFailure.NotAllowed)]
    [InlineData(404, "", CarrierFailure.NotFound)]
    [InlineData(302, "", CarrierFailure.NotAllowed)]
    [InlineData(501, "", CarrierFailure.Unavailable)]
    public async Task What_ends_the_same_way_again_is_not_repeated(int status, string body, CarrierFailure expected)
    {
        await using OddCarrier carrier = await OddCarrier.StartAsync(status, body);
        using JasperClient client = carrier.Client();

        CarrierException failure = await Assert.ThrowsAsync<CarrierException>(() => client.EchoAsync(Cancelled));

        Assert.Equal(expected, failure.Failure);
        Assert.Equal(1, carrier.Calls);
        Assert.Contains(status.ToString(CultureInfo.InvariantCulture), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wait_that_the_carrier_asks_for_is_kept()
    {
        FakeTimeProvider clock = ClockPump.NewClock();
        var arrivals = new List<DateTimeOffset>();
        await using OddCarrier carrier = await OddCarrier.StartAsync((context, call) =>
        {
            arrivals.Add(clock.GetUtcNow());
            string? wait = call switch
            {
                1 => "7",
                2 => (clock.GetUtcNow() + TimeSpan.FromSeconds(20)).ToString("R", CultureInfo.InvariantCulture),
                _ => null,
            };
            context.Response.Headers.RetryAfter = wait;
            return OddCarrier.WriteAsync(context, wait is null ? 200 : 429, "{}");
        });
        using JasperClient client = carrier.Client(Patient(carrier), clock);

        await ClockPump.RunAsync(clock, Step, client.EchoAsync(Cancelled));

        Assert.InRange((arrivals[1] - arrivals[0]).TotalSeconds, 7, 12);
        Assert.InRange((arrivals[2] - arrivals[1]).TotalSeconds, 18.9, 25);
    }

    [Fact]
    public async Task Without_a_word_of_the_carrier_the_waits_grow()
    {
        FakeTimeProvider clock = ClockPump.NewClock();
        var arrivals = new List<DateTimeOffset>();
        await using OddCarrier carrier = await OddCarrier.StartAsync((context, call) =>
        {
            arrivals.Add(clock.GetUtcNow());
            return OddCarrier.WriteAsync(context, call < 6 ? 500 : 200, "{}");
        });
        JasperOptions options = Patient(carrier);
        options.RetryDelay = TimeSpan.FromSeconds(4);
        options.RetryDelayMax = TimeSpan.FromSeconds(60);
        using JasperClient client = carrier.Client(options, clock);

        await ClockPump.RunAsync(clock, Step, client.EchoAsync(Cancelled));

        // Jitter makes single waits short or long; together they are far above six equal ones.
        Assert.Equal(6, arrivals.Count);
        Assert.True(arrivals[^1] - arrivals[0] > TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_wait_beyond_the_total_limit_is_left_to_the_caller()
    {
        FakeTimeProvider clock = ClockPump.NewClock();
        await using OddCarrier carrier = await OddCarrier.StartAsync((context, _) =>
        {
            context.Response.Headers.RetryAfter = "3600";
            return OddCarrier.WriteAsync(context, 503, "");
        });
        using JasperClient client = carrier.Client(Patient(carrier), clock);

        CarrierException failure = await Assert.ThrowsAsync<CarrierException>(() => client.EchoAsync(Cancelled));

        Assert.Equal(TimeSpan.FromHours(1), failure.RetryAfter);
        Assert.True(failure.IsTransient);
        Assert.Equal(1, carrier.Calls);
    }

    [Fact]
    public async Task An_attempt_without_an_answer_ends_at_its_limit_and_is_repeated()
    {
        FakeTimeProvider clock = ClockPump.NewClock();
        await using OddCarrier carrier = await OddCarrier.StartAsync(async (context, call) =>
        {
            if (call == 1)
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }

            await OddCarrier.WriteAsync(context, 200, "{}");
        });
        JasperOptions options = carrier.Options();
        options.AttemptTimeout = TimeSpan.FromSeconds(20);
        using JasperClient client = carrier.Client(options, clock);

        await ClockPump.RunAsync(clock, Step, client.EchoAsync(Cancelled));

        Assert.Equal(2, carrier.Calls);
        Assert.True(clock.GetUtcNow() - ClockPump.Start >= TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Reads_that_never_work_end_with_what_was_found()
    {
        await using OddCarrier carrier = await OddCarrier.StartAsync(
            500, """{"errorMessage":"Unknown server error","errorCode":"30000001"}""");
        using JasperClient client = carrier.Client();

        CarrierException failure = await Assert.ThrowsAsync<CarrierException>(() => client.FindDeviceAsync(Sim, Cancelled));

        Assert.Equal(
            $"Carrier, details of SIM {Sim}: answered 500 \"Unknown server error\" (code 30000001) to the last of 4 attempts. "
            + "Try later.",
            failure.Message);
        Assert.Equal((CarrierFailure.Unavailable, "30000001"), (failure.Failure, failure.ErrorCode));
    }

    [Theory]
    [InlineData(500, "{}")]
    [InlineData(502, "")]
    [InlineData(503, "")]
    [InlineData(504, "")]
    [InlineData(408, "")]
    [InlineData(200, "{\"iccid\":\"89000")]
    [InlineData(200, "")]
    [InlineData(202, "<html>")]
    [InlineData(200, """{"iccid":"8900000000000000000"}""")]
    [InlineData(200, """{"iccid":"\ud800"}""")]
    public async Task A_change_that_may_have_been_made_is_sent_once(int status, string body)
    {
        await using OddCarrier carrier = await OddCarrier.StartAsync(status, body);
        using JasperClient client = carrier.Client();

        CarrierException failure = await Assert.ThrowsAsync<CarrierException>(
            () => client.ChangeRatePlanAsync(Sim, "5 MB", null, Cancelled));

        Assert.Equal(1, carrier.Calls);
        Assert.Equal(CarrierFailure.TimedOut, failure.Failure);
        Assert.Contains("The change may have been made", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_is_not_sent_again_when_a_used_connection_breaks()
    {
        await using OddCarrier carrier = await OddCarrier.StartAsync(async (context, call) =>
        {
            if (call < 3)
            {
                await OddCarrier.WriteAsync(context, 200, "{}");
                return;
            }

            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            context.Abort();
        });
        using JasperClient client = carrier.Client();
        await client.EchoAsync(Cancelled);
        await client.EchoAsync(Cancelled);

        CarrierException failure = await Assert.ThrowsAsync<CarrierException>(
            () => client.ChangeRatePlanAsync(Sim, "5 MB", null, Cancelled));

        Assert.Equal((CarrierFailure.TimedOut, 3), (failure.Failure, carrier.Calls));
    }

    [Fact]
    public async Task Where_nobody_listens_a_change_was_surely_not_made()
    {
        Uri nobody;
        await using (OddCarrier carrier = await OddCarrier.StartAsync(200, "{}"))
        {
            nobody = carrier.ApiAddress;
        }

        using JasperClient client = OddCarrier.NewClient(OddCarrier.QuickOptions(nobody, retriesMax: 2));

        CarrierException failure = await Assert.ThrowsAsync<CarrierException>(
            () => client.ChangeRatePlanAsync(Sim, "5 MB", null, Cancelled));

        Assert.Equal(CarrierFailure.Unavailable, failure.Failure);
        Assert.Equal(3, client.CallCounts.Calls);
        Assert.Contains("can't be reached", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_circuit_opens_refuses_at_once_and_closes_when_the_carrier_is_well_again()
    {
        FakeTimeProvider clock = ClockPump.NewClock();
        bool isWell = false;
        await using OddCarrier carrier = await OddCarrier.StartAsync(
            (context, _) => OddCarrier.WriteAsync(context, Volatile.Read(ref isWell) ? 200 : 500, "{}"));
        JasperOptions options = carrier.Options(retriesMax: 0);
        options.BreakerAttemptsMin = 5;
        options.BreakerFailurePercent = 80;
        options.BreakFor = TimeSpan.FromSeconds(30);
        using JasperClient client = carrier.Client(options, clock);
        for (int call = 0; call < 5; call++)
        {
            await Assert.ThrowsAsync<CarrierException>(() => client.EchoAsync(Cancelled));
        }

        CarrierException open = await Assert.ThrowsAsync<CarrierException>(() => client.EchoAsync(Cancelled));
        Assert.Equal((CarrierFailure.Unavailable, 5), (open.Failure, carrier.Calls));
        Assert.Equal(TimeSpan.FromSeconds(30), open.RetryAfter);
        Assert.Contains("80 % of the last calls", open.Message, StringComparison.Ordinal);

        clock.Advance(TimeSpan.FromSeconds(31));
        await Assert.ThrowsAsync<CarrierException>(() => client.EchoAsync(Cancelled));
        await Assert.ThrowsAsync<CarrierException>(() => client.EchoAsync(Cancelled));
        Assert.Equal(6, carrier.Calls);

        Volatile.Write(ref isWell, true);
        clock.Advance(TimeSpan.FromSeconds(31));
        await client.EchoAsync(Cancelled);
        await client.EchoAsync(Cancelled);
        Assert.Equal(8, carrier.Calls);
    }

    [Fact]
    public async Task Refusals_by_the_rate_limit_do_not_open_the_circuit()
    {
        await using OddCarrier carrier = await OddCarrier.StartAsync(400, LimitBody);
        JasperOptions options = carrier.Options(retriesMax: 0);
        options.BreakerAttemptsMin = 2;
        using JasperClient client = carrier.Client(options);
        for (int call = 0; call < 10; call++)
        {
            CarrierException failure = await Assert.ThrowsAsync<CarrierException>(() => client.EchoAsync(Cancelled));
            Assert.Equal("40000029", failure.ErrorCode);
        }

        Assert.Equal((10, 10), (carrier.Calls, client.CallCounts.Limited));
    }

    private static JasperOptions Patient(OddCarrier carrier)
    {
        JasperOptions options = carrier.Options(retriesMax: 6);
        options.AttemptTimeout = TimeSpan.FromMinutes(10);
        return options;
    }
}
