using CarrierOptimization.Engine.Model;
using CarrierOptimization.Pipeline.Providers;

namespace CarrierOptimization.Pipeline.GroupDevices;

/// <summary>How the usage of a period is projected, for all SIMs of a session.</summary>
/// <param name="AsOf">The instant of the session: a period that is over by then is not projected.</param>
/// <param name="SafetyPercent">Added to projected usage; at most four decimals count.</param>
public readonly record struct UsageProjectionRule(
    UsageProjection Method, BillingPeriod Period, DateTimeOffset AsOf, decimal SafetyPercent);

/// <summary>What the projection looks at in one SIM. Instants are milliseconds since 1970 UTC.</summary>
/// <param name="UsageAt">When the usage was measured; <c>null</c> when nobody knows.</param>
/// <param name="ActivatedAt"><c>null</c> when not known: it was there all the time.</param>
public readonly record struct MeasuredUsage(long Bytes, bool IsActive, long? UsageAt, long? ActivatedAt);

/// <summary>Projects cycle-to-date usage to the end of the period, in whole numbers. Pure.</summary>
/// <remarks>Rule: docs/pricing-rules.md, "Usage that is priced".</remarks>
public sealed class UsageProjectionDecision
{
    private const long MillisecondsOfDay = 86_400_000;

    /// <summary>The safety counts to a millionth: a hundredth of a hundredth of a percent.</summary>
    private const long SafetyScale = 1_000_000;

    private readonly bool _isOn;
    private readonly long _start;
    private readonly long _end;
    private readonly long _factor;

    public UsageProjectionDecision(UsageProjectionRule rule)
    {
        _start = rule.Period.Start.ToUnixTimeMilliseconds();
        _end = rule.Period.End.ToUnixTimeMilliseconds();
        _factor = SafetyScale + (long)decimal.Round(rule.SafetyPercent * (SafetyScale / 100), MidpointRounding.AwayFromZero);
        _isOn = rule.Method == UsageProjection.Linear && rule.AsOf < rule.Period.End;
    }

    /// <returns>Usage to be priced, in bytes: at least the measured one, at most <see cref="Limits.UsageBytesMax"/>.</returns>
    public long Project(MeasuredUsage usage)
    {
        if (!_isOn || !usage.IsActive || usage.Bytes <= 0 || usage.UsageAt is not { } at || at < _start || at >= _end)
        {
            return usage.Bytes;
        }

        // A SIM activated within the period has usage for its own part of it only.
        long from = usage.ActivatedAt is { } activated && activated > _start ? activated : _start;
        if (from >= _end)
        {
            return usage.Bytes;
        }

        long active = _end - from;
        long elapsed = Math.Max(at - from, MillisecondsOfDay);

        // Below 2^60 x 2^35 x 2^21: no overflow.
        Int128 numerator = (Int128)usage.Bytes * active * _factor;
        Int128 denominator = (Int128)elapsed * SafetyScale;
        Int128 projected = (numerator + (denominator / 2)) / denominator;
        Int128 most = Math.Max(usage.Bytes, Limits.UsageBytesMax);
        return Math.Max(usage.Bytes, (long)(projected < most ? projected : most));
    }
}
