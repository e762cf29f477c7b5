using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace CarrierOptimization.Cli.Tests;

/// <summary><c>cco simulate carrier</c>, from its start to Ctrl-C.</summary>
public sealed partial class SimulateCarrierCommandTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_tells_its_address_its_period_and_which_plans_a_communication_plan_may_use()
    {
        JsonElement overview = await OverviewAsync("--cycle-day", "15", "--now", "2026-03-20T12:00:00Z");

        Assert.True(overview.GetProperty("usesProration").GetBoolean());
        Assert.Equal("2026-03-15T00:00:00.000Z", overview.GetProperty("periodStart").GetString());
        string[] pooled = [.. overview.GetProperty("pools").EnumerateArray()
            .SelectMany(pool => pool.GetProperty("ratePlans").EnumerateArray()).Select(plan => plan.GetString()!)];
        JsonElement[] communicationPlans = [.. overview.GetProperty("communicationPlans").EnumerateArray()];
        Assert.NotEmpty(communicationPlans);
        Assert.All(communicationPlans, communicationPlan =>
        {
            Assert.NotEmpty(communicationPlan.GetProperty("name").GetString()!);
            Assert.All(
                communicationPlan.GetProperty("ratePlans").EnumerateArray(), plan => Assert.Contains(plan.GetString(), pooled));
        });
    }

    [Fact]
    public async Task Proration_can_be_switched_off()
    {
        JsonElement overview = await OverviewAsync("--no-proration");

        Assert.False(overview.GetProperty("usesProration").GetBoolean());
    }

    /// <summary>What the page about the simulator says while the command runs; the command ends with code 0.</summary>
    private static async Task<JsonElement> OverviewAsync(params string[] options)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        TextWriter shared = TextWriter.Synchronized(output);
        Task<int> running = CommandTree.RunAsync(
            ["simulate", "carrier", "--devices", "50", "--port", "0", .. options], shared, error, stop.Token);
        Match address = Match.Empty;
        while (!address.Success && !running.IsCompleted)
        {
            await Task.Delay(10, Cancelled);
            address = Address().Match(Shown(output, shared));
        }

        Assert.True(address.Success, error.ToString());
        using var http = new HttpClient();
        using var overview = JsonDocument.Parse(await http.GetStringAsync(new Uri(address.Value + "simulator"), Cancelled));
        await stop.CancelAsync();
        Assert.Equal(0, await running);
        return overview.RootElement.Clone();
    }

    /// <summary>A synchronized writer locks itself in every write.</summary>
    private static string Shown(StringWriter output, TextWriter shared)
    {
        lock (shared)
        {
            return output.ToString();
        }
    }

    [GeneratedRegex("http://127[.]0[.]0[.]1:[0-9]+/")]
    private static partial Regex Address();
}
