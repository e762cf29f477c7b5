using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.GroupDevices;
using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Tests.Databases;
using Xunit;

namespace CarrierOptimization.Pipeline.Tests.Stages;

/// <summary>What goes wrong in stages 3 to 5: told once, to AMOP 2.0 and to people, and the session ends.</summary>
public sealed class FailedSessionTests
{
    private const string InvalidPlanText = "One or more Rate Plans have invalid Data per Overage Charge or Overage Rate";

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task An_invalid_plan_is_taken_out_of_every_group_and_the_run_goes_on(DatabaseKind kind)
    {
        Account account = Account.TwoComponents;
        account = account with
        {
            Plans = [.. account.Plans, Account.Pooled("Broken", 1, 100) with { OverageBlockBytes = 0 }],
            Mappings = [.. account.Mappings, .. Account.Map("Meter", "Broken")],
        };
        await using StageBench bench = await StageBench.CreateAsync(kind, account);

        await bench.RunAsync();

        await bench.AssertScenarioAsync("InvalidRatePlan", SessionStatus.CompleteWithSuccess);
        Assert.Equal(InvalidPlanText, (await bench.TriggerAsync("error/InvalidRatePlan")).GetProperty("ErrorMessage").GetString());
        Assert.Equal("error/InvalidRatePlan", (await bench.TriggersAsync())[0]);
        Assert.Contains("\"Broken\"", await bench.ValueAsync<string>("SELECT text FROM mail WHERE kind = 'Alert'"));
        Assert.Equal(Money.FromDecimal(24), await bench.ValueAsync<Money>("SELECT optimal_cost FROM optimization_instance"));
        Assert.Equal(0, await bench.ValueAsync<long>("SELECT COUNT(*) FROM comm_group WHERE rate_plans LIKE '%Broken%'"));
        Assert.Contains("Broken", bench.ReadFile("exclusions.csv"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task A_sim_on_an_invalid_plan_gets_another_one_and_has_no_current_cost(DatabaseKind kind)
    {
        Account account = Account.TwoComponents;
        account = account with
        {
            Plans = [.. account.Plans, Account.Pooled("Broken", 1, 100) with { WhyInvalid = "Rate plan \"Broken\": tiers by number of SIMs." }],
            Sims = [.. account.Sims, new Sim(7, "Broken", "Meter", 0)],
        };
        await using StageBench bench = await StageBench.CreateAsync(kind, account);

        await bench.RunAsync();

        await bench.AssertScenarioAsync("InvalidRatePlan", SessionStatus.CompleteWithSuccess);
        Assert.Equal(Money.FromDecimal(64), await bench.ValueAsync<Money>("SELECT current_cost FROM optimization_instance"));
        Assert.Equal(Money.FromDecimal(26), await bench.ValueAsync<Money>("SELECT optimal_cost FROM optimization_instance"));
        Assert.Equal(
            "Broken > Small", await bench.ValueAsync<string>(
                "SELECT from_plan || ' > ' || to_plan FROM rate_plan_change WHERE iccid = '89010000000000000007'"));
        string[] row = bench.Rows("assignments.csv")[6];
        Assert.Equal("Broken", row[2]);
        Assert.Equal("0.000000", row[9]);
        Assert.Equal("must leave Broken: the plan is invalid", row[11]);
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task A_group_whose_only_plan_is_invalid_fails_its_component_and_the_others_go_on(DatabaseKind kind)
    {
        Account account = Account.TwoComponents;
        account = account with
        {
            Plans = [.. account.Plans, Account.Pooled("Broken", 1, 100) with { OverageRate = Money.Zero }],
            Mappings = [.. account.Mappings, .. Account.Map("Router", "Broken")],
            Sims = [.. account.Sims, new Sim(7, "Broken", "Router", 0), new Sim(8, "Small", "Router", 0)],
        };
        await using StageBench bench = await StageBench.CreateAsync(kind, account);

        await bench.RunAsync();

        // The router on Small keeps it, and its allowance spares the meters a block; the one on Broken has no price at all.
        await bench.AssertScenarioAsync("InvalidRatePlan", SessionStatus.CompleteWithErrors);
        Assert.Equal(
            ["Complete", "Complete", "Failed"], await bench.ColumnAsync<string>("SELECT status FROM component ORDER BY number"));
        Assert.Equal([2L, 5L, 1L], await bench.ColumnAsync<long>("SELECT devices FROM component ORDER BY number"));
        Assert.Equal(Money.FromDecimal(65), await bench.ValueAsync<Money>("SELECT current_cost FROM optimization_instance"));
        Assert.Null(await bench.ValueAsync<long?>("SELECT base_cost FROM optimization_instance"));
        Assert.Equal(0, await bench.ValueAsync<long>("SELECT is_proven FROM optimization_instance"));
        Assert.Equal(2, bench.Summary().GetProperty("excluded_devices").GetInt32());
        Assert.Contains("Router", await bench.ValueAsync<string>("SELECT error FROM optimization_session"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task StopOnInvalidPlan_ends_the_session(DatabaseKind kind)
    {
        Account account = Account.TwoComponents;
        account = account with
        {
            Settings = Account.Simple with { StopOnInvalidPlan = true },
            Plans = [.. account.Plans.Skip(1), account.Plans[0] with { OverageBlockBytes = 0 }],
        };
        await using StageBench bench = await StageBench.CreateAsync(kind, account);

        await bench.RunAsync();

        await bench.AssertScenarioAsync("InvalidRatePlan", SessionStatus.CompleteWithErrors);
        Assert.Equal(InvalidPlanText, (await bench.TriggerAsync("error/InvalidRatePlan")).GetProperty("ErrorMessage").GetString());
        Assert.Equal(0, await bench.ValueAsync<long>("SELECT COUNT(*) FROM snapshot_device"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Nothing_to_optimise_ends_the_session(DatabaseKind kind)
    {
        await using StageBench bench = await StageBench.CreateAsync(kind, Account.TwoComponents with { Mappings = [] });

        await bench.RunAsync();

        await bench.AssertScenarioAsync("NoCommGroups", SessionStatus.CompleteWithErrors);
        Assert.Equal(
            "No Comm Groups and/or Rate Plans for this Instance",
            (await bench.TriggerAsync("error/NoCommGroups")).GetProperty("ErrorMessage").GetString());
        Assert.Equal(6, (await bench.TriggerAsync("completion")).GetProperty("DeviceCount").GetInt32());
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task No_devices_and_no_plans_end_the_session(DatabaseKind kind)
    {
        await using StageBench bench = await StageBench.CreateAsync(kind, new Account());

        await bench.RunAsync();

        await bench.AssertScenarioAsync("NoCommGroups", SessionStatus.CompleteWithErrors);
    }

    public static TheoryData<DatabaseKind, string> PlansThatDisagree { get; } = new()
    {
        { DatabaseKind.Sqlite, "currency" }, { DatabaseKind.Postgres, "currency" },
        { DatabaseKind.Sqlite, "pool" }, { DatabaseKind.Postgres, "pool" },
    };

    [Theory]
    [MemberData(nameof(PlansThatDisagree))]
    public async Task Plans_that_disagree_end_the_session_with_their_names(DatabaseKind kind, string about)
    {
        Account account = Account.TwoComponents;
        StoredRatePlan[] plans = about == "currency"
            ? [.. account.Plans.Skip(1), account.Plans[0] with { Currency = "EUR" }]
            : [account.Plans[0] with { PoolName = "One" },
                account.Plans[1] with { PoolName = "One", OverageRate = Money.FromDecimal(9) }, .. account.Plans.Skip(2)];
        await using StageBench bench = await StageBench.CreateAsync(kind, account with { Plans = plans });

        await bench.RunAsync();

        await bench.AssertScenarioAsync("RatePlanValidationFailed", SessionStatus.CompleteWithErrors);
        string error = (await bench.TriggerAsync("error/RatePlanValidationFailed")).GetProperty("ErrorMessage").GetString()!;
        Assert.Contains("\"Small\"", error);
        Assert.Contains(about, error);
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Devices_that_cannot_be_read_end_the_session(DatabaseKind kind)
    {
        Account account = Account.TwoComponents;
        await using StageBench bench = await StageBench.CreateAsync(
            kind, account with { Sims = [.. account.Sims, new Sim(7, "Small", "Meter", 0) { Iccid = "no number" }] });

        await bench.RunAsync();

        await bench.AssertScenarioAsync("GroupingFailed", SessionStatus.CompleteWithErrors);
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task A_component_that_fails_keeps_its_plans_and_the_others_go_on(DatabaseKind kind)
    {
        Account account = Account.TwoComponents;
        await using StageBench bench = await StageBench.CreateAsync(kind, account);
        await bench.SendAsync(new FormGroups { TenantId = StageBench.Tenant, SessionId = StageBench.Session });
        await bench.StepAsync();
        await bench.ExecuteAsync("UPDATE snapshot_device SET usage_bytes = -1 WHERE component = 0");

        await bench.StepAsync();
        await bench.StepAsync();
        await bench.ExecuteAsync("UPDATE snapshot_device SET usage_bytes = raw_usage_bytes");
        await bench.UntilIdleAsync();

        await bench.AssertScenarioAsync("OptimizationFailed", SessionStatus.CompleteWithErrors);
        Assert.Equal(["Failed", "Complete"], await bench.ColumnAsync<string>("SELECT status FROM component ORDER BY number"));
        Assert.Equal(Money.FromDecimal(64), await bench.ValueAsync<Money>("SELECT current_cost FROM optimization_instance"));
        Assert.Equal(Money.FromDecimal(49), await bench.ValueAsync<Money>("SELECT optimal_cost FROM optimization_instance"));
        Assert.Equal(Money.FromDecimal(13), await bench.ValueAsync<Money>("SELECT lower_bound FROM optimization_instance"));
        Assert.Equal(1, await bench.ValueAsync<long>("SELECT has_errors FROM optimization_session"));
        Assert.Contains("Component 0 with 2 SIMs is missing", bench.ReadFile("exclusions.csv"));
        Assert.Equal(2, bench.Summary().GetProperty("excluded_devices").GetInt32());
        Assert.EndsWith("could not be optimised", bench.Rows("assignments.csv")[5][11]);
        string once = await bench.DumpAsync();
        await bench.AgainAsync();
        Assert.Equal(once, await bench.DumpAsync());
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Two_components_that_fail_are_told_once(DatabaseKind kind)
    {
        await using StageBench bench = await StageBench.CreateAsync(kind, Account.TwoComponents);
        await bench.SendAsync(new FormGroups { TenantId = StageBench.Tenant, SessionId = StageBench.Session });
        await bench.StepAsync();
        await bench.ExecuteAsync("UPDATE snapshot_device SET usage_bytes = -1");
        await bench.StepAsync();
        await bench.StepAsync();
        await bench.ExecuteAsync("UPDATE snapshot_device SET usage_bytes = raw_usage_bytes");

        await bench.UntilIdleAsync();

        await bench.AssertScenarioAsync("OptimizationFailed", SessionStatus.CompleteWithErrors);
        Assert.Equal(0, await bench.ValueAsync<long>("SELECT COUNT(*) FROM rate_plan_change"));
        Assert.Equal(6, bench.FileNames().Count);
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task A_report_that_cannot_be_written_for_now_is_written_later(DatabaseKind kind)
    {
        await using StageBench bench = await StageBench.CreateAsync(kind, Account.TwoComponents);

        // Both components sent the clean-up: each of the two is refused once.
        int refused = 0;
        bench.Files.Refuse = name =>
            name.EndsWith("pools.csv", StringComparison.Ordinal) && refused++ < 2 ? new IOException("No space left on device") : null;

        await bench.RunAsync();
        Assert.Equal(SessionStatus.CleaningUp, await bench.StatusAsync());
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        await bench.UntilIdleAsync();

        Assert.Equal(SessionStatus.CompleteWithSuccess, await bench.StatusAsync());
        Assert.Equal(6, await bench.ValueAsync<long>("SELECT COUNT(*) FROM report_file"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task A_report_that_can_never_be_written_ends_the_session(DatabaseKind kind)
    {
        await using StageBench bench = await StageBench.CreateAsync(kind, Account.TwoComponents);
        bench.Files.Refuse = _ => new UnauthorizedAccessException("Access to the path is denied.");

        await bench.RunAsync();

        await bench.AssertScenarioAsync("CleanupFailed", SessionStatus.CompleteWithErrors);
        Assert.Equal(2, await bench.ValueAsync<long>("SELECT COUNT(*) FROM component WHERE status = 'Complete'"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task A_sim_lost_between_grouping_and_report_ends_the_session(DatabaseKind kind)
    {
        await using StageBench bench = await StageBench.CreateAsync(kind, Account.TwoComponents);
        bench.Files.Refuse = _ => new IOException("not yet");
        await bench.RunAsync();
        await bench.ExecuteAsync("DELETE FROM snapshot_device WHERE position = 5");
        bench.Files.Refuse = _ => null;

        bench.Time.Advance(TimeSpan.FromMinutes(1));
        await bench.UntilIdleAsync();

        await bench.AssertScenarioAsync("CleanupFailed", SessionStatus.CompleteWithErrors);
        Assert.Contains("6 SIMs were grouped", await bench.ValueAsync<string>("SELECT error FROM optimization_session"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Changes_that_do_not_fit_the_time_left_are_a_no_go(DatabaseKind kind)
    {
        ProviderSettings settings = Account.Simple with { ChangeMode = ChangeMode.Automatic, PartialUpdates = false };
        await using StageBench bench = await StageBench.CreateAsync(kind, Account.TwoComponents with { Settings = settings });
        bench.Time.SetUtcNow(new DateTimeOffset(2026, 5, 31, 23, 49, 59, TimeSpan.Zero));

        await bench.RunAsync();

        await bench.AssertScenarioAsync("NoGo", SessionStatus.CompleteWithSuccess);
        Assert.Contains("changes fit", (await bench.TriggerAsync("error/NoGo")).GetProperty("ErrorMessage").GetString());
        Assert.Equal("NoGo", (await bench.AdditionalAsync("completion")).GetProperty("RatePlanChangesDecision").GetString());
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task When_time_is_short_the_best_changes_that_fit_are_proposed(DatabaseKind kind)
    {
        ProviderSettings settings = Account.Simple with { ChangeMode = ChangeMode.AfterApproval, CallsPerSecond = 1 };
        await using StageBench bench = await StageBench.CreateAsync(kind, Account.TwoComponents with { Settings = settings });

        // Two seconds a change, two seconds left: the one change that saves most by itself.
        bench.Time.SetUtcNow(new DateTimeOffset(2026, 5, 31, 23, 49, 57, TimeSpan.Zero));
        await bench.RunAsync();

        Assert.Equal(SessionStatus.CompleteWithSuccess, await bench.StatusAsync());
        Assert.Equal(
            ["89010000000000000005"], await bench.ColumnAsync<string>("SELECT iccid FROM rate_plan_change"));
        Assert.Equal([20_000_000L], await bench.ColumnAsync<long>("SELECT saving FROM rate_plan_change"));
        Assert.Contains("1 of 6 changes fit", await bench.ValueAsync<string>("SELECT why FROM rate_plan_change"));
        Assert.Equal(Money.FromDecimal(24), await bench.ValueAsync<Money>("SELECT optimal_cost FROM optimization_instance"));
        Assert.Equal(
            1, (await bench.AdditionalAsync("completion")).GetProperty("RatePlanChangesProposed").GetInt32());
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task A_sim_may_keep_a_retired_plan_and_nobody_gets_one(DatabaseKind kind)
    {
        Account account = Account.TwoComponents;
        account = account with
        {
            Plans = [.. account.Plans, Account.Pooled("Bargain", 1, 5) with { IsPooled = false, IsRetired = true }],
            Mappings = [.. account.Mappings, .. Account.Map("Meter", "Bargain")],
            Sims = [.. account.Sims, new Sim(7, "Bargain", "Meter", 0), new Sim(8, "Large", "Meter", 0)],
        };
        await using StageBench bench = await StageBench.CreateAsync(kind, account);

        await bench.RunAsync();

        Assert.Equal(SessionStatus.CompleteWithSuccess, await bench.StatusAsync());
        Assert.Equal([6L], await bench.ColumnAsync<long>("SELECT position FROM assignment WHERE rate_plan = 'Bargain'"));
        Assert.Equal(Money.FromDecimal(27), await bench.ValueAsync<Money>("SELECT optimal_cost FROM optimization_instance"));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Clean_up_waits_for_the_last_component(DatabaseKind kind)
    {
        await using StageBench bench = await StageBench.CreateAsync(kind, Account.TwoComponents);
        await bench.SendAsync(new FormGroups { TenantId = StageBench.Tenant, SessionId = StageBench.Session });
        await bench.StepAsync();
        await bench.ExecuteAsync($"UPDATE message SET visible_at = visible_at + 60000 WHERE key = 'optimize/{StageBench.Session}/0'");

        Assert.Equal([RunResult.Done, RunResult.NotYet], await bench.UntilIdleAsync());
        Assert.Equal(SessionStatus.Optimizing, await bench.StatusAsync());
        Assert.Equal("NotStarted", await bench.ValueAsync<string>("SELECT status FROM component WHERE number = 0"));
        bench.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal([RunResult.Done, RunResult.Done], await bench.UntilIdleAsync());
        Assert.Equal(SessionStatus.CompleteWithSuccess, await bench.StatusAsync());
        Assert.Equal(2, await bench.ValueAsync<long>("SELECT COUNT(*) FROM message WHERE type = 'CleanUp'"));
    }
}
