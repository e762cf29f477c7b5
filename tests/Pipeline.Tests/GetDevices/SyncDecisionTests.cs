using System.Globalization;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.Carrier;
using CarrierOptimization.Pipeline.GetDevices;
using CarrierOptimization.Pipeline.Providers;
using CsCheck;
using Xunit;

namespace CarrierOptimization.Pipeline.Tests.GetDevices;

/// <summary>The pure decisions of stage 2.</summary>
public sealed class SyncDecisionTests
{
    private static readonly DateTimeOffset Now = Instant("2026-05-31T12:00Z");

    [Theory]
    [InlineData(null, null, false, SyncKind.Full, "2000-01-01T00:00Z")]
    [InlineData("2026-05-30T12:00Z", "2026-05-31T06:00Z", true, SyncKind.Full, "2000-01-01T00:00Z")]
    [InlineData("2026-05-30T12:00Z", "2026-05-31T06:00Z", false, SyncKind.Incremental, "2026-05-30T06:00Z")]
    [InlineData("2026-05-24T12:00Z", "2026-05-31T06:00Z", false, SyncKind.Incremental, "2026-05-30T06:00Z")]
    [InlineData("2026-05-24T11:59Z", "2026-05-31T06:00Z", false, SyncKind.Full, "2000-01-01T00:00Z")]
    [InlineData("2026-06-24T11:59Z", "2026-05-31T06:00Z", false, SyncKind.Full, "2000-01-01T00:00Z")]
    public void Full_without_an_earlier_sync_after_a_week_or_when_asked_else_incremental(
        string? lastFull, string? highWater, bool isAsked, SyncKind kind, string since)
    {
        var state = new SyncState
        {
            LastFullAt = lastFull is null ? null : Instant(lastFull),
            HighWaterAt = highWater is null ? null : Instant(highWater),
        };

        SyncPlan plan = SyncDecision.Decide(state, isAsked, fullSyncAfterDays: 7, Now);

        Assert.Equal((kind, Instant(since)), (plan.Kind, plan.ModifiedSince));
    }

    [Fact]
    public void One_year_is_a_day_less_than_a_year() =>
        Assert.Equal(Instant("2025-06-01T12:00Z"), SyncDecision.OfOneYear("asked for", Now).ModifiedSince);

