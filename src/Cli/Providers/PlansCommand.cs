using System.CommandLine;
using System.Globalization;
using CarrierOptimization.Adapters.Files.Csv;
using CarrierOptimization.Cli.Installations;
using CarrierOptimization.Cli.Sessions;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.Providers;
using Spectre.Console;

namespace CarrierOptimization.Cli.Providers;

/// <summary><c>cco plans</c>: rate plans as read from the carrier, and which of them each communication plan allows.</summary>
internal static class PlansCommand
{
    private static readonly Option<string?> Provider = new("--provider")
    {
        Description = "The provider; not needed when there is only one.",
        HelpName = "NAME",
    };

    private static readonly Option<string> Mapping = new("--communication-plans")
    {
        Description = "CSV with communication_plan and rate_plans (separated by ;), as for \"cco optimize\".",
        HelpName = "FILE",
        Required = true,
    };

    private static readonly Option<string[]> Pool = new("--pool")
    {
        Description = "Plans that share one pool: NAME=PLAN;PLAN. May be given several times.",
        HelpName = "NAME=PLANS",
    };

    public static Command Create() => new Command("plans", "List rate plans and communication plans, or set what belongs together.")
    {
        Provider,
        new Command("map", "Set which rate plans each communication plan allows, and which plans share a pool.")
        {
            Provider, Mapping, Pool,
        }.OnInstallation(MapAsync),
    }.OnInstallation(ListAsync);

    private static async Task<int> ListAsync(InstallationContext context, CancellationToken cancellationToken)
    {
        ProviderStore store = context.Installation.Providers;
        StoredProvider provider = await context.Installation.ProviderAsync(context.Parsed.GetValue(Provider), cancellationToken);
        IReadOnlyList<StoredRatePlan> plans = await store.RatePlansAsync(provider, cancellationToken);
        IReadOnlyList<PlanMapping> mappings = await store.MappingsAsync(provider, cancellationToken);
        ILookup<string, string> allowed = mappings.ToLookup(row => row.CommunicationPlan, row => row.RatePlan);
        if (context.PrintsJson)
        {
            await context.Output.WriteLineAsync(SessionJson.Of(new
            {
                RatePlans = plans,
                CommunicationPlans = allowed.Select(group => new
                {
                    CommunicationPlan = group.Key,
                    RatePlans = group.Where(plan => plan.Length > 0),
                }),
            }));
            return ExitCode.Done;
        }

        if (plans.Count == 0 && mappings.Count == 0)
        {
            await context.Output.WriteLineAsync("No plan is known yet: the first sync reads them. Start one with \"cco run\".");
            return ExitCode.Done;
        }

        IAnsiConsole console = Screen.ConsoleOf(context.Output);
        ShowRatePlans(console, plans);
        ShowCommunicationPlans(console, allowed);
        return ExitCode.Done;
    }

    private static void ShowRatePlans(IAnsiConsole console, IReadOnlyList<StoredRatePlan> plans)
    {
        Screen.Title(console, "Rate plans");
        Grid table = Screen.Table(["", "monthly", "included", "overage", "pool", "SIMs"], "monthly", "included", "overage", "SIMs");
        foreach (StoredRatePlan plan in plans)
        {
            string overage = plan.IncludedBytes is null
                ? ""
                : $"{Price(plan.OverageRate)} per {Data(plan.OverageBlockBytes)}";
            table.AddRow(
                new Markup(Markup.Escape(plan.Name)),
                new Markup($"{Price(plan.MonthlyRate)} {Markup.Escape(plan.Currency)}"),
                new Markup(plan.IncludedBytes is { } bytes ? Data(bytes) : "unlimited"),
                new Markup(overage),
                new Markup(Markup.Escape(plan.PoolName ?? (plan.IsPooled ? "own" : "individual"))),
                new Markup(SessionTexts.Count(plan.Devices)));
            if (plan.WhyInvalid is { } why)
            {
                table.AddRow(new Markup($"  [red]{Markup.Escape(why)}[/]"));
            }
        }

        console.Write(table);
    }

    private static void ShowCommunicationPlans(IAnsiConsole console, ILookup<string, string> allowed)
    {
        Screen.Title(console, "Communication plans and the rate plans they allow");
        Grid grid = Screen.Facts();
        foreach (IGrouping<string, string> group in allowed.OrderBy(group => group.Any(plan => plan.Length > 0)))
        {
            string plans = string.Join(", ", group.Where(plan => plan.Length > 0));
            Screen.Fact(
                grid, group.Key, plans.Length > 0 ? plans : "not mapped: its SIMs keep their plans. Map it with \"cco plans map\".",
                plans.Length > 0 ? "" : "yellow");
        }

        console.Write(grid);
    }

    private static async Task<int> MapAsync(InstallationContext context, CancellationToken cancellationToken)
    {
        StoredProvider provider = await context.Installation.ProviderAsync(context.Parsed.GetValue(Provider), cancellationToken);
        var mistakes = new InputMistakes();
        CommunicationPlanFile file = CommunicationPlanCsv.Read(context.Parsed.GetRequiredValue(Mapping), mistakes);
        mistakes.ThrowIfAny();
        List<PlanMapping> mappings =
            [.. file.Rows.SelectMany(row => row.RatePlans.Select(plan => new PlanMapping(row.Name, plan)))];
        var pools = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string pool in context.Parsed.GetValue(Pool) ?? [])
        {
            string[] parts = pool.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts.Length != 2 || parts[0].Length == 0 || parts[1].Length == 0)
            {
                throw new SettingException($"--pool \"{pool}\" is not understood; expected NAME=PLAN;PLAN.");
            }

            foreach (string plan in parts[1].Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (!pools.TryAdd(plan, parts[0]))
                {
                    throw new SettingException($"Rate plan \"{plan}\" is in two pools; a plan belongs to one.");
                }
            }
        }

        await context.Installation.Providers.SetPlansAsync(provider, mappings, pools, cancellationToken);
        await context.Output.WriteLineAsync(
            $"{file.Rows.Count} communication plans are mapped, {pools.Count} rate plans are in "
            + $"{pools.Values.Distinct().Count()} shared pools.");
        return ExitCode.Done;
    }

    private static string Price(Money money) => money.ToDecimal().ToString("#,##0.00####", CultureInfo.InvariantCulture);

    private static string Data(long bytes) => bytes % (1L << 30) == 0 && bytes > 0
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes >> 30:N0} GB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1_048_576m:#,##0.###} MB");
}
