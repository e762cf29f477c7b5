using System.Globalization;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Engine.Model;

/// <summary>
/// Checks a fleet against a catalog once, before the search: lengths, ranges, and that no sum can overflow.
/// </summary>
public static class FleetValidation
{
    /// <summary>Mistakes listed before only a count of the rest is given.</summary>
    private const int MistakesListedMax = 20;

    /// <summary>Fleets below this are checked on one thread.</summary>
    private const int DevicesPerThread = 200_000;

    /// <exception cref="ModelException">With the mistakes, each by the position of its SIM.</exception>
    public static void Validate(Fleet fleet, PlanCatalog catalog)
    {
        var mistakes = new List<ModelMistake>();
        CheckShape(fleet, catalog, mistakes);
        if (mistakes.Count == 0)
        {
            CheckDevices(fleet, catalog, mistakes);
        }

        if (mistakes.Count > 0)
        {
            throw new ModelException(mistakes);
        }
    }

    private static void CheckShape(Fleet fleet, PlanCatalog catalog, List<ModelMistake> mistakes)
    {
        CheckLength(mistakes, fleet, nameof(fleet.PlanSetOf), fleet.PlanSetOf.Length);
        CheckLength(mistakes, fleet, nameof(fleet.CurrentPlan), fleet.CurrentPlan?.Length ?? fleet.Count);
        CheckLength(mistakes, fleet, nameof(fleet.ActiveDays), fleet.ActiveDays?.Length ?? fleet.Count);
        CheckLength(mistakes, fleet, nameof(fleet.SmsCount), fleet.SmsCount?.Length ?? fleet.Count);
        CheckLength(mistakes, fleet, nameof(fleet.CommGroup), fleet.CommGroup?.Length ?? fleet.Count);
        if (fleet.Count > Limits.DevicesMax)
        {
            mistakes.Add(new ModelMistake("devices", $"Fleet: {fleet.Count} SIMs; at most {Limits.DevicesMax} fit one solve."));
        }

        if (fleet.PlanSets.Count > Limits.PlanSetsMax)
        {
            mistakes.Add(new ModelMistake(
                "plan sets", $"Fleet: {fleet.PlanSets.Count} sets of allowed plans; at most {Limits.PlanSetsMax} are supported."));
        }

        for (int set = 0; set < fleet.PlanSets.Count; set++)
        {
            foreach (ushort plan in fleet.PlanSets[set].Plans)
            {
                if (plan >= catalog.Plans.Count)
                {
                    mistakes.Add(new ModelMistake(
                        "plan sets", $"Plan set {set} names plan {plan}; the catalog has {catalog.Plans.Count} plans."));
                }
            }
        }

        if (catalog.Rules.PoolScope == PoolScope.CommGroup && fleet.CommGroup is null && catalog.Pools.Count > 0)
        {
            mistakes.Add(new ModelMistake("comm group", "Pools are billed per comm group but the fleet names no comm groups."));
        }
    }

    private static void CheckLength(List<ModelMistake> mistakes, Fleet fleet, string array, int length)
    {
        if (length != fleet.Count)
        {
            mistakes.Add(new ModelMistake(array, $"Fleet: {array} has {length} places; expected {fleet.Count}, one per SIM."));
        }
    }

    private static void CheckDevices(Fleet fleet, PlanCatalog catalog, List<ModelMistake> mistakes)
    {
        int parts = Math.Clamp(fleet.Count / DevicesPerThread, 1, Environment.ProcessorCount);
        var sums = new (UInt128 Usage, UInt128 Sms, List<int> Wrong, int WrongCount)[parts];
        Parallel.For(0, parts, part => sums[part] = CheckPart(
            fleet, catalog, (int)((long)fleet.Count * part / parts), (int)((long)fleet.Count * (part + 1) / parts)));
        int wrong = sums.Sum(part => part.WrongCount);
        foreach (int device in sums.SelectMany(part => part.Wrong).Take(MistakesListedMax))
        {
            mistakes.Add(new ModelMistake(
                "SIM " + device.ToString(CultureInfo.InvariantCulture), OutOfRange(fleet, catalog, device)));
        }

        if (wrong > MistakesListedMax)
        {
            mistakes.Add(new ModelMistake("devices", $"... and {wrong - MistakesListedMax} more SIMs out of range."));
        }

        UInt128 usage = 0;
        UInt128 sms = 0;
        foreach ((UInt128 partUsage, UInt128 partSms, _, _) in sums)
        {
            usage += partUsage;
            sms += partSms;
        }

        CheckSums(fleet, catalog, usage, sms, mistakes);
    }

