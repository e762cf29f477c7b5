using CarrierOptimization.Pipeline.OptimizerCleanup;
using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.Tests.Stages;
using CsCheck;
using Xunit;

namespace CarrierOptimization.Pipeline.Tests.Decisions;

public sealed class GoNoGoDecisionTests
{
    [Theory]
    [InlineData("Off", true, 100, 0, 11, GoNoGo.NotAsked)]
    [InlineData("Automatic", true, 0, 0, 11, GoNoGo.NotAsked)]
    [InlineData("Automatic", true, 150, 0, 11, GoNoGo.Go)]
    [InlineData("AfterApproval", true, 151, 0, 11, GoNoGo.Partial)]
    [InlineData("Automatic", false, 151, 0, 11, GoNoGo.NoGo)]
    [InlineData("Automatic", true, 151, 149, 11, GoNoGo.Partial)]
    [InlineData("Automatic", true, 151, 150, 11, GoNoGo.NoGo)]
    [InlineData("Automatic", true, 1, 0, 10, GoNoGo.NoGo)]
    [InlineData("Automatic", true, 1, 0, -5, GoNoGo.NoGo)]
    public void A_minute_beyond_the_safety_takes_150_changes(
        string mode, bool partial, int changes, int mustMove, int minutesLeft, GoNoGo expected)
    {
        GoNoGoResult result = GoNoGoDecision.Decide(new GoNoGoInput(
            Enum.Parse<ChangeMode>(mode), partial, changes, mustMove, TimeSpan.FromMinutes(minutesLeft), TimeSpan.FromMinutes(10),
            GoNoGoDecision.DocumentedRate(Account.Simple)));

        Assert.Equal(expected, result.Decision);
        Assert.NotEmpty(result.Why);
    }

    [Fact]
    public void More_time_never_takes_a_go_back_and_what_fits_never_exceeds_the_time() =>
        Gen.Select(Gen.Int[1, 100_000], Gen.Int[0, 50_000], Gen.Int[-100, 2_000], Gen.Int[1, 60_000]).Sample(
            (changes, mustMove, minutes, perMinute) =>
            {
                var input = new GoNoGoInput(
                    ChangeMode.Automatic, true, changes, Math.Min(mustMove, changes), TimeSpan.FromMinutes(minutes),
                    TimeSpan.FromMinutes(10), perMinute);

                GoNoGoResult now = GoNoGoDecision.Decide(input);
                GoNoGoResult later = GoNoGoDecision.Decide(input with { Left = input.Left + TimeSpan.FromMinutes(1) });

                Assert.True(later.Fit >= now.Fit);
                Assert.True(now.Decision != GoNoGo.Go || later.Decision == GoNoGo.Go);
                Assert.True(now.Decision != GoNoGo.Partial || later.Decision != GoNoGo.NoGo);
                Assert.True(now.Fit <= (long)Math.Max(0, minutes - 10) * perMinute);
            },
            iter: 2_000, seed: "0N0XIzNsQ0O2", threads: 1);

    [Fact]
    public void A_carrier_without_a_limit_is_taken_to_bear_a_thousand_calls_a_second() =>
        Assert.Equal(30_000, GoNoGoDecision.DocumentedRate(Account.Simple with { CallsPerSecond = null }));
}
