using System.Diagnostics;
using CarrierOptimization.Simulator.Carrier.Http;
using Xunit;

namespace CarrierOptimization.Cli.Tests.WholeRuns;

/// <summary>Real processes, killed at random moments and started again: the result is the one of an undisturbed run.</summary>
public sealed class KilledRunTests
{
    private const int Devices = 2_000;

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("CCO_LONG_TESTS") == "1";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Store.Sqlite, 20260501)]
    [InlineData(Store.Postgres, 20260502)]
    public async Task A_run_that_is_killed_again_and_again_ends_with_the_same_files(Store store, int seed)
    {
        await using SimulatedWorld quiet = await SimulatedWorld.CreateAsync(Store.Sqlite, Devices);
        await quiet.SessionAsync();
        await using SimulatedWorld world = await SimulatedWorld.CreateAsync(store, Devices, FaultProfile.None);
        var random = new Random(seed);
        int kills = 0;
        int wanted = IsLong ? 10 : 4;
        int? code = null;
        while (code is null)
        {
            using Process process = world.Start();

            // Starting takes about 300 ms, the whole run a few seconds.
            using var moment = new CancellationTokenSource(
                kills < wanted ? TimeSpan.FromMilliseconds(random.Next(300, 1_500)) : TimeSpan.FromMinutes(3));
            try
            {
                await process.WaitForExitAsync(moment.Token);
                code = process.ExitCode;
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                await process.WaitForExitAsync(Token);
                Assert.True(kills++ < wanted, $"The run did not end after {kills} kills; last error: {world.LastError}");
            }
        }

        Assert.True(code == ExitCode.Done, $"Seed {seed}, {kills} kills: code {code}, {world.LastError}");
        Assert.Equal(quiet.Files(1), world.Files(1));
        Assert.Empty(world.Amop.Violations);
        Assert.Equal(quiet.Progress, world.Progress);
        Assert.Single(world.Amop.Triggers, trigger => trigger.Progress == 100);
        Assert.Single(Directory.GetFiles(world.Mails));
    }
}
