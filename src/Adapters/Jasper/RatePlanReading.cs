using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.Carrier;

namespace CarrierOptimization.Adapters.Jasper;

/// <summary>
/// One plan of the carrier's price list becomes one that can be priced exactly, or says why it can't. Nothing is
/// approximated.
/// </summary>
/// <remarks>Rules: docs/carrier.md, "Price list".</remarks>
internal sealed partial class RatePlanReading
{
    private static readonly string[] RetiredWords =
        ["RETIRED", "EXPIRED", "DELETED", "DISABLED", "INACTIVE", "DEACTIVATED", "ARCHIVED", "DRAFT", "UNPUBLISHED"];

    private readonly JsonElement _plan;
    private readonly long _bytesPerMegabyte;
    private string? _whyNot;

    private RatePlanReading(JsonElement plan, long bytesPerMegabyte)
    {
        _plan = plan;
        _bytesPerMegabyte = bytesPerMegabyte;
    }

    public static CarrierRatePlan Read(JsonElement plan, long bytesPerMegabyte) =>
        new RatePlanReading(plan, bytesPerMegabyte).Read();

    private CarrierRatePlan Read()
    {
        string? name = _plan.Member("name").Text();
        Refuse(name is null, "it has no name");
        bool isPooled = IsPooled(_plan.Member("type").Text());
        string currency = Currency(_plan.Member("subscriptionChargeUnit").Text());
        decimal rate = MonthlyRate();
        DataPrice data = Data(_plan.Member("dataUsage"));
        (int includedSms, decimal smsRate) = Sms(_plan.Member("smsUsage"));
        Refuse(HasPrice(_plan.Member("voiceUsage")), "it charges for voice, which is not priced here");
        return new CarrierRatePlan(
            name ?? "",
            _plan.Member("version").Text() ?? _plan.Member("versionId").Text() ?? "",
            isPooled,
            currency,
            rate,
            data.IncludedBytes,
            data.OverageRate,
            data.OverageBlockBytes,
            includedSms,
            smsRate,
            RetiredWords.Contains(_plan.Member("status").Text()?.ToUpperInvariant()),
            _whyNot is null ? null : $"Rate plan \"{name}\" can't be priced exactly: {_whyNot}.");
    }

    /// <summary>The first reason is kept.</summary>
    private void Refuse(bool isNeeded, string because) => _whyNot ??= isNeeded ? because : null;

    private bool IsPooled(string? type)
    {
        switch (Blanks().Replace(type ?? "", " ").ToUpperInvariant())
        {
            case "MONTHLY - FLEXIBLE POOL":
                return true;
            case "MONTHLY - INDIVIDUAL":
                return false;
            case "MONTHLY - FIXED POOL":
                Refuse(true, "the allowance of a fixed pool does not grow with its SIMs");
                return true;
            default:
                Refuse(true, $"its type is \"{type}\"; expected \"Monthly - Flexible Pool\" or \"Monthly - Individual\"");
                return false;
        }
    }

    private string Currency(string? unit)
    {
        Refuse(
            unit is not { Length: 3 } || !unit.All(char.IsAsciiLetter),
            $"the unit of its charge is \"{unit}\"; expected a currency of three letters");
        return unit?.ToUpperInvariant() ?? "";
    }

    private decimal MonthlyRate()
    {
        decimal? charge = Price(_plan.Member("subscriptionCharge"), "its subscription charge");
        JsonElement[] tiers = Entries(_plan.Member("tiers"), "its tiers by number of SIMs");
        Refuse(tiers.Length > 1, $"its charge depends on the number of SIMs ({tiers.Length} tiers)");
        if (tiers.Length == 1)
        {
            decimal? each = Price(tiers[0].Member("perSubscriberCharge"), "the charge of its tier");
            Refuse(
                tiers[0].Member("subscriberThreshold").Whole() is > 1, "its charge begins only above a number of SIMs");
            Refuse(
                charge is not null && each is not null && charge != each,
                "its subscription charge and the charge of its only tier differ");
            charge ??= each;
        }

        Refuse(charge is null, "it has no subscription charge");
        return charge ?? 0m;
    }

    private DataPrice Data(JsonElement? usage)
    {
        if (usage is not { ValueKind: JsonValueKind.Object } data)
        {
            Refuse(true, "it has no prices of data");
            return default;
        }

        Refuse(data.Member("useDefaultRating").Flag() is true, "its data follows the carrier's default rating, which is not told");
        JsonElement[] zones = data.Member("zones") is { ValueKind: JsonValueKind.Object } named
            ? [.. named.EnumerateObject().Select(zone => zone.Value)]
            : [];
        Refuse(zones.Length != 1, $"it has {zones.Length} zones; expected one");
        return zones.Length == 0 ? default : Zone(zones[0]);
    }

    private DataPrice Zone(JsonElement zone)
    {
        JsonElement[] tiers = Entries(zone.Member("tiers"), "its tiers of overage");
        string? rounding = zone.Member("dataRoundingUnit").Text();
        Refuse(
            rounding is not null && RoundingOf(rounding) != 1,
            $"usage is rounded to \"{rounding}\" before it is priced; expected bytes");
        if (IsUnlimited(zone.Member("includedData")))
        {
            Refuse(
                tiers.Any(tier => tier.Member("dataOverage").Exact() is not (null or 0)),
                "it has no included data and yet a price of overage: unlimited, or nothing included?");
            return default;
        }

        long? included = Included(zone);
        Refuse(tiers.Length != 1, $"its overage has {tiers.Length} tiers; expected one");
        if (tiers.Length == 0)
        {
            return new DataPrice(included, null, null);
        }

        Refuse(
            zone.Member("bulkOverageEnabled").Flag() is not true,
            "its overage is not sold in whole blocks (\"bulkOverageEnabled\")");
        decimal? rate = Price(tiers[0].Member("dataOverage"), "its price of overage");
        Refuse(rate is null, "it has no price of overage");
        return new DataPrice(included, rate, Block(tiers[0].Member("dataOverageUnit").Text()));
    }

