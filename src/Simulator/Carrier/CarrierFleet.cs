using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Simulator.Fleets;

namespace CarrierOptimization.Simulator.Carrier;

/// <summary>
/// The SIMs a simulated carrier starts with, as a structure of arrays: one place per SIM, in ascending order of ICCID.
/// </summary>
public sealed class CarrierFleet
{
    /// <summary>What a carrier writes in <c>status</c>; a SIM names one by position.</summary>
    public static IReadOnlyList<string> StatusNames { get; } =
    [
        "ACTIVATED", "TEST_READY", "DEACTIVATED", "INVENTORY", "RETIRED", "ACTIVATION_READY", "PURGED", "REPLACED",
    ];

    /// <summary>Position of the status of a SIM in service.</summary>
    public const byte Activated = 0;

    public required PlanCatalog Catalog { get; init; }

    public required IReadOnlyList<CommunicationPlan> CommunicationPlans { get; init; }

    /// <summary>Ascending, without duplicates.</summary>
    public required Iccid[] Iccids { get; init; }

    public required long[] Msisdns { get; init; }

    /// <summary>Per SIM a position in <see cref="StatusNames"/>.</summary>
    public required byte[] Statuses { get; init; }

    /// <summary>Per SIM a position in <see cref="CommunicationPlans"/>.</summary>
    public required ushort[] CommunicationPlanOf { get; init; }

    /// <summary>Per SIM a position in the catalog, or <see cref="Fleet.NoPlan"/>.</summary>
    public required ushort[] Plans { get; init; }

    /// <summary>Bytes by the end of the first period.</summary>
    public required long[] UsageBytes { get; init; }

    /// <summary>Messages by the end of the first period.</summary>
    public required int[] SmsCount { get; init; }

    /// <summary>UTC ticks; 0 for a SIM that was never activated.</summary>
    public required long[] ActivatedTicks { get; init; }

    /// <summary>UTC ticks of the last change.</summary>
    public required long[] ModifiedTicks { get; init; }

    public int Count => Iccids.Length;

    /// <summary>The fleet of <paramref name="shape"/>, in the middle of its life at <paramref name="now"/>.</summary>
    /// <param name="shape">Its days of the period are replaced by those of <paramref name="period"/>.</param>
    /// <exception cref="ArgumentException">The shape has mistakes; the message lists them.</exception>
    public static CarrierFleet Generate(FleetShape shape, BillingPeriod period, DateTimeOffset now)
    {
        shape = shape with { PeriodDays = period.Days };
        FleetPlans plans = FleetPlans.Make(shape);
        var source = new DeviceSource(plans);
        var fleet = new CarrierFleet
        {
            Catalog = plans.Catalog,
            CommunicationPlans = plans.CommunicationPlans,
            Iccids = new Iccid[shape.Devices],
            Msisdns = new long[shape.Devices],
            Statuses = new byte[shape.Devices],
            CommunicationPlanOf = new ushort[shape.Devices],
            Plans = new ushort[shape.Devices],
            UsageBytes = new long[shape.Devices],
            SmsCount = new int[shape.Devices],
            ActivatedTicks = new long[shape.Devices],
            ModifiedTicks = new long[shape.Devices],
        };
        for (int device = 0; device < shape.Devices; device++)
        {
            GeneratedDevice made = source.Next();
            fleet.Iccids[device] = SimNumbers.IccidOf(made.SerialNumber);
            fleet.Msisdns[device] = made.Msisdn;
            fleet.Statuses[device] = (byte)made.Status;
            fleet.CommunicationPlanOf[device] = made.CommunicationPlan;
            fleet.Plans[device] = made.CurrentPlan;
            fleet.UsageBytes[device] = made.UsageBytes;
            fleet.SmsCount[device] = made.SmsCount;
            fleet.SetDates(device, made, period, now, shape.Seed);
        }

        return fleet;
    }

    /// <summary>A SIM made for a later day of the period went into service earlier, and uses more accordingly.</summary>
    private void ActivateBefore(DateTimeOffset now, int device, GeneratedDevice made, BillingPeriod period, ulong seed)
    {
        long milliseconds = Math.Max(1, (long)(now - period.Start).TotalMilliseconds);
        DateTimeOffset activation = period.Start.AddMilliseconds(Scatter.Below(seed, (ulong)device, 4, milliseconds));
        ActivatedTicks[device] = activation.UtcTicks;
        UsageBytes[device] = (long)((Int128)made.UsageBytes * period.ActiveDays(activation) / made.ActiveDays);
    }

    /// <summary>
    /// Activation such that <see cref="BillingPeriod.ActiveDays"/> gives the days the SIM was made with; the last change
    /// lies within 300 days before now, so that a list of the last year has every SIM.
    /// </summary>
    private void SetDates(int device, GeneratedDevice made, BillingPeriod period, DateTimeOffset now, ulong seed)
    {
        long dayPart = Scatter.Below(seed, (ulong)device, 1, TimeSpan.TicksPerDay / TimeSpan.TicksPerMillisecond)
            * TimeSpan.TicksPerMillisecond;
        if (made.Status is DeviceStatus.Activated or DeviceStatus.Deactivated)
        {
            ActivatedTicks[device] = made.ActiveDays < period.Days
                ? period.End.UtcTicks - (made.ActiveDays * TimeSpan.TicksPerDay) + dayPart
                : period.Start.UtcTicks - (Scatter.Below(seed, (ulong)device, 2, 700) * TimeSpan.TicksPerDay) - dayPart;
            if (ActivatedTicks[device] > now.UtcTicks)
            {
                ActivateBefore(now, device, made, period, seed);
            }
        }

        long quietTicks = (Scatter.Below(seed, (ulong)device, 3, 300) * TimeSpan.TicksPerDay) + dayPart;
        long quiet = now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMillisecond) - quietTicks;

        // Going into service is a change, too.
        ModifiedTicks[device] = Math.Max(quiet, Math.Min(ActivatedTicks[device], now.UtcTicks));
    }
}
