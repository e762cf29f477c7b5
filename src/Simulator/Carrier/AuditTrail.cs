using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Simulator.Carrier;

/// <summary>One change of one SIM.</summary>
/// <param name="Field">As the carrier's pages name it, for example <c>Rate Plan</c>.</param>
/// <param name="At">When the change took hold.</param>
public sealed record AuditRecord(
    long Number, Iccid Iccid, string Field, string? PriorValue, string? Value, DateTimeOffset At, string UserName);

/// <summary>Every change since the start, in order.</summary>
internal sealed class AuditTrail
{
    private readonly List<AuditRecord> _records = [];
    private readonly Dictionary<Iccid, List<AuditRecord>> _recordsOf = [];

    public IReadOnlyList<AuditRecord> Records => _records;

    public void Add(Iccid iccid, string field, string? priorValue, string? value, DateTimeOffset at, string userName)
    {
        var record = new AuditRecord(_records.Count + 1, iccid, field, priorValue, value, at, userName);
        _records.Add(record);
        if (!_recordsOf.TryGetValue(iccid, out List<AuditRecord>? records))
        {
            _recordsOf.Add(iccid, records = []);
        }

        records.Add(record);
    }

    /// <summary>The changes of one SIM, the oldest first.</summary>
    public IReadOnlyList<AuditRecord> Of(Iccid iccid) =>
        _recordsOf.TryGetValue(iccid, out List<AuditRecord>? records) ? records : [];
}
