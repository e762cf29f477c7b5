using System.Text.Json;
using System.Text.Json.Nodes;
using CarrierOptimization.Adapters.Jasper;
using CarrierOptimization.Pipeline.Carrier;
using Xunit;

namespace CarrierOptimization.Adapters.Tests.Jasper;

/// <summary>What the price list says is priced exactly or not at all.</summary>
public sealed class RatePlanReadingTests
{
    private const long Mebibyte = 1_048_576;

    [Fact]
    public void A_plan_of_one_tier_and_zone_is_read_as_written()
    {
        CarrierRatePlan plan = Read(_ => { });

        Assert.Equal(
            new CarrierRatePlan(
                "5 MB pool", "3", true, "USD", 1.5m, 5 * Mebibyte, 0.25m, 100 * Mebibyte, 10, 0.04m, false, null),
            plan);
    }

    [Theory]
    [InlineData("1", "KB", Mebibyte, 1_024)]
    [InlineData("1", "mb", Mebibyte, Mebibyte)]
    [InlineData("2", "GB", Mebibyte, 2L << 30)]
    [InlineData("1", "TB", Mebibyte, 1L << 40)]
    [InlineData("7", "bytes", Mebibyte, 7)]
    [InlineData("1", "KB", 1_000_000, 1_000)]
    [InlineData("0.5", "GB", 1_000_000, 500_000_000)]
    [InlineData("1", "TB", 1_000_000, 1_000_000_000_000)]
    [InlineData("0.0005", "KB", Mebibyte, 1)]
    [InlineData("0.0004", "KB", Mebibyte, 0)]
    [InlineData("0.00048828125", "KB", Mebibyte, 1)]
    [InlineData("\"5\"", "MB", Mebibyte, 5 * Mebibyte)]
    [InlineData("0", "MB", Mebibyte, 0)]
    public void Included_data_becomes_whole_bytes_half_a_byte_rounding_up(
        string written, string unit, long bytesPerMegabyte, long expected)
    {
        CarrierRatePlan plan = Read(
            made =>
            {
                Zone(made)["includedData"] = JsonNode.Parse(written);
                Zone(made)["includedDataUnit"] = unit;
            },
            bytesPerMegabyte);

        Assert.Equal((expected, null), (plan.IncludedDataBytes, plan.WhyNotPriceable));
    }

    [Theory]
    [InlineData("MB", Mebibyte)]
    [InlineData("100 MB", 100 * Mebibyte)]
    [InlineData("100MB", 100 * Mebibyte)]
    [InlineData("per MB", Mebibyte)]
    [InlineData("0.5 KB", 512)]
    [InlineData("1 GB", 1L << 30)]
    public void The_block_of_overage_is_read_with_its_amount(string unit, long expected)
    {
        CarrierRatePlan plan = Read(made => Tier(made)["dataOverageUnit"] = unit);

        Assert.Equal((expected, null), (plan.OverageBlockBytes, plan.WhyNotPriceable));
    }

    [Fact]
    public void No_included_data_and_no_price_of_overage_is_unlimited()
    {
        CarrierRatePlan plan = Read(made =>
        {
            Zone(made)["includedData"] = null;
            Zone(made)["tiers"] = new JsonArray();
            Zone(made)["bulkOverageEnabled"] = "false";
        });

        Assert.Equal((null, null, null), (plan.IncludedDataBytes, plan.OverageRate, plan.WhyNotPriceable));
    }

    [Fact]
    public void Keys_of_any_case_flags_as_flags_and_prices_as_texts_are_read_alike()
    {
        CarrierRatePlan expected = Read(_ => { });
        using var other = JsonDocument.Parse(Plan().ToJsonString()
            .Replace("\"true\"", "true", StringComparison.Ordinal)
            .Replace("1.5", "\"1.5\"", StringComparison.Ordinal)
            .Replace("dataUsage", "DATAUSAGE", StringComparison.Ordinal)
            .Replace("subscriptionCharge", "SubscriptionCharge", StringComparison.Ordinal)
            .Replace("tiers", "Tiers", StringComparison.Ordinal));

        Assert.Equal(expected, RatePlanReading.Read(other.RootElement, Mebibyte));
    }

    [Theory]
    [InlineData("Retired", true)]
    [InlineData("EXPIRED", true)]
    [InlineData("Published", false)]
    [InlineData("SomethingNew", false)]
    [InlineData(null, false)]
    public void A_retired_plan_says_so(string? status, bool isRetired) =>
        Assert.Equal(isRetired, Read(made => made["status"] = status).IsRetired);

