using System.Globalization;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.OptimizerCleanup;

namespace CarrierOptimization.Adapters.Tests;

/// <summary>A fleet with everything a report can show: shared pool, individual plan, unlimited plan, SMS, unbilled and planless SIMs.</summary>
internal static class SampleReport
{
    public static readonly string[] GroupNames = ["Meters", "Trackers & gateways"];

    public static PlanCatalog Catalog(bool withSms = true, BillRules? rules = null) => PlanCatalog.Create(
    [
        Pooled("IoT 1MB", 0.85m, 1m), Pooled("IoT 5MB", 1.10m, 5m), Pooled("IoT 50MB", 3.45m, 50m),
        Pooled("IoT 500MB", 9.95m, 500m) with { PoolName = "Large" }, Pooled("IoT 2GB", 21.50m, 2048m) with { PoolName = "Large" },
        Pooled("Solo 10MB", 1.333333m, 10m) with { IsPooled = false, SmsRate = withSms ? Money.FromDecimal(0.02m) : Money.Zero },
        new RatePlan { Name = "Unlimited", MonthlyRate = Money.FromDecimal(49.99m) },
    ],
        rules);

    /// <summary>The input of a report over <paramref name="devices"/> SIMs; the same seed makes the same SIMs.</summary>
    public static ReportInput Input(int devices, int seed = 7, bool withSms = true, BillRules? rules = null)
    {
        PlanCatalog catalog = Catalog(withSms, rules);
        var random = new Random(seed);
        var usage = new long[devices];
        var current = new ushort[devices];
        var assigned = new ushort[devices];
        var planSetOf = new ushort[devices];
        var groups = new ushort[devices];
        for (int device = 0; device < devices; device++)
        {
            usage[device] = (long)(Math.Pow(random.NextDouble(), 7) * 1_200 * 1_048_576);
            groups[device] = (ushort)(device % 3 == 0 ? 1 : 0);
            planSetOf[device] = device % 97 == 5 ? (ushort)2 : groups[device];
            assigned[device] = planSetOf[device] == 2 ? Fleet.NoPlan : CheapestFor(usage[device], groups[device]);
            bool hasNoPlan = planSetOf[device] == 2 || device % 89 == 7;
            int today = assigned[device] + (random.Next(5) < 2 ? 1 : 0) - (random.Next(20) == 0 ? 1 : 0);
            current[device] = hasNoPlan ? Fleet.NoPlan : (ushort)Math.Clamp(today, groups[device], groups[device] == 0 ? 3 : 6);
        }

        var fleet = new Fleet
        {
            UsageBytes = usage,
            PlanSets = [new PlanSet([0, 1, 2, 3]), new PlanSet([1, 2, 3, 4, 5, 6]), PlanSet.Empty],
            PlanSetOf = planSetOf,
            CurrentPlan = current,
            SmsCount = withSms ? [.. usage.Select((_, device) => device % 11)] : null,
            CommGroup = groups,
        };
        PricedAssignment optimal = PricedAssignment.Of(fleet, catalog, assigned);
        int unbilled = planSetOf.Count(set => set == 2);
        return new ReportInput
        {
            Header = new ReportHeader("Acme Water on AT&T Control Center", [
                new HeaderFact("Billing period", "1 May 2026 to 31 May 2026"), new HeaderFact("Files", "devices.csv, plans.csv")]),
            Fleet = fleet,
            Catalog = catalog,
            Current = PricedAssignment.Of(fleet, catalog, current),
            Optimal = optimal,
            BaseCost = new Money(optimal.Bill.Total.MicroUnits / 100 * 106),
            LowerBound = new Money(optimal.Bill.Total.MicroUnits / 10_000 * 9_998),
            ProvenOptimal = false,
            Labels = device => new DeviceLabels(
                IccidOf(device), (15_550_000_000L + device).ToString(CultureInfo.InvariantCulture),
                groups[device] == 0 ? "Meter LTE-M" : "=HYPERLINK(\"http://x\")",
                planSetOf[device] == 2 ? "Left out: not billed in this period" : "Cheapest plan that its communication plan allows"),
            CommGroupOf = groups,
            CommGroupNames = GroupNames,
            RawUsageBytes = [.. usage.Select(bytes => bytes / 2)],
            DevicesRead = devices,
            Items =
            [
                new ReportItem(ReportItemKind.DataQuality, "ICCID with a wrong check digit", 3, "Compare with the carrier's list",
                    [IccidOf(1).ToString(), IccidOf(2).ToString()]),
                new ReportItem(ReportItemKind.Exclusion, "Not billed in this period", unbilled, "Nothing to do"),
            ],
        };
    }

    public static OptimizationReport Report(int devices, int seed = 7, bool withSms = true, BillRules? rules = null) =>
        OptimizationReportBuilder.Build(Input(devices, seed, withSms, rules));

    public static Iccid IccidOf(int device) =>
        Iccid.Parse((8_901_260_000_000_000_000L + device).ToString(CultureInfo.InvariantCulture));

    /// <summary>The smallest allowed plan whose allowance, used to four fifths, covers the usage.</summary>
    private static ushort CheapestFor(long usageBytes, int group)
    {
        long[] allowances = [1, 5, 50, 500, 2048];
        int plan = Array.FindIndex(allowances, megabytes => usageBytes <= megabytes * 1_048_576 * 4 / 5);
        return (ushort)Math.Clamp(plan, group, group == 0 ? 3 : 4);
    }

    private static RatePlan Pooled(string name, decimal rate, decimal megabytes) => new()
    {
        Name = name,
        MonthlyRate = Money.FromDecimal(rate),
        IncludedData = DataVolume.FromMegabytes(megabytes),
        OverageRate = Money.FromDecimal(1m),
        OverageBlock = DataVolume.FromMegabytes(1m),
        IsPooled = true,
    };
}
