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

    private const string AdditionalStart =
        """{\"data\":{\"BillPeriodId\":605,\"SiteId\":\"\",\"ServiceProviderId\":4,\"OptimizationType\":0,\"OptimizationFrom\":\"group\","""
        + """\"BillingPeriodStartDate\":\"2026-05-01T04:00:00Z\",\"BillingPeriodEndDate\":\"2026-06-01T04:00:00Z\",""";

    [Fact]
    public void Progress()
    {
        string body = TriggerBody.Write(
            Context, TriggerType.Progress, "17", SessionGuid, 10_000, null, 30, "", new Dictionary<string, object?>());

        Assert.Equal(
            """{"data":{"path":"/get_optimization_progress_bar_data","job_name":"Progress","SessionId":"17","""
            + """"OptimizationSessionGuid":"3f2504e0-4f89-41d3-9a0c-0305e82c3301","DeviceCount":10000,"ErrorMessage":null,"""
            + """"Progress":30,"CustomerId":"ACME","AdditionalInfo":"","AdditionalJson":"""" + AdditionalStart
            + """\"DeviceCount\":10000,\"TenantId\":1}}"}}""",
            body);
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

        Assert.Equal(
            """{"data":{"path":"/get_optimization_error_details_data","job_name":"ErrorMessage","SessionId":"17","""
            + """"OptimizationSessionGuid":null,"DeviceCount":0,"""
            + """"ErrorMessage":"Rate plan \"5MB\": overage block is 0 MB; it must be above 0. Größe < 1.","""
            + """"Progress":0,"CustomerId":"ACME","AdditionalInfo":"","AdditionalJson":"""" + AdditionalStart
            + """\"DeviceCount\":0,\"TenantId\":1,\"Stage\":\"GroupDevices\",\"ErrorCode\":\"InvalidRatePlan\","""
            + """\"OptimizationSessionGuid\":\"3f2504e0-4f89-41d3-9a0c-0305e82c3301\"}}"}}""",
            body);
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

        Assert.Equal(
            """{"data":{"path":"/get_optimization_progress_bar_data","job_name":"Completion","SessionId":"17","""
            + """"OptimizationSessionGuid":"3f2504e0-4f89-41d3-9a0c-0305e82c3301","DeviceCount":10000,"ErrorMessage":null,"""
            + """"Progress":100,"CustomerId":"ACME","AdditionalInfo":"","AdditionalJson":"""" + AdditionalStart
            + """\"DeviceCount\":10000,\"TenantId\":1,\"Status\":\"CompleteWithSuccess\",\"CurrentCost\":47810.25,"""
            + """\"ProvenOptimal\":true,\"ReportLink\":null}}"}}""",
            body);
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
