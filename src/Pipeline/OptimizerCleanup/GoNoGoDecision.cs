using System.Globalization;
using CarrierOptimization.Pipeline.Providers;

namespace CarrierOptimization.Pipeline.OptimizerCleanup;

/// <summary>Whether the changes can be pushed in the time that is left.</summary>
public enum GoNoGo
{
    /// <summary>Changes are recommended only, or there are none: nobody asks.</summary>
    NotAsked,

    /// <summary>All fit.</summary>
    Go,

    /// <summary>Some fit: the best set of that size is chosen.</summary>
    Partial,

    /// <summary>They don't fit: nothing is pushed.</summary>
    NoGo,
}

/// <summary>What the decision looks at.</summary>
/// <param name="Changes">Changes of the winner.</param>
/// <param name="MustMove">Of those, SIMs that can't stay: without a plan that has a price, or on a forbidden one.</param>
/// <param name="Left">Until the end of the period.</param>
/// <param name="ChangesPerMinute">Measured, or made of the carrier's documented limit.</param>
public sealed record GoNoGoInput(
    ChangeMode Mode, bool PartialUpdates, int Changes, int MustMove, TimeSpan Left, TimeSpan Safety, decimal ChangesPerMinute);

/// <summary>The decision.</summary>
/// <param name="Fit">Changes that fit in the time left.</param>
/// <param name="Why">A sentence for people.</param>
public sealed record GoNoGoResult(GoNoGo Decision, int Fit, string Why);

/// <summary>Go when <c>minutes left - safety >= changes / rate</c>. Pure.</summary>
public static class GoNoGoDecision
{
    /// <summary>One call submits a change, one reads it back.</summary>
    private const int CallsPerChange = 2;

    /// <summary>What a carrier without a documented limit is taken to bear.</summary>
    private const int CallsPerSecondUnlimited = 1_000;

    public static GoNoGoResult Decide(GoNoGoInput input)
    {
        if (input.Mode == ChangeMode.Off || input.Changes == 0)
        {
            return new GoNoGoResult(GoNoGo.NotAsked, 0, input.Changes == 0 ? "No SIM needs another plan." : "Changes are switched off.");
        }

        decimal minutes = Math.Max(0, (decimal)(input.Left - input.Safety).Ticks / TimeSpan.TicksPerMinute);
        int fit = (int)Math.Min(int.MaxValue, decimal.Floor(minutes * input.ChangesPerMinute));
        string time = string.Create(
            CultureInfo.InvariantCulture,
            $"{fit:N0} of {input.Changes:N0} changes fit in the {decimal.Floor(minutes):N0} minutes that are left of the period");
        if (fit >= input.Changes)
        {
            return new GoNoGoResult(GoNoGo.Go, fit, $"All {input.Changes.ToString("N0", CultureInfo.InvariantCulture)} changes fit.");
        }

        return !input.PartialUpdates ? new GoNoGoResult(GoNoGo.NoGo, fit, time + ", and a part of them is not wanted.")
            : fit <= input.MustMove ? new GoNoGoResult(GoNoGo.NoGo, fit, time + ", too few to save anything.")
            : new GoNoGoResult(GoNoGo.Partial, fit, time + ": the best of them are chosen.");
    }

    /// <summary>The rate of a provider whose changes were never measured.</summary>
    public static decimal DocumentedRate(ProviderSettings settings) =>
        60m * (settings.CallsPerSecond ?? CallsPerSecondUnlimited) / CallsPerChange;
}
