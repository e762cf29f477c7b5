using System.Text.Json;
using CarrierOptimization.Simulator.Amop;
using CarrierOptimization.Simulator.Carrier;
using CarrierOptimization.Simulator.Carrier.Http;
using Xunit;

namespace CarrierOptimization.Cli.Tests.WholeRuns;

/// <summary>The main job end to end: real HTTP to the simulated carrier and receiver, real databases, the commands as they are.</summary>
public sealed class WholeRunTests
{
    private const int Devices = 1_500;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task A_session_goes_from_the_first_call_to_one_hundred_percent(Store store)
    {
        await using SimulatedWorld world = await SimulatedWorld.CreateAsync(store, Devices);

        JsonElement view = await world.SessionAsync();

        JsonElement session = view.GetProperty("session");
        Assert.Equal("CompleteWithSuccess", session.GetProperty("status").GetString());
        Assert.Equal([0, 20, 30, 40, 50, 85, 90, 100], world.Progress);
        Assert.Empty(world.Amop.Violations);
        Assert.Equal(6, view.GetProperty("files").GetArrayLength());
        Assert.Single(Directory.GetFiles(world.Mails));
        Assert.Equal(
            world.Carrier.InvoiceOf(InvoicePlans.Current, InvoiceUsage.Whole).Bill.Total.ToString(),
            session.GetProperty("current_cost").GetString());
    }

    [Fact]
    public async Task Both_databases_give_the_same_files()
    {
        await using SimulatedWorld sqlite = await SimulatedWorld.CreateAsync(Store.Sqlite, Devices);
        await using SimulatedWorld postgres = await SimulatedWorld.CreateAsync(Store.Postgres, Devices);

        await sqlite.SessionAsync();
        await postgres.SessionAsync();

        Assert.Equal(sqlite.Files(1), postgres.Files(1));
    }

    /// <summary>What goes wrong at the carrier costs time, never a SIM.</summary>
    [Theory]
    [InlineData("too-many-requests")]
    [InlineData("hidden-limit")]
    [InlineData("server-error")]
    [InlineData("unavailable")]
    [InlineData("torn-json")]
    [InlineData("moving-rows")]
    public async Task Trouble_at_the_carrier_changes_no_result(string fault)
    {
        await using SimulatedWorld quiet = await SimulatedWorld.CreateAsync(Store.Sqlite, 150);
        await using SimulatedWorld troubled = await SimulatedWorld.CreateAsync(Store.Sqlite, 150, FaultProfile.Parse(fault));

        await quiet.SessionAsync();
        await troubled.SessionAsync();

        Assert.Equal(quiet.Files(1), troubled.Files(1));
        Assert.Equal(quiet.Progress, troubled.Progress);
    }

    [Fact]
    public async Task The_second_sync_reads_only_what_changed_and_the_overlap()
    {
        await using SimulatedWorld world = await SimulatedWorld.CreateAsync(Store.Sqlite, Devices);
        JsonElement first = (await world.SessionAsync()).GetProperty("sync");

        JsonElement second = (await world.SessionAsync()).GetProperty("sync");

        Assert.InRange(first.GetProperty("device_pages").GetInt32(), Devices / 50, (Devices / 50) + 15);
        Assert.StartsWith("Full", first.GetProperty("kind").GetString(), StringComparison.Ordinal);
        Assert.Equal("Incremental", second.GetProperty("kind").GetString());
        Assert.InRange(second.GetProperty("device_pages").GetInt32(), 1, 10);
        Assert.Equal(world.Files(1)["assignments.csv"], world.Files(2)["assignments.csv"]);
    }

    [Fact]
    public async Task Receivers_that_are_down_for_the_whole_run_get_everything_afterwards()
    {
        await using SimulatedWorld world = await SimulatedWorld.CreateAsync(Store.Sqlite, 400);
        world.Amop.Faults = AmopFaults.Parse("down");

        JsonElement during = await world.SessionAsync();

        Assert.Equal("CompleteWithSuccess", during.GetProperty("session").GetProperty("status").GetString());
        Assert.Empty(world.Amop.Triggers);
        Assert.All(
            during.GetProperty("triggers").EnumerateArray(),
            trigger => Assert.Equal("Waiting", trigger.GetProperty("state").GetString()));

        world.Amop.Faults = AmopFaults.None;
        await world.SessionAsync();
        while (world.Progress.Count < 16)
        {
            await Task.Delay(100, Token);
            await world.RunAsync("deliver");
        }

        Assert.Equal([0, 20, 30, 40, 50, 85, 90, 100], world.Amop.Triggers
            .Where(trigger => trigger.SessionId == "1").OrderBy(trigger => trigger.Sequence).Select(trigger => trigger.Progress));
        Assert.Empty(world.Amop.Violations);
    }

    [Fact]
    public async Task A_finished_session_is_proven_again_and_a_changed_one_is_not()
    {
        await using SimulatedWorld world = await SimulatedWorld.CreateAsync(Store.Sqlite, 400);
        await world.SessionAsync();
        (int good, string holds, _) = await world.RunAsync("verify", "1", "--json");
        Assert.True(good == ExitCode.Done, holds);

        string pools = Directory.GetFiles(Path.Combine(world.Data, "reports"), "pools.csv", SearchOption.AllDirectories).Single();
        await File.AppendAllTextAsync(pools, "x", Token);
        (int changed, string fails, _) = await world.RunAsync("verify", "1");

        Assert.Equal(ExitCode.EndedWithErrors, changed);
        string said = fails.ReplaceLineEndings(" ").Replace("  ", "", StringComparison.Ordinal);
        Assert.Contains("was changed since", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_carrier_that_refuses_the_credentials_ends_the_session_with_one_error_and_one_alert()
    {
        await using SimulatedWorld world = await SimulatedWorld.CreateAsync(Store.Sqlite, 50);
        string key = Path.Combine(world.Data, "wrong");
        await File.WriteAllTextAsync(key, "00000000-0000-4000-8000-00000000dead", Token);
        await world.RunAsync("providers", "set", "Simulated", "--user", "simulator", "--key-file", key);

        (int code, string output, _) = await world.RunAsync("run", "--json");

        Assert.Equal(ExitCode.EndedWithErrors, code);
        JsonElement session = JsonDocument.Parse(output).RootElement.GetProperty("session");
        Assert.Equal("CompleteWithErrors", session.GetProperty("status").GetString());
        Assert.DoesNotContain("dead", session.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Single(world.Amop.Triggers, trigger => trigger.Type == "ErrorMessage");
        Assert.Equal(100, world.Progress[^1]);
        Assert.Single(Directory.GetFiles(world.Mails));
        Assert.Empty(world.Amop.Violations);
    }
}
