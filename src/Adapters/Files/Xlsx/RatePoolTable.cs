using System.Globalization;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.OptimizerCleanup;

namespace CarrierOptimization.Adapters.Files.Xlsx;

/// <summary>The sheet of rate pools and plans, before and after; the plans of a pool fold under it.</summary>
internal sealed class RatePoolTable(OptimizationReport report)
{
    private const string UtilisationBar = "FFB9D3E4";
    private const string SavingBar = "FFA7D8C9";

    /// <summary>The rows to print: a pool of one plan is one row, not a sum and its only part.</summary>
    public IEnumerable<PoolRow> Rows()
    {
        for (int i = 0; i < report.Pools.Count; i++)
        {
            bool isAlone = report.Pools[i].Kind == PoolRowKind.Pool
                && (i + 2 >= report.Pools.Count || report.Pools[i + 2].Kind != PoolRowKind.PlanOfPool);
            if (isAlone)
            {
                i++;
                yield return report.Pools[i] with { Kind = PoolRowKind.IndividualPlan };
            }
            else
            {
                yield return report.Pools[i];
            }
        }
    }

    public Table<PoolRow> Table() => new("Rate pools", "FF1E3A4C", 2, Columns())
    {
        OutlineLevel = row => row.Kind == PoolRowKind.PlanOfPool ? 1 : 0,
        Total = WriteTotal,
    };

    private const string AllPlans = "All plans of the pool";

    private bool IsPerGroup => report.Pools.Any(row => row.CommGroup is not null);

    private List<Column<PoolRow>> Columns()
    {
        List<Column<PoolRow>> columns =
        [
            new("Rate pool", NameWidth(row => row.Pool), false, (sheet, row) => sheet.Text(
                row.Kind == PoolRowKind.Pool ? CellStyle.PoolText : CellStyle.Text, row.Pool)),
            new("Rate plan", NameWidth(row => row.Kind == PoolRowKind.Pool ? AllPlans : row.Plan), false, (sheet, row) =>
            {
                if (row.Kind == PoolRowKind.Pool)
                {
                    sheet.Text(CellStyle.PoolText, AllPlans);
                }
                else
                {
                    sheet.Text(CellStyle.Text, row.Plan);
                }
            }),
        ];
        if (IsPerGroup)
        {
            columns.Add(new("Comm group", NameWidth(row => row.CommGroup ?? ""), false, (sheet, row) => sheet.Text(
                row.Kind == PoolRowKind.Pool ? CellStyle.PoolText : CellStyle.Text, row.CommGroup)));
        }

        AddBoth(columns, "SIMs", Width(side => side.Devices, decimals: 0), (sheet, row, side) =>
            sheet.Integer(Style(row, CellStyle.Integer, CellStyle.PoolInteger), side.Devices));
        AddBoth(columns, "Allowance (MB)", Width(side => Megabytes(side.AllowanceBytes ?? 0), atLeast: 11), (sheet, row, side) =>
        {
            if (side.AllowanceBytes is null)
            {
                sheet.Text(CellStyle.TextMutedRight, "unlimited");
            }
            else
            {
                sheet.Megabytes(Style(row, CellStyle.Megabytes, CellStyle.PoolMegabytes), side.AllowanceBytes, report.BytesPerMegabyte);
            }
        });
        AddBoth(columns, "Usage (MB)", Width(side => Megabytes(side.UsageBytes)), (sheet, row, side) =>
            sheet.Megabytes(Style(row, CellStyle.Megabytes, CellStyle.PoolMegabytes), side.UsageBytes, report.BytesPerMegabyte));
        AddBoth(columns, "Utilisation", 10.5, WriteUtilisation, UtilisationBar);
        AddMoney(columns, "Rate charge", side => side.RateCharge);
        AddMoney(columns, "Overage", side => side.Overage);
        if (report.HasSmsCharges)
        {
            AddMoney(columns, "SMS", side => side.SmsCharge);
        }

        AddMoney(columns, "Total", side => side.Total);
        columns.Add(new("Saving", Width(side => side.Total.ToDecimal(), decimals: 2, atLeast: 11), true, (sheet, row) => sheet.Money(
            Style(row, CellStyle.MoneySaving, CellStyle.PoolMoneySaving), row.Saving)) { BarColour = SavingBar });
        return columns;
    }

    private decimal Megabytes(long bytes) => (decimal)bytes / report.BytesPerMegabyte;

