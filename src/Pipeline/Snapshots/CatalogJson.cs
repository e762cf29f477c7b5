using System.Text.Json;
using System.Text.Json.Serialization;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Pipeline.Snapshots;

/// <summary>Writes and reads the frozen plans of a session: money in micro-units, data in bytes, plans by name.</summary>
public static class CatalogJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    public static string Write(FrozenPlans plans)
    {
        PlanCatalog catalog = plans.Catalog;
        return JsonSerializer.Serialize(
            new Document(
                catalog.Rules.PeriodDays,
                catalog.Rules.ChargeType,
                catalog.Rules.PoolScope,
                [.. catalog.Plans.Select(Row)],
                [.. plans.CommunicationPlans.Select(plan => new Mapping(plan.Name, NamesOf(catalog, plan.AllowedPlans)))],
                plans.Invalid,
                plans.Retired,
                plans.Notes),
            Options);
    }

    /// <exception cref="JsonException">The text is not what <see cref="Write"/> writes.</exception>
    /// <exception cref="ModelException">The plans are not valid.</exception>
    public static FrozenPlans Read(string json)
    {
        Document document = JsonSerializer.Deserialize<Document>(json, Options)
            ?? throw new JsonException("The catalog is null; expected an object.");
        var rules = new BillRules
        {
            PeriodDays = document.PeriodDays,
            ChargeType = document.ChargeType,
            PoolScope = document.PoolScope,
        };
        PlanCatalog catalog = PlanCatalog.Create([.. document.Plans.Select(Plan)], rules);
        return new FrozenPlans(
            catalog,
            [.. document.CommunicationPlans.Select(plan => new CommunicationPlan(plan.Name, SetOf(catalog, plan.RatePlans)))],
            document.Invalid,
            document.Retired,
            document.Notes);
    }

    /// <summary>Names of a plan set as a JSON array, in the order of the catalog.</summary>
    public static string WriteSet(PlanCatalog catalog, PlanSet set) => JsonSerializer.Serialize(NamesOf(catalog, set), Options);

    /// <exception cref="JsonException">The text is no array of names of the catalog.</exception>
    public static PlanSet ReadSet(PlanCatalog catalog, string json) =>
        SetOf(catalog, JsonSerializer.Deserialize<string[]>(json, Options) ?? throw new JsonException("The plan set is null."));

    private static string[] NamesOf(PlanCatalog catalog, PlanSet set) =>
        [.. set.Plans.ToArray().Select(plan => catalog.Plans[plan].Name)];

    private static PlanSet SetOf(PlanCatalog catalog, IEnumerable<string> names) => new(names.Select(name =>
        catalog.IndexOf(name) is >= 0 and var plan ? plan : throw new JsonException($"Rate plan \"{name}\" is not in the catalog.")));

    private static PlanRow Row(RatePlan plan) => new(
        plan.Name, plan.MonthlyRate.MicroUnits, plan.IncludedData?.Bytes, plan.OverageRate.MicroUnits, plan.OverageBlock.Bytes,
        plan.IsPooled, plan.PoolName, plan.IncludedSms, plan.SmsRate.MicroUnits, plan.Currency);

    private static RatePlan Plan(PlanRow row) => new()
    {
        Name = row.Name,
        MonthlyRate = new Money(row.MonthlyRate),
        IncludedData = row.IncludedBytes is { } bytes ? new DataVolume(bytes) : null,
        OverageRate = new Money(row.OverageRate),
        OverageBlock = new DataVolume(row.OverageBlockBytes),
        IsPooled = row.IsPooled,
        PoolName = row.PoolName,
        IncludedSms = row.IncludedSms,
        SmsRate = new Money(row.SmsRate),
        Currency = row.Currency,
    };

    private sealed record Document(
        int PeriodDays,
        ChargeType ChargeType,
        PoolScope PoolScope,
        IReadOnlyList<PlanRow> Plans,
        IReadOnlyList<Mapping> CommunicationPlans,
        IReadOnlyList<InvalidPlan> Invalid,
        IReadOnlyList<string> Retired,
        IReadOnlyList<string> Notes);

    private sealed record Mapping(string Name, IReadOnlyList<string> RatePlans);

    private sealed record PlanRow(
        string Name, long MonthlyRate, long? IncludedBytes, long OverageRate, long OverageBlockBytes, bool IsPooled, string? PoolName,
        int IncludedSms, long SmsRate, string Currency);
}
