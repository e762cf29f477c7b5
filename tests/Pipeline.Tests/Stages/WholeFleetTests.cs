using System.Globalization;
using System.Text;
using CarrierOptimization.Adapters.Files.Csv;
using CarrierOptimization.Engine;
using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Certificates;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.GroupDevices;
using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.SimCardCostOptimizer;
using CarrierOptimization.Pipeline.Snapshots;
using CarrierOptimization.Pipeline.Tests.Databases;
using CsCheck;
using Xunit;

namespace CarrierOptimization.Pipeline.Tests.Stages;

/// <summary>A session over components finds what one solve over the whole fleet finds, and leaves proofs that can be checked again.</summary>
public sealed class WholeFleetTests
{
    private static readonly StoredRatePlan[] Plans =
    [
        Account.Pooled("Small", 2, 1), Account.Pooled("Large", 5, 10), Account.Pooled("Shared A", 1, 2) with { PoolName = "Shared" },
        Account.Pooled("Shared B", 3, 6) with { PoolName = "Shared" }, Account.Pooled("Solo", 3, 5) with { IsPooled = false },
        Account.Pooled("Far", 4, 20), Account.Pooled("Further", 6, 40),
    ];

    private static readonly PlanMapping[] Mappings =
    [
        .. Account.Map("Meter", "Small", "Large"), .. Account.Map("Camera", "Large", "Solo"), .. Account.Map("Tracker", "Shared A", "Shared B"),
        .. Account.Map("Router", "Far", "Further"),
    ];

    private static readonly Gen<Account> Accounts = Gen.Select(
        Gen.Select(Gen.Int[0, Plans.Length], Gen.Int[0, 5], Gen.Long[0, 15 << 20], Gen.Int[0, 8]).Array[1, 24],
        Gen.Enum<PoolScope>(),
        (sims, scope) => new Account
        {
            Settings = Account.Simple with { PoolScope = scope },
            Plans = Plans,
            Mappings = Mappings,
            Sims = [.. sims.Select((sim, number) => new Sim(
                number,
                sim.Item1 == Plans.Length ? null : Plans[sim.Item1].Name,
                new[] { "Meter", "Camera", "Tracker", "Router", "Unmapped", null }[sim.Item2],
                sim.Item4 == 0 ? 0 : sim.Item3)
            {
                Status = sim.Item4 < 2 ? "DEACTIVATED" : "ACTIVATED",
            })],
        });

    [Theory]
    [InlineData(DatabaseKind.Sqlite, 25)]
    [InlineData(DatabaseKind.Postgres, 10)]
    public Task A_session_costs_what_cco_optimize_finds_for_the_same_files(DatabaseKind kind, int accounts) =>
        Accounts.SampleAsync(account => CompareAsync(kind, account), iter: accounts, seed: "0N0XIzNsQ0O2", threads: 1);

    private static async Task CompareAsync(DatabaseKind kind, Account account)
    {
        (DeviceGrouping grouping, PlanCatalog catalog) = FromFiles(account);
        await using StageBench bench = await StageBench.CreateAsync(kind, account);
        await bench.RunAsync();
        if (grouping.Optimised == 0)
        {
            await bench.AssertScenarioAsync("NoCommGroups", SessionStatus.CompleteWithErrors);
            return;
        }

        CancellationToken token = TestContext.Current.CancellationToken;
        Solution whole = Optimizer.Solve(grouping.Fleet, catalog, new SolveOptions(), token);
        Candidate current = Strategies.Current(grouping.Fleet, catalog);
        Winner winner = WinnerDecision.Decide(
            grouping.Fleet, current, grouping.CurrentIsComplete, [Strategies.BaseAssignment(grouping.Fleet, catalog)], whole,
            Money.Zero, null);
        Assert.Equal(SessionStatus.CompleteWithSuccess, await bench.StatusAsync());
        Assert.Equal(current.Cost, await bench.ValueAsync<Money>("SELECT current_cost FROM optimization_instance"));
        Money optimal = await bench.ValueAsync<Money>("SELECT optimal_cost FROM optimization_instance");
        Assert.True(whole.LowerBound <= optimal);
        if (whole.ProvenOptimal)
        {
            Assert.Equal(winner.Candidate.Cost, optimal);
            Assert.Equal(optimal, await bench.ValueAsync<Money>("SELECT lower_bound FROM optimization_instance"));
        }

        Assert.Equal(grouping.Components, (await bench.ColumnAsync<long>(
            "SELECT DISTINCT component FROM comm_group WHERE optimised_devices > 0")).Count);
        Assert.Equal(account.Sims.Count, grouping.Optimised + bench.Summary().GetProperty("excluded_devices").GetInt32());
        Assert.Equal(account.Sims.Count, bench.Rows("assignments.csv").Length);
        await CheckCertificatesAsync(bench);
    }

