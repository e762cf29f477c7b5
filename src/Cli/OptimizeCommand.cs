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
        Read(Plans, "the path of a CSV file", IsNamed);
        Read(Devices, "the path of a CSV file", IsNamed);
        Read(CommunicationPlans, "the path of a CSV file", IsNamed);
        Read(Output, "the path of a folder", IsNamed);
        Read(PeriodDays, $"whole days, 1 to {Limits.PeriodDaysMax}", (string text, out int days) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out days) && days is >= 1 and <= Limits.PeriodDaysMax);
        Read(BytesPerMegabyte, "1 to 1073741824; usual are 1048576 and 1000000", (string text, out long bytes) =>
            long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out bytes) && bytes is >= 1 and <= 1L << 30);
        Read(MaxChanges, "a whole number of SIMs, 0 or more", (string text, out int? changes) =>
            (changes = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : null) is not null);
        Read(MinimumSavings, "an amount such as 250.00: 0 or more, at most 6 decimals, no separators", (string text, out decimal amount) =>
            IsDecimal(text, out amount) && Money.TryFromDecimal(amount, out _));
        Read(Scope, "account or group", (string text, out string scope) => (scope = text) is "account" or "group");
        Read(TimeLimit, "seconds, 0.001 to 86400", (string text, out decimal seconds) =>
            IsDecimal(text, out seconds) && seconds is >= 0.001m and <= 86_400m);
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

    /// <summary>Reads the value of an option, or says what was expected; without its own parser .NET types would be named.</summary>
    private static void Read<T>(Option<T> option, string expected, Reader<T> reader) => option.CustomParser = result =>
    {
        string text = result.Tokens[^1].Value;
        if (!reader(text, out T value))
        {
            result.AddError(string.IsNullOrWhiteSpace(text)
                ? $"{option.Name}: nothing is given; expected {expected}."
                : $"{option.Name} {text}: expected {expected}.");
        }

        return value;
    };

    private static bool IsNamed(string text, out string path) => !string.IsNullOrWhiteSpace(path = text);

    /// <summary>Digits and a point: a comma would be read as nothing, and 2,5 as 25.</summary>
    private static bool IsDecimal(string text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);

    private delegate bool Reader<T>(string text, out T value);
}
