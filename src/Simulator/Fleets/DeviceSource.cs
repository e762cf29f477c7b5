using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Simulator.Fleets;

/// <summary>Makes the SIMs of a fleet one after the other, in ascending order of ICCID.</summary>
/// <remarks>
/// Usage: 25 to 35 % of the SIMs are idle; the others follow a lognormal body with a Pareto tail, around what their
/// communication plan is for. SIMs come in batches, as they were bought: consecutive numbers, mostly one communication plan.
/// </remarks>
public sealed class DeviceSource
{
    /// <summary>Above this no SIM uses data in one period: 200 GB.</summary>
    private const double UsageBytesMax = 200.0 * 1024 * 1024 * 1024;

    private const int TailPerMille = 40;
    private const double BodySpreadBits = 1.7;
    private const double TailStart = 6;

    private readonly FleetShape _shape;
    private readonly SeededRandom _random;
    private readonly PlanHabits[] _habits;
    private readonly int[] _idlePerMille;
    private readonly bool _withSms;
    private long _serialNumber;
    private int _position;
    private int _leftInBatch;
    private int _batchCommunicationPlan;

    public DeviceSource(FleetPlans plans)
    {
        _shape = plans.Shape;
        _random = new SeededRandom(unchecked(_shape.Seed ^ 0x5EED_0F_F1EE75));
        _habits = [.. plans.CommunicationPlans.Select(plan => new PlanHabits(_shape, plans.Catalog, plan))];
        _idlePerMille = [.. plans.CommunicationPlans.Select(_ => 250 + (int)_random.Below(_shape.WithEveryStatus ? 51 : 101))];
        _withSms = plans.Catalog.Plans.Any(plan => plan.SmsRate.MicroUnits > 0);
        _serialNumber = 200_000_000_000 + _random.Below(10_000_000_000);
    }

    /// <summary>The next SIM, as long as fewer than the shape's were made.</summary>
    public GeneratedDevice Next()
    {
        if (_leftInBatch == 0)
        {
            StartBatch();
        }

        _leftInBatch--;
        _serialNumber += _random.Chance(985) ? 1 : 2 + _random.Below(40);
        int communicationPlan = _random.Chance(920) ? _batchCommunicationPlan : PickCommunicationPlan();
        PlanHabits habits = _habits[communicationPlan];
        DeviceStatus status = _shape.WithEveryStatus ? PickStatus() : DeviceStatus.Activated;
        int activeDays = PickActiveDays(status);
        bool isIdle = _random.Chance(_idlePerMille[communicationPlan]) || !UsesData(status);
        double usage = isIdle ? 0 : WholePeriodUsage(habits.TypicalUsageBytes);
        double earlierUsage = usage * SeededRandom.PowerOfTwo(0.5 * _random.NextNormal());
        ushort currentPlan = status == DeviceStatus.Inventory ? Fleet.NoPlan : habits.Choose(earlierUsage, _random);
        return new GeneratedDevice(
            _serialNumber,
            SimNumbers.MsisdnOf(_position++),
            status,
            (ushort)communicationPlan,
            currentPlan,
            (long)(usage * activeDays / _shape.PeriodDays),
            (ushort)activeDays,
            _withSms && !isIdle ? CountSms() : 0);
    }

    private void StartBatch()
    {
        _leftInBatch = 1 + (int)_random.Below(Math.Max(20, Math.Min(_shape.Devices / 25, 25_000)));
        _serialNumber += 1_000 + _random.Below(10_000);
        _batchCommunicationPlan = PickCommunicationPlan();
    }

    /// <summary>The first ones have the most SIMs: with three, 60 : 30 : 10, near enough.</summary>
    private int PickCommunicationPlan()
    {
        double unit = _random.NextUnit();
        return (int)(unit * Math.Sqrt(unit) * _habits.Length);
    }

    private DeviceStatus PickStatus() => _random.Below(1_000) switch
    {
        < 935 => DeviceStatus.Activated,
        < 955 => DeviceStatus.TestReady,
        < 975 => DeviceStatus.Deactivated,
        < 990 => DeviceStatus.Inventory,
        _ => DeviceStatus.Retired,
    };

    /// <summary>Only a SIM that is or was in service can have been activated within the period.</summary>
    private int PickActiveDays(DeviceStatus status) =>
        (status is DeviceStatus.Activated or DeviceStatus.Deactivated) && _random.Chance(_shape.ActivatedInPeriodPerMille)
            ? 1 + (int)_random.Below(_shape.PeriodDays)
            : _shape.PeriodDays;

    /// <summary>A SIM that was taken out of service within the period may have used data before.</summary>
    private bool UsesData(DeviceStatus status) => status switch
    {
        DeviceStatus.Activated => true,
        DeviceStatus.Deactivated => _random.Chance(300),
        DeviceStatus.TestReady => _random.Chance(80),
        _ => false,
    };

    private double WholePeriodUsage(long typicalUsageBytes)
    {
        double usage = _random.Chance(TailPerMille)
            ? typicalUsageBytes * TailStart * _random.NextPareto()
            : typicalUsageBytes * SeededRandom.PowerOfTwo(BodySpreadBits * _random.NextNormal());
        return Math.Min(Math.Floor(usage) + 1, UsageBytesMax);
    }

    private int CountSms() => _random.Chance(700) ? 0 : (int)(2 * _random.NextPareto());
}