    public static TheoryData<string, Action<JsonObject>> NotPriceable => new()
    {
        { "several tiers", made => made["tiers"]!.AsArray().Add(made["tiers"]![0]!.DeepClone()) },
        { "depends on the number of SIMs", made => made["tiers"]!.AsArray().Add(new JsonObject()) },
        { "above a number of SIMs", made => made["tiers"]![0]!["subscriberThreshold"] = 1000 },
        { "only tier differ", made => made["tiers"]![0]!["perSubscriberCharge"] = 2 },
        { "no list", made => made["tiers"] = "three" },
        { "2 zones", made => made["dataUsage"]!["zones"]!["Roaming"] = Zone(made).DeepClone() },
        { "0 zones", made => made["dataUsage"]!["zones"] = new JsonObject() },
        { "0 zones", made => made["dataUsage"]!["zones"] = null },
        { "no prices of data", made => made["dataUsage"] = null },
        { "default rating", made => made["dataUsage"]!["useDefaultRating"] = "true" },
        { "fixed pool", made => made["type"] = "Monthly - Fixed Pool" },
        { "Prepaid", made => made["type"] = "Prepaid - Individual" },
        { "its type is", made => made["type"] = null },
        { "currency of three letters", made => made["subscriptionChargeUnit"] = "per month" },
        { "currency of three letters", made => made["subscriptionChargeUnit"] = null },
        { "at most six decimals", made => made["subscriptionCharge"] = JsonNode.Parse("1.5000001") },
        { "at most six decimals", made => made["subscriptionCharge"] = JsonNode.Parse("1e400") },
        { "at most six decimals", made => made["subscriptionCharge"] = "NaN" },
        { "at most six decimals", made => made["subscriptionCharge"] = JsonNode.Parse("1.00000000000000000000000000000001") },
        { "no subscription charge", made => { made["subscriptionCharge"] = null; made["tiers"] = null; } },
        { "overage has 2 tiers", made => Zone(made)["tiers"]!.AsArray().Add(Tier(made).DeepClone()) },
        { "overage has 0 tiers", made => Zone(made)["tiers"] = null },
        { "whole blocks", made => Zone(made)["bulkOverageEnabled"] = "false" },
        { "whole blocks", made => Zone(made).Remove("bulkOverageEnabled") },
        { "rounded to \"KB\"", made => Zone(made)["dataRoundingUnit"] = "KB" },
        { "rounded to \"100 bytes\"", made => Zone(made)["dataRoundingUnit"] = "100 bytes" },
        { "unit of its included data is \"Furlong\"", made => Zone(made)["includedDataUnit"] = "Furlong" },
        { "unit of its included data is \"\"", made => Zone(made)["includedDataUnit"] = null },
        { "from 0 to 8 EB", made => Zone(made)["includedData"] = -1 },
        { "from 0 to 8 EB", made => Zone(made)["includedData"] = 1e18 },
        { "from 0 to 8 EB", made => Zone(made)["includedData"] = "much" },
        { "unlimited, or nothing included", made => Zone(made)["includedData"] = null },
        { "unit of its overage is \"MiB\"", made => Tier(made)["dataOverageUnit"] = "MiB" },
        { "unit of its overage is \"-5 MB\"", made => Tier(made)["dataOverageUnit"] = "-5 MB" },
        { "unit of its overage is \"\"", made => Tier(made)["dataOverageUnit"] = null },
        { "unit of its overage", made => Tier(made)["dataOverageUnit"] = "999999999999 TB" },
        { "no price of overage", made => Tier(made)["dataOverage"] = null },
        { "included messages", made => made["smsUsage"]!["includedSMS"] = 2.5 },
        { "included messages", made => made["smsUsage"]!["includedSMS"] = -1 },
        { "included messages", made => made["smsUsage"]!["includedSMS"] = 5_000_000_000 },
        { "priced by zone", made => made["smsUsage"]!["zones"] = JsonNode.Parse("""{"Home":{"smsOverage":0.1}}""") },
        { "voice", made => made["voiceUsage"] = JsonNode.Parse("""{"zones":{"Home":{"voiceOverage":"0.1"}}}""") },
        { "no name", made => made["name"] = null },
    };

    [Theory]
    [MemberData(nameof(NotPriceable))]
    public void What_can_not_be_priced_exactly_is_refused_in_a_sentence(string because, Action<JsonObject> change)
    {
        CarrierRatePlan plan = Read(change);

        Assert.NotNull(plan.WhyNotPriceable);
        Assert.StartsWith("Rate plan \"", plan.WhyNotPriceable, StringComparison.Ordinal);
        Assert.EndsWith(".", plan.WhyNotPriceable, StringComparison.Ordinal);
        Assert.Contains(because.Replace("several tiers", "2 tiers", StringComparison.Ordinal), plan.WhyNotPriceable, StringComparison.Ordinal);
    }

    [Fact]
    public void An_amount_that_can_not_be_read_is_never_taken_for_unlimited() =>
        Assert.Equal(0, Read(made => Zone(made)["includedData"] = "much").IncludedDataBytes);

    [Fact]
    public void A_voice_part_without_prices_does_no_harm() =>
        Assert.Null(Read(made => made["voiceUsage"] = JsonNode.Parse("""{"voiceOverage":0,"unit":"seconds"}""")).WhyNotPriceable);

    private static CarrierRatePlan Read(Action<JsonObject> change, long bytesPerMegabyte = Mebibyte)
    {
        JsonObject plan = Plan();
        change(plan);
        using var document = JsonDocument.Parse(plan.ToJsonString());
        return RatePlanReading.Read(document.RootElement, bytesPerMegabyte);
    }

    private static JsonObject Zone(JsonObject plan) => plan["dataUsage"]!["zones"]!["Home"]!.AsObject();

    private static JsonObject Tier(JsonObject plan) => Zone(plan)["tiers"]![0]!.AsObject();

    private static JsonObject Plan() => JsonNode.Parse("""
        {"name":"5 MB pool","id":5,"versionId":503,"version":3,"status":"Published","type":"Monthly - Flexible Pool",
         "subscriptionCharge":1.5,"subscriptionChargeUnit":"USD","numberOfTiers":1,
         "tiers":[{"tierLevel":1,"subscriberThreshold":0,"subscriberCapacity":"unlimited","perSubscriberCharge":1.5}],
         "dataUsage":{"useDefaultRating":"false","usageLimit":null,"zones":{"Home":{
           "includedData":5,"includedDataUnit":"MB","bulkOverageEnabled":"true","dataRoundingUnit":"bytes",
           "dataRoundingFrequency":"Cycle","tiers":[{"tierLevel":1,"dataOverage":0.25,"dataOverageUnit":"100 MB"}]}}},
         "smsUsage":{"type":"MO","includedSMS":10,"smsOverage":0.04},"voiceUsage":null}
        """)!.AsObject();
}
