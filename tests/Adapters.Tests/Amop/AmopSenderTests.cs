using System.Net;
using System.Net.Sockets;
using System.Text;
using CarrierOptimization.Adapters.Amop;
using CarrierOptimization.Pipeline.Triggers;
using CarrierOptimization.Simulator.Amop;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CarrierOptimization.Adapters.Tests.Amop;

/// <summary>Against the simulated receiver, over real HTTP.</summary>
public sealed class AmopSenderTests
{
    private const string Trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_arrives_with_all_headers_and_without_violations()
    {
        await using RunningAmop amop = await RunningAmop.StartAsync();
        int[] milestones = [0, 20, 30, 40, 50, 90, 100];

        for (int number = 0; number < milestones.Length; number++)
        {
            await amop.SendAsync(RunningAmop.Milestone(number + 1, milestones[number], Trace));
        }

        Assert.Empty(amop.Simulator.Violations);
        Assert.Equal(milestones, amop.Simulator.Triggers.Select(trigger => trigger.Progress));
        Assert.All(amop.Simulator.Triggers, trigger => Assert.Equal(Trace, trigger.TraceParent));
        Assert.Equal("trigger-17-1", amop.Simulator.Triggers[0].IdempotencyKey);
        Assert.Equal(RunningAmop.Milestone(1, 0).Body, amop.Simulator.Triggers[0].Body);
    }

    [Fact]
    public async Task A_trace_that_is_none_is_left_out()
    {
        await using RunningAmop amop = await RunningAmop.StartAsync();

        await amop.SendAsync(RunningAmop.Milestone(1, 0, "00-00000000000000000000000000000000-00f067aa0ba902b7-01"));
        await amop.SendAsync(RunningAmop.Milestone(2, 20, "no trace\r\nX-Evil: 1"));

        Assert.Empty(amop.Simulator.Violations);
        Assert.All(amop.Simulator.Triggers, trigger => Assert.Null(trigger.TraceParent));
    }

    [Fact]
    public async Task A_repeated_trigger_is_not_counted_twice()
    {
        await using RunningAmop amop = await RunningAmop.StartAsync();

        await amop.SendAsync(RunningAmop.Milestone(1, 0));
        await amop.SendAsync(RunningAmop.Milestone(1, 0));

        Assert.Single(amop.Simulator.Triggers);
        Assert.Equal(1, amop.Simulator.Repeated);
    }

    [Theory]
    [InlineData("down", false, "503")]
    [InlineData("too-many-requests", false, "429")]
    [InlineData("bad-request", true, "400")]
    [InlineData("unauthorized", true, "401")]
    public async Task A_refusal_says_whether_to_try_again(string fault, bool isPermanent, string status)
    {
        await using RunningAmop amop = await RunningAmop.StartAsync();
        amop.Simulator.Faults = AmopFaults.Parse(fault);

        TriggerException failure = await amop.RefusedAsync(RunningAmop.Milestone(1, 0));

        Assert.Equal(isPermanent, failure.IsPermanent);
        Assert.Contains(status, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(AmopSimulatorOptions.DefaultToken, failure.ToString(), StringComparison.Ordinal);
        amop.Simulator.Faults = AmopFaults.None;
        await amop.SendAsync(RunningAmop.Milestone(1, 0));
        Assert.Empty(amop.Simulator.Violations);
    }

    [Fact]
    public async Task How_long_to_wait_is_kept()
    {
        await using RunningAmop amop = await RunningAmop.StartAsync();
        amop.Simulator.Faults = AmopFaults.Parse("too-many-requests") with { RetryAfter = TimeSpan.FromSeconds(17) };

        Assert.Equal(TimeSpan.FromSeconds(17), (await amop.RefusedAsync(RunningAmop.Milestone(1, 0))).RetryAfter);
    }

    [Fact]
    public async Task A_trigger_taken_in_silence_is_sent_again_and_counted_once()
    {
        await using RunningAmop amop = await RunningAmop.StartAsync(options => options with { AttemptTimeout = TimeSpan.FromSeconds(1) });
        amop.Simulator.Faults = AmopFaults.Parse("accepted-then-silent") with { CallsMax = 1 };

        TriggerException failure = await amop.RefusedAsync(RunningAmop.Milestone(1, 0));
        await amop.SendAsync(RunningAmop.Milestone(1, 0));

        Assert.False(failure.IsPermanent);
        Assert.Contains("within 1 s", failure.Message, StringComparison.Ordinal);
        Assert.Single(amop.Simulator.Triggers);
        Assert.Equal(1, amop.Simulator.Repeated);
    }

    [Fact]
    public async Task A_slow_answer_is_waited_for()
    {
        await using RunningAmop amop = await RunningAmop.StartAsync();
        amop.Simulator.Faults = AmopFaults.Parse("slow") with { SlowAnswer = TimeSpan.FromMilliseconds(300) };

        await amop.SendAsync(RunningAmop.Milestone(1, 0));

        Assert.Single(amop.Simulator.Triggers);
    }

    [Fact]
    public async Task Cancelling_is_not_a_failure_of_the_trigger()
    {
        await using RunningAmop amop = await RunningAmop.StartAsync();
        amop.Simulator.Faults = AmopFaults.Parse("slow");
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => amop.Sender.SendAsync(RunningAmop.Milestone(1, 0), stop.Token));
    }

