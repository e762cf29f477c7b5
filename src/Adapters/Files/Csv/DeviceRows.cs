using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.GroupDevices;

namespace CarrierOptimization.Adapters.Files.Csv;

/// <summary>The growing arrays of a file of devices, and the reading of one row.</summary>
internal sealed class DeviceRows
{
    private const int RowsBetweenLooks = 1 << 14;

    /// <summary>How many times larger the arrays may become at once.</summary>
    private const int GrowthMax = 32;

    private readonly CsvTable _table;
    private readonly DeviceCsvOptions _options;
    private readonly int _iccid;
    private readonly int _ratePlan;
    private readonly int _usageBytes;
    private readonly int _usageMegabytes;
    private readonly int _communicationPlan;
    private readonly int _status;
    private readonly int _activeDays;
    private readonly int _sms;
    private readonly int _msisdn;
    private readonly NameTable _ratePlanNames = new();
    private readonly NameTable _communicationPlanNames = new();
    private readonly NameTable _statusNames = new();

    private Iccid[] _iccids = [];
    private long[] _usages = [];
    private ushort[] _ratePlans = [];
    private ushort[] _communicationPlans = [];
    private ushort[] _statuses = [];
    private ushort[] _days = [];
    private int[] _messages = [];
    private long[] _phones = [];
    private int _count;

    /// <summary>Rows whose line is not the one before plus 1, with how far lines run ahead of rows from there on.</summary>
    private readonly List<(int Row, long Ahead)> _lineJumps = [];
    private long _linesAhead = 2;
    private int _wrongCheckDigits;
    private int _oddPhones;
    private bool _hasPartialDays;
    private bool _hasMessages;

    public DeviceRows(CsvTable table, DeviceCsvOptions options)
    {
        _table = table;
        _options = options;
        _iccid = table.Ordinal("iccid");
        _ratePlan = table.Ordinal("rate_plan");
        _usageBytes = table.Ordinal("usage_bytes");
        _usageMegabytes = table.Ordinal("usage_mb");
        _communicationPlan = table.Ordinal("communication_plan");
        _status = table.Ordinal("status");
        _activeDays = table.Ordinal("active_days");
        _sms = table.Ordinal("sms");
        _msisdn = table.Ordinal("msisdn");
    }

    public void ReadAll(CancellationToken cancellationToken)
    {
        while (_table.ReadRow())
        {
            if (_count == _iccids.Length)
            {
                Grow();
            }

            ReadOne();
            _count++;
            if (_count % RowsBetweenLooks == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _options.Progress?.Report(_table.Fraction);
            }
        }
    }

    /// <summary>Line of the file of a row.</summary>
    public long LineOf(int row)
    {
        int jump = _lineJumps.FindLastIndex(at => at.Row <= row);
        return row + (jump < 0 ? 2 : _lineJumps[jump].Ahead);
    }

    public void AddNotes(List<string> notes)
    {
        if (_usageBytes >= 0 && _usageMegabytes >= 0)
        {
            notes.Add($"{_table.File} has usage_bytes and usage_mb: usage_bytes was used.");
        }

        if (_wrongCheckDigits > 0)
        {
            notes.Add($"{_wrongCheckDigits:N0} ICCIDs have a last digit that is not their check digit; many carriers print none.");
        }

        if (_oddPhones > 0)
        {
            notes.Add($"{_oddPhones:N0} cells of msisdn are no telephone number and are left out.");
        }
    }

    public DeviceRecords ToRecords() => new()
    {
        Iccids = Trim(_iccids),
        UsageBytes = Trim(_usages),
        RatePlan = Trim(_ratePlans),
        RatePlanNames = _ratePlanNames.Names,
        CommunicationPlan = _communicationPlan < 0 ? null : Trim(_communicationPlans),
        CommunicationPlanNames = _communicationPlanNames.Names,
        Status = _status < 0 ? null : Trim(_statuses),
        StatusNames = _statusNames.Names,
        ActiveDays = _hasPartialDays ? Trim(_days) : null,
        SmsCount = _hasMessages ? Trim(_messages) : null,
        Msisdn = _msisdn < 0 ? null : Trim(_phones),
    };

    private void ReadOne()
    {
        if (_table.Line != _count + _linesAhead)
        {
            _linesAhead = _table.Line - _count;
            _lineJumps.Add((_count, _linesAhead));
        }

        ReadIccid();
        ReadUsage();
        _ratePlans[_count] = _ratePlanNames.IndexOf(_table.Cell(_ratePlan), _table, "rate_plan");
        if (_communicationPlan >= 0)
        {
            _communicationPlans[_count] =
                _communicationPlanNames.IndexOf(_table.Cell(_communicationPlan), _table, "communication_plan");
        }

        if (_status >= 0)
        {
            _statuses[_count] = _statusNames.IndexOf(_table.Cell(_status), _table, "status");
        }

        if (_activeDays >= 0)
        {
            ReadActiveDays();
        }

        if (_sms >= 0)
        {
            ReadMessages();
        }

        if (_msisdn >= 0)
        {
            ReadPhone();
        }
    }

