using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Simulator.Carrier;

/// <summary>One customer's account at the simulated carrier: its SIMs, plans, periods, changes and invoices.</summary>
/// <remarks>Not thread-safe: <see cref="CarrierSimulator"/> holds <see cref="Gate"/> around every use.</remarks>
internal sealed class CarrierAccount
{
    private const int PeriodsKept = 2;

    private readonly CarrierFleet _fleet;
    private readonly CarrierSimulatorOptions _options;
    private readonly TimeProvider _time;
    private readonly ushort[] _initialPlans;
    private readonly long[] _activatedTicks;
    private readonly string[] _planNames;
    private readonly int[] _planVersions;
    private readonly Dictionary<int, List<PlanUse>> _planUses = [];
    private readonly Dictionary<int, Dictionary<string, string>> _customFields = [];
    private readonly PriorityQueue<PendingChange, (long Ticks, long Number)> _pending = new();
    private readonly List<FinishedPeriod> _finished = [];
    private readonly List<CarrierInvoice> _invoices = [];
    private long _changes;

    public CarrierAccount(CarrierFleet fleet, CarrierSimulatorOptions options, TimeProvider time)
    {
        _fleet = fleet;
        _options = options;
        _time = time;
        _initialPlans = [.. fleet.Plans];
        _activatedTicks = fleet.ActivatedTicks;
        _planNames = [.. fleet.Catalog.Plans.Select(plan => plan.Name)];
        _planVersions = [.. fleet.Catalog.Plans.Select(_ => 1)];
        Now = Milliseconds(time.GetUtcNow());
        Period = options.Cycle.PeriodOf(Now);
        Order = new ModificationOrder(fleet.ModifiedTicks);
        Meter = new UsageMeter(fleet, Period, options);
    }

    /// <summary>A stretch of one SIM on one plan within the current period.</summary>
    /// <param name="UntilBytes">The SIM's usage, as reported, when it left the plan.</param>
    public readonly record struct PlanUse(ushort Plan, long UntilBytes, int UntilSms);

    public Lock Gate { get; } = new();

    /// <summary>The clock at the last <see cref="Advance"/>, in whole milliseconds.</summary>
    public DateTimeOffset Now { get; private set; }

    public BillingPeriod Period { get; private set; }

    public CarrierFleet Fleet => _fleet;

    public ModificationOrder Order { get; }

    public UsageMeter Meter { get; }

    public AuditTrail Audit { get; } = new();

    public IReadOnlyList<CarrierInvoice> Invoices => _invoices;

    public bool UsesProration => _options.UsesProration;

    /// <summary>Changes with everything that a list by plan depends on.</summary>
    public long PlanVersionOfFleet { get; private set; }

    public string? PlanNameOf(int device) => PlanName(_fleet.Plans[device]);

    public string? PlanName(ushort plan) => plan == Engine.Model.Fleet.NoPlan ? null : _planNames[plan];

    public int VersionOfPlan(int plan) => _planVersions[plan];

    /// <returns>The position of the plan, or -1.</returns>
    public int IndexOfPlan(string name) => Array.IndexOf(_planNames, name);

    /// <returns>The position of the SIM, or -1.</returns>
    public int IndexOf(ReadOnlySpan<char> iccid) =>
        Iccid.TryParse(iccid, out Iccid parsed) ? Math.Max(-1, Array.BinarySearch(_fleet.Iccids, parsed)) : -1;

    /// <summary>The period <paramref name="periods"/> before the current one.</summary>
    public BillingPeriod PeriodBefore(int periods) => _options.Cycle.Before(Period, periods);

    public DateTime LocalTime(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, _options.Cycle.Zone).DateTime;

    public DateTimeOffset? ActivationOf(int device) =>
        _activatedTicks[device] == 0 ? null : new DateTimeOffset(_activatedTicks[device], TimeSpan.Zero);

    public string? CustomField(int device, string name) =>
        _customFields.TryGetValue(device, out Dictionary<string, string>? fields) ? fields.GetValueOrDefault(name) : null;

    /// <summary>The plans of one SIM in the current period, the latest (and open) one left out.</summary>
    public IReadOnlyList<PlanUse> EarlierPlansOf(int device) =>
        _planUses.TryGetValue(device, out List<PlanUse>? uses) ? uses : [];

