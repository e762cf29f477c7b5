using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Adapters.Files.Csv;

/// <summary>One row of <c>communication-plans.csv</c>: names only, so that it can be read without the catalog.</summary>
public sealed record CommunicationPlanRow(string Name, IReadOnlyList<string> RatePlans, long Line);

/// <summary>What a file of communication plans held.</summary>
public sealed record CommunicationPlanFile(string File, IReadOnlyList<CommunicationPlanRow> Rows, IReadOnlyList<string> Notes)
{
    /// <summary>Looks the rate plans up in the catalog; names that are not there are mistakes.</summary>
    public IReadOnlyList<CommunicationPlan> Resolve(PlanCatalog catalog, InputMistakes mistakes)
    {
        var plans = new List<CommunicationPlan>(Rows.Count);
        foreach (CommunicationPlanRow row in Rows)
        {
            foreach (string missing in row.RatePlans.Where(name => catalog.IndexOf(name) < 0))
            {
                mistakes.Add(File, row.Line, "rate_plans",
                    $"{CsvTable.Shown(missing)} is not in the file of rate plans{RemedyFor(missing, catalog)}");
            }

            plans.Add(new CommunicationPlan(row.Name, new PlanSet(row.RatePlans.Select(catalog.IndexOf).Where(plan => plan >= 0))));
        }

        return plans;
    }

    private static string RemedyFor(string missing, PlanCatalog catalog)
    {
        if (catalog.Plans.FirstOrDefault(plan => string.Equals(plan.Name, missing, StringComparison.OrdinalIgnoreCase)) is { } alike)
        {
            return $"; {CsvTable.Shown(alike.Name)} is. Write it as there.";
        }

        return missing.Contains(',', StringComparison.Ordinal)
            ? ". " + CommunicationPlanCsv.UseSemicolons
            : ". Add it there or remove it here.";
    }
}

/// <summary>Reads <c>communication-plans.csv</c>. Contract: docs/csv.md.</summary>
public static class CommunicationPlanCsv
{
    internal const string UseSemicolons = "Separate the rate plans by semicolons: \"Plan A;Plan B\".";

    private static readonly CsvColumns Columns = new([["communication_plan"], ["rate_plans"]], [])
    {
        TooManyCells = UseSemicolons,
    };

    public static CommunicationPlanFile Read(string path, InputMistakes mistakes)
    {
        var rows = new List<CommunicationPlanRow>();
        var notes = new List<string>();
        CsvTable.Read(path, Columns, mistakes, table =>
        {
            int nameOrdinal = table.Ordinal("communication_plan");
            int plansOrdinal = table.Ordinal("rate_plans");
            var lineOfName = new Dictionary<string, long>(StringComparer.Ordinal);
            while (table.ReadRow())
            {
                string name = table.Cell(nameOrdinal).ToString();
                string[] ratePlans = table.Cell(plansOrdinal).ToString()
                    .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
                if (name.Length is 0 or > CsvLimits.NameCharactersMax)
                {
                    table.Mistake("communication_plan", $"the name has {name.Length:N0} characters; "
                        + $"expected 1 to {CsvLimits.NameCharactersMax}. Correct the cell.");
                }
                else if (!lineOfName.TryAdd(name, table.Line))
                {
                    table.Mistake("communication_plan", $"{CsvTable.Shown(name)} is there already, on line {lineOfName[name]}; "
                        + "each one has one row. Put all its rate plans into it.");
                }
                else if (ratePlans.Length == 0)
                {
                    table.Mistake("rate_plans", "no rate plan is named; expected one or more, separated by semicolons. "
                        + "Name the plans, or remove the row.");
                }
                else if (rows.Count == CsvLimits.CommunicationPlansMax)
                {
                    throw new InputException($"more than {CsvLimits.CommunicationPlansMax:N0} communication plans; no more are supported.");
                }
                else
                {
                    rows.Add(new CommunicationPlanRow(name, ratePlans, table.Line));
                }
            }

            UnknownColumnNote.Add(table, notes);
        });
        return new CommunicationPlanFile(Path.GetFileName(path), rows, notes);
    }
}
