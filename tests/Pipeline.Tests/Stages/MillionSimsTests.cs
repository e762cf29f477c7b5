using System.Globalization;
using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Storage;
using CarrierOptimization.Pipeline.Tests.Databases;
using Xunit;

namespace CarrierOptimization.Pipeline.Tests.Stages;

/// <summary>A fleet of the size that the product promises. With <c>./test --long</c> only.</summary>
public sealed class MillionSimsTests
{
    private const int Sims = 1_000_000;

    private static readonly BulkTable Devices = new("device",
    [
        new("provider_id", BulkType.Number64), new("iccid", BulkType.Text), new("tenant_id", BulkType.Number64),
        new("status", BulkType.Text), new("rate_plan", BulkType.Text), new("communication_plan", BulkType.Text),
        new("usage_bytes", BulkType.Number64), new("sms_count", BulkType.Number32), new("usage_at", BulkType.Number64),
        new("first_seen_at", BulkType.Number64),
    ]);

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task A_million_sims_are_grouped_optimised_and_reported(DatabaseKind kind)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("CCO_LONG_TESTS") == "1", "Takes a minute: ./test --long runs it.");
        StoredRatePlan[] plans = [.. Enumerable.Range(0, 12).Select(number => Account.Pooled($"Plan {number}", 1 + number, number * number))];
        Account account = new()
        {
            Settings = Account.Simple with { Projection = UsageProjection.Linear },
            Plans = plans,
            Mappings =
            [
                .. Account.Map("Meter", [.. plans.Take(5).Select(plan => plan.Name)]),
                .. Account.Map("Camera", [.. plans.Skip(5).Take(4).Select(plan => plan.Name)]),
                .. Account.Map("Router", [.. plans.Skip(8).Select(plan => plan.Name)]),
            ],
        };
        await using StageBench bench = await StageBench.CreateAsync(kind, account);
        await bench.Database.WriteAsync(
            (transaction, token) => transaction.BulkInsertAsync(Devices, Rows(bench.Time.GetUtcNow().AddDays(-10)), token),
            TestContext.Current.CancellationToken);

        await bench.RunAsync();

        Assert.Equal(SessionStatus.CompleteWithSuccess, await bench.StatusAsync());
        Assert.Equal(Sims, await bench.ValueAsync<long>("SELECT COUNT(*) FROM assignment"));
        Assert.Equal(2, await bench.ValueAsync<long>("SELECT components FROM optimization_instance"));
    }

    private static IEnumerable<object?[]> Rows(DateTimeOffset usageAt)
    {
        var random = new Random(17);
        (string Name, int First, int Plans)[] communicationPlans = [("Meter", 0, 5), ("Camera", 5, 4), ("Router", 8, 4)];
        for (int number = 0; number < Sims; number++)
        {
            (string name, int first, int plans) = communicationPlans[random.Next(3)];
            long usage = (long)(Math.Pow(random.NextDouble(), 4) * 100 * Account.Megabyte);
            yield return
            [
                StageBench.Provider, "8901" + number.ToString("D16", CultureInfo.InvariantCulture), StageBench.Tenant, "ACTIVATED",
                $"Plan {first + random.Next(plans)}", name, usage, random.Next(3), usageAt.ToUnixTimeMilliseconds(), 0L,
            ];
        }
    }
}