    /// <summary>From the database alone: the frozen SIMs and plans, the stored winner, the stored proof.</summary>
    private static async Task CheckCertificatesAsync(StageBench bench)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        SessionHeader session = await SessionHeader.LoadAsync(bench.Database, StageBench.Session, token);
        foreach (long number in await bench.ColumnAsync<long>("SELECT number FROM component WHERE winner = 'Optimal'"))
        {
            Snapshot snapshot = await Snapshot.LoadAsync(bench.Database, session, (int)number, token);
            string detail = (await bench.ValueAsync<string>(
                $"SELECT detail FROM candidate WHERE component = {number} AND strategy = 'Optimal'"))!;
            (Certificate certificate, StopReason stoppedBy) = CertificateJson.Read(detail);
            var plans = new Dictionary<int, ushort>();
            await bench.Database.StreamAsync(
                "SELECT position, rate_plan FROM assignment", null,
                row => plans.Add(row.GetInt32(0), (ushort)snapshot.Catalog.IndexOf(row.GetString(1))), token);
            ushort[] assignment = [.. snapshot.Positions.Select(position => plans[position])];
            Bill bill = BillCalculator.Bill(snapshot.Fleet, snapshot.Catalog, assignment);
            Money bound = await bench.ValueAsync<Money>($"SELECT lower_bound FROM component WHERE number = {number}");
            var solution = new Solution
            {
                Assignment = assignment,
                Bill = bill,
                Cost = bill.Total,
                LowerBound = bound,
                ProvenOptimal = bill.Total == bound,
                Changes = assignment.Where((plan, device) => snapshot.Fleet.CurrentPlan![device] is not Fleet.NoPlan and var today
                    && plan != today).Count(),
                Certificate = certificate,
                StoppedBy = stoppedBy,
                Phases = [],
            };

            CertificateChecker.Check(snapshot.Fleet, snapshot.Catalog, new SolveOptions(), solution);
        }
    }

    /// <summary>Writes the account as the files of <c>cco optimize</c> and reads them as it does.</summary>
    private static (DeviceGrouping Grouping, PlanCatalog Catalog) FromFiles(Account account)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("cco-files-");
        try
        {
            string plansFile = Write("plans.csv", "rate_plan,monthly_rate,included_mb,overage_rate,overage_block_mb,pooled,pool,currency",
                account.Plans.Select(plan => Text(
                    $"{plan.Name},{plan.MonthlyRate},{plan.IncludedBytes / Account.Megabyte},1,1,{plan.IsPooled},{plan.PoolName},USD")));
            string mappingFile = Write("communication-plans.csv", "communication_plan,rate_plans",
                account.Mappings.GroupBy(mapping => mapping.CommunicationPlan)
                    .Select(plan => $"{plan.Key},{string.Join(';', plan.Select(mapping => mapping.RatePlan))}"));
            string devicesFile = Write("devices.csv", "iccid,rate_plan,communication_plan,usage_bytes,status",
                account.Sims.Select(sim => Text(
                    $"{sim.Iccid},{sim.RatePlan},{sim.CommunicationPlan},{sim.UsageBytes},{sim.Status}")));
            var mistakes = new InputMistakes();
            PlanCatalog catalog = RatePlanCsv.Read(plansFile, Account.Megabyte, mistakes)
                .ToCatalog(new BillRules { PeriodDays = 31, PoolScope = account.Settings.PoolScope }, mistakes)!;
            IReadOnlyList<CommunicationPlan> mapping = CommunicationPlanCsv.Read(mappingFile, mistakes).Resolve(catalog, mistakes);
            DeviceFile devices = DeviceCsv.Read(
                devicesFile, new DeviceCsvOptions(31, Account.Megabyte, null), mistakes, TestContext.Current.CancellationToken);
            mistakes.ThrowIfAny();
            return (GroupingDecision.Decide(devices.Records, catalog, mapping, new GroupingOptions()), catalog);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        string Write(string name, string header, IEnumerable<string> rows)
        {
            string path = Path.Combine(folder.FullName, name);
            File.WriteAllText(path, string.Join('\n', rows.Prepend(header)), Encoding.UTF8);
            return path;
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