    private double NameWidth(Func<PoolRow, string> name) =>
        Math.Clamp(report.Pools.Select(row => name(row).Length).Append(0).Max() + 3, 14, 32);

    /// <summary>
    /// Room for the largest number of a column, its separators and its sign, so that it is never shown as ###; no more, because the
    /// page is as wide as its columns and is printed on one sheet of paper. The total row is the sum of all.
    /// </summary>
    private double Width(Func<UsageAndCharges, decimal> value, int decimals = 2, double atLeast = 9)
    {
        decimal before = report.Pools.Where(row => row.Kind != PoolRowKind.PlanOfPool).Sum(row => value(row.Before));
        decimal after = report.Pools.Where(row => row.Kind != PoolRowKind.PlanOfPool).Sum(row => value(row.After));
        string format = decimals == 0 ? "#,##0" : "#,##0.00";
        string largest = Math.Max(Math.Abs(before), Math.Abs(after)).ToString(format, CultureInfo.InvariantCulture);
        return Math.Max(atLeast, largest.Length + 3);
    }

    private void AddMoney(List<Column<PoolRow>> columns, string name, Func<UsageAndCharges, Money> value) =>
        AddBoth(columns, name, Width(side => value(side).ToDecimal()), (sheet, row, side) => WriteMoney(sheet, row, value(side)));

    private static void AddBoth(
        List<Column<PoolRow>> columns, string name, double width, Action<SheetWriter, PoolRow, UsageAndCharges> write,
        string? barColour = null)
    {
        columns.Add(new(name + " before", width, true, (sheet, row) => write(sheet, row, row.Before))
        {
            BarColour = barColour, BarsFromZeroToOne = true,
        });
        columns.Add(new(name + " after", width, true, (sheet, row) => write(sheet, row, row.After))
        {
            BarColour = barColour, BarsFromZeroToOne = true,
        });
    }

    private static void WriteUtilisation(SheetWriter sheet, PoolRow row, UsageAndCharges side)
    {
        if (side.Utilisation is null && row.Kind == PoolRowKind.Pool)
        {
            sheet.Blank(CellStyle.PoolPercent);
        }
        else
        {
            sheet.Share(Style(row, CellStyle.Percent, CellStyle.PoolPercent), side.Utilisation);
        }
    }

    private static void WriteMoney(SheetWriter sheet, PoolRow row, Money money) =>
        sheet.Money(Style(row, CellStyle.Money, CellStyle.PoolMoney), money);

    private static CellStyle Style(PoolRow row, CellStyle plain, CellStyle ofPool) =>
        row.Kind == PoolRowKind.Pool ? ofPool : plain;

    private void WriteTotal(SheetWriter sheet)
    {
        PoolRow[] rows = [.. report.Pools.Where(row => row.Kind != PoolRowKind.PlanOfPool)];
        sheet.Text(CellStyle.TotalText, "Total");
        sheet.Blank(CellStyle.TotalText);
        if (IsPerGroup)
        {
            sheet.Blank(CellStyle.TotalText);
        }

        Both(CellStyle.TotalInteger, side => side.Devices, sheet.Integer);
        for (int i = 0; i < 2; i++)
        {
            sheet.Blank(CellStyle.TotalText);
        }

        Both(CellStyle.TotalMegabytes, side => side.UsageBytes, (style, sum) =>
            sheet.Megabytes(style, sum, report.BytesPerMegabyte));
        for (int i = 0; i < 2; i++)
        {
            sheet.Blank(CellStyle.TotalText);
        }

        BothMoney(side => side.RateCharge);
        BothMoney(side => side.Overage);
        if (report.HasSmsCharges)
        {
            BothMoney(side => side.SmsCharge);
        }

        BothMoney(side => side.Total);
        sheet.Money(CellStyle.TotalMoneySaving, new Money(rows.Sum(row => row.Saving.MicroUnits)));

        void Both(CellStyle style, Func<UsageAndCharges, long> value, Action<CellStyle, long> write)
        {
            write(style, rows.Sum(row => value(row.Before)));
            write(style, rows.Sum(row => value(row.After)));
        }

        void BothMoney(Func<UsageAndCharges, Money> value) =>
            Both(CellStyle.TotalMoney, side => value(side).MicroUnits, (style, sum) => sheet.Money(style, new Money(sum)));
    }
}
