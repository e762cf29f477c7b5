using CarrierOptimization.Pipeline.Carrier;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Sessions;
using CarrierOptimization.Pipeline.Tests.Databases;
using CsCheck;
using Xunit;

namespace CarrierOptimization.Pipeline.Tests.GetDevices;

/// <summary>Stage 2 on real databases: what ends well.</summary>
public sealed class SyncSliceTests
{
    public static TheoryData<DatabaseKind> Kinds => TestDatabase.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_first_sync_reads_every_SIM_with_its_usage_and_goes_on_to_grouping(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(20);

        SessionRow session = await bench.SyncAsync();

        Assert.Equal(SessionStatus.Grouping, session.Status);
        Assert.Equal(20, session.DeviceCount);
        Assert.Equal(["Progress 0", "Progress 20"], await bench.TriggersAsync());
        Assert.Equal(20, await bench.CountAsync("device", "status = 'ACTIVATED' AND rate_plan = '5 MB' AND sms_count = 1"));
        Assert.Equal(
            Enumerable.Range(0, 20).Sum(number => 1_000L + number),
            await bench.ValueAsync<long>("SELECT CAST(SUM(usage_bytes) AS BIGINT) FROM device"));
        Assert.Equal(1, await bench.CountAsync("ledger", $"key = 'group/{session.SessionId}'"));
        Assert.Equal(1, await bench.CountAsync(
            "sync_run", "kind = 'Full' AND devices_received = 20 AND devices_rejected = 0 AND usage_missing = 0 AND ended_at IS NOT NULL"));
        foreach (string table in (string[])["staging_device", "staging_usage", "staging_single"])
        {
            Assert.Equal(0, await bench.CountAsync(table));
        }

        Assert.Equal(0, await bench.CountAsync("device_issue"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Calls_are_counted(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(20);

        SessionRow session = await bench.SyncAsync();

        SyncView sync = (await new SessionQueries(bench.Database).ViewAsync(
            bench.Provider.TenantId, session.SessionId, CancellationToken.None))!.Sync!;
        Assert.Equal(bench.Scripted.Calls.Count, sync.Calls);
        Assert.Equal(bench.Scripted.Calls.Count(call => call.StartsWith("devices/", StringComparison.Ordinal)), sync.DevicePages);
        Assert.Equal(bench.Scripted.Calls.Count(call => call.StartsWith("usage/", StringComparison.Ordinal)), sync.UsagePages);
        Assert.Equal(0, sync.SingleCalls);
        Assert.Equal(1, sync.PlanPages);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Ten_thousand_SIMs_need_at_most_450_calls(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind, options: new Pipeline.GetDevices.SyncOptions());
        bench.Scripted.PageSize = 50;
        bench.Scripted.Plans.Clear();
        bench.Scripted.Plans.AddRange(Enumerable.Range(0, 20).Select(plan => ScriptedCarrier.Plan($"{plan} MB")));
        bench.Scripted.Add(10_000, (sim, number) => sim with
        {
            RatePlan = $"{number % 20} MB",
            Usage = new Dictionary<string, long?> { [$"{number % 20} MB"] = number },
        });

        SessionRow session = await bench.SyncAsync();

        Assert.Equal(SessionStatus.Grouping, session.Status);
        Assert.Equal(10_000, await bench.CountAsync("device", "usage_bytes IS NOT NULL"));
        Assert.InRange(bench.Scripted.Calls.Count, 400, 450);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_second_sync_reads_what_changed_and_all_usage(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(20);
        await bench.SyncToEndAsync();
        bench.Time.Advance(TimeSpan.FromHours(3));
        bench.Scripted.Change(4, sim => sim with { RatePlan = "10 MB", ModifiedAt = bench.Time.GetUtcNow() });
        bench.Scripted.Change(5, sim => sim with { Usage = new Dictionary<string, long?> { ["5 MB"] = 77 } });
        int before = bench.Scripted.Calls.Count;

        await bench.SyncToEndAsync();

        // What changed, what changed meanwhile, and one look at each status that is out of service.
        Assert.Equal(2 + 4, bench.Scripted.Calls.Skip(before).Count(call => call.StartsWith("devices/", StringComparison.Ordinal)));
        Assert.Equal(1, await bench.CountAsync("sync_run", "kind = 'Incremental' AND devices_received = 1"));
        Assert.Equal("10 MB", await bench.ValueAsync<string>($"SELECT rate_plan FROM device WHERE iccid = '{Sim.Number(4)}'"));
        Assert.Equal(77, await bench.ValueAsync<long>($"SELECT usage_bytes FROM device WHERE iccid = '{Sim.Number(5)}'"));
        Assert.Equal(20, await bench.CountAsync("device"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_sync_that_changes_nothing_writes_only_the_time_of_the_usage(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(10);
        await bench.SyncToEndAsync();
        const string state = "SELECT iccid || status || rate_plan || CAST(usage_bytes AS TEXT) || CAST(first_seen_at AS TEXT) "
            + "FROM device ORDER BY iccid";
        IReadOnlyList<string> first = await bench.RowsAsync<string>(state);
        bench.Time.Advance(TimeSpan.FromHours(1));

        await bench.SyncToEndAsync(fullSync: true);

        Assert.Equal(first, await bench.RowsAsync<string>(state));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Usage_on_several_plans_is_added_up(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(1, (sim, _) => sim with
        {
            RatePlan = "10 MB", Usage = new Dictionary<string, long?> { ["5 MB"] = 100, ["10 MB"] = 11 },
        });

        await bench.SyncAsync();

        Assert.Equal(111, await bench.ValueAsync<long>("SELECT usage_bytes FROM device"));
        Assert.Equal(2, await bench.ValueAsync<long>("SELECT sms_count FROM device"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Of_a_SIM_that_is_listed_twice_the_later_row_wins(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(12);
        Sim old = bench.Scripted.Sims[0] with { RatePlan = "old", Status = "INVENTORY" };
        bench.Scripted.Listed = since => since.Year > 2025 ? [] : [old, .. bench.Scripted.Sims.Skip(1), bench.Scripted.Sims[0], old with
        {
            Iccid = Sim.Number(3), RatePlan = "5 MB", Status = "TEST_READY",
        }];

        await bench.SyncAsync();

        Assert.Equal(12, await bench.CountAsync("device"));
        Assert.Equal("5 MB", await bench.ValueAsync<string>($"SELECT rate_plan FROM device WHERE iccid = '{Sim.Number(0)}'"));
        Assert.Equal("TEST_READY", await bench.ValueAsync<string>($"SELECT status FROM device WHERE iccid = '{Sim.Number(3)}'"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task SIMs_that_change_while_the_list_is_read_are_not_missed(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        ScriptedCarrier carrier = bench.Scripted;
        carrier.Add(40);
        int reads = 0;
        carrier.OnDevices = (_, _) =>
        {
            // Until the list was read: after each page one SIM of the front goes to the end, now on another plan.
            if (reads++ < 14)
            {
                carrier.Change(reads, sim => sim with { RatePlan = "10 MB", ModifiedAt = bench.Time.GetUtcNow().AddSeconds(reads) });
            }
        };

        SessionRow session = await bench.SyncAsync();

        Assert.Equal(SessionStatus.Grouping, session.Status);
        Assert.Equal(40, await bench.CountAsync("device"));
        Assert.Equal(14, await bench.CountAsync("device", "rate_plan = '10 MB'"));
    }

    [Fact]
    public Task However_SIMs_move_during_a_sync_none_is_missed_and_the_next_knows_where_they_are() => Gen.Select(
            Gen.Int[1, 40], Gen.Int[0, 40], Gen.Int[-20, 39].Array[30], Gen.Int[1, 4])
        .SampleAsync(
            async (sims, recent, moves, pageSize) =>
            {
                await using SyncBench bench = await SyncBench.CreateAsync(DatabaseKind.Sqlite);
                bench.Scripted.PageSize = pageSize;
                bench.Scripted.Add(sims, (sim, number) => number < sims - recent
                    ? sim
                    : sim with { ModifiedAt = new DateTimeOffset(2026, 5, 3, 0, 0, 0, TimeSpan.Zero).AddMinutes(number) });
                int calls = 0;
                bench.Scripted.OnDevices = (_, _) =>
                {
                    int index = calls < moves.Length ? moves[calls++] : -1;
                    if (index >= 0 && index < sims)
                    {
                        bench.Scripted.Change(index, sim => sim with
                        {
                            RatePlan = sim.RatePlan == "5 MB" ? "10 MB" : "5 MB", ModifiedAt = bench.Time.GetUtcNow().AddSeconds(calls),
                        });
                    }
                };

                await bench.SyncToEndAsync();
                Assert.Equal(sims, await bench.CountAsync("device"));
                bench.Scripted.OnDevices = (_, _) => { };
                await bench.SyncToEndAsync();

                Assert.Equal(
                    bench.Scripted.Sims.Select(sim => $"{sim.Iccid} {sim.RatePlan}").Order(StringComparer.Ordinal),
                    await bench.RowsAsync<string>("SELECT iccid || ' ' || rate_plan FROM device ORDER BY iccid"));
            },
            iter: 30, threads: 1);

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_list_that_never_rests_is_read_a_limited_number_of_rounds(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(5);
        int reads = 0;
        bench.Scripted.OnDevices = (_, _) => bench.Scripted.Change(
            0, sim => sim with { CommunicationPlan = $"Plan {reads++}", ModifiedAt = bench.Time.GetUtcNow() });

        SessionRow session = await bench.SyncAsync();

        Assert.Equal(SessionStatus.Grouping, session.Status);
        Assert.Equal(3, await bench.CountAsync("ledger", "key LIKE 'sync/%/Reconcile/%/0'"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_carrier_that_lists_one_year_only_is_asked_for_one_year_and_the_rest_comes_by_usage(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(6);
        bench.Scripted.Change(0, sim => sim with { ModifiedAt = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero) });
        foreach (int index in (int[])[1, 2, 3, 4, 5])
        {
            bench.Scripted.Change(index, sim => sim with { ModifiedAt = new DateTimeOffset(2025, 7, index, 0, 0, 0, TimeSpan.Zero) });
        }

        bench.Scripted.OnDevices = (since, _) =>
        {
            if (since < bench.Time.GetUtcNow().AddYears(-1))
            {
                throw new CarrierException(CarrierFailure.Refused, "modifiedSince is older than one year", "10000045");
            }
        };

        SessionRow session = await bench.SyncAsync();

        Assert.Equal(SessionStatus.Grouping, session.Status);
        Assert.Equal(6, await bench.CountAsync("device", "usage_bytes IS NOT NULL"));
        Assert.Equal("FullOfOneYear", await bench.ValueAsync<string>("SELECT kind FROM sync_run"));
        Assert.Equal(["device/" + Sim.Number(0)], bench.Scripted.Calls.Where(call => call.StartsWith("device/", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_clock_ahead_of_the_carriers_does_not_stop_the_sync(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(6);
        bench.Scripted.OnDevices = (since, _) =>
        {
            if (since > bench.Time.GetUtcNow().AddHours(-2))
            {
                throw new CarrierException(CarrierFailure.Refused, "modifiedSince is in the future", "10002119");
            }
        };

        Assert.Equal(SessionStatus.Grouping, (await bench.SyncAsync()).Status);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task SIMs_of_a_plan_without_usage_in_bulk_are_asked_one_by_one(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(8, (sim, number) => number < 5
            ? sim
            : sim with { RatePlan = "10 MB", Usage = new Dictionary<string, long?> { ["10 MB"] = 50 } });
        bench.Scripted.Change(7, sim => sim with { Status = "INVENTORY" });
        bench.Scripted.OnUsage = (plan, _) =>
        {
            if (plan == "10 MB")
            {
                throw new CarrierException(CarrierFailure.NotOffered, "shared plan");
            }
        };

        await bench.SyncToEndAsync();

        Assert.Equal(7, await bench.CountAsync("device", "usage_bytes IS NOT NULL"));
        Assert.Equal(2, await bench.CountAsync("device", "usage_bytes = 50 AND sms_count = 7 AND single_usage_until IS NOT NULL"));
        Assert.Equal(2, await bench.ValueAsync<long>("SELECT single_calls FROM sync_run"));

        // A SIM that leaves the plan within the period: the bulk list of its new plan lacks the part on the old one.
        bench.Scripted.Change(6, sim => sim with
        {
            RatePlan = "5 MB", ModifiedAt = bench.Time.GetUtcNow(), Usage = new Dictionary<string, long?> { ["10 MB"] = 50, ["5 MB"] = 3 },
        });
        await bench.SyncToEndAsync();

        Assert.Equal(53, await bench.ValueAsync<long>($"SELECT usage_bytes FROM device WHERE iccid = '{Sim.Number(6)}'"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task An_active_SIM_that_no_bulk_list_has_is_asked_alone(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(6);
        bench.Scripted.Change(2, sim => sim with { IsInBulk = false });
        bench.Scripted.Change(3, sim => sim with { IsInBulk = false, Status = "DEACTIVATED" });

        await bench.SyncAsync();

        Assert.Equal(["ctd/" + Sim.Number(2)], bench.Scripted.Calls.Where(call => call.StartsWith("ctd", StringComparison.Ordinal)));
        Assert.Equal(1_002, await bench.ValueAsync<long>($"SELECT usage_bytes FROM device WHERE iccid = '{Sim.Number(2)}'"));
        Assert.Equal(1, await bench.CountAsync("device", "usage_bytes IS NULL"));
        Assert.Equal(0, await bench.CountAsync("device_issue"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task One_SIM_without_an_answer_is_a_data_quality_item(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(200);
        bench.Scripted.Change(2, sim => sim with { IsInBulk = false });
        bench.Scripted.Change(3, sim => sim with { IsInBulk = false });
        bench.Scripted.OnSingle = iccid =>
        {
            if (iccid == Sim.Number(2))
            {
                throw new CarrierException(CarrierFailure.Unavailable, "500");
            }
        };

        SessionRow session = await bench.SyncAsync();

        Assert.Equal(SessionStatus.Grouping, session.Status);
        Assert.Equal([$"{Sim.Number(2)} NoUsage"], await bench.RowsAsync<string>("SELECT iccid || ' ' || kind FROM device_issue"));
        Assert.Equal(1, await bench.ValueAsync<long>("SELECT usage_missing FROM sync_run"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Absurd_usage_is_asked_again_and_then_not_used(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(200);
        bench.Scripted.Change(2, sim => sim with { Usage = new Dictionary<string, long?> { ["5 MB"] = -1 } });
        bench.Scripted.Change(3, sim => sim with { Usage = new Dictionary<string, long?> { ["5 MB"] = null } });

        SessionRow session = await bench.SyncAsync();

        Assert.Equal(SessionStatus.Grouping, session.Status);
        Assert.Equal(
            [$"{Sim.Number(2)} AbsurdUsage", $"{Sim.Number(2)} NoUsage", $"{Sim.Number(3)} NoUsage"],
            await bench.RowsAsync<string>("SELECT iccid || ' ' || kind FROM device_issue ORDER BY iccid, kind"));
        Assert.Equal(2, await bench.CountAsync("device", "usage_bytes IS NULL"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Received_are_rejected_and_kept_together_and_mistakes_are_kept_per_SIM(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(10);
        bench.Scripted.Change(0, sim => sim with { Iccid = "12345" });
        bench.Scripted.Change(1, sim => sim with { Status = "Asleep" });
        bench.Scripted.Change(2, sim => sim with { RatePlan = "Secret" });
        bench.Scripted.Change(3, sim => sim with { CommunicationPlan = "Trackers" });
        bench.Scripted.Change(4, sim => sim with { Iccid = "", CommunicationPlan = "Nul\0" });

        SessionRow session = await bench.SyncAsync();

        Assert.Equal(SessionStatus.Grouping, session.Status);
        Assert.Equal(8, session.DeviceCount);
        Assert.Equal(1, await bench.CountAsync("sync_run", "devices_received = 10 AND devices_rejected = 2"));
        Assert.Equal(
        [
            " BadIccid 1", "12345 BadIccid 1", $"{Sim.Number(1)} UnknownStatus 0", $"{Sim.Number(2)} UnknownPlan 0",
            $"{Sim.Number(3)} NoCommPlanMapping 0",
        ],
            (await bench.RowsAsync<string>("SELECT iccid || ' ' || kind || ' ' || CAST(is_rejected AS TEXT) FROM device_issue"))
            .Order(StringComparer.Ordinal));
        Assert.Equal(["warning/1/new communication plans"], await bench.MailsAsync());
        Assert.Contains("- Trackers", await bench.ValueAsync<string>("SELECT text FROM mail"), StringComparison.Ordinal);
        Assert.DoesNotContain("Meters", await bench.ValueAsync<string>("SELECT text FROM mail"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_number_of_SIMs_that_is_not_the_expected_one_is_warned_of(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind, SyncBench.Settings() with { ExpectedDevices = 7 });
        bench.Scripted.Add(6);

        await bench.SyncAsync();

        Assert.Equal(["warning/1/number of SIMs"], await bench.MailsAsync());
        Assert.Contains("6 SIMs were found, 7 are expected", await bench.ValueAsync<string>("SELECT text FROM mail"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_SIM_that_a_full_list_lacks_is_removed_and_a_purged_one_is_kept_as_such(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(6);
        await bench.SyncToEndAsync();
        bench.Scripted.Change(1, sim => sim with { Status = "PURGED", ModifiedAt = bench.Time.GetUtcNow() });
        bench.Scripted.Sims.RemoveAt(5);

        await bench.SyncToEndAsync(fullSync: true);

        Assert.Equal(5, await bench.CountAsync("device"));
        Assert.Equal("PURGED", await bench.ValueAsync<string>($"SELECT status FROM device WHERE iccid = '{Sim.Number(1)}'"));
        Assert.Equal([$"{Sim.Number(5)} GoneAtCarrier"], await bench.RowsAsync<string>("SELECT iccid || ' ' || kind FROM device_issue"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task An_incremental_sync_removes_a_SIM_only_when_the_carrier_says_it_knows_none(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(6);
        await bench.SyncToEndAsync();
        bench.Scripted.Sims.RemoveAt(5);

        await bench.SyncToEndAsync();

        Assert.Equal(5, await bench.CountAsync("device"));
        Assert.Equal(1, await bench.CountAsync("device_issue", "kind = 'GoneAtCarrier'"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_SIM_known_by_usage_only_and_not_described_is_received_and_rejected(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(6);
        Sim ghost = bench.Scripted.Sims[0] with { Iccid = Sim.Number(999) };
        bench.Scripted.Listed = _ => bench.Scripted.Sims.Where(sim => sim != ghost);
        bench.Scripted.Sims.Add(ghost);
        bench.Scripted.OnSingle = iccid =>
        {
            if (iccid == ghost.Iccid)
            {
                throw new CarrierException(CarrierFailure.NotFound, "404");
            }
        };

        SessionRow session = await bench.SyncAsync();

        Assert.Equal(6, session.DeviceCount);
        Assert.Equal(1, await bench.CountAsync("sync_run", "devices_received = 7 AND devices_rejected = 1"));
        Assert.Equal(1, await bench.CountAsync("device_issue", $"iccid = '{ghost.Iccid}' AND kind = 'UnknownSim' AND is_rejected = 1"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Details_are_read_only_where_the_carrier_prorates_and_only_of_SIMs_activated_lately(DatabaseKind kind)
    {
        var activated = new DateTimeOffset(2026, 5, 20, 0, 0, 0, TimeSpan.Zero);
        await using SyncBench bench = await SyncBench.CreateAsync(kind, SyncBench.Settings() with { UsesProration = true });
        bench.Scripted.Add(8);
        foreach (int index in (int[])[2, 3, 4, 5])
        {
            bench.Scripted.Change(index, sim => sim with { ModifiedAt = activated, ActivatedAt = activated, Msisdn = "1700" + index });
        }

        bench.Scripted.Change(5, sim => sim with { Status = "INVENTORY" });
        await bench.SyncToEndAsync();

        Assert.Equal(3, bench.Scripted.Calls.Count(call => call.StartsWith("device/", StringComparison.Ordinal)));
        Assert.Equal(3, await bench.CountAsync("device", $"activated_at = {activated.ToUnixTimeMilliseconds()} AND msisdn LIKE '1700%'"));

        // Known activations are not asked for again, and are not forgotten.
        int before = bench.Scripted.Calls.Count;
        await bench.SyncToEndAsync();
        Assert.DoesNotContain(bench.Scripted.Calls.Skip(before), call => call.StartsWith("device/", StringComparison.Ordinal));
        Assert.Equal(3, await bench.CountAsync("device", $"activated_at = {activated.ToUnixTimeMilliseconds()} AND msisdn LIKE '1700%'"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Usage_of_an_earlier_period_is_forgotten(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(6);
        await bench.SyncToEndAsync();
        bench.Time.Advance(TimeSpan.FromDays(2));
        bench.Scripted.Change(2, sim => sim with { Status = "DEACTIVATED", IsInBulk = false, ModifiedAt = bench.Time.GetUtcNow() });

        await bench.SyncToEndAsync();

        Assert.Equal(Sim.Number(2), Assert.Single(await bench.RowsAsync<string>("SELECT iccid FROM device WHERE usage_at IS NULL")));
        Assert.Equal(2, await bench.CountAsync("billing_period"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Rate_plans_are_kept_with_the_reason_why_they_cannot_be_priced(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(3);
        bench.Scripted.Plans.Add(ScriptedCarrier.Plan("Fine") with { MonthlyRate = 0.0000001m });
        bench.Scripted.Plans.Add(ScriptedCarrier.Plan("Tiered") with { WhyNotPriceable = "Rate plan \"Tiered\": it has tiers." });
        await bench.SyncToEndAsync();
        bench.Scripted.Plans.RemoveAt(1);
        bench.Time.Advance(TimeSpan.FromMinutes(10));

        await bench.SyncToEndAsync();

        Assert.Equal(4, await bench.CountAsync("rate_plan"));
        Assert.Equal(
            ["Fine", "Tiered"],
            await bench.RowsAsync<string>("SELECT name FROM rate_plan WHERE why_invalid IS NOT NULL ORDER BY name"));
        Assert.Equal("10 MB", await bench.ValueAsync<string>("SELECT name FROM rate_plan WHERE is_retired = 1"));
        Assert.Equal(1_500_000, await bench.ValueAsync<long>("SELECT monthly_rate FROM rate_plan WHERE name = '5 MB'"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Known_rate_plans_are_used_when_the_role_may_not_read_them(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(3);
        await bench.SyncToEndAsync();
        bench.Scripted.OnPlans = () => throw new CarrierException(CarrierFailure.NotAllowed, "no access", "10000030");

        await bench.SyncToEndAsync();

        Assert.Equal(2, await bench.CountAsync("rate_plan", "is_retired = 0"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Each_message_may_die_before_it_is_saved_and_come_again_afterwards(DatabaseKind kind)
    {
        async Task<string> RunAsync(bool withDoubles)
        {
            await using SyncBench bench = await SyncBench.CreateAsync(kind, SyncBench.Settings() with { UsesProration = true });
            bench.Scripted.Add(30, (sim, number) => sim with
            {
                ModifiedAt = sim.ModifiedAt.AddDays(number % 3 == 0 ? 500 : 0),
                IsInBulk = number % 7 != 0,
                RatePlan = number % 5 == 0 ? "10 MB" : "5 MB",
                Iccid = number == 29 ? "29" : sim.Iccid,
            });
            bench.Scripted.OnUsage = (plan, _) =>
            {
                if (plan == "10 MB")
                {
                    throw new CarrierException(CarrierFailure.NotOffered, "shared plan");
                }
            };
            await bench.AskAsync();
            await (withDoubles ? bench.UntilIdleWithDoublesAsync() : bench.UntilIdleAsync());
            Assert.Equal(29, await bench.CountAsync("device", "usage_bytes IS NOT NULL"));
            return await bench.DumpAsync();
        }

        Assert.Equal(await RunAsync(withDoubles: false), await RunAsync(withDoubles: true));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_a_failed_session_left_in_staging_is_removed_by_the_next(DatabaseKind kind)
    {
        await using SyncBench bench = await SyncBench.CreateAsync(kind);
        bench.Scripted.Add(12);
        await bench.AskAsync();
        for (int step = 0; step < 3; step++)
        {
            await bench.StepAsync();
        }

        Assert.NotEqual(0, await bench.CountAsync("staging_device"));
        await bench.EndAsync(1, SessionStatus.CompleteWithErrors);
        await bench.SyncToEndAsync();

        Assert.Equal(0, await bench.CountAsync("staging_device"));
        Assert.Equal(12, await bench.CountAsync("device"));
    }
}
