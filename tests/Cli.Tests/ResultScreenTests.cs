using CarrierOptimization.Cli.Optimize;
using CarrierOptimization.Engine.Units;
using Spectre.Console;
using Xunit;

namespace CarrierOptimization.Cli.Tests;

/// <summary>What a person reads after a run.</summary>
public sealed class ResultScreenTests
{
    private const string PooledPlans = """
        rate_plan,monthly_rate,included_mb,overage_rate,overage_block_mb,pooled,currency
        Small,2.00,1,1.00,1,true,USD
        Large,5.00,10,0.50,1,true,USD
        Everything,30.00,,,,false,USD
        """;

    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(120)]
    public async Task Every_line_fits_the_terminal(int width)
    {
        const string longName = "Enterprise 5 GB shared, roaming Europe [zone 1]";
        using var fleet = new FleetFolder(
            devices: FleetFolder.Devices.Replace(",Large,", $",\"{longName}\",", StringComparison.Ordinal),
            plans: PooledPlans.Replace("Large,5.00,", $"\"{longName}\",123456789.00,", StringComparison.Ordinal));

        string screen = await Screen(fleet, width);

        Assert.All(
            screen.Split('\n').Where(line => !line.Contains(fleet.Output, StringComparison.Ordinal)),
            line => Assert.True(line.TrimEnd('\r').GetCellWidth() <= width, $"{width} columns: {line}"));
        Assert.All(screen.Split(Environment.NewLine), line => Assert.Equal(line.TrimEnd(), line));
    }

    [Fact]
    public async Task On_40_columns_numbers_stay_whole()
    {
        using var fleet = new FleetFolder(plans: PooledPlans);

        string[] lines = (await Screen(fleet, 40)).Split(Environment.NewLine);

        Assert.Contains("  Current cost      65.00 USD", lines);
        Assert.Contains(lines, line => line.StartsWith("  89010000000000000033  saves ", StringComparison.Ordinal));
        Assert.Contains("    Large -> Everything, 100 MB", lines);
    }

    [Fact]
    public async Task A_saving_below_the_minimum_is_told_and_nothing_is_called_optimal()
    {
        using var fleet = new FleetFolder();

        string screen = await Screen(fleet, 80, minimumSavings: 30.5m);

        Assert.Contains("Cheapest found    40.00 USD  proven: nothing cheaper exists", screen, StringComparison.Ordinal);
        Assert.Contains("Saving found      30.00 USD  42.86 %, below the minimum of 30.50 USD", screen, StringComparison.Ordinal);
        Assert.Contains("No change is proposed: the saving found is below the minimum.", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("Optimal cost", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("above the cheapest possible", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("No SIM needs another plan", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("after", screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_of_changes_is_part_of_every_claim()
    {
        using var fleet = new FleetFolder();

        string screen = await Screen(fleet, 80, maxChanges: 1);

        Assert.Matches(
            @"Optimal cost +50\.00 USD\s+(proven: nothing cheaper exists|at most [0-9.]+ % above the cheapest possible) with 1 change",
            screen);
        Assert.Contains("certified: with at most 1 change nothing costs less", screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_say_which_is_before_and_which_after_and_money_its_currency()
    {
        using var fleet = new FleetFolder(plans: PooledPlans);

        string screen = await Screen(fleet, 80);

        Assert.Matches(@"Small +before +2 ", screen);
        Assert.Matches(@"\n +after +", screen);
        Assert.Contains("overage, USD", screen, StringComparison.Ordinal);
        Assert.Contains("saving, USD", screen, StringComparison.Ordinal);
        Assert.Contains("unlimited", screen, StringComparison.Ordinal);
        Assert.Contains("These are proposals: nothing was changed at the carrier.", screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Control_characters_in_names_do_not_reach_the_terminal()
    {
        using var fleet = new FleetFolder(
            devices: FleetFolder.Devices.Replace(",Large,", ",\"La\u001b[31mrge\nX\",", StringComparison.Ordinal),
            plans: FleetFolder.Plans.Replace("Large", "\"La\u001b[31mrge\nX\"", StringComparison.Ordinal));

        string screen = await Screen(fleet, 80);

        Assert.DoesNotContain('\u001b', screen);
        Assert.Contains("La\uFFFD[31mrge\uFFFDX", screen, StringComparison.Ordinal);
    }

    private static async Task<string> Screen(FleetFolder fleet, int width, decimal minimumSavings = 0, int? maxChanges = null)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var settings = new OptimizeSettings
        {
            PlansFile = fleet.PathOf("plans.csv"),
            DevicesFile = fleet.PathOf("devices.csv"),
            OutputFolder = fleet.Output,
            WritesReport = false,
            ScreenWidth = width,
            MinimumSavings = Money.FromDecimal(minimumSavings),
            MaxChanges = maxChanges,
        };
        int code = await OptimizeRun.RunAsync(settings, output, error, TestContext.Current.CancellationToken);
        Assert.Equal("", error.ToString());
        Assert.Equal(ExitCode.Done, code);
        return output.ToString();
    }
}
