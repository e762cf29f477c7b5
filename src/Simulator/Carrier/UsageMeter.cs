using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Simulator.Carrier;

/// <summary>What SIMs have used, at any time, from nothing but the seed and the fleet.</summary>
internal sealed class UsageMeter
{
    private const int LatePerMille = 300;
    private const ulong LateSalt = 0x1A7E;
    private const ulong PeriodSalt = 0xC0DE;

    private readonly CarrierFleet _fleet;
    private readonly BillingPeriod _first;
    private readonly CarrierSimulatorOptions _options;

    public UsageMeter(CarrierFleet fleet, BillingPeriod first, CarrierSimulatorOptions options)
    {
        _fleet = fleet;
        _first = first;
        _options = options;
    }

    /// <summary>Bytes of <paramref name="period"/> up to <paramref name="at"/>, as they are billed.</summary>
    public long UsageBytes(int device, BillingPeriod period, DateTimeOffset at) =>
        Part(Whole(_fleet.UsageBytes[device], device, period), device, period, at, mayBeComplete: true);

    /// <summary>Messages of <paramref name="period"/> up to <paramref name="at"/>, as they are billed.</summary>
    public int SmsCount(int device, BillingPeriod period, DateTimeOffset at) =>
        (int)Part(Whole(_fleet.SmsCount[device], device, period), device, period, at, mayBeComplete: true);

    /// <summary>The same as calls report it: where usage arrives late, some SIMs lag by hours or days.</summary>
    public long ReportedBytes(int device, BillingPeriod period, DateTimeOffset at)
    {
        TimeSpan lag = LagOf(device);
        return Part(
            Whole(_fleet.UsageBytes[device], device, period), device, period, at - lag, mayBeComplete: lag == TimeSpan.Zero);
    }

    public int ReportedSms(int device, BillingPeriod period, DateTimeOffset at)
    {
        TimeSpan lag = LagOf(device);
        return (int)Part(
            Whole(_fleet.SmsCount[device], device, period), device, period, at - lag, mayBeComplete: lag == TimeSpan.Zero);
    }

    /// <summary>The fleet gives the first period; others vary around it by up to 30 %.</summary>
    private long Whole(long amount, int device, BillingPeriod period)
    {
        if (amount == 0 || period == _first)
        {
            return amount;
        }

        if (_fleet.ActivatedTicks[device] >= period.End.UtcTicks)
        {
            return 0;
        }

        int activeDays = _first.ActiveDays(ActivationOf(device));
        long perMille = 700 + Scatter.Below(
            _options.Seed ^ PeriodSalt, (ulong)device, (ulong)period.Start.UtcTicks, 601);
        return (long)((Int128)amount * perMille * _first.Days / (1_000L * activeDays));
    }

    private long Part(long whole, int device, BillingPeriod period, DateTimeOffset at, bool mayBeComplete)
    {
        if (whole == 0 || at >= period.End || (mayBeComplete && _options.Usage == UsageGrowth.Complete))
        {
            return whole;
        }

        long startTicks = Math.Max(period.Start.UtcTicks, _fleet.ActivatedTicks[device]);
        long elapsedTicks = Math.Max(0, at.UtcTicks - startTicks);
        return (long)((Int128)whole * elapsedTicks / Math.Max(1, period.End.UtcTicks - startTicks));
    }

    /// <summary>6 to 72 hours for three SIMs of ten where usage arrives late.</summary>
    private TimeSpan LagOf(int device)
    {
        if (!_options.Faults.UsageArrivesLate
            || Scatter.Below(_options.Seed ^ LateSalt, (ulong)device, 1, 1_000) >= LatePerMille)
        {
            return TimeSpan.Zero;
        }

        return TimeSpan.FromHours(6 + Scatter.Below(_options.Seed ^ LateSalt, (ulong)device, 2, 67));
    }

    private DateTimeOffset ActivationOf(int device) => new(_fleet.ActivatedTicks[device], TimeSpan.Zero);
}
