using System.Globalization;
using System.Text;
using CarrierOptimization.Pipeline.OptimizerCleanup;

namespace CarrierOptimization.Adapters.Files.Csv;

/// <summary>Writes <c>pools.csv</c>: each pool, its plans, and individual plans, before and after. Contract: docs/csv.md.</summary>
public static class PoolsCsv
{
    private static readonly string[] SideColumns =
        ["sims", "allowance_bytes", "usage_bytes", "utilisation", "rate_charge", "overage", "total"];

    public static void Write(Stream stream, IReadOnlyList<PoolRow> rows)
    {
        var buffer = new CsvBuffer(stream);
        buffer.Text("kind,comm_group,pool,rate_plan"u8);
        foreach (string side in new[] { "before", "after" })
        {
            buffer.Text(Encoding.ASCII.GetBytes(string.Concat(SideColumns.Select(column => $",{column}_{side}"))));
        }

        buffer.EndRow();
        foreach (PoolRow row in rows)
        {
            buffer.Text(row.Kind == PoolRowKind.Pool ? "pool,"u8 : "plan,"u8);
            buffer.Text(CsvText.Cell(row.CommGroup ?? ""));
            buffer.Comma();
            buffer.Text(row.Kind == PoolRowKind.IndividualPlan ? [] : CsvText.Cell(row.Pool));
            buffer.Comma();
            buffer.Text(CsvText.Cell(row.Plan));
            WriteSide(buffer, row.Before);
            WriteSide(buffer, row.After);
            buffer.EndRow();
        }

        buffer.Flush();
    }

    private static void WriteSide(CsvBuffer buffer, UsageAndCharges side)
    {
        buffer.Comma();
        buffer.Number(side.Devices);
        buffer.Comma();
        if (side.AllowanceBytes is { } allowance)
        {
            buffer.Number(allowance);
        }

        buffer.Comma();
        buffer.Number(side.UsageBytes);
        buffer.Comma();
        if (side.Utilisation is { } utilisation)
        {
            buffer.Text(CsvText.Cell(utilisation.ToString("0.000000", CultureInfo.InvariantCulture)));
        }

        buffer.Comma();
        buffer.MoneyMicroUnits(side.RateCharge.MicroUnits);
        buffer.Comma();
        buffer.MoneyMicroUnits((side.Overage + side.SmsCharge).MicroUnits);
        buffer.Comma();
        buffer.MoneyMicroUnits(side.Total.MicroUnits);
    }
}