    /// <summary>The SIMs that left a plan in the current period.</summary>
    public IEnumerable<int> MovedDevices => _planUses.Keys;

    /// <summary>The plan of a SIM at the end of a finished period; the initial one before the simulator's time.</summary>
    public ushort PlanAtEndOf(BillingPeriod period, int device)
    {
        foreach (FinishedPeriod finished in _finished)
        {
            if (finished.Period == period)
            {
                return finished.Plans[device];
            }
        }

        return period == Period ? _fleet.Plans[device] : _initialPlans[device];
    }

    /// <summary>Lets the carrier do what is due by now: changes with a date, and the ends of periods.</summary>
    public void Advance()
    {
        DateTimeOffset now = Milliseconds(_time.GetUtcNow());
        while (now >= Period.End)
        {
            ApplyPending(Period.End.AddMilliseconds(-1));
            ClosePeriod();
        }

        Now = now > Now ? now : Now;
        ApplyPending(Now);
    }

    /// <summary>Puts a SIM on a plan at once, or at <paramref name="effective"/> if that is still to come.</summary>
    /// <returns>True when it is done, false when it will be done later.</returns>
    public bool ChangePlan(int device, ushort plan, DateTimeOffset? effective, string userName)
    {
        DateTimeOffset at = effective ?? (Now + _options.ChangeDelay);
        if (at > Now)
        {
            _pending.Enqueue(new PendingChange(device, plan, at, userName), (at.UtcTicks, _changes++));
            return false;
        }

        Move(device, plan, Now, userName);
        return true;
    }

    /// <summary>Notes a field that only others' programs and people use.</summary>
    public void SetField(int device, string name, string? value, string userName)
    {
        if (!_customFields.TryGetValue(device, out Dictionary<string, string>? fields))
        {
            _customFields.Add(device, fields = new Dictionary<string, string>(StringComparer.Ordinal));
        }

        string? prior = fields.GetValueOrDefault(name);
        if ((prior ?? "") == (value ?? ""))
        {
            return;
        }

        if (value is null)
        {
            fields.Remove(name);
        }
        else
        {
            fields[name] = value;
        }

        Note(device, name, prior, value, Now, userName);
    }

    public void ChangeStatus(int device, byte status, string userName)
    {
        byte prior = _fleet.Statuses[device];
        if (prior == status)
        {
            return;
        }

        _fleet.Statuses[device] = status;
        if (status == CarrierFleet.Activated && _activatedTicks[device] == 0)
        {
            _activatedTicks[device] = Now.UtcTicks;
        }

        Note(device, "SIM Status", CarrierFleet.StatusNames[prior], CarrierFleet.StatusNames[status], Now, userName);
    }

    public void ChangeCommunicationPlan(int device, ushort communicationPlan, string userName)
    {
        if (_fleet.CommunicationPlanOf[device] == communicationPlan)
        {
            return;
        }

        string prior = _fleet.CommunicationPlans[_fleet.CommunicationPlanOf[device]].Name;
        _fleet.CommunicationPlanOf[device] = communicationPlan;
        Note(
            device, "Communication Plan", prior, _fleet.CommunicationPlans[communicationPlan].Name, Now, userName);
    }

    /// <summary>Gives a plan another name. Its SIMs have it at once and count as not changed.</summary>
    public void RenamePlan(int plan, string name)
    {
        _planNames[plan] = name;
        _planVersions[plan]++;
        PlanVersionOfFleet++;
    }

    /// <summary>Makes a SIM the one changed last, as any small edit does.</summary>
    public void Touch(int device) => Order.Touch(device, Now.UtcTicks);

    /// <summary>The invoice of the current period with the plans and the usage asked for.</summary>
    public CarrierInvoice InvoiceOf(InvoicePlans plans, InvoiceUsage usage) => MakeInvoice(
        plans == InvoicePlans.Current ? _fleet.Plans : _initialPlans, usage == InvoiceUsage.Whole ? Period.End : Now);

    /// <summary>The invoice of the current period if these SIMs were on these plans; nothing is changed.</summary>
    /// <param name="newPlans">Positions of plans by position of the SIM.</param>
    public CarrierInvoice PreviewInvoice(IReadOnlyDictionary<int, ushort> newPlans, InvoiceUsage usage)
    {
        ushort[] plans = [.. _fleet.Plans];
        foreach ((int device, ushort plan) in newPlans)
        {
            plans[device] = plan;
        }

        return MakeInvoice(plans, usage == InvoiceUsage.Whole ? Period.End : Now);
    }

