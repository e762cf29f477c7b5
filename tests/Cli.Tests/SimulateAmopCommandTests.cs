using System.Text;
using System.Text.Json;
using CarrierOptimization.Adapters.Amop;
using CarrierOptimization.Pipeline.Triggers;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace CarrierOptimization.Cli.Tests;

/// <summary>The command as the shell runs it, with our own sender on the other side.</summary>
public sealed class SimulateAmopCommandTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_trigger_is_shown_as_a_line()
    {
        (int code, string output, string error) = await RunAsync(
            [], [(1, 0, null), (2, 30, null), (3, 0, "No plan \u001b[31mis valid."), (4, 100, null)]);

        Assert.Equal((ExitCode.Done, ""), (code, error));
        string[] lines = output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("Simulated AMOP 2.0 (faults: none)", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("session 17 #1 Progress 0 %, 10,000 SIMs", lines[3], StringComparison.Ordinal);
        Assert.EndsWith("session 17 #2 Progress 30 %, 10,000 SIMs", lines[4], StringComparison.Ordinal);
        Assert.EndsWith("session 17 #3 ErrorMessage, No plan  [31mis valid.", lines[5], StringComparison.Ordinal);
        Assert.EndsWith("session 17 #4 Completion 100 %, 10,000 SIMs", lines[6], StringComparison.Ordinal);
        Assert.Equal("Stopped. 4 triggers, 0 violations.", lines[7]);
    }

    [Fact]
    public async Task Violations_are_shown_too()
    {
        (_, string output, _) = await RunAsync([], [(1, 30, null), (2, 20, null)]);

        Assert.Contains("violation: Session 17: Progress falls from 30 to 20.", output, StringComparison.Ordinal);
        Assert.Contains("2 triggers, 1 violations.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_json_there_is_one_object_a_line_and_nothing_else()
    {
        (_, string output, string error) = await RunAsync(["--json"], [(1, 0, null), (2, 20, null)]);

        JsonElement[] lines = [.. output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal([0, 20], lines.Select(line => line.GetProperty("progress").GetInt32()));
        Assert.Contains("AMOP_API_ENDPOINT=http://127.0.0.1:", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--port is -1", "--port", "-1")]
    [InlineData("--fault-percent is 101", "--fault-percent", "101")]
    [InlineData("--token is empty", "--token", "")]
    [InlineData("Fault \"flood\" is unknown", "--faults", "flood")]
    public async Task A_wrong_option_is_named(string expected, params string[] words)
    {
        var error = new StringWriter();

        int code = await CommandTree.RunAsync(["simulate", "amop", .. words], TextWriter.Null, error, Token);

        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains(expected, error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Runs the command on a free port, sends the triggers, and stops it.</summary>
    private static async Task<(int Code, string Output, string Error)> RunAsync(
        string[] words, (int Sequence, int Progress, string? Error)[] triggers)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var output = new StringWriter();
        var error = new StringWriter();
        var shown = new Watched();
        Task<int> command = CommandTree.RunAsync(
            ["simulate", "amop", "--port", "0", "--token", "s3cret", .. words], new Both(output, shown), new Both(error, shown), stop.Token);
        using var sender = new AmopSender(
            new AmopOptions { Endpoint = await shown.AddressAsync(Token), ApiKey = "s3cret" },
            TimeProvider.System, NullLogger<AmopSender>.Instance);
        foreach ((int sequence, int progress, string? message) in triggers)
        {
            await sender.SendAsync(Trigger(sequence, progress, message), Token);
        }

        await stop.CancelAsync();
        return (await command, output.ToString(), error.ToString());
    }

    private static OutgoingTrigger Trigger(int sequence, int progress, string? error)
    {
        var context = new TriggerContext(
            605, "", 4, new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero), 1, "");
        var guid = Guid.Parse("3f2504e0-4f89-41d3-9a0c-0305e82c3301");
        TriggerType type = error is not null ? TriggerType.ErrorMessage : progress == 100 ? TriggerType.Completion : TriggerType.Progress;
        string body = TriggerBody.Write(
            context, type, "17", error is null ? guid : null, error is null ? 10_000 : 0, error, progress, "",
            error is null ? [] : new Dictionary<string, object?>
            {
                ["Stage"] = "GroupDevices", ["ErrorCode"] = "InvalidRatePlan", ["OptimizationSessionGuid"] = guid.ToString(),
            });
        return new OutgoingTrigger($"trigger-17-{sequence}", 17, sequence, body, null);
    }

    /// <summary>Finds the address in what the command prints.</summary>
    private sealed class Watched
    {
        private const string Name = "AMOP_API_ENDPOINT=";

        private readonly TaskCompletionSource<string> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void See(string? line)
        {
            if (line?.IndexOf(Name, StringComparison.Ordinal) is int at and >= 0)
            {
                _address.TrySetResult(line[(at + Name.Length)..].Split(' ')[0]);
            }
        }

        public Task<string> AddressAsync(CancellationToken cancellationToken) => _address.Task.WaitAsync(cancellationToken);
    }

    private sealed class Both(StringWriter kept, Watched watched) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            lock (kept)
            {
                kept.Write(value);
            }
        }

        public override void WriteLine(string? value)
        {
            lock (kept)
            {
                kept.WriteLine(value);
            }

            watched.See(value);
        }

        public override Task WriteLineAsync(string? value)
        {
            WriteLine(value);
            return Task.CompletedTask;
        }
    }
}