    private static string OutOfRange(Fleet fleet, PlanCatalog catalog, int device) =>
        $"SIM at position {device}: usage {fleet.UsageBytes[device]} bytes, "
        + $"{fleet.ActiveDaysOf(device, catalog.Rules.PeriodDays)} active days of {catalog.Rules.PeriodDays}, "
        + $"{fleet.SmsCount?[device] ?? 0} SMS, plan set {fleet.PlanSetOf[device]} of {fleet.PlanSets.Count}, "
        + $"current plan {fleet.CurrentPlan?[device] ?? Fleet.NoPlan} of {catalog.Plans.Count}: out of range.";

    private static (UInt128 Usage, UInt128 Sms, List<int> Wrong, int WrongCount) CheckPart(
        Fleet fleet, PlanCatalog catalog, int from, int to)
    {
        int periodDays = catalog.Rules.PeriodDays;
        int plans = catalog.Plans.Count;
        int sets = fleet.PlanSets.Count;
        var wrong = new List<int>();
        int wrongCount = 0;
        UInt128 usageSum = 0;
        UInt128 smsSum = 0;
        for (int device = from; device < to; device++)
        {
            long usage = fleet.UsageBytes[device];
            int days = fleet.ActiveDays is null ? periodDays : fleet.ActiveDays[device];
            int sms = fleet.SmsCount is null ? 0 : fleet.SmsCount[device];
            int current = fleet.CurrentPlan is null ? Fleet.NoPlan : fleet.CurrentPlan[device];
            bool good = usage is >= 0 and <= Limits.UsageBytesMax
                & days >= 1 & days <= periodDays
                & sms is >= 0 and <= Limits.SmsMax
                & fleet.PlanSetOf[device] < sets
                & (current == Fleet.NoPlan | current < plans);
            if (good)
            {
                usageSum += (ulong)usage;
                smsSum += (ulong)sms;
            }
            else if (wrongCount++ < MistakesListedMax)
            {
                wrong.Add(device);
            }
        }

        return (usageSum, smsSum, wrong, wrongCount);
    }

    /// <summary>Bounds every sum that a bill can meet: data used, data included, and money.</summary>
    private static void CheckSums(
        Fleet fleet, PlanCatalog catalog, UInt128 usageSum, UInt128 smsSum, List<ModelMistake> mistakes)
    {
        UInt128 count = (UInt128)(uint)fleet.Count;
        UInt128 includedMax = 0;
        UInt128 rateMax = 0;
        UInt128 smsRateMax = 0;
        UInt128 overageMax = 0;
        foreach (RatePlan plan in catalog.Plans)
        {
            includedMax = UInt128.Max(includedMax, (ulong)(plan.IncludedData?.Bytes ?? 0));
            rateMax = UInt128.Max(rateMax, (ulong)plan.MonthlyRate.MicroUnits);
            smsRateMax = UInt128.Max(smsRateMax, (ulong)plan.SmsRate.MicroUnits);
            if (!plan.IsUnlimited)
            {
                UInt128 blocks = (usageSum / (ulong)plan.OverageBlock.Bytes) + count + 1;
                overageMax = UInt128.Max(overageMax, blocks * (ulong)plan.OverageRate.MicroUnits);
            }
        }

        Refuse(mistakes, "usage", "usages of all SIMs add up to", usageSum, Limits.PoolBytesMax, 1 << 20, "MB");
        Refuse(mistakes, "allowance", "allowances can add up to", count * includedMax, Limits.PoolBytesMax, 1 << 20, "MB");
        Refuse(mistakes, "bill", "bill can come to", (count * rateMax) + overageMax + (smsSum * smsRateMax),
            Limits.BillMicroUnitsMax, Money.MicroUnitsPerUnit, catalog.Currency);
    }

    private static void Refuse(
        List<ModelMistake> mistakes, string subject, string what, UInt128 found, long limit, long partsOfUnit, string unit)
    {
        if (found > (ulong)limit)
        {
            mistakes.Add(new ModelMistake(subject, string.Create(CultureInfo.InvariantCulture,
                $"Fleet: the {what} {found / (ulong)partsOfUnit:#,##0} {unit}; at most {limit / partsOfUnit:#,##0} {unit} ")
                + "can be computed exactly. Look for a value that is far too large, or part the fleet."));
        }
    }
}
