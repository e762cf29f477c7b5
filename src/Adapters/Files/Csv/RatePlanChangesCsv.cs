using CarrierOptimization.Pipeline.OptimizerCleanup;

namespace CarrierOptimization.Adapters.Files.Csv;

/// <summary>Writes <c>rate-plan-changes.csv</c>: the SIMs to move, largest saving first. Contract: docs/csv.md.</summary>
public static class RatePlanChangesCsv
{
    /// <exception cref="OperationCanceledException">The token was cancelled; the stream holds part of the rows.</exception>
    public static void Write(Stream stream, IEnumerable<AssignmentRow> changes, CancellationToken cancellationToken)
    {
        var buffer = new CsvBuffer(stream);
        buffer.Text("iccid,msisdn,communication_plan,current_rate_plan,assigned_rate_plan,usage_bytes,raw_usage_bytes,"u8);
        buffer.Text("current_total,total,saving,reason\n"u8);
        foreach (AssignmentRow row in changes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            buffer.Iccid(row.Iccid);
            foreach (string? text in new[] { row.Msisdn, row.CommunicationPlan, row.CurrentPlan, row.AssignedPlan })
            {
                buffer.Comma();
                buffer.Text(CsvText.Cell(text ?? ""));
            }

            buffer.Comma();
            buffer.Number(row.UsageBytes);
            buffer.Comma();
            buffer.Number(row.RawUsageBytes);
            buffer.Comma();
            buffer.MoneyMicroUnits(row.CurrentTotal.MicroUnits);
            buffer.Comma();
            buffer.MoneyMicroUnits(row.Total.MicroUnits);
            buffer.Comma();
            buffer.MoneyMicroUnits(row.Saving.MicroUnits);
            buffer.Comma();
            buffer.Text(CsvText.Cell(row.Reason));
            buffer.EndRow();
        }

        buffer.Flush();
    }
}
