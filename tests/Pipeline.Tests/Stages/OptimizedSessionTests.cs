using System.Text.Json;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Tests.Databases;
using Xunit;

namespace CarrierOptimization.Pipeline.Tests.Stages;

/// <summary>Sessions that go well, from devices in the database to the report.</summary>
public sealed class OptimizedSessionTests
{
    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Devices_become_groups_components_winners_and_a_report(DatabaseKind kind)
    {
        await using StageBench bench = await StageBench.CreateAsync(kind, Account.TwoComponents);

        IReadOnlyList<RunResult> results = await bench.RunAsync();

        // The clean-up that comes after the first component finds the other one open.
        Assert.DoesNotContain(RunResult.GivenUp, results);
        Assert.Equal(SessionStatus.CompleteWithSuccess, await bench.StatusAsync());
        Assert.Equal(
            ["progress/30", "progress/40", "progress/50", "progress/67", "progress/85", "progress/90", "completion"],
            await bench.TriggersAsync());
        Assert.Equal(
            ["assignments.csv", "exclusions.csv", "pools.csv", "rate-plan-changes.csv", "report.xlsx", "summary.json"],
            bench.FileNames());
        Assert.Equal([$"result/{StageBench.Session}"], await bench.ColumnAsync<string>("SELECT key FROM mail"));
        Assert.Equal(2, await bench.ValueAsync<long>("SELECT components FROM optimization_instance"));
        Assert.Equal(6, await bench.ValueAsync<long>("SELECT COUNT(*) FROM assignment"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Totals_of_the_instance_are_those_of_its_components_its_files_and_its_completion(DatabaseKind kind)
    {
        await using StageBench bench = await StageBench.CreateAsync(kind, Account.TwoComponents);

        await bench.RunAsync();

        // Meters today: one Small with 11 blocks and three Large, 13 + 15; best: one Large with 2 blocks and three Small, 7 + 6.
        // Cameras today 3 + 25 blocks and 8; best the other way round, 8 + 3.
        Money current = Money.FromDecimal(64);
        Money optimal = Money.FromDecimal(24);
        Assert.Equal(current, await bench.ValueAsync<Money>("SELECT current_cost FROM optimization_instance"));
        Assert.Equal(optimal, await bench.ValueAsync<Money>("SELECT optimal_cost FROM optimization_instance"));
        Assert.Equal(optimal, await bench.ValueAsync<Money>("SELECT lower_bound FROM optimization_instance"));
        Assert.Equal(1, await bench.ValueAsync<long>("SELECT is_proven FROM optimization_instance"));
        Assert.Equal(optimal, await bench.ValueAsync<Money>("SELECT CAST(SUM(winner_cost) AS BIGINT) FROM component"));
        Assert.Equal(current, await bench.ValueAsync<Money>("SELECT CAST(SUM(current_cost) AS BIGINT) FROM component"));
        JsonElement summary = bench.Summary();
        Assert.Equal("64.000000", summary.GetProperty("current_cost").GetString());
        Assert.Equal("24.000000", summary.GetProperty("optimal_cost").GetString());
        Assert.Equal("17", summary.GetProperty("session").GetString());
        Assert.Equal(24m, bench.Rows("assignments.csv").Sum(row => decimal.Parse(row[8])));
        JsonElement completion = await bench.AdditionalAsync("completion");
        Assert.Equal(64m, completion.GetProperty("CurrentCost").GetDecimal());
        Assert.Equal(24m, completion.GetProperty("OptimalCost").GetDecimal());
        Assert.Equal(40m, completion.GetProperty("Savings").GetDecimal());
        Assert.Equal(6, completion.GetProperty("OptimisedDeviceCount").GetInt32());
        Assert.Equal("CompleteWithSuccess", completion.GetProperty("Status").GetString());
        Assert.EndsWith("report.xlsx", completion.GetProperty("ReportLink").GetString());
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Changes_are_proposed_largest_saving_first(DatabaseKind kind)
    {
        await using StageBench bench = await StageBench.CreateAsync(kind, Account.TwoComponents);

        await bench.RunAsync();

        long[] savings = [.. await bench.ColumnAsync<long>("SELECT saving FROM rate_plan_change ORDER BY id")];
        Assert.Equal(savings.OrderDescending(), savings);
        Assert.Equal(savings.Length, await bench.ValueAsync<long>("SELECT changes FROM optimization_instance"));
        Assert.Equal(40_000_000, savings.Sum());
        Assert.All(await bench.ColumnAsync<string>("SELECT state FROM rate_plan_change"), state => Assert.Equal("Proposed", state));
        Assert.Equal(
            "Solo XL", await bench.ValueAsync<string>("SELECT to_plan FROM rate_plan_change WHERE iccid = '89010000000000000005'"));
        Assert.Equal(savings.Length, bench.Rows("rate-plan-changes.csv").Length);
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Every_message_sent_twice_changes_nothing(DatabaseKind kind)
    {
        await using StageBench bench = await StageBench.CreateAsync(kind, Account.TwoComponents);
        await bench.RunAsync();
        string once = await bench.DumpAsync();

        IReadOnlyList<RunResult> again = await bench.AgainAsync();

        Assert.NotEmpty(again);
        Assert.All(again, result => Assert.Equal(RunResult.AlreadyDone, result));
        Assert.Equal(once, await bench.DumpAsync());
    }

    [Fact]
    public async Task The_same_account_gives_the_same_bytes()
    {
        await using StageBench one = await StageBench.CreateAsync(DatabaseKind.Sqlite, Account.TwoComponents);
        await using StageBench other = await StageBench.CreateAsync(DatabaseKind.Postgres, Account.TwoComponents);
        other.Time.Advance(TimeSpan.FromHours(3));

        await one.RunAsync();
        await other.RunAsync();

        Assert.NotEmpty(one.FileNames());
        Assert.All(one.FileNames(), name => Assert.Equal(one.ReadBytes(name), other.ReadBytes(name)));
        Assert.Equal(
            await one.ColumnAsync<string>("SELECT sha256 FROM report_file ORDER BY name"),
            await other.ColumnAsync<string>("SELECT sha256 FROM report_file ORDER BY name"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Excluded_sims_stay_in_the_bill_of_the_pool(DatabaseKind kind)
    {
        Account account = Account.TwoComponents with
        {
            Sims =
            [
                new Sim(1, "Large", "Meter", 0), new Sim(2, "Large", "Unmapped", 9 * Account.Megabyte),
                new Sim(3, "Large", null, Account.Megabyte), new Sim(4, "Solo", "Unmapped", 0),
                new Sim(5, "Large", "Meter", 0) { Status = "DEACTIVATED" }, new Sim(6, "Gone", "Meter", 1),
            ],
        };
        await using StageBench bench = await StageBench.CreateAsync(kind, account);

        await bench.RunAsync();

        // 2 and 3 use 10 of 20 MB of Large, so 1 can leave it; 4 is alone on an individual plan and makes a component of its own.
        Assert.Equal(SessionStatus.CompleteWithSuccess, await bench.StatusAsync());
        Assert.Equal([3L, 1L], await bench.ColumnAsync<long>("SELECT devices FROM component ORDER BY number"));
        Assert.Equal(Money.FromDecimal(18), await bench.ValueAsync<Money>("SELECT current_cost FROM optimization_instance"));
        Assert.Equal(Money.FromDecimal(15), await bench.ValueAsync<Money>("SELECT optimal_cost FROM optimization_instance"));
        Assert.Equal([-1L, -1L], await bench.ColumnAsync<long>("SELECT component FROM snapshot_device WHERE position >= 4"));
        JsonElement summary = bench.Summary();
        Assert.Equal(1, summary.GetProperty("optimised_devices").GetInt32());
        Assert.Equal(5, summary.GetProperty("excluded_devices").GetInt32());
        Assert.Equal(3, summary.GetProperty("exclusions").GetArrayLength());
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Pools_per_comm_group_make_each_group_a_component(DatabaseKind kind)
    {
        Account account = new()
        {
            Settings = Account.Simple with { PoolScope = Engine.Model.PoolScope.CommGroup },
            Plans = [Account.Pooled("Small", 2, 1), Account.Pooled("Large", 5, 10), Account.Pooled("Other", 4, 4)],
            Mappings = [.. Account.Map("A", "Small", "Large"), .. Account.Map("B", "Small", "Large", "Other")],
            Sims =
            [
                new Sim(1, "Small", "A", 0), new Sim(2, "Small", "A", 0), new Sim(3, "Small", "B", 5 * Account.Megabyte),
            ],
        };
        await using StageBench apart = await StageBench.CreateAsync(kind, account);
        await using StageBench together = await StageBench.CreateAsync(kind, account with { Settings = Account.Simple });

        await apart.RunAsync();
        await together.RunAsync();

        // Apart, the SIM of B pays 2 + 4 blocks today, and 5 on Large; together A's allowance covers two of the blocks.
        Assert.Equal(2, await apart.ValueAsync<long>("SELECT components FROM optimization_instance"));
        Assert.Equal(1, await together.ValueAsync<long>("SELECT components FROM optimization_instance"));
        Assert.Equal(Money.FromDecimal(10), await apart.ValueAsync<Money>("SELECT current_cost FROM optimization_instance"));
        Assert.Equal(Money.FromDecimal(8), await together.ValueAsync<Money>("SELECT current_cost FROM optimization_instance"));
        Assert.Equal(Money.FromDecimal(9), await apart.ValueAsync<Money>("SELECT optimal_cost FROM optimization_instance"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Usage_is_projected_and_both_numbers_are_kept(DatabaseKind kind)
    {
        var half = new DateTimeOffset(2026, 5, 16, 12, 0, 0, TimeSpan.Zero);
        Account account = Account.TwoComponents with
        {
            Settings = Account.Simple with { Projection = Pipeline.Providers.UsageProjection.Linear, UsesProration = true },
            Sims =
            [
                new Sim(1, "Small", "Meter", 1_000) { UsageAt = half, Msisdn = "+15550001" },
                new Sim(2, "Small", "Meter", 1_000) { UsageAt = half, Status = "SUSPENDED" },
                new Sim(3, "Small", "Meter", 1_000) { UsageAt = half, ActivatedAt = half.AddDays(-1) },
            ],
        };
        await using StageBench bench = await StageBench.CreateAsync(kind, account);

        await bench.RunAsync();

        Assert.Equal([1_000L, 1_000L, 1_000L], await bench.ColumnAsync<long>("SELECT raw_usage_bytes FROM snapshot_device ORDER BY position"));

        // The third has 16.5 days of its own, of which one is over.
        Assert.Equal([2_020L, 1_000L, 16_665L], await bench.ColumnAsync<long>("SELECT usage_bytes FROM snapshot_device ORDER BY position"));
        Assert.Equal([31L, 31L, 17L], await bench.ColumnAsync<long>("SELECT active_days FROM snapshot_device ORDER BY position"));
        Assert.Contains("raw_usage_bytes", bench.ReadFile("assignments.csv").Split('\n')[0]);
        Assert.Equal("1000", bench.Rows("assignments.csv")[2][6]);
        Assert.Equal("16665", bench.Rows("assignments.csv")[2][5]);
        Assert.Equal("+15550001", await bench.ValueAsync<string>("SELECT msisdn FROM snapshot_device WHERE position = 0"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Old_strategies_are_kept_for_comparison_when_asked(DatabaseKind kind)
    {
        await using StageBench bench = await StageBench.CreateAsync(
            kind, Account.TwoComponents with { Settings = Account.Simple with { CompareSequences = true } });

        await bench.RunAsync();

        Assert.Equal(
            ["BaseAssignment", "Current", "Optimal", "Sequences"],
            await bench.ColumnAsync<string>("SELECT strategy FROM candidate WHERE component = 0 ORDER BY strategy"));
        Assert.Equal(2, await bench.ValueAsync<long>("SELECT COUNT(*) FROM candidate WHERE is_winner = 1"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task A_saving_below_the_minimum_of_the_component_changes_nothing(DatabaseKind kind)
    {
        await using StageBench bench = await StageBench.CreateAsync(
            kind, Account.TwoComponents with { Settings = Account.Simple with { MinimumSavings = Money.FromDecimal(20) } });

        await bench.RunAsync();

        // The meters save 15, the cameras 25.
        Assert.Equal(["Current", "Optimal"], await bench.ColumnAsync<string>("SELECT winner FROM component ORDER BY winner"));
        Assert.Equal(2, await bench.ValueAsync<long>("SELECT COUNT(*) FROM rate_plan_change"));
        Assert.Equal(Money.FromDecimal(39), await bench.ValueAsync<Money>("SELECT optimal_cost FROM optimization_instance"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task A_count_that_is_not_expected_is_a_warning_and_a_line_of_the_report(DatabaseKind kind)
    {
        await using StageBench bench = await StageBench.CreateAsync(
            kind, Account.TwoComponents with { Settings = Account.Simple with { ExpectedDevices = 7 } });

        await bench.RunAsync();

        Assert.Equal(["Warning", "Result"], await bench.ColumnAsync<string>("SELECT kind FROM mail ORDER BY id"));
        Assert.Contains("6 SIMs were read and 7 are expected", bench.ReadFile("exclusions.csv"));
        Assert.Equal(SessionStatus.CompleteWithSuccess, await bench.StatusAsync());
    }
}
