using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.GroupDevices;

namespace CarrierOptimization.Pipeline.Snapshots;

/// <summary>Collects SIMs one by one into arrays; different names are kept once.</summary>
internal sealed class DeviceColumns
{
    private readonly List<Iccid> _iccids = [];
    private readonly List<long> _usageBytes = [];
    private readonly List<long> _rawUsageBytes = [];
    private readonly List<int> _smsCount = [];
    private readonly List<ushort> _activeDays = [];
    private readonly List<bool> _activatedInPeriod = [];
    private readonly List<long> _msisdn = [];
    private readonly List<ushort> _ratePlan = [];
    private readonly List<ushort> _communicationPlan = [];
    private readonly List<ushort> _status = [];
    private readonly NameList _ratePlanNames = new("rate plans");
    private readonly NameList _communicationPlanNames = new("communication plans");
    private readonly NameList _statusNames = new("statuses");

    public void Add(in DeviceCells cells)
    {
        _iccids.Add(Iccid.Parse(cells.Iccid));
        _status.Add(_statusNames.IndexOf(cells.Status));
        _ratePlan.Add(_ratePlanNames.IndexOf(cells.RatePlan));
        _communicationPlan.Add(_communicationPlanNames.IndexOf(cells.CommunicationPlan));
        _msisdn.Add(PhoneNumber.Pack(cells.Msisdn));
        _rawUsageBytes.Add(cells.RawUsageBytes);
        _usageBytes.Add(cells.UsageBytes);
        _smsCount.Add(cells.SmsCount);
        _activeDays.Add((ushort)cells.ActiveDays);
        _activatedInPeriod.Add(cells.IsActivatedInPeriod);
    }

    /// <param name="periodDays">Active days are left out where every SIM has all of them.</param>
    public DeviceRecords ToRecords(int periodDays)
    {
        bool isProjected = false;
        bool isProrated = false;
        bool hasSms = false;
        bool hasActivated = false;
        for (int device = 0; device < _iccids.Count; device++)
        {
            isProjected |= _usageBytes[device] != _rawUsageBytes[device];
            isProrated |= _activeDays[device] != periodDays;
            hasSms |= _smsCount[device] != 0;
            hasActivated |= _activatedInPeriod[device];
        }

        return new DeviceRecords
        {
            Iccids = [.. _iccids],
            UsageBytes = [.. _usageBytes],
            RawUsageBytes = isProjected ? [.. _rawUsageBytes] : null,
            RatePlan = [.. _ratePlan],
            RatePlanNames = _ratePlanNames.Names,
            CommunicationPlan = [.. _communicationPlan],
            CommunicationPlanNames = _communicationPlanNames.Names,
            Status = [.. _status],
            StatusNames = _statusNames.Names,
            ActiveDays = isProrated ? [.. _activeDays] : null,
            ActivatedInPeriod = hasActivated ? [.. _activatedInPeriod] : null,
            SmsCount = hasSms ? [.. _smsCount] : null,
            Msisdn = [.. _msisdn],
        };
    }
}

/// <summary>One SIM on its way into the arrays.</summary>
internal readonly record struct DeviceCells
{
    public required string Iccid { get; init; }

    public required string? Status { get; init; }

    public required string? RatePlan { get; init; }

    public required string? CommunicationPlan { get; init; }

    public required string? Msisdn { get; init; }

    public required long RawUsageBytes { get; init; }

    public required long UsageBytes { get; init; }

    public required int SmsCount { get; init; }

    public required int ActiveDays { get; init; }

    public bool IsActivatedInPeriod { get; init; }
}

/// <summary>Names in the order in which they were met.</summary>
internal sealed class NameList(string what)
{
    private readonly Dictionary<string, ushort> _positions = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    public IReadOnlyList<string> Names => _names;

    /// <exception cref="InvalidOperationException">More names than a SIM can tell apart.</exception>
    public ushort IndexOf(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return DeviceRecords.NoName;
        }

        if (!_positions.TryGetValue(name, out ushort position))
        {
            if (_names.Count == DeviceRecords.NoName)
            {
                throw new InvalidOperationException($"The SIMs name more than {DeviceRecords.NoName} different {what}; no more are supported.");
            }

            position = (ushort)_names.Count;
            _names.Add(name);
            _positions.Add(name, position);
        }

        return position;
    }
}
