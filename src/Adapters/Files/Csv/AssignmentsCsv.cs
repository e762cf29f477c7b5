using CarrierOptimization.Engine.Model;
using CarrierOptimization.Pipeline.GroupDevices;
using CarrierOptimization.Pipeline.OptimizerCleanup;
using CarrierOptimization.Pipeline.SimCardCostOptimizer;

namespace CarrierOptimization.Adapters.Files.Csv;

/// <summary>Writes <c>assignments.csv</c>: one row per SIM that was read, in the order of the input. Contract: docs/csv.md.</summary>
public static class AssignmentsCsv
{
    private const int RowsBetweenLooks = 1 << 15;

    /// <param name="progress">Told the fraction written, 0 to 1.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled; the stream holds part of the rows.</exception>
    public static void Write(
        Stream stream, DeviceRecords records, PlanCatalog catalog, PricedAssignment current, PricedAssignment winner,
        AssignmentReasons reasons, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var buffer = new CsvBuffer(stream);
        byte[][] plans = CsvText.Cells(catalog.Plans.Select(plan => plan.Name));
        byte[][] currentPlans = CsvText.Cells(records.RatePlanNames);
        byte[][] communicationPlans = CsvText.Cells(records.CommunicationPlanNames);
        byte[][] reasonCells = CsvText.Cells(reasons.Texts);
        buffer.Text("iccid,communication_plan,current_rate_plan,assigned_rate_plan,changed,usage_bytes,"u8);
        if (records.RawUsageBytes is not null)
        {
            buffer.Text("raw_usage_bytes,"u8);
        }

        buffer.Text("rate_charge,overage,total,current_total,saving,reason\n"u8);
        for (int device = 0; device < records.Count; device++)
        {
            if (device % RowsBetweenLooks == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Report((double)device / records.Count);
            }

            ushort assigned = winner.Assignment[device];
            bool isChanged = assigned != Fleet.NoPlan && assigned != current.Assignment[device];
            long rateCharge = winner.Charges.RateCharge[device];
            long overage = winner.Charges.DataOverage[device] + winner.Charges.SmsCharge[device];
            long currentTotal = current.Charges.Total(device).MicroUnits;
            buffer.Iccid(records.Iccids[device]);
            buffer.Comma();
            buffer.Text(Name(communicationPlans, records.CommunicationPlan?[device] ?? DeviceRecords.NoName));
            buffer.Comma();
            buffer.Text(Name(currentPlans, records.RatePlan[device]));
            buffer.Comma();
            buffer.Text(Name(plans, assigned));
            buffer.Text(isChanged ? ",true,"u8 : ",false,"u8);
            buffer.Number(records.UsageBytes[device]);
            buffer.Comma();
            if (records.RawUsageBytes is { } raw)
            {
                buffer.Number(raw[device]);
                buffer.Comma();
            }

            buffer.MoneyMicroUnits(rateCharge);
            buffer.Comma();
            buffer.MoneyMicroUnits(overage);
            buffer.Comma();
            buffer.MoneyMicroUnits(rateCharge + overage);
            buffer.Comma();
            buffer.MoneyMicroUnits(currentTotal);
            buffer.Comma();
            buffer.MoneyMicroUnits(currentTotal - rateCharge - overage);
            buffer.Comma();
            buffer.Text(reasonCells[reasons.Of(device)]);
            buffer.EndRow();
        }

        buffer.Flush();
    }

    /// <summary>"No plan" and "no name" are the same number, beyond every list.</summary>
    private static ReadOnlySpan<byte> Name(byte[][] cells, ushort index) => index < cells.Length ? cells[index] : default;
}
