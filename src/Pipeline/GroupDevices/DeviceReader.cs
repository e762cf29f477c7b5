using System.Data.Common;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.Snapshots;

namespace CarrierOptimization.Pipeline.GroupDevices;

/// <summary>Makes records of the rows of <see cref="GroupDevicesSql.Devices"/>: usage projected, active days counted.</summary>
internal sealed class DeviceReader
{
    private const int Iccid = 0;
    private const int Status = 1;
    private const int RatePlan = 2;
    private const int CommunicationPlan = 3;
    private const int Msisdn = 4;
    private const int ActivatedAt = 5;
    private const int UsageBytes = 6;
    private const int SmsCount = 7;
    private const int UsageAt = 8;

    private readonly BillingPeriod _period;
    private readonly bool _usesProration;
    private readonly UsageProjectionDecision _projection;
    private readonly DeviceColumns _columns = new();

    public DeviceReader(SessionHeader session)
    {
        _period = session.Period;
        _usesProration = session.Settings.UsesProration;
        _projection = new UsageProjectionDecision(new UsageProjectionRule(
            session.Settings.Projection, session.Period, session.CreatedAt, session.Settings.ProjectionSafetyPercent));
    }

    public void Read(DbDataReader row)
    {
        string? status = Text(row, Status);
        bool isActive = status is null || status.Equals(GroupingDecision.ActiveStatus, StringComparison.OrdinalIgnoreCase);
        long? activatedAt = Number(row, ActivatedAt);
        DateTimeOffset activated = activatedAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : _period.Start;
        long raw = Number(row, UsageBytes) ?? 0;
        _columns.Add(new DeviceCells
        {
            Iccid = row.GetString(Iccid),
            Status = status,
            RatePlan = Text(row, RatePlan),
            CommunicationPlan = Text(row, CommunicationPlan),
            Msisdn = Text(row, Msisdn),
            RawUsageBytes = raw,
            UsageBytes = _projection.Project(new MeasuredUsage(raw, isActive, Number(row, UsageAt), activatedAt)),
            SmsCount = row.IsDBNull(SmsCount) ? 0 : row.GetInt32(SmsCount),
            ActiveDays = _usesProration ? _period.ActiveDays(activated) : _period.Days,
            IsActivatedInPeriod = activatedAt is not null && activated >= _period.Start && activated < _period.End,
        });
    }

    public DeviceRecords ToRecords() => _columns.ToRecords(_period.Days);

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static long? Number(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);
}
