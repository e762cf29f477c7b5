using CarrierOptimization.Pipeline.OptimizerCleanup;

namespace CarrierOptimization.Adapters.Files.Xlsx;

/// <summary>The sheets with a row per SIM: all assignments, and the short list of changes.</summary>
internal static class DeviceSheets
{
    private const string SavingBar = "FFA7D8C9";

    public static IReadOnlyList<Column<AssignmentRow>> AssignmentColumns(OptimizationReport report)
    {
        long bytesPerMb = report.BytesPerMegabyte;
        List<Column<AssignmentRow>> columns =
        [
            new("ICCID", 24, false, (sheet, row) => sheet.Iccid(CellStyle.Text, row.Iccid)),
            new("MSISDN", 15, false, (sheet, row) => sheet.UniqueText(CellStyle.Text, row.Msisdn)),
            new("Communication plan", 22, false, (sheet, row) => sheet.Text(CellStyle.Text, row.CommunicationPlan)),
            new("Current plan", 20, false, (sheet, row) => sheet.Text(CellStyle.Text, row.CurrentPlan)),
            new("Assigned plan", 20, false, (sheet, row) => sheet.Text(CellStyle.Text, row.AssignedPlan)),
            new("Changed", 10, false, (sheet, row) => sheet.Text(CellStyle.Text, row.Changed ? "Yes" : "No")),
        ];
        if (report.HasProjectedUsage)
        {
            columns.Add(new("Usage so far (MB)", 12, true, (sheet, row) =>
                sheet.Megabytes(CellStyle.Megabytes, row.RawUsageBytes, bytesPerMb)));
        }

        columns.Add(new(report.HasProjectedUsage ? "Projected usage (MB)" : "Usage (MB)", 12, true, (sheet, row) =>
            sheet.Megabytes(CellStyle.Megabytes, row.UsageBytes, bytesPerMb)));
        columns.Add(new(report.HasProjectedUsage ? "Projected usage (bytes)" : "Usage (bytes)", 17, true, (sheet, row) =>
            sheet.Integer(CellStyle.Integer, row.UsageBytes)));
        columns.Add(new("Base rate", 11, true, (sheet, row) => sheet.Money(CellStyle.Money, row.BaseRate)));
        columns.Add(new("Rate charge", 11, true, (sheet, row) => sheet.Money(CellStyle.Money, row.RateCharge)));
        columns.Add(new("Overage", 11, true, (sheet, row) => sheet.Money(CellStyle.Money, row.Overage)));
        if (report.HasSmsCharges)
        {
            columns.Add(new("SMS", 11, true, (sheet, row) => sheet.Money(CellStyle.Money, row.SmsCharge)));
        }

        columns.Add(new("Total before", 12, true, (sheet, row) => sheet.Money(CellStyle.Money, row.CurrentTotal)));
        columns.Add(new("Total after", 12, true, (sheet, row) => sheet.Money(CellStyle.Money, row.Total)));
        columns.Add(new("Saving", 12, true, (sheet, row) => sheet.Money(CellStyle.Money, row.Saving)) { BarColour = SavingBar });
        columns.Add(new("Reason", 46, false, (sheet, row) => sheet.Text(CellStyle.Text, row.Reason)));
        return columns;
    }

    public static IReadOnlyList<Column<AssignmentRow>> ChangeColumns(OptimizationReport report) =>
    [
        new("ICCID", 24, false, (sheet, row) => sheet.Iccid(CellStyle.Text, row.Iccid)),
        new("MSISDN", 15, false, (sheet, row) => sheet.UniqueText(CellStyle.Text, row.Msisdn)),
        new("Communication plan", 22, false, (sheet, row) => sheet.Text(CellStyle.Text, row.CommunicationPlan)),
        new("From plan", 20, false, (sheet, row) => sheet.Text(CellStyle.Text, row.CurrentPlan)),
        new("To plan", 20, false, (sheet, row) => sheet.Text(CellStyle.Text, row.AssignedPlan)),
        new(report.HasProjectedUsage ? "Projected usage (MB)" : "Usage (MB)", 12, true, (sheet, row) =>
            sheet.Megabytes(CellStyle.Megabytes, row.UsageBytes, report.BytesPerMegabyte)),
        new("Total before", 12, true, (sheet, row) => sheet.Money(CellStyle.Money, row.CurrentTotal)),
        new("Total after", 12, true, (sheet, row) => sheet.Money(CellStyle.Money, row.Total)),
        new("Saving", 14, true, (sheet, row) => sheet.Money(CellStyle.Money, row.Saving)) { BarColour = SavingBar },
        new("Reason", 46, false, (sheet, row) => sheet.Text(CellStyle.Text, row.Reason)),
    ];
}