    private void ReadIccid()
    {
        ReadOnlySpan<char> cell = _table.Cell(_iccid);
        if (!Iccid.TryParse(cell, out _iccids[_count]))
        {
            _table.Mistake("iccid", $"{CsvTable.Shown(cell)} is not an ICCID; expected {Iccid.DigitsMin} to {Iccid.DigitsMax} digits. "
                + (cell.ContainsAny("eE.")
                    ? "A spreadsheet shortened it: format the column as text and export it again."
                    : "Correct the cell."));
        }
        else if (!DeviceCsv.HasValidCheckDigit(cell))
        {
            _wrongCheckDigits++;
        }
    }

    private void ReadUsage()
    {
        if (_usageBytes >= 0)
        {
            ReadOnlySpan<char> cell = _table.Cell(_usageBytes);
            if (!PlainNumber.TryWhole(cell, Limits.UsageBytesMax, out _usages[_count]))
            {
                _table.Mistake("usage_bytes", PlainNumber.Explain(
                    cell, "a whole number of bytes", PlainNumber.AtMost(Limits.UsageBytesMax), decimalsMax: 0));
            }
        }
        else
        {
            ReadOnlySpan<char> cell = _table.Cell(_usageMegabytes);
            if (!PlainNumber.TryMegabytes(cell, _options.BytesPerMegabyte, Limits.UsageBytesMax, out _usages[_count]))
            {
                _table.Mistake("usage_mb", PlainNumber.Explain(
                    cell, "a number of MB such as 12.5", PlainNumber.AtMost(Limits.UsageBytesMax / _options.BytesPerMegabyte) + " MB"));
            }
        }
    }

    private void ReadActiveDays()
    {
        ReadOnlySpan<char> cell = _table.Cell(_activeDays);
        long days = _options.PeriodDays;
        if (!cell.IsEmpty && (!PlainNumber.TryWhole(cell, _options.PeriodDays, out days) || days == 0))
        {
            days = _options.PeriodDays;
            _table.Mistake("active_days", $"{CsvTable.Shown(cell)} found; expected 1 to {_options.PeriodDays} (or empty: the whole period). "
                + "Correct the cell or give the right --period-days.");
        }

        _days[_count] = (ushort)days;
        _hasPartialDays |= days != _options.PeriodDays;
    }

    private void ReadMessages()
    {
        ReadOnlySpan<char> cell = _table.Cell(_sms);
        long messages = 0;
        if (!cell.IsEmpty && !PlainNumber.TryWhole(cell, Limits.SmsMax, out messages))
        {
            messages = 0;
            _table.Mistake("sms", PlainNumber.Explain(
                cell, "a whole number of messages", PlainNumber.AtMost(Limits.SmsMax), decimalsMax: 0));
        }

        _messages[_count] = (int)messages;
        _hasMessages |= messages != 0;
    }

    private void ReadPhone()
    {
        ReadOnlySpan<char> cell = _table.Cell(_msisdn);
        _phones[_count] = PhoneNumber.Pack(cell);
        _oddPhones += _phones[_count] == 0 && !cell.IsEmpty ? 1 : 0;
    }

    private void Grow()
    {
        if (_count == Limits.DevicesMax)
        {
            throw new InputException($"more than {Limits.DevicesMax:N0} SIMs; no more fit one run. Part the file.");
        }

        // The share of the file that was read tells how many rows it has, so that the arrays are copied a few times only.
        double rows = _count / Math.Max(_table.Fraction, 1.0 / GrowthMax) * 1.03;
        int size = (int)Math.Min(Limits.DevicesMax, Math.Max(rows, Math.Max(1024, _count * 1.25)));
        Array.Resize(ref _iccids, size);
        Array.Resize(ref _usages, size);
        Array.Resize(ref _ratePlans, size);
        GrowIf(_communicationPlan, ref _communicationPlans, size);
        GrowIf(_status, ref _statuses, size);
        GrowIf(_activeDays, ref _days, size);
        GrowIf(_sms, ref _messages, size);
        GrowIf(_msisdn, ref _phones, size);
    }

    private static void GrowIf<T>(int ordinal, ref T[] array, int size)
    {
        if (ordinal >= 0)
        {
            Array.Resize(ref array, size);
        }
    }

    private T[] Trim<T>(T[] array)
    {
        Array.Resize(ref array, _count);
        return array;
    }
}
