using System.Collections;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Pipeline.OptimizerCleanup;

/// <summary>The device rows of a report, made one at a time from the arrays.</summary>
internal sealed class AssignmentRows(ReportInput input) : IEnumerable<AssignmentRow>
{
    private readonly string[] _planNames = [.. input.Catalog.Plans.Select(plan => plan.Name)];
    private readonly Money[] _baseRates = [.. input.Catalog.Plans.Select(plan => plan.MonthlyRate)];

    public IEnumerator<AssignmentRow> GetEnumerator()
    {
        for (int device = 0; device < input.Fleet.Count; device++)
        {
            yield return Row(device);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The rows of the SIMs that change; sorted once, eight bytes and an index a SIM.</summary>
    public IEnumerable<AssignmentRow> LargestSavingFirst(int changed)
    {
        var devices = new int[changed];
        var costs = new long[changed];
        int count = 0;
        for (int device = 0; device < input.Fleet.Count; device++)
        {
            if (IsChanged(input, device))
            {
                devices[count] = device;
                costs[count++] = (input.Optimal.Charges.Total(device) - input.Current.Charges.Total(device)).MicroUnits;
            }
        }

        Array.Sort(costs, devices);
        SortTies(costs, devices);
        return devices.Select(Row);
    }

    /// <summary>A SIM that moves to another plan or gets its first one.</summary>
    public static bool IsChanged(ReportInput input, int device) =>
        input.Optimal.Assignment[device] != Fleet.NoPlan
        && input.Optimal.Assignment[device] != input.Current.Assignment[device];

    private AssignmentRow Row(int device)
    {
        DeviceLabels labels = input.Labels(device);
        int current = input.Current.Assignment[device];
        int assigned = input.Optimal.Assignment[device];
        return new AssignmentRow(
            device,
            labels.Iccid,
            labels.Msisdn,
            labels.CommunicationPlan,
            current == Fleet.NoPlan ? labels.UnpricedPlan : _planNames[current],
            assigned == Fleet.NoPlan ? null : _planNames[assigned],
            IsChanged(input, device),
            (input.RawUsageBytes ?? input.Fleet.UsageBytes)[device],
            input.Fleet.UsageBytes[device],
            assigned == Fleet.NoPlan ? Money.Zero : _baseRates[assigned],
            new Money(input.Optimal.Charges.RateCharge[device]),
            new Money(input.Optimal.Charges.DataOverage[device]),
            new Money(input.Optimal.Charges.SmsCharge[device]),
            input.Current.Charges.Total(device),
            labels.Reason);
    }

    /// <summary>Array.Sort is not stable: SIMs of equal saving go back to the order of the fleet.</summary>
    private static void SortTies(long[] costs, int[] devices)
    {
        for (int from = 0; from < costs.Length;)
        {
            int to = from + 1;
            while (to < costs.Length && costs[to] == costs[from])
            {
                to++;
            }

            Array.Sort(devices, from, to - from);
            from = to;
        }
    }
}