    private CarrierInvoice MakeInvoice(ushort[] plans, DateTimeOffset at)
    {
        int count = _fleet.Count;
        var usageBytes = new long[count];
        var smsCount = new int[count];
        var activeDays = new ushort[count];
        var assignment = new ushort[count];
        for (int device = 0; device < count; device++)
        {
            usageBytes[device] = Meter.UsageBytes(device, Period, at);
            smsCount[device] = Meter.SmsCount(device, Period, at);
            activeDays[device] = _options.UsesProration
                ? (ushort)Period.ActiveDays(new DateTimeOffset(_activatedTicks[device], TimeSpan.Zero))
                : (ushort)Period.Days;
            assignment[device] = IsBilled(device, usageBytes[device]) ? plans[device] : Engine.Model.Fleet.NoPlan;
        }

        var billed = new Fleet
        {
            UsageBytes = usageBytes,
            PlanSets = [PlanSet.All(_fleet.Catalog)],
            PlanSetOf = new ushort[count],
            ActiveDays = activeDays,
            SmsCount = smsCount,
        };
        PlanCatalog catalog = PlanCatalog.Create(
            [.. _fleet.Catalog.Plans.Select((plan, index) => plan with { Name = _planNames[index] })],
            _fleet.Catalog.Rules with { PeriodDays = Period.Days, PoolScope = PoolScope.Account });
        return new CarrierInvoice(Period, catalog, BillCalculator.Bill(billed, catalog, assignment));
    }

    /// <summary>In service, or used data, or activated within the period: all that a client can know of.</summary>
    /// <remarks>
    /// Rule: docs/pricing-rules.md, "Eligible devices". When a SIM was deactivated is not kept, as no call tells it either:
    /// one that was deactivated within the period counts by its usage and its activation only.
    /// </remarks>
    private bool IsBilled(int device, long usageBytes) =>
        _fleet.Statuses[device] == CarrierFleet.Activated
        || usageBytes > 0
        || (_activatedTicks[device] >= Period.Start.UtcTicks && _activatedTicks[device] < Period.End.UtcTicks);

    private void ClosePeriod()
    {
        CarrierInvoice invoice = MakeInvoice(_fleet.Plans, Period.End);
        _invoices.Add(invoice);
        _finished.Insert(0, new FinishedPeriod(Period, [.. _fleet.Plans]));
        if (_finished.Count > PeriodsKept)
        {
            _finished.RemoveAt(PeriodsKept);
        }

        _planUses.Clear();
        PlanVersionOfFleet++;
        Now = Period.End;
        Period = _options.Cycle.PeriodOf(Period.End);
        _options.InvoiceSink?.Invoke(invoice);
    }

    private void ApplyPending(DateTimeOffset until)
    {
        while (_pending.TryPeek(out PendingChange? change, out _) && change.At <= until)
        {
            _pending.Dequeue();
            Now = change.At > Now ? change.At : Now;
            Move(change.Device, change.Plan, change.At, change.UserName);
        }
    }

    private void Move(int device, ushort plan, DateTimeOffset at, string userName)
    {
        ushort prior = _fleet.Plans[device];
        if (prior == plan)
        {
            return;
        }

        if (prior != Engine.Model.Fleet.NoPlan)
        {
            if (!_planUses.TryGetValue(device, out List<PlanUse>? uses))
            {
                _planUses.Add(device, uses = []);
            }

            uses.Add(new PlanUse(
                prior, Meter.ReportedBytes(device, Period, at), Meter.ReportedSms(device, Period, at)));
        }

        _fleet.Plans[device] = plan;
        PlanVersionOfFleet++;
        Note(device, "Rate Plan", PlanName(prior), PlanName(plan), at, userName);
    }

    private void Note(int device, string field, string? prior, string? value, DateTimeOffset at, string userName)
    {
        Audit.Add(_fleet.Iccids[device], field, prior, value, at, userName);
        Order.Touch(device, at.UtcTicks);
    }

    private static DateTimeOffset Milliseconds(DateTimeOffset instant) =>
        new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);

    private sealed record PendingChange(int Device, ushort Plan, DateTimeOffset At, string UserName);

    private sealed record FinishedPeriod(BillingPeriod Period, ushort[] Plans);
}
