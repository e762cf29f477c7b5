using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.Carrier;
using CarrierOptimization.Pipeline.Storage;

namespace CarrierOptimization.Pipeline.GetDevices;

/// <summary>A row of the price list, in the product's own numbers.</summary>
/// <param name="WhyInvalid"><c>null</c> when it can be priced exactly; amounts that can't be held are then 0.</param>
public sealed record RatePlanRow(
    string Name,
    string Version,
    bool IsPooled,
    string Currency,
    Money MonthlyRate,
    long? IncludedBytes,
    Money OverageRate,
    long OverageBlockBytes,
    int IncludedSms,
    Money SmsRate,
    bool IsRetired,
    string? WhyInvalid);

/// <summary>Makes the carrier's price list ready for the database: exact amounts, or the reason why not. Pure.</summary>
public static class RatePlanRows
{
    /// <summary>The columns of <see cref="Values"/>.</summary>
    public static readonly BulkTable Table = new("rate_plan",
    [
        new("provider_id", BulkType.Number64), new("tenant_id", BulkType.Number64), new("name", BulkType.Text),
        new("version", BulkType.Text), new("is_pooled", BulkType.Number32), new("currency", BulkType.Text),
        new("monthly_rate", BulkType.Number64), new("included_bytes", BulkType.Number64), new("overage_rate", BulkType.Number64),
        new("overage_block_bytes", BulkType.Number64), new("included_sms", BulkType.Number32), new("sms_rate", BulkType.Number64),
        new("is_retired", BulkType.Number32), new("why_invalid", BulkType.Text), new("read_at", BulkType.Number64),
    ]);

    /// <param name="plans">In the order of the list; of two versions of one name the one in force wins, then the higher one.</param>
    /// <param name="currency">Of the account.</param>
    public static IReadOnlyList<RatePlanRow> Of(IEnumerable<CarrierRatePlan> plans, string currency)
    {
        var rows = new Dictionary<string, RatePlanRow>(StringComparer.Ordinal);
        foreach (CarrierRatePlan plan in plans)
        {
            // A plan without a name can't be on any SIM.
            if (CarrierText.Of(plan.Name) is { } name)
            {
                RatePlanRow row = Row(name, plan, currency);
                rows[name] = rows.TryGetValue(name, out RatePlanRow? other) && IsOlder(row, other) ? other : row;
            }
        }

        return [.. rows.Values.OrderBy(row => row.Name, StringComparer.Ordinal)];
    }

    public static object?[] Values(RatePlanRow row, long providerId, long tenantId, DateTimeOffset readAt) =>
    [
        providerId, tenantId, row.Name, row.Version, row.IsPooled ? 1 : 0, row.Currency, row.MonthlyRate.MicroUnits, row.IncludedBytes,
        row.OverageRate.MicroUnits, row.OverageBlockBytes, row.IncludedSms, row.SmsRate.MicroUnits, row.IsRetired ? 1 : 0,
        row.WhyInvalid, readAt.ToUnixTimeMilliseconds(),
    ];

    private static RatePlanRow Row(string name, CarrierRatePlan plan, string currency)
    {
        var mistakes = new List<string>();
        if (plan.WhyNotPriceable is { } why)
        {
            mistakes.Add(why);
        }

        string planCurrency = CarrierText.Of(plan.Currency)?.ToUpperInvariant() ?? currency;
        if (planCurrency != currency)
        {
            mistakes.Add($"Rate plan \"{name}\": currency is {planCurrency}; the account's is {currency}. "
                + "Correct the provider's setting Currency or the plan.");
        }

        return new RatePlanRow(
            name,
            CarrierText.Of(plan.Version) ?? "",
            plan.IsPooled,
            planCurrency,
            Exact("monthly rate", plan.MonthlyRate),
            plan.IncludedDataBytes,
            Exact("overage rate", plan.OverageRate ?? 0),
            plan.OverageBlockBytes ?? 0,
            plan.IncludedSms,
            Exact("SMS rate", plan.SmsRate),
            plan.IsRetired,
            mistakes.Count == 0 ? null : string.Join(' ', mistakes));

        Money Exact(string what, decimal amount)
        {
            if (!Money.TryFromDecimal(amount, out Money money))
            {
                mistakes.Add(string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"Rate plan \"{name}\": {what} is {amount}; it must have at most 6 decimals and fit. Correct the plan at the carrier."));
            }

            return money;
        }
    }

    private static bool IsOlder(RatePlanRow row, RatePlanRow other) =>
        row.IsRetired != other.IsRetired ? row.IsRetired
        : long.TryParse(row.Version, out long version) && long.TryParse(other.Version, out long otherVersion)
            && version < otherVersion;
}
