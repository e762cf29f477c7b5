using CarrierOptimization.Adapters.Credentials;
using CarrierOptimization.Cli.Installations;
using CarrierOptimization.Cli.Sessions;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Sessions;
using CarrierOptimization.Pipeline.Storage;
using CarrierOptimization.Simulator.Amop;
using CarrierOptimization.Simulator.Carrier;
using CarrierOptimization.Simulator.Fleets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CarrierOptimization.Cli.Demo;

/// <summary>What the demo is told.</summary>
/// <param name="WaitsAtEnd">True to keep the simulated carrier and receiver up until Ctrl-C.</param>
internal sealed record DemoOptions(FleetShape Shape, InstallationSettings Settings, bool PrintsJson, bool WaitsAtEnd);

/// <summary>What the carrier would bill, beside what this program says.</summary>
/// <param name="CurrentInvoice">With the plans of today.</param>
/// <param name="OptimalInvoice">With the plans that the winner gives.</param>
internal sealed record DemoInvoices(Money CurrentInvoice, Money CurrentCost, Money OptimalInvoice, Money OptimalCost)
{
    public bool AreEqual => CurrentInvoice == CurrentCost && OptimalInvoice == OptimalCost;
}

/// <summary>The whole job with everything it talks to in this process, over real HTTP on the loopback address.</summary>
internal sealed class DemoRun(DemoOptions options, ILoggerFactory logs, TextWriter output, TextWriter error)
{

    /// <summary>The demo's period ends this many days from now, so that its last days are shown.</summary>
    private const int DaysToPeriodEnd = 2;

    private static readonly TimeProvider Time = TimeProvider.System;

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var carrierOptions = new CarrierSimulatorOptions
        {
            Seed = options.Shape.Seed,
            Cycle = CycleThatEndsSoon(Time.GetUtcNow()),
            Usage = UsageGrowth.Complete,
            UsesProration = false,
            CallsPerSecondMax = null,
        };
        DateTimeOffset now = Time.GetUtcNow();

        // As it was at midnight, so that every run of a day has the same fleet.
        var midnight = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        CarrierFleet fleet = CarrierFleet.Generate(options.Shape, carrierOptions.Cycle.PeriodOf(now), midnight);
        await using CarrierSimulator carrier = await CarrierSimulator.StartAsync(fleet, carrierOptions, Time, cancellationToken);
        await using AmopSimulator amop = await AmopSimulator.StartAsync(new AmopSimulatorOptions(), Time, cancellationToken);
        InstallationSettings settings = options.Settings.With(
            InstallationSettings.AmopEndpoint, amop.Endpoint.ToString(),
            InstallationSettings.AmopKey, AmopSimulatorOptions.DefaultToken);
        await SayAsync($"Simulated carrier with {SessionTexts.Count(options.Shape.Devices)} SIMs at {carrier.ApiAddress}, "
            + $"receiver of AMOP 2.0 triggers at {amop.Address}");

