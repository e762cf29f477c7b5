using System.CommandLine;
using System.Globalization;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Simulator.Carrier;
using CarrierOptimization.Simulator.Carrier.Http;
using CarrierOptimization.Simulator.Fleets;

namespace CarrierOptimization.Cli;

/// <summary><c>cco simulate carrier</c>: a carrier with an invented fleet, as an HTTP server. See docs/simulator.md.</summary>
internal static class SimulateCarrierCommand
{
    private static readonly Option<int> Devices = new("--devices", "-n")
    {
        Description = "SIMs of the account, invented as by \"cco generate\".",
        HelpName = "N",
        DefaultValueFactory = _ => 10_000,
    };

    private static readonly Option<ulong> Seed = new("--seed")
    {
        Description = "The same seed gives the same SIMs, usage and faults.",
        HelpName = "S",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<int> Port = new("--port", "-p")
    {
        Description = "Port on the loopback address; 0 takes any free one.",
        HelpName = "P",
        DefaultValueFactory = _ => 8480,
    };

    private static readonly Option<string> Profile = new("--profile")
    {
        Description = "How the plans share data, as for \"cco generate\".",
        HelpName = "NAME",
        DefaultValueFactory = _ => "pooled",
    };

    private static readonly Option<string> Faults = new("--faults")
    {
        Description = "What goes wrong, several with commas: " + string.Join(", ", FaultProfile.Names) + ".",
        HelpName = "NAMES",
        DefaultValueFactory = _ => "none",
    };

    private static readonly Option<bool> NoLimits = new("--no-limits")
    {
        Description = "Take any number of calls, also at once; a carrier takes one at a time and 5 a second.",
    };

    private static readonly Option<bool> PrintInvoice = new("--print-invoice")
    {
        Description = "Print the invoice at the end of every period, and of the last one when stopped.",
    };

    private static readonly Option<DateTimeOffset?> Now = new("--now")
    {
        Description = "The carrier's time at the start, for example 2026-03-28T12:00:00Z; the real time unless given.",
        HelpName = "TIME",
    };

    private static readonly Option<double> Speed = new("--speed")
    {
        Description = "Simulated seconds per second: 86400 makes a day of every second, 0 stops the clock.",
        HelpName = "X",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<int> CycleDay = new("--cycle-day")
    {
        Description = "Day of the month on which periods begin, 1 to 28, at 00:00 UTC.",
        HelpName = "DAY",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<bool> CompleteUsage = new("--complete-usage")
    {
        Description = "Report the usage of the whole period from its start, in place of growing day by day.",
    };

    private static readonly Option<bool> NoProration = new("--no-proration")
    {
        Description = "Bill every SIM for the whole period, whenever it was activated.",
    };

    public static Command Create()
    {
        Profile.AcceptOnlyFromAmong([.. FleetShape.ProfileNames]);
        var command = new Command("carrier", "Answer the calls of Cisco IoT Control Center for an invented fleet, until Ctrl-C.")
        {
            Devices, Seed, Port, Profile, Faults, NoLimits, PrintInvoice, Now, Speed, CycleDay, CompleteUsage, NoProration,
        };
        command.SetAction((parsed, cancellationToken) => Task.Run(
            () => RunAsync(parsed, cancellationToken), CancellationToken.None));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        InvocationConfiguration screen = parsed.InvocationConfiguration;
        TextWriter output = TextWriter.Synchronized(screen.Output);
        if (!TryReadOptions(parsed, output, out CarrierSimulatorOptions options, out FleetShape shape, out string mistake))
        {
            await screen.Error.WriteLineAsync($"cco simulate carrier: {mistake}");
            return ExitCode.BadInput;
        }

        DateTimeOffset start = parsed.GetValue(Now) ?? TimeProvider.System.GetUtcNow();
        var clock = new VirtualClock(start, parsed.GetValue(Speed));
        CarrierSimulator simulator;
        try
        {
            CarrierFleet fleet = CarrierFleet.Generate(shape, options.Cycle.PeriodOf(start), start);
            simulator = await CarrierSimulator.StartAsync(fleet, options, clock, cancellationToken);
        }
        catch (IOException taken)
        {
            await screen.Error.WriteLineAsync(
                $"cco simulate carrier: can't listen on port {options.Port}: {taken.Message} Choose another --port.");
            return ExitCode.BadInput;
        }

        await using (simulator)
        {
            await SayHowToCallAsync(output, simulator, shape, parsed.GetValue(Faults)!);
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                // Ctrl-C is how this command ends.
            }

            if (parsed.GetValue(PrintInvoice))
            {
                Print(output, simulator.InvoiceOf(InvoicePlans.Current, InvoiceUsage.ToDate), "so far");
            }
        }

        await output.WriteLineAsync("Stopped.");
        return ExitCode.Done;
    }

    private static bool TryReadOptions(
        ParseResult parsed,
        TextWriter output,
        out CarrierSimulatorOptions options,
        out FleetShape shape,
        out string mistake)
    {
        bool isLimited = !parsed.GetValue(NoLimits);
        shape = FleetShape.OfProfile(parsed.GetValue(Profile)!, parsed.GetValue(Devices), parsed.GetValue(Seed));
        options = new CarrierSimulatorOptions();
        mistake = string.Join(' ', shape.Mistakes());
        mistake += parsed.GetValue(CycleDay) is < 1 or > 28 ? $"--cycle-day is {parsed.GetValue(CycleDay)}; expected 1 to 28." : "";
        mistake += parsed.GetValue(Port) is < 0 or > 65_535 ? $"--port is {parsed.GetValue(Port)}; expected 0 to 65535." : "";
        mistake += parsed.GetValue(Speed) is >= 0 and <= 1e7 ? "" : "--speed: expected 0 to 10000000.";
        if (mistake.Length > 0)
        {
            return false;
        }

        try
        {
            options = new CarrierSimulatorOptions
            {
                Port = parsed.GetValue(Port),
                Seed = parsed.GetValue(Seed),
                Cycle = new BillingCycle(parsed.GetValue(CycleDay), 0, TimeZoneInfo.Utc),
                Usage = parsed.GetValue(CompleteUsage) ? UsageGrowth.Complete : UsageGrowth.Linear,
                UsesProration = !parsed.GetValue(NoProration),
                OneCallInFlight = isLimited,
                CallsPerSecondMax = isLimited ? 5 : null,
                Faults = FaultProfile.Parse(parsed.GetValue(Faults)!),
                InvoiceSink = parsed.GetValue(PrintInvoice) ? invoice => Print(output, invoice, "final") : null,
            };
            return true;
        }
        catch (ArgumentException unknown)
        {
            mistake = unknown.Message;
            return false;
        }
    }

    private static async Task SayHowToCallAsync(
        TextWriter output, CarrierSimulator simulator, FleetShape shape, string faults)
    {
        CarrierUser user = CarrierSimulatorOptions.DefaultUser;
        BillingPeriod period = simulator.Period;
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"Simulated carrier with {shape.Devices:#,##0} SIMs at {simulator.ApiAddress} (faults: {faults})"));
        await output.WriteLineAsync($"User {user.Name}, key {user.ApiKey}; period {Day(period.Start)} to {Day(period.End)}.");
        await output.WriteLineAsync($"Invoice, changes, calls: {simulator.Address}simulator/invoice, /audit, /calls. Stop with Ctrl-C.");
        await output.FlushAsync();
    }

    private static void Print(TextWriter output, CarrierInvoice invoice, string what)
    {
        string currency = invoice.Catalog.Currency;
        output.WriteLine(
            $"Invoice ({what}) {Day(invoice.Period.Start)} to {Day(invoice.Period.End)}: {invoice.Bill.Devices} SIMs, "
            + $"rate charge {Amount(invoice.Bill.RateCharge)}, data overage {Amount(invoice.Bill.DataOverage)}, "
            + $"SMS {Amount(invoice.Bill.SmsCharge)}, total {Amount(invoice.Bill.Total)}");
        output.Flush();

        string Amount(Money money) => money.ToDisplay(currency);
    }

    private static string Day(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
