using System.Globalization;
using System.Text.Json;
using CarrierOptimization.Engine.Units;
using Xunit;

namespace CarrierOptimization.Cli.Tests;

public sealed class OptimizeCommandTests
{
    private const int OverageColumn = 7;
    private const int TotalColumn = 8;
    private const int CurrentTotalColumn = 9;
    private const int SavingColumn = 10;

    [Fact]
    public async Task Device_rows_of_a_small_fleet_are_these()
    {
        using var fleet = new FleetFolder();

        (int code, _, string error) = await fleet.Optimize();

        Assert.Equal("", error);
        Assert.Equal(ExitCode.Done, code);
        Assert.Equal(
            """
            89010000000000000017,,Small,Large,true,12582912,5.000000,1.000000,6.000000,13.000000,7.000000,cheaper plan
            89010000000000000025,,Small,Small,false,524288,2.000000,0.000000,2.000000,2.000000,0.000000,keeps its plan
            89010000000000000033,,Large,Everything,true,104857600,30.000000,0.000000,30.000000,50.000000,20.000000,cheaper plan
            89010000000000000041,,Large,Small,true,0,2.000000,0.000000,2.000000,5.000000,3.000000,cheaper plan
            89010000000000000058,,Small,,false,0,0.000000,0.000000,0.000000,0.000000,0.000000,excluded: status DEACTIVATED and no usage

            """.ReplaceLineEndings("\n"),
            fleet.ReadOutput("assignments.csv").Split('\n', 2)[1]);
        Assert.Equal(
            "iccid,communication_plan,current_rate_plan,assigned_rate_plan,changed,usage_bytes,rate_charge,overage,total,"
            + "current_total,saving,reason",
            fleet.ReadOutput("assignments.csv").Split('\n')[0]);
        Assert.Equal(
            ["assignments.csv", "pools.csv", "report.xlsx", "summary.json"],
            Directory.GetFiles(fleet.Output).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Pools_of_a_small_fleet_are_these()
    {
        using var fleet = new FleetFolder();

        await fleet.Optimize("--no-report");

        string[] header = fleet.ReadOutput("pools.csv").Split('\n')[0].Split(',');
        Assert.Equal(18, header.Length);
        Assert.Equal("kind,comm_group,pool,rate_plan,sims_before", string.Join(',', header[..5]));
        Assert.Equal("overage_after,total_after", string.Join(',', header[^2..]));
        Assert.Equal(
            ["plan,,,Small,2,2097152,13107200,6.250000,4.000000,11.000000,15.000000,2,2097152,524288,0.250000,4.000000,0.000000,4.000000",
            "plan,,,Large,2,20971520,104857600,5.000000,10.000000,45.000000,55.000000,1,10485760,12582912,1.200000,5.000000,1.000000,6.000000",
            "plan,,,Everything,0,,0,,0.000000,0.000000,0.000000,1,,104857600,,30.000000,0.000000,30.000000"],
            fleet.Rows("pools.csv").Select(row => string.Join(',', row)));
    }

    [Fact]
    public async Task The_summary_has_every_key_and_money_as_text()
    {
        using var fleet = new FleetFolder();

        await fleet.Optimize();

        JsonElement summary = Json(fleet.ReadOutput("summary.json"));
        Assert.Equal(5, summary.GetProperty("devices").GetInt32());
        Assert.Equal(4, summary.GetProperty("optimised_devices").GetInt32());
        Assert.Equal(1, summary.GetProperty("excluded_devices").GetInt32());
        Assert.Equal("USD", summary.GetProperty("currency").GetString());
        Assert.Equal("70.000000", summary.GetProperty("current_cost").GetString());
        Assert.Equal("64.000000", summary.GetProperty("base_cost").GetString());
        Assert.Equal("40.000000", summary.GetProperty("optimal_cost").GetString());
        Assert.Equal("40.000000", summary.GetProperty("lower_bound").GetString());
        Assert.Equal(0, summary.GetProperty("gap").GetDouble());
        Assert.True(summary.GetProperty("proven_optimal").GetBoolean());
        Assert.Equal("30.000000", summary.GetProperty("saving").GetString());
        Assert.Equal(42.8571m, summary.GetProperty("saving_percent").GetDecimal());
        Assert.Equal(3, summary.GetProperty("changes").GetInt32());
        Assert.Equal("Optimal", summary.GetProperty("strategy").GetString());
        Assert.Equal(1, summary.GetProperty("groups").GetInt32());
        Assert.Equal(1, summary.GetProperty("components").GetInt32());
        Assert.True(summary.GetProperty("elapsed_ms").GetProperty("total").GetDecimal() >= 0);
    }

    [Theory]
    [InlineData("account")]
    [InlineData("group")]
    public async Task Device_rows_add_up_to_the_totals_to_the_last_micro_unit(string scope)
    {
        using var fleet = new FleetFolder();
        await Generated(fleet, 3_000, "mixed");

        (int code, _, _) = await fleet.Optimize("--pool-scope", scope, "--time-limit", "1", "--no-report");

        Assert.Equal(ExitCode.Done, code);
        JsonElement summary = Json(fleet.ReadOutput("summary.json"));
        string[][] rows = fleet.Rows("assignments.csv");
        Assert.Equal(summary.GetProperty("devices").GetInt32(), rows.Length);
        Assert.Equal(
            summary.GetProperty("excluded_devices").GetInt32(),
            rows.Count(row => row[^1].StartsWith("excluded", StringComparison.Ordinal)));
        Assert.Equal(
            summary.GetProperty("devices").GetInt32(),
            summary.GetProperty("optimised_devices").GetInt32() + summary.GetProperty("excluded_devices").GetInt32());
        Assert.Equal(Amount(summary, "optimal_cost"), Sum(rows, TotalColumn));
        Assert.Equal(Amount(summary, "current_cost"), Sum(rows, CurrentTotalColumn));
        Assert.Equal(Amount(summary, "saving"), Sum(rows, SavingColumn));
        Assert.All(rows, row => Assert.Equal(Number(row[TotalColumn]), Number(row[6]) + Number(row[OverageColumn])));
        Assert.True(Amount(summary, "lower_bound") <= Amount(summary, "optimal_cost"));

        string[][] pools = [.. fleet.Rows("pools.csv").Where(row => row[0] == "pool" || row[2].Length == 0)];
        Assert.Equal(Amount(summary, "optimal_cost"), Sum(pools, 17));
        Assert.Equal(Amount(summary, "current_cost"), Sum(pools, 10));
        Assert.Equal(summary.GetProperty("changes").GetInt32(), rows.Count(row => row[4] == "true"));
    }

    [Fact]
    public async Task The_same_input_gives_the_same_files_and_gzip_changes_nothing()
    {
        using var first = new FleetFolder();
        using var second = new FleetFolder();
        await Generated(first, 2_000, "pooled");
        second.Write("plans.csv", File.ReadAllText(first.PathOf("plans.csv")));
        second.Write("communication-plans.csv", File.ReadAllText(first.PathOf("communication-plans.csv")));
        second.Write("devices.csv", FleetFolder.Compressed(File.ReadAllText(first.PathOf("devices.csv"))));

        // On a busy machine the usual limit would end one search before the other.
        await first.Optimize("--time-limit", "3600");
        await second.Optimize("--time-limit", "3600");

        foreach (string file in new[] { "assignments.csv", "pools.csv", "report.xlsx" })
        {
            Assert.True(
                File.ReadAllBytes(Path.Combine(first.Output, file)).AsSpan()
                    .SequenceEqual(File.ReadAllBytes(Path.Combine(second.Output, file))),
                $"{file} differs between two runs over the same rows.");
        }

        Assert.Equal(WithoutTimes(first.ReadOutput("summary.json")), WithoutTimes(second.ReadOutput("summary.json")));
    }

    [Fact]
    public async Task Names_that_look_like_formulas_are_written_as_text()
    {
        using var fleet = new FleetFolder(
            devices: "iccid,rate_plan,usage_bytes,communication_plan\n89010000000000000017,=Small,1,+cmd\n",
            plans: FleetFolder.Plans.Replace("Small", "=Small", StringComparison.Ordinal));

        await fleet.Optimize("--no-report");

        Assert.StartsWith("89010000000000000017,'+cmd,'=Small,'=Small,false,", fleet.ReadOutput("assignments.csv").Split('\n')[1],
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_change_is_proposed_below_the_minimum_saving()
    {
        using var fleet = new FleetFolder();

        await fleet.Optimize("--minimum-savings", "30.000001", "--no-report");

        JsonElement summary = Json(fleet.ReadOutput("summary.json"));
        Assert.Equal("Current", summary.GetProperty("strategy").GetString());
        Assert.Equal("70.000000", summary.GetProperty("optimal_cost").GetString());
        Assert.Equal("40.000000", summary.GetProperty("lower_bound").GetString());
        Assert.False(summary.GetProperty("proven_optimal").GetBoolean());
        Assert.Equal(0, summary.GetProperty("changes").GetInt32());
    }

    [Fact]
    public async Task Json_prints_the_summary_and_nothing_else_and_quiet_prints_nothing()
    {
        using var fleet = new FleetFolder();

        (_, string json, string error) = await fleet.Optimize("--json");
        (_, string quiet, _) = await fleet.Optimize("--quiet");

        Assert.Equal("", error);
        Assert.Equal("", quiet);
        Assert.Equal("40.000000", Json(json).GetProperty("optimal_cost").GetString());
    }

    [Fact]
    public async Task The_screen_fits_80_columns_and_has_no_control_codes_when_piped()
    {
        using var fleet = new FleetFolder();

        (_, string screen, _) = await fleet.Optimize();

        Assert.DoesNotContain('\u001b', screen);
        Assert.All(
            screen.Split('\n').Where(line => !line.Contains(fleet.Output, StringComparison.Ordinal)),
            line => Assert.True(line.TrimEnd().Length <= 80, line));
        Assert.Contains("proven: nothing cheaper exists", screen, StringComparison.Ordinal);
        Assert.Contains("5 SIMs read = 4 optimised + 1 excluded", screen, StringComparison.Ordinal);
        Assert.Contains("30.00 USD", screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_rows_end_with_code_2_and_nothing_written()
    {
        using var fleet = new FleetFolder(devices: FleetFolder.Devices.Replace(",12,", ",NaN,", StringComparison.Ordinal));

        (int code, string output, string error) = await fleet.Optimize();

        Assert.Equal(ExitCode.BadInput, code);
        Assert.Equal("", output);
        Assert.StartsWith("devices.csv:2: usage_mb: \"NaN\" is not a number; expected a number of MB", error, StringComparison.Ordinal);
        Assert.False(fleet.HasOutput);
    }

    [Theory]
    [InlineData("--period-days", "0", "cco: --period-days 0: expected whole days, 1 to 366.")]
    [InlineData("--period-days", "soon", "cco: --period-days soon: expected whole days, 1 to 366.")]
    [InlineData("--max-changes", "-1", "cco: --max-changes -1: expected a whole number of SIMs, 0 or more.")]
    [InlineData("--max-changes", "1.5", "cco: --max-changes 1.5: expected a whole number of SIMs, 0 or more.")]
    [InlineData("--max-changes", "99999999999", "cco: --max-changes 99999999999: expected a whole number of SIMs, 0 or more.")]
    [InlineData("--minimum-savings", "0.0000001", "cco: --minimum-savings 0.0000001: expected an amount such as 250.00: 0 or more, at most 6")]
    [InlineData("--minimum-savings", "-5", "cco: --minimum-savings -5: expected an amount such as 250.00")]
    [InlineData("--minimum-savings", "1,000", "cco: --minimum-savings 1,000: expected an amount such as 250.00")]
    [InlineData("--minimum-savings", "2,5", "no separators.")]
    [InlineData("--pool-scope", "planet", "cco: --pool-scope planet: expected account or group.")]
    [InlineData("--time-limit", "0", "cco: --time-limit 0: expected seconds, 0.001 to 86400.")]
    [InlineData("--time-limit", "1e9", "cco: --time-limit 1e9: expected seconds, 0.001 to 86400.")]
    [InlineData("--bytes-per-mb", "0", "cco: --bytes-per-mb 0: expected 1 to 1073741824; usual are 1048576 and 1000000.")]
    [InlineData("--communication-plans", " ", "cco: --communication-plans: nothing is given; expected the path of a CSV file.")]
    [InlineData("--unheard-of", "1", "cco: Unrecognized command or argument '--unheard-of'.")]
    public async Task Bad_options_end_with_code_2_and_a_sentence(string option, string value, string expected)
    {
        using var fleet = new FleetFolder();

        (int code, _, string error) = await fleet.Optimize(option, value);

        Assert.Equal(ExitCode.BadInput, code);
        Assert.StartsWith("cco: ", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", error, StringComparison.Ordinal);
        Assert.False(fleet.HasOutput);
    }

    [Fact]
    public async Task Exclusions_name_the_plans_that_cause_them()
    {
        using var fleet = new FleetFolder(
            devices: "iccid,rate_plan,usage_mb,communication_plan\n89010000000000000017,small,1,A\n89010000000000000025,Gone,1,A\n"
                + "89010000000000000033,Small,1,B\n89010000000000000041,Small,1,\n",
            communicationPlans: "communication_plan,rate_plans\nA,Small\n");

        (int code, _, string error) = await fleet.Optimize();

        Assert.Equal(ExitCode.NothingToOptimise, code);
        Assert.Contains("2 SIMs: current plan is not in the file of rate plans: its price is not known, not billed here "
            + "(\"small\", \"Gone\").", error, StringComparison.Ordinal);
        Assert.Contains("stays in the bill (\"B\", no communication plan).", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("iccid,rate_plan,usage_mb,status\n", "no SIMs")]
    [InlineData("iccid,rate_plan,usage_mb,status\n89010000000000000017,Small,0,RETIRED\n", "1 SIM: not active and no usage")]
    public async Task Nothing_to_optimise_ends_with_code_3(string devices, string why)
    {
        using var fleet = new FleetFolder(devices);

        (int code, _, string error) = await fleet.Optimize();

        Assert.Equal(ExitCode.NothingToOptimise, code);
        Assert.Contains(why, error, StringComparison.Ordinal);
        Assert.False(fleet.HasOutput);
    }

    [Fact]
    public async Task A_stopped_run_ends_with_code_130_and_writes_nothing()
    {
        using var fleet = new FleetFolder();

        (int code, _, string error) = await fleet.OptimizeFile("devices.csv", new CancellationToken(canceled: true));

        Assert.Equal(ExitCode.Cancelled, code);
        Assert.Equal("cco: stopped; nothing was written.", error.Trim());
        Assert.False(fleet.HasOutput);
    }

    [Fact]
    public async Task An_output_that_cannot_be_used_does_not_blame_the_input()
    {
        using var fleet = new FleetFolder();
        fleet.Write("out", "a file in the way");

        (int code, _, string error) = await fleet.Optimize();

        Assert.Equal(ExitCode.BadInput, code);
        Assert.Equal(
            [$"cco: --output {fleet.Output}: {fleet.Output} is a file; expected a folder. Move the file away, or choose another folder.",
                "cco: nothing was written."],
            error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Results_never_replace_an_input_file()
    {
        using var fleet = new FleetFolder();
        Directory.CreateDirectory(fleet.Output);
        string devices = Path.Combine(fleet.Output, "assignments.csv");
        File.Copy(fleet.PathOf("devices.csv"), devices);

        (int code, _, string error) = await fleet.OptimizeFile(devices, TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("assignments.csv in it is an input of this run, which the results would replace.", error, StringComparison.Ordinal);
        Assert.Equal(FleetFolder.Devices, File.ReadAllText(devices));
    }

    [Fact]
    public async Task A_screen_that_cannot_be_written_does_not_undo_the_results()
    {
        using var fleet = new FleetFolder();
        using var error = new StringWriter();
        await using var full = new StreamWriter(new FullStream()) { AutoFlush = true };

        int code = await CommandTree.RunAsync(
            ["optimize", "--plans", fleet.PathOf("plans.csv"), "--devices", fleet.PathOf("devices.csv"), "--output", fleet.Output],
            full, error, TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Done, code);
        Assert.StartsWith("cco: the results are written, but standard output could not be", error.ToString(), StringComparison.Ordinal);
        Assert.Equal("40.000000", Json(fleet.ReadOutput("summary.json")).GetProperty("optimal_cost").GetString());
    }

    [Fact]
    public async Task A_fleet_too_large_to_price_exactly_is_refused_by_number()
    {
        using var fleet = new FleetFolder(
            plans: FleetFolder.Plans.Replace(",0.50,1,", ",900000000,0.000001,", StringComparison.Ordinal));

        (int code, _, string error) = await fleet.Optimize();

        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("can be computed exactly", error, StringComparison.Ordinal);
    }

    private static async Task Generated(FleetFolder fleet, int devices, string profile)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await CommandTree.RunAsync(
            ["generate", "--devices", devices.ToString(CultureInfo.InvariantCulture), "--profile", profile, "--seed", "7",
                "--output", Path.GetDirectoryName(fleet.PathOf("x"))!, "--quiet"],
            output, error, TestContext.Current.CancellationToken);
        Assert.Equal("", error.ToString());
        Assert.Equal(ExitCode.Done, code);
    }

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private static string WithoutTimes(string summary) =>
        summary[..summary.IndexOf("\"elapsed_ms\"", StringComparison.Ordinal)];

    private static Money Amount(JsonElement summary, string key) => Money.FromDecimal(Number(summary.GetProperty(key).GetString()!));

    private static Money Sum(string[][] rows, int column) => Money.FromDecimal(rows.Sum(row => Number(row[column])));

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Standard output whose reader or disk is gone.</summary>
    private sealed class FullStream : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("No space left on device");

        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("No space left on device");
    }
}