        await using Installation installation = await OpenAsync(settings, cancellationToken);
        StoredProvider provider = await PrepareAsync(installation, carrier, fleet, carrierOptions.Cycle.Day, cancellationToken);
        await EndInterruptedAsync(installation, provider, cancellationToken);
        await using ServiceProvider services = PipelineComposition.Create(installation, logs);
        SessionView view = await new SessionRun(installation, services).RunAsync(
            new SessionRequest(provider, "demo", FullSync: true), error, options.PrintsJson, cancellationToken);
        DemoInvoices? invoices = await CompareAsync(installation, carrier, view, cancellationToken);
        var result = new DemoResult(view, amop.Triggers, amop.Violations, invoices, settings.Data);
        await ShowAsync(result, cancellationToken);
        return result.IsGood ? ExitCode.Done : ExitCode.EndedWithErrors;
    }

    private async Task ShowAsync(DemoResult result, CancellationToken cancellationToken)
    {
        if (options.PrintsJson)
        {
            await output.WriteLineAsync(SessionJson.Of(result.ForMachines()));
        }
        else
        {
            DemoScreen.Show(result, output);
        }

        if (options.WaitsAtEnd)
        {
            await SayAsync("The simulated carrier and the receiver stay up until Ctrl-C; --exit ends at once.");
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                // Ctrl-C is how the demo ends.
            }
        }
    }

    private static async Task<Installation> OpenAsync(InstallationSettings settings, CancellationToken cancellationToken)
    {
        if (!settings.IsEmbedded)
        {
            // The demo may bring any database forward that it is pointed at; other commands ask for "cco migrate".
            await using Database database = Database.Of(settings.ConnectionString);
            try
            {
                await Migrations.ApplyAsync(database, Time, cancellationToken);
            }
            catch (Exception failure) when (failure is System.Data.Common.DbException or MigrationException)
            {
                throw new SettingException($"The database can't be used: {failure.Message}");
            }
        }

        return await Installation.OpenAsync(settings, Time, cancellationToken);
    }

    /// <summary>A session of a demo that was killed can't go on: its carrier is gone with it.</summary>
    private async Task EndInterruptedAsync(Installation installation, StoredProvider provider, CancellationToken cancellationToken)
    {
        if (await installation.Sessions.FindOpenAsync(installation.TenantId, provider.ProviderId, cancellationToken) is { } open)
        {
            var cancel = new CancelSession(installation.Database, new OutboxWriter(installation.Time));
            CancelAnswer answer = await cancel.CancelAsync(
                installation.TenantId, open.SessionId, "the demo: its simulated carrier is gone", cancellationToken);
            await SayAsync(answer.Message);
        }
    }

    /// <summary>What a person would have entered: the account, and which plans each communication plan allows.</summary>
    private async Task<StoredProvider> PrepareAsync(
        Installation installation, CarrierSimulator carrier, CarrierFleet fleet, int cycleDay, CancellationToken cancellationToken)
    {
        var settings = new ProviderSettings
        {
            BaseAddress = carrier.ApiAddress.ToString(),
            AllowLoopback = true,
            CallsPerSecond = null,
            CycleDay = cycleDay,
            Projection = UsageProjection.None,
            Recipients = ["mobility@example.com"],
            CustomerId = "DEMO",
            ExpectedDevices = fleet.Count,
        };
        CarrierUser user = CarrierSimulatorOptions.DefaultUser;

        // Another fleet is another account: else its SIMs would seem to have vanished.
        string name = options.Shape is { Devices: DemoCommand.UsualDevices, Seed: DemoCommand.UsualSeed }
            ? "Simulated carrier"
            : $"Simulated carrier, {SessionTexts.Count(options.Shape.Devices)} SIMs, seed {options.Shape.Seed}";
        string credentials = installation.Vault.Seal(new CarrierCredentials(user.Name, user.ApiKey));
        await installation.Providers.SaveAsync(installation.TenantId, name, settings, credentials, cancellationToken);
        StoredProvider provider = await installation.ProviderAsync(name, cancellationToken);
        PlanCatalog catalog = fleet.Catalog;
        var mappings = new List<PlanMapping>();
        foreach (CommunicationPlan plan in fleet.CommunicationPlans)
        {
            foreach (ushort allowed in plan.AllowedPlans.Plans)
            {
                mappings.Add(new PlanMapping(plan.Name, catalog.Plans[allowed].Name));
            }
        }

        Dictionary<string, string> pools = catalog.Plans.Where(plan => plan.PoolName is not null)
            .ToDictionary(plan => plan.Name, plan => plan.PoolName!);
        await installation.Providers.SetPlansAsync(provider, mappings, pools, cancellationToken);
        return provider;
    }

    /// <summary>Asks the carrier what it would bill, before and after; nothing is changed there.</summary>
    private static async Task<DemoInvoices?> CompareAsync(
        Installation installation, CarrierSimulator carrier, SessionView view, CancellationToken cancellationToken)
    {
        if (view.Session is not { CurrentCost: { } current, OptimalCost: { } optimal })
        {
            return null;
        }

        IReadOnlyList<ProposedPlan> proposed = await installation.Database.QueryAsync<ProposedPlan>(
            """
            SELECT c.iccid, c.to_plan FROM rate_plan_change c
            JOIN optimization_instance i ON i.id = c.instance_id WHERE i.session_id = @SessionId
            """,
            new { view.Session.SessionId },
            cancellationToken);
        return new DemoInvoices(
            carrier.InvoiceOf(InvoicePlans.Current, InvoiceUsage.Whole).Bill.Total,
            current,
            carrier.PreviewInvoice(proposed.ToDictionary(plan => plan.Iccid, plan => plan.ToPlan), InvoiceUsage.Whole).Bill.Total,
            optimal);
    }

    private static Simulator.Carrier.BillingCycle CycleThatEndsSoon(DateTimeOffset now)
    {
        int day = now.AddDays(DaysToPeriodEnd).UtcDateTime.Day;
        return new Simulator.Carrier.BillingCycle(day <= 28 ? day : 1, 0, TimeZoneInfo.Utc);
    }

    private Task SayAsync(string line) => options.PrintsJson ? Task.CompletedTask : error.WriteLineAsync(line);

    private sealed record ProposedPlan
    {
        public Iccid Iccid { get; init; }

        public string ToPlan { get; init; } = "";
    }
}