    [Fact]
    public void Staged_devices_are_unique_and_the_later_row_wins() => Gen.Int[0, 5].Array[0, 30].Sample(numbers =>
    {
        CarrierDevice[] rows = [.. numbers.Select((number, index) => new CarrierDevice(Sim.Number(number), "ACTIVATED", $"Plan {index}", null))];

        IReadOnlyList<StagedDevice> staged = StagedDevices.Of(rows).Devices;

        return staged.Select(device => device.Iccid).SequenceEqual(numbers.Select(Sim.Number).Distinct().Order(StringComparer.Ordinal))
            && staged.All(device => device.RatePlan == rows.Last(row => row.Iccid == device.Iccid).RatePlan);
    });

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("  \0 ", null)]
    [InlineData(" 5 MB ", "5 MB")]
    [InlineData("5\0 MB", "5 MB")]
    public void Text_of_the_carrier_is_kept_as_it_can_be_kept(string? text, string? kept) => Assert.Equal(kept, CarrierText.Of(text));

    [Fact]
    public void Long_text_is_cut_and_never_within_a_character()
    {
        Assert.Equal(200, CarrierText.Of(new string('x', 1_000))!.Length);
        Assert.Equal(199, CarrierText.Of(new string('x', 199) + "😀")!.Length);
    }

    [Theory]
    [InlineData("890117000000000001", true)]
    [InlineData("8901170000000000012345", true)]
    [InlineData("89011700000000000", false)]
    [InlineData("89011700000000000A", false)]
    [InlineData("", false)]
    public void Only_18_to_22_digits_are_an_ICCID(string iccid, bool isGood) => Assert.Equal(isGood, StagedDevices.BadIccid(iccid) is null);

    [Theory]
    [InlineData(0L, 0L, true)]
    [InlineData(1L << 50, 1_000_000_000L, true)]
    [InlineData((1L << 50) + 1, 0L, false)]
    [InlineData(-1L, 0L, false)]
    [InlineData(0L, -1L, false)]
    [InlineData(0L, 1_000_000_001L, false)]
    [InlineData(long.MinValue, null, false)]
    public void Usage_no_SIM_can_have_is_doubtful(long bytes, long? sms, bool isGood)
    {
        StagedUsage.Sorted sorted = StagedUsage.Sort([("5 MB", new CarrierUsage(Sim.Number(1), bytes, sms))]);

        Assert.Equal(isGood, sorted.Rows.Count == 1);
        Assert.Equal(!isGood, sorted.Doubtful.Count == 1);
    }

    [Fact]
    public void Usage_that_comes_twice_is_not_doubled()
    {
        StagedUsage.Sorted sorted = StagedUsage.Sort(
        [
            ("5 MB", new CarrierUsage(Sim.Number(1), 5, 1)), ("5 MB", new CarrierUsage(Sim.Number(1), 6, 1)),
            ("10 MB", new CarrierUsage(Sim.Number(1), 7, 1)), ("10 MB", new CarrierUsage("x", 7, 1)),
        ]);

        Assert.Equal([("10 MB", 7L), ("5 MB", 6L)], sorted.Rows.Select(row => (row.RatePlan, row.DataBytes)));
        Assert.Equal("x", Assert.Single(sorted.Issues).Iccid);
    }

    [Fact]
    public void A_price_that_cannot_be_held_exactly_and_another_currency_make_a_plan_invalid()
    {
        IReadOnlyList<RatePlanRow> rows = RatePlanRows.Of(
        [
            ScriptedCarrier.Plan("a"),
            ScriptedCarrier.Plan("b") with { OverageRate = 0.1234567m },
            ScriptedCarrier.Plan("c") with { Currency = "EUR" },
            ScriptedCarrier.Plan("d") with { MonthlyRate = decimal.MaxValue, WhyNotPriceable = "Tiers." },
            ScriptedCarrier.Plan("e") with { Currency = "" },
            ScriptedCarrier.Plan(" "),
        ], "USD");

        Assert.Equal(["a", "b", "c", "d", "e"], rows.Select(row => row.Name));
        Assert.Equal([true, false, false, false, true], rows.Select(row => row.WhyInvalid is null));
        Assert.Contains("overage rate is 0.1234567", rows[1].WhyInvalid, StringComparison.Ordinal);
        Assert.Contains("Tiers. Rate plan \"d\": monthly rate", rows[3].WhyInvalid, StringComparison.Ordinal);
        Assert.Equal(new Money(1_500_000), rows[0].MonthlyRate);
    }

    [Fact]
    public void Of_two_versions_of_a_plan_the_one_in_force_wins_then_the_higher()
    {
        CarrierRatePlan[] plans =
        [
            ScriptedCarrier.Plan("a") with { Version = "9" }, ScriptedCarrier.Plan("a") with { Version = "10" },
            ScriptedCarrier.Plan("a") with { Version = "2" }, ScriptedCarrier.Plan("a") with { Version = "11", IsRetired = true },
        ];

        Assert.Equal("10", Assert.Single(RatePlanRows.Of(plans, "USD")).Version);
        Assert.Equal("10", Assert.Single(RatePlanRows.Of(plans.Reverse(), "USD")).Version);
    }

    [Theory]
    [InlineData(100, 1, 0, 0, true)]
    [InlineData(100, 2, 0, 0, false)]
    [InlineData(0, 0, 0, 0, true)]
    [InlineData(100, 0, 100, 50, true)]
    [InlineData(100, 0, 100, 51, false)]
    public void Holes_above_the_limits_make_a_sync_incomplete(long active, long missing, long known, long vanished, bool isWhole)
    {
        var facts = new MergeFacts { Devices = active, Active = active, Missing = missing, Known = known, Vanished = vanished };

        MergeAnswer answer = MergeDecision.Decide(facts, SyncBench.Settings(), new SyncOptions(), Now.AddDays(1), Now);

        Assert.Equal(isWhole, answer.WhyIncomplete is null);
    }

    [Fact]
    public void A_number_of_SIMs_is_warned_of_only_where_one_is_expected()
    {
        var facts = new MergeFacts { Devices = 5 };
        ProviderSettings settings = SyncBench.Settings();

        Assert.Null(Warning(settings));
        Assert.Null(Warning(settings with { ExpectedDevices = 5 }));
        Assert.NotNull(Warning(settings with { ExpectedDevices = 6 }));

        string? Warning(ProviderSettings of) => MergeDecision.Decide(facts, of, new SyncOptions(), Now.AddDays(1), Now).CountWarning;
    }

    [Theory]
    [InlineData(CarrierFailure.TimedOut, SyncFailure.TimedOut)]
    [InlineData(CarrierFailure.Unavailable, SyncFailure.Failed)]
    [InlineData(CarrierFailure.NotAllowed, SyncFailure.Refused)]
    [InlineData(CarrierFailure.Refused, SyncFailure.Refused)]
    public void A_failed_call_is_known_again_after_the_last_attempt(CarrierFailure failure, string code)
    {
        string marked = SyncFailure.Marked(new CarrierException(failure, "Carrier, page 7: no.")).Message;

        Assert.Equal(code, SyncFailure.Read("5 attempts: " + marked).Code);
        Assert.Equal(SyncFailure.Read(marked), SyncFailure.Read("5 attempts: " + marked));
        Assert.Contains("page 7: no. No rate plan was changed.", SyncFailure.Read(marked).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        Assert.Empty(new SyncOptions().Mistakes());
        Assert.Equal(
            ["PagesPerMessage is 0; expected 1 to 200.", "SinglesMax is -1; expected 0 to 10000000."],
            new SyncOptions { PagesPerMessage = 0, SinglesMax = -1 }.Mistakes());
    }

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
