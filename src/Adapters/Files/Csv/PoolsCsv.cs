using CarrierOptimization.Pipeline.OptimizerCleanup;

namespace CarrierOptimization.Adapters.Files.Csv;

/// <summary>Writes <c>pools.csv</c>: each pool, its plans, and individual plans, before and after. Contract: docs/csv.md.</summary>
public static class PoolsCsv
{
    public static void Write(Stream stream, IReadOnlyList<PoolRow> rows)
    {
        var buffer = new CsvBuffer(stream);
        buffer.Text("kind,comm_group,pool,rate_plan"u8);
        buffer.Text(",sims_before,allowance_bytes_before,usage_bytes_before,utilisation_before,rate_charge_before,overage_before,total_before"u8);
        buffer.Text(",sims_after,allowance_bytes_after,usage_bytes_after,utilisation_after,rate_charge_after,overage_after,total_after\n"u8);
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
            buffer.Text(CsvText.Cell(utilisation.ToString("0.000000", System.Globalization.CultureInfo.InvariantCulture)));
        }

        buffer.Comma();
        buffer.MoneyMicroUnits(side.RateCharge.MicroUnits);
        buffer.Comma();
        buffer.MoneyMicroUnits((side.Overage + side.SmsCharge).MicroUnits);
        buffer.Comma();
        buffer.MoneyMicroUnits(side.Total.MicroUnits);
    }
}
