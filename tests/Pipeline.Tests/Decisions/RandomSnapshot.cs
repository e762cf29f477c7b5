using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.GroupDevices;
using CarrierOptimization.Pipeline.Snapshots;
using CsCheck;

namespace CarrierOptimization.Pipeline.Tests.Decisions;

/// <summary>Small fleets with everything in them: pools of one and of several plans, fixed, excluded and forbidden SIMs.</summary>
internal static class RandomSnapshot
{
    private static readonly string[] Plans =
        ["Small", "Large", "Shared A", "Shared B", "Solo", "Solo XL", "Endless", "Retired", "Broken", "Gone"];

    private static readonly RatePlan[] Priced =
    [
        Plan("Small", 2, 1), Plan("Large", 5, 10), Plan("Shared A", 1, 2) with { PoolName = "Shared" },
        Plan("Shared B", 3, 6) with { PoolName = "Shared", SmsRate = Money.FromDecimal(0.1m), IncludedSms = 3 },
        Plan("Solo", 3, 5) with { IsPooled = false }, Plan("Solo XL", 8, 50) with { IsPooled = false },
        Plan("Endless", 20, 0) with { IsPooled = false, IncludedData = null }, Plan("Retired", 2, 4),
    ];

    public static Gen<Snapshot> Gen { get; } = CsCheck.Gen.Select(
        CsCheck.Gen.Select(CsCheck.Gen.Int[0, 7].Array[0, 4], CsCheck.Gen.Bool).Array[1, 5],
        CsCheck.Gen.Select(
            CsCheck.Gen.Int[-1, 9], CsCheck.Gen.Int[-1, 5], CsCheck.Gen.Long[0, 12 << 20], CsCheck.Gen.Int[1, 30], CsCheck.Gen.Int[0, 6],
            CsCheck.Gen.Int[0, 2]).Array[0, 30],
        CsCheck.Gen.Enum<PoolScope>(),
        CsCheck.Gen.Enum<ChargeType>(),
        CsCheck.Gen.Int[1, 3],
        (mappings, sims, scope, charges, minimum) => Of(
            [.. mappings.Select(mapping => mapping.Item1)], sims, new BillRules { PoolScope = scope, ChargeType = charges }, minimum));

    private static Snapshot Of(
        int[][] mappings, (int Plan, int Comm, long Usage, int Days, int Sms, int Status)[] sims, BillRules rules, int minimum)
    {
        PlanCatalog catalog = PlanCatalog.Create(Priced, rules);
        int retired = catalog.IndexOf("Retired");
        CommunicationPlan[] communicationPlans =
            [.. mappings.Select((plans, number) => new CommunicationPlan($"C{number}", new PlanSet(plans.Where(plan => plan != retired))))];
        var frozen = new FrozenPlans(catalog, communicationPlans, [new InvalidPlan("Broken", "It is broken.")], ["Retired"], []);
        var columns = new DeviceColumns();
        for (int number = 0; number < sims.Length; number++)
        {
            (int plan, int comm, long usage, int days, int sms, int status) = sims[number];
            columns.Add(new DeviceCells
            {
                Iccid = $"89010000000000{number:D6}",
                Status = status == 0 ? "RETIRED" : "ACTIVATED",
                RatePlan = plan < 0 ? null : Plans[plan],
                CommunicationPlan = comm < 0 ? null : $"C{comm}",
                Msisdn = null,
                RawUsageBytes = usage,
                UsageBytes = status == 2 ? 0 : usage,
                SmsCount = sms,
                ActiveDays = days,
            });
        }

        DeviceRecords records = columns.ToRecords(rules.PeriodDays);
        DeviceGrouping grouping = GroupingDecision.Decide(records, catalog, communicationPlans, frozen.Grouping(minimum));
        ComponentTable components = ComponentTable.Form(grouping, catalog);
        int[] positions = [.. Enumerable.Range(0, records.Count)];
        return new Snapshot(frozen, records, grouping, positions, [.. positions.Select(components.Of)]);
    }

    /// <summary>Per SIM one of the plans it may be on, as the numbers say.</summary>
    public static ushort[] Assignment(Snapshot snapshot, int[] choices) =>
        [.. Enumerable.Range(0, snapshot.Records.Count).Select(device =>
        {
            ReadOnlySpan<ushort> plans = snapshot.Fleet.PlanSets[snapshot.Fleet.PlanSetOf[device]].Plans;
            return plans.Length == 0 ? Fleet.NoPlan : plans[choices[device % choices.Length] % plans.Length];
        })];

    private static RatePlan Plan(string name, decimal rate, decimal megabytes) => new()
    {
        Name = name,
        MonthlyRate = Money.FromDecimal(rate),
        IncludedData = DataVolume.FromMegabytes(megabytes),
        OverageRate = Money.FromDecimal(1),
        OverageBlock = DataVolume.FromMegabytes(1),
        IsPooled = true,
    };
}