    private static bool IsUnlimited(JsonElement? included) =>
        included.IsNullOrMissing() || string.Equals(included.Text(), "unlimited", StringComparison.OrdinalIgnoreCase);

    private long? Included(JsonElement zone)
    {
        string? unit = zone.Member("includedDataUnit").Text();
        long? bytesPerUnit = unit is null ? null : DataUnits.BytesOf(unit, _bytesPerMegabyte);
        Refuse(bytesPerUnit is null, $"the unit of its included data is \"{unit}\"; expected bytes, KB, MB, GB or TB");
        decimal? amount = zone.Member("includedData").Exact();
        long? bytes = ToBytes(amount, bytesPerUnit ?? 1);
        Refuse(bytes is null, "its included data is no number from 0 to 8 EB");

        // 0 and not null: null would make a plan that can't be read an unlimited one.
        return bytes ?? 0;
    }

    /// <summary>The bytes of <c>MB</c> or <c>100 MB</c>.</summary>
    private long? Block(string? unit)
    {
        Match match = AmountAndUnit().Match(unit ?? "");
        long? bytesPerUnit = match.Success ? DataUnits.BytesOf(match.Groups["unit"].Value, _bytesPerMegabyte) : null;
        long? bytes = null;
        if (bytesPerUnit is not null)
        {
            string amount = match.Groups["amount"].Value;
            bytes = ToBytes(
                amount.Length == 0 ? 1 : decimal.Parse(amount, CultureInfo.InvariantCulture), bytesPerUnit.Value);
        }

        Refuse(bytes is null, $"the unit of its overage is \"{unit}\"; expected for example MB or 100 MB");
        return bytes;
    }

    private long? RoundingOf(string unit)
    {
        Match match = AmountAndUnit().Match(unit);
        return match.Success && match.Groups["amount"].Value is "" or "1"
            ? DataUnits.BytesOf(match.Groups["unit"].Value, _bytesPerMegabyte)
            : null;
    }

    private (int Included, decimal Rate) Sms(JsonElement? sms)
    {
        if (sms is not { } messages || sms.IsNullOrMissing())
        {
            return (0, 0m);
        }

        decimal rate = Price(messages.Member("smsOverage"), "its price of a message") ?? 0m;
        JsonElement? included = messages.Member("includedSMS");
        long count = included.IsNullOrMissing() ? 0 : included.Whole() ?? -1;
        Refuse(
            count is < 0 or > int.MaxValue,
            $"its number of included messages is \"{included.Text()}\"; expected a whole number from 0 to {int.MaxValue}");
        Refuse(
            HasPrice(messages.Member("zones")), "its messages are priced by zone");
        return (count is < 0 or > int.MaxValue ? 0 : (int)count, rate);
    }

    /// <returns>The amount as written, or <c>null</c> when there is none or it is no number.</returns>
    private decimal? Price(JsonElement? element, string what)
    {
        if (element.IsNullOrMissing())
        {
            return null;
        }

        decimal? amount = element.Exact();
        Refuse(
            amount is null || !Money.TryFromDecimal(amount.Value, out _),
            $"{what} is \"{element.Text()}\"; expected a number with at most six decimals");
        return amount;
    }

    private JsonElement[] Entries(JsonElement? list, string what)
    {
        Refuse(
            !list.IsNullOrMissing() && list is not { ValueKind: JsonValueKind.Array }, $"{what} are no list");
        return list is { ValueKind: JsonValueKind.Array } entries ? [.. entries.EnumerateArray()] : [];
    }

    /// <summary>Whole bytes, half a byte rounding up.</summary>
    private static long? ToBytes(decimal? amount, long bytesPerUnit) =>
        amount is { } number && DataVolume.TryFromMegabytes(number, bytesPerUnit, out DataVolume volume)
            ? volume.Bytes
            : null;

    /// <summary>Whether anything in there costs something.</summary>
    private static bool HasPrice(JsonElement? element) => element?.ValueKind switch
    {
        JsonValueKind.Array => element.Value.EnumerateArray().Any(entry => HasPrice(entry)),
        JsonValueKind.Object => element.Value.EnumerateObject().Any(member => HasPrice(member.Value)
            || (PriceName().IsMatch(member.Name) && ((JsonElement?)member.Value).Exact() is not (null or 0))),
        _ => false,
    };

    /// <summary>All <c>null</c>: unlimited.</summary>
    private readonly record struct DataPrice(long? IncludedBytes, decimal? OverageRate, long? OverageBlockBytes);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"^(?:per )?(?<amount>[0-9]{1,12}(?:\.[0-9]{1,12})?)? ?(?<unit>[A-Za-z]+)$", RegexOptions.IgnoreCase)]
    private static partial Regex AmountAndUnit();

    [GeneratedRegex("(Overage|Charge|Rate|Price)$", RegexOptions.IgnoreCase)]
    private static partial Regex PriceName();
}
