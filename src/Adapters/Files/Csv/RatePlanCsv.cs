using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Adapters.Files.Csv;

/// <summary>What a file of rate plans held.</summary>
/// <param name="Plans">In the order of the file; not yet validated against each other.</param>
/// <param name="Lines">Per plan its line in the file.</param>
/// <param name="Notes">What is odd but no mistake.</param>
public sealed record RatePlanFile(
    string File, IReadOnlyList<RatePlan> Plans, IReadOnlyList<long> Lines, IReadOnlyList<string> Notes)
{
    /// <summary>Validates the plans and tells each mistake with its line.</summary>
    /// <returns><c>null</c> when there are mistakes.</returns>
    public PlanCatalog? ToCatalog(BillRules rules, InputMistakes mistakes)
    {
        try
        {
            return PlanCatalog.Create(Plans, rules);
        }
        catch (ModelException failure)
        {
            foreach (ModelMistake mistake in failure.Mistakes)
            {
                int plan = Enumerable.Range(0, Plans.Count).FirstOrDefault(at => Plans[at].Name == mistake.Subject, -1);
                mistakes.Add(plan < 0 ? $"{File}: {mistake.Message}" : $"{File}:{Lines[plan]}: {ColumnOf(mistake.Property)}: {mistake.Message}");
            }

            return null;
        }
    }

    private static string ColumnOf(string? property) => property switch
    {
        nameof(RatePlan.MonthlyRate) => "monthly_rate",
        nameof(RatePlan.IncludedData) => "included_mb",
        nameof(RatePlan.OverageRate) => "overage_rate",
        nameof(RatePlan.OverageBlock) => "overage_block_mb",
        nameof(RatePlan.PoolName) => "pool",
        nameof(RatePlan.IncludedSms) => "included_sms",
        nameof(RatePlan.SmsRate) => "sms_rate",
        nameof(RatePlan.Currency) => "currency",
        _ => "rate_plan",
    };
}

/// <summary>Reads <c>plans.csv</c>. Contract: docs/csv.md.</summary>
public static class RatePlanCsv
{
    private static readonly CsvColumns Columns = new(
        [["rate_plan"], ["monthly_rate"], ["included_mb"], ["overage_rate"], ["overage_block_mb"], ["pooled"]],
        ["pool", "included_sms", "sms_rate", "currency"]);

    public static RatePlanFile Read(string path, long bytesPerMegabyte, InputMistakes mistakes)
    {
        var plans = new List<RatePlan>();
        var lines = new List<long>();
        var notes = new List<string>();
        CsvTable.Read(path, Columns, mistakes, table =>
        {
            var lineOfName = new Dictionary<string, long>(StringComparer.Ordinal);
            while (table.ReadRow())
            {
                RatePlan plan = ReadPlan(table, bytesPerMegabyte);
                if (plan.Name.Length == 0)
                {
                    table.Mistake("rate_plan", "the name is empty; every plan needs one. Give it its name at the carrier.");
                }
                else if (!lineOfName.TryAdd(plan.Name, table.Line))
                {
                    table.Mistake("rate_plan", $"{CsvTable.Shown(plan.Name)} is there already, on line {lineOfName[plan.Name]}; "
                        + "names must be unique. Rename or remove one.");
                }
                else
                {
                    plans.Add(plan);
                    lines.Add(table.Line);
                }
            }

            AddNotes(table, notes);
            if (plans.Count == 0 && mistakes.Count == 0)
            {
                mistakes.Add($"{table.File}: no rate plans; expected one a row. Add the plans that the SIMs may use.");
            }
        });
        return new RatePlanFile(Path.GetFileName(path), plans, lines, notes);
    }

    private static RatePlan ReadPlan(CsvTable table, long bytesPerMegabyte)
    {
        ReadOnlySpan<char> included = table.Cell(table.Ordinal("included_mb"));
        bool isUnlimited = included.IsEmpty;
        string currency = table.Cell(table.Ordinal("currency")).ToString();
        string pool = table.Cell(table.Ordinal("pool")).ToString();
        string name = table.Cell(table.Ordinal("rate_plan")).ToString();
        if (name.Length > CsvLimits.NameCharactersMax)
        {
            table.Mistake("rate_plan", $"the name has {name.Length:N0} characters; "
                + $"at most {CsvLimits.NameCharactersMax} are supported. Shorten it.");
        }

        return new RatePlan
        {
            Name = name,
            MonthlyRate = Price(table, "monthly_rate", isOptional: false),
            IncludedData = isUnlimited ? null : new DataVolume(Megabytes(table, "included_mb", bytesPerMegabyte, isOptional: false)),
            OverageRate = Price(table, "overage_rate", isUnlimited),
            OverageBlock = new DataVolume(Megabytes(table, "overage_block_mb", bytesPerMegabyte, isUnlimited)),
            IsPooled = Pooled(table),
            PoolName = pool.Length == 0 ? null : pool,
            IncludedSms = Sms(table),
            SmsRate = Price(table, "sms_rate", isOptional: true),
            Currency = currency.Length == 0 ? "USD" : currency,
        };
    }

    private static Money Price(CsvTable table, string column, bool isOptional)
    {
        ReadOnlySpan<char> cell = table.Cell(table.Ordinal(column));
        if (cell.IsEmpty && isOptional)
        {
            return Money.Zero;
        }

        if (!PlainNumber.TryMoney(cell, out Money price) || price.MicroUnits > Limits.PriceMicroUnitsMax)
        {
            table.Mistake(column, PlainNumber.Explain(
                cell, "a price such as 2.50", PlainNumber.AtMost(Limits.PriceMicroUnitsMax / Money.MicroUnitsPerUnit), decimalsMax: 6));
        }

        return price;
    }

    private static long Megabytes(CsvTable table, string column, long bytesPerMegabyte, bool isOptional)
    {
        ReadOnlySpan<char> cell = table.Cell(table.Ordinal(column));
        if (cell.IsEmpty && isOptional)
        {
            return 0;
        }

        if (!PlainNumber.TryMegabytes(cell, bytesPerMegabyte, Limits.IncludedBytesMax, out long bytes))
        {
            table.Mistake(column, PlainNumber.Explain(
                cell, "a number of MB such as 10 or 0.5", PlainNumber.AtMost(Limits.IncludedBytesMax / bytesPerMegabyte) + " MB"));
        }

        return bytes;
    }

    private static int Sms(CsvTable table)
    {
        ReadOnlySpan<char> cell = table.Cell(table.Ordinal("included_sms"));
        if (!cell.IsEmpty && !PlainNumber.TryWhole(cell, Limits.SmsMax, out _))
        {
            table.Mistake("included_sms", PlainNumber.Explain(
                cell, "a whole number of messages", PlainNumber.AtMost(Limits.SmsMax), decimalsMax: 0));
        }

        return PlainNumber.TryWhole(cell, Limits.SmsMax, out long sms) ? (int)sms : 0;
    }

    private static bool Pooled(CsvTable table)
    {
        ReadOnlySpan<char> cell = table.Cell(table.Ordinal("pooled"));
        if (!bool.TryParse(cell, out bool pooled))
        {
            table.Mistake("pooled", $"{CsvTable.Shown(cell)} found; expected true (the SIMs share their data) or false. Correct the cell.");
        }

        return pooled;
    }

    private static void AddNotes(CsvTable table, List<string> notes)
    {
        if (table.Ordinal("currency") < 0)
        {
            notes.Add($"{table.File} has no column currency: prices are taken as USD.");
        }

        UnknownColumnNote.Add(table, notes);
    }
}
