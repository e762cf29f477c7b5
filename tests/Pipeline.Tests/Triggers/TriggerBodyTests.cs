using System.Text.Json;
using CarrierOptimization.Pipeline.Triggers;
using Xunit;

namespace CarrierOptimization.Pipeline.Tests.Triggers;

/// <summary>The exact bytes that receivers of AMOP 2.0 get; docs/amop.md shows the same.</summary>
public sealed class TriggerBodyTests
{
    private static readonly Guid SessionGuid = Guid.Parse("3f2504e0-4f89-41d3-9a0c-0305e82c3301");

    private static readonly TriggerContext Context = new(
        BillPeriodId: 605,
        SiteId: "",
        ServiceProviderId: 4,
        BillingPeriodStart: new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.FromHours(-4)),
        BillingPeriodEnd: new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.FromHours(-4)),
        TenantId: 1,
        CustomerId: "ACME");

    [Fact]
    public void Progress()
    {
        string body = TriggerBody.Write(
            Context, TriggerType.Progress, "17", SessionGuid, 10_000, null, 30, "", new Dictionary<string, object?>());

        GoldenFile.AssertEqual("trigger-progress.json", body);
    }

    [Fact]
    public void Error()
    {
        const string Sentence = "Rate plan \"5MB\": overage block is 0 MB; it must be above 0. Größe < 1.";
        string body = TriggerBody.Write(
            Context, TriggerType.ErrorMessage, "17", null, 0, Sentence, 0, "", new Dictionary<string, object?>
            {
                ["Stage"] = "GroupDevices",
                ["ErrorCode"] = "InvalidRatePlan",
                ["OptimizationSessionGuid"] = SessionGuid.ToString(),
            });

        GoldenFile.AssertEqual("trigger-error.json", body);
    }

    [Fact]
    public void Completion()
    {
        string body = TriggerBody.Write(
            Context, TriggerType.Completion, "17", SessionGuid, 10_000, null, 100, "", new Dictionary<string, object?>
            {
                ["Status"] = "CompleteWithSuccess",
                ["CurrentCost"] = 47_810.25m,
                ["ProvenOptimal"] = true,
                ["ReportLink"] = null,
            });

        GoldenFile.AssertEqual("trigger-completion.json", body);
    }

    [Fact]
    public void Any_text_comes_back_as_it_was()
    {
        const string Text = "\"quotes\" \\ \r\n \t \u0001 </script> 世界 🚀 \u2028";
        string body = TriggerBody.Write(
            Context with { CustomerId = Text }, TriggerType.ErrorMessage, "17", null, 0, Text, 0, Text,
            new Dictionary<string, object?> { ["Stage"] = Text });

        JsonElement data = JsonDocument.Parse(body).RootElement.GetProperty("data");
        JsonElement additional = JsonDocument.Parse(data.GetProperty("AdditionalJson").GetString()!).RootElement.GetProperty("data");

        Assert.All(["ErrorMessage", "CustomerId", "AdditionalInfo"], name => Assert.Equal(Text, data.GetProperty(name).GetString()));
        Assert.Equal(Text, additional.GetProperty("Stage").GetString());
    }
}