    [Fact]
    public async Task Nobody_listening_is_tried_again()
    {
        await using RunningAmop amop = await RunningAmop.StartAsync();
        await amop.Simulator.DisposeAsync();

        TriggerException failure = await amop.RefusedAsync(RunningAmop.Milestone(1, 0));

        Assert.False(failure.IsPermanent);
        Assert.Contains("can't be reached", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_many_failures_the_receiver_is_left_alone_and_later_tried_with_one()
    {
        var time = new FakeTimeProvider();
        await using RunningAmop amop = await RunningAmop.StartAsync(options => options with { BreakerAttempts = 3 }, time);
        amop.Simulator.Faults = AmopFaults.Parse("down");
        for (int attempt = 0; attempt < 3; attempt++)
        {
            Assert.Contains("503", (await amop.RefusedAsync(RunningAmop.Milestone(1, 0))).Message, StringComparison.Ordinal);
        }

        // Up again, but nobody knows yet.
        amop.Simulator.Faults = AmopFaults.None;
        time.Advance(TimeSpan.FromSeconds(10));
        TriggerException left = await amop.RefusedAsync(RunningAmop.Milestone(1, 0));

        Assert.False(left.IsPermanent);
        Assert.Equal(TimeSpan.FromSeconds(20), left.RetryAfter);
        Assert.Empty(amop.Simulator.Triggers);
        time.Advance(TimeSpan.FromSeconds(21));
        await amop.SendAsync(RunningAmop.Milestone(1, 0));
        await amop.SendAsync(RunningAmop.Milestone(2, 20));
        Assert.Equal(2, amop.Simulator.Triggers.Count);
    }

    [Fact]
    public async Task Refusals_for_good_do_not_open_the_circuit()
    {
        await using RunningAmop amop = await RunningAmop.StartAsync(options => options with { BreakerAttempts = 2 });
        amop.Simulator.Faults = AmopFaults.Parse("bad-request") with { CallsMax = 10 };
        for (int sequence = 1; sequence <= 10; sequence++)
        {
            Assert.True((await amop.RefusedAsync(RunningAmop.Milestone(sequence, sequence))).IsPermanent);
        }

        await amop.SendAsync(RunningAmop.Milestone(11, 50));

        Assert.Single(amop.Simulator.Triggers);
        Assert.Empty(amop.Simulator.Violations);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_OAuth_token_is_fetched_once_and_again_shortly_before_it_expires(bool secretInForm)
    {
        var time = new FakeTimeProvider();
        await using RunningAmop amop = await RunningAmop.StartWithOAuthAsync(options => options with { SecretInForm = secretInForm }, time);

        await amop.SendAsync(RunningAmop.Milestone(1, 0));
        time.Advance(TimeSpan.FromMinutes(8.5));
        await amop.SendAsync(RunningAmop.Milestone(2, 20));
        Assert.Equal(1, amop.Simulator.TokensIssued);
        time.Advance(TimeSpan.FromMinutes(1));
        await amop.SendAsync(RunningAmop.Milestone(3, 30));

        Assert.Equal(2, amop.Simulator.TokensIssued);
        Assert.Equal(3, amop.Simulator.Triggers.Count);
    }

    [Fact]
    public async Task A_revoked_token_is_replaced_once_within_the_attempt()
    {
        await using RunningAmop amop = await RunningAmop.StartWithOAuthAsync();
        await amop.SendAsync(RunningAmop.Milestone(1, 0));
        amop.Simulator.RevokeTokens();

        await amop.SendAsync(RunningAmop.Milestone(2, 20));

        Assert.Equal(2, amop.Simulator.TokensIssued);
        amop.Simulator.Faults = AmopFaults.Parse("unauthorized");
        Assert.True((await amop.RefusedAsync(RunningAmop.Milestone(3, 30))).IsPermanent);
        Assert.Equal(3, amop.Simulator.TokensIssued);
    }

    [Fact]
    public async Task Many_triggers_at_once_share_one_token()
    {
        await using RunningAmop amop = await RunningAmop.StartWithOAuthAsync();

        await Task.WhenAll(Enumerable.Range(1, 20).Select(session =>
            amop.SendAsync(RunningAmop.Milestone(1, 0) with
            {
                IdempotencyKey = $"trigger-{session}-1",
                SessionId = session,
                Body = RunningAmop.Milestone(1, 0).Body.Replace("\"17\"", $"\"{session}\"", StringComparison.Ordinal),
            })));

        Assert.Equal(1, amop.Simulator.TokensIssued);
        Assert.Equal(20, amop.Simulator.Triggers.Count);
    }

    [Fact]
    public async Task A_wrong_secret_is_said_without_the_secret()
    {
        await using RunningAmop amop = await RunningAmop.StartWithOAuthAsync(options => options with { ClientSecret = "wr0ng-secret" });

        TriggerException failure = await amop.RefusedAsync(RunningAmop.Milestone(1, 0));

        Assert.True(failure.IsPermanent);
        Assert.Contains("token endpoint", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng-secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_repeats_the_key_is_masked()
    {
        await using var server = new OneAnswer(
            "HTTP/1.1 403 Forbidden\r\nContent-Length: 24\r\nConnection: close\r\n\r\nk3y-of-mine is\r\nnot known");
        using var sender = new AmopSender(
            new AmopOptions { Endpoint = server.Address, ApiKey = "k3y-of-mine" }, TimeProvider.System, NullLogger<AmopSender>.Instance);

        TriggerException failure = await Assert.ThrowsAsync<TriggerException>(() => sender.SendAsync(RunningAmop.Milestone(1, 0), Token));

        Assert.Contains("answered 403: *** is  not know", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirection_is_not_followed_with_the_key()
    {
        await using RunningAmop elsewhere = await RunningAmop.StartAsync();
        await using var server = new OneAnswer(
            $"HTTP/1.1 307 Temporary Redirect\r\nLocation: {elsewhere.Simulator.Endpoint}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        using var sender = new AmopSender(
            new AmopOptions { Endpoint = server.Address, ApiKey = AmopSimulatorOptions.DefaultToken },
            TimeProvider.System, NullLogger<AmopSender>.Instance);

        TriggerException failure = await Assert.ThrowsAsync<TriggerException>(() => sender.SendAsync(RunningAmop.Milestone(1, 0), Token));

        Assert.False(failure.IsPermanent);
        Assert.Contains("Redirections are not followed", failure.Message, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Simulator.Triggers);
    }

    [Fact]
    public async Task A_server_that_is_no_TLS_server_is_said_so()
    {
        await using var server = new OneAnswer("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
        using var sender = new AmopSender(
            new AmopOptions { Endpoint = server.Address.Replace("http:", "https:", StringComparison.Ordinal), ApiKey = "key" },
            TimeProvider.System, NullLogger<AmopSender>.Instance);

        TriggerException failure = await Assert.ThrowsAsync<TriggerException>(() => sender.SendAsync(RunningAmop.Milestone(1, 0), Token));

        Assert.False(failure.IsPermanent);
        Assert.Contains("no secure connection", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>A server that reads one call and says one thing, letter by letter as given.</summary>
    private sealed class OneAnswer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task _answering;

        public OneAnswer(string answer)
        {
            _listener.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/optimization";
            _answering = AnswerAsync(answer);
        }

        public string Address { get; }

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _answering;
        }

        private async Task AnswerAsync(string answer)
        {
            using TcpClient client = await _listener.AcceptTcpClientAsync(CancellationToken.None);
            NetworkStream stream = client.GetStream();
            var buffer = new byte[16_384];
            _ = await stream.ReadAsync(buffer, CancellationToken.None);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), CancellationToken.None);
            client.Client.Shutdown(SocketShutdown.Send);
            while (await stream.ReadAsync(buffer, CancellationToken.None) > 0)
            {
                // The rest of the call, so that closing does not cut the answer off.
            }
        }
    }
}
