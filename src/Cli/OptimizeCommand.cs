using System.CommandLine;
using System.Globalization;
using CarrierOptimization.Cli.Optimize;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Cli;

/// <summary><c>cco optimize</c>: files in, the cheapest assignment and its proof out. Contract: docs/csv.md.</summary>
internal static class OptimizeCommand
{
    private static readonly Option<string> Plans = new("--plans")
    {
        Description = "Rate plans, csv or csv.gz.",
        HelpName = "FILE",
        Required = true,
    };

    private static readonly Option<string> Devices = new("--devices")
    {
        Description = "SIMs with their usage, csv or csv.gz.",
        HelpName = "FILE",
        Required = true,
    };

    private static readonly Option<string?> CommunicationPlans = new("--communication-plans")
    {
        Description = "Which rate plans each communication plan allows. Without it every plan is allowed for every SIM.",
        HelpName = "FILE",
    };

    private static readonly Option<int> PeriodDays = new("--period-days")
    {
        Description = "Days of the billing period, for active_days.",
        HelpName = "DAYS",
        DefaultValueFactory = _ => 30,
    };

    private static readonly Option<long> BytesPerMegabyte = new("--bytes-per-mb")
    {
        Description = "Bytes the carrier counts as one MB.",
        HelpName = "BYTES",
        DefaultValueFactory = _ => DataVolume.DefaultBytesPerMegabyte,
    };

    private static readonly Option<int?> MaxChanges = new("--max-changes")
    {
        Description = "Move at most N SIMs: the N changes that save most.",
        HelpName = "N",
    };

    private static readonly Option<decimal> MinimumSavings = new("--minimum-savings")
    {
        Description = "Propose no change unless the whole saving reaches X, in the currency of the plans.",
        HelpName = "X",
        DefaultValueFactory = _ => 0m,
    };

    private static readonly Option<string> Scope = new("--pool-scope")
    {
        Description = "How far a pool reaches: the whole account, or each comm group apart.",
        HelpName = "account|group",
        DefaultValueFactory = _ => "account",
    };

    private static readonly Option<decimal> TimeLimit = new("--time-limit")
    {
        Description = "Seconds for closing the gap to the proof.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 10m,
    };

    private static readonly Option<string> Output = new("--output")
    {
        Description = "Folder for assignments.csv, pools.csv, summary.json and report.xlsx.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "optimization",
    };

    private static readonly Option<bool> NoReport = new("--no-report") { Description = "Write no report.xlsx." };

    private static readonly Option<bool> Json = new("--json") { Description = "Print summary.json and nothing else." };

    private static readonly Option<bool> Quiet = new("--quiet") { Description = "Print nothing but mistakes." };

    public static Command Create()
    {
        Scope.AcceptOnlyFromAmong("account", "group");
        Check<int>(PeriodDays, days => days is >= 1 and <= Limits.PeriodDaysMax, $"1 to {Limits.PeriodDaysMax}");
        Check<long>(BytesPerMegabyte, bytes => bytes is >= 1 and <= 1L << 30, "1 to 1073741824; usual are 1048576 and 1000000");
        Check<int>(MaxChanges, changes => changes >= 0, "0 or more");
        Check<decimal>(MinimumSavings, amount => amount >= 0 && Money.TryFromDecimal(amount, out _), "0 or more, with at most 6 decimals");
        Check<decimal>(TimeLimit, seconds => seconds is >= 0.001m and <= 86_400m, "0.001 to 86400 seconds");
        var command = new Command("optimize", "Find the cheapest rate plan for every SIM in a file, and prove it.")
        {
            Plans, Devices, CommunicationPlans, PeriodDays, BytesPerMegabyte, MaxChanges, MinimumSavings, Scope,
            TimeLimit, Output, NoReport, Json, Quiet,
        };
        command.SetAction((parsed, cancellationToken) => OptimizeRun.RunAsync(
            SettingsOf(parsed), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellationToken));
        return command;
    }

    private static OptimizeSettings SettingsOf(ParseResult parsed) => new()
    {
        PlansFile = parsed.GetRequiredValue(Plans),
        DevicesFile = parsed.GetRequiredValue(Devices),
        CommunicationPlansFile = parsed.GetValue(CommunicationPlans),
        BytesPerMegabyte = parsed.GetValue(BytesPerMegabyte),
        Rules = new BillRules
        {
            PeriodDays = parsed.GetValue(PeriodDays),
            PoolScope = parsed.GetValue(Scope) == "group" ? PoolScope.CommGroup : PoolScope.Account,
        },
        MaxChanges = parsed.GetValue(MaxChanges),
        MinimumSavings = Money.FromDecimal(parsed.GetValue(MinimumSavings)),
        TimeLimit = TimeSpan.FromSeconds((double)parsed.GetValue(TimeLimit)),
        OutputFolder = parsed.GetRequiredValue(Output),
        WritesReport = !parsed.GetValue(NoReport),
        PrintsJson = parsed.GetValue(Json),
        IsQuiet = parsed.GetValue(Quiet),
    };

    /// <summary>Checks a value that parses; one that does not has a message of its own already.</summary>
    private static void Check<T>(Option option, Func<T, bool> isGood, string expected)
        where T : struct, IParsable<T> =>
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1
                && T.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out T value) && !isGood(value))
            {
                result.AddError($"{option.Name} {result.Tokens[0].Value}: expected {expected}.");
            }
        });
}
