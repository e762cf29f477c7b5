using System.Globalization;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.Carrier;

namespace CarrierOptimization.Pipeline.Tests.GetDevices;

/// <summary>A SIM at the carrier of the tests.</summary>
internal sealed record Sim
{
    public required string Iccid { get; init; }

    public string? Status { get; init; } = "ACTIVATED";

    public string? RatePlan { get; init; } = "5 MB";

    public string? CommunicationPlan { get; init; } = "Meters";

    public string? Msisdn { get; init; }

    public DateTimeOffset? ActivatedAt { get; init; }

    public DateTimeOffset ModifiedAt { get; init; } = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Usage per plan in the period; <c>null</c>: the carrier has no number.</summary>
    public IReadOnlyDictionary<string, long?> Usage { get; init; } = new Dictionary<string, long?>();

    /// <summary>False: no bulk list has it.</summary>
    public bool IsInBulk { get; init; } = true;

    public static string Number(int number) => "8901170000000" + number.ToString("D6", CultureInfo.InvariantCulture);
}

/// <summary>A carrier in memory that does what the test says: the list in order of the last change, pages, usage by plan.</summary>
internal sealed class ScriptedCarrier : ICarrier
{
    private readonly Lock _gate = new();
    private readonly List<string> _calls = [];

    public List<Sim> Sims { get; } = [];

    public List<CarrierRatePlan> Plans { get; } = [Plan("5 MB"), Plan("10 MB")];

    public int PageSize { get; set; } = 3;

    /// <summary>Called before a page of SIMs is put together: to move rows, or to fail.</summary>
    public Action<DateTimeOffset, int> OnDevices { get; set; } = (_, _) => { };

    /// <summary>Waited for before a page of SIMs is answered.</summary>
    public Func<Task> BeforeDevices { get; set; } = () => Task.CompletedTask;

    public Action<string, int> OnUsage { get; set; } = (_, _) => { };

    public Action<string> OnSingle { get; set; } = _ => { };

    public Action OnPlans { get; set; } = () => { };

    /// <summary>The rows of the list since an instant, in order; by default by the time of the last change.</summary>
    public Func<DateTimeOffset, IEnumerable<Sim>>? Listed { get; set; }

    /// <summary>Every call so far, for example <c>devices/2</c>.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_gate)
            {
                return [.. _calls];
            }
        }
    }

    public static CarrierRatePlan Plan(string name) => new(
        name, "1", true, "USD", 1.5m, 5 << 20, 0.01m, 1 << 20, 0, 0, false, null);

    public void Add(int count, Func<Sim, int, Sim>? change = null)
    {
        int first = Sims.Count;
        for (int number = first; number < first + count; number++)
        {
            var sim = new Sim
            {
                Iccid = Sim.Number(number),
                ModifiedAt = new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(number),
                Usage = new Dictionary<string, long?> { ["5 MB"] = 1_000 + number },
            };
            Sims.Add(change?.Invoke(sim, number) ?? sim);
        }
    }

    /// <summary>Changes a SIM as it stands at the carrier now.</summary>
    public void Change(int index, Func<Sim, Sim> change) => Sims[index] = change(Sims[index]);

    public Task EchoAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<CarrierPage<CarrierDevice>> ListDevicesAsync(
        DateTimeOffset modifiedSince, string? status, int pageNumber, CancellationToken cancellationToken)
    {
        await BeforeDevices();
        return await Answer(status is null ? $"devices/{pageNumber}" : $"devices/{status}/{pageNumber}", () =>
        {
            OnDevices(modifiedSince, pageNumber);
            IEnumerable<Sim> rows = Listed?.Invoke(modifiedSince)
                ?? Sims.Where(sim => sim.ModifiedAt >= modifiedSince).OrderBy(sim => sim.ModifiedAt).ThenBy(sim => sim.Iccid);
            return Page(
                rows.Where(sim => status is null || sim.Status == status)
                    .Select(sim => new CarrierDevice(sim.Iccid, sim.Status, sim.RatePlan, sim.CommunicationPlan)),
                pageNumber);
        });
    }

    public Task<CarrierDeviceDetails?> FindDeviceAsync(Iccid iccid, CancellationToken cancellationToken) =>
        Answer($"device/{iccid}", () =>
        {
            OnSingle(iccid.ToString());
            return Sims.Find(sim => sim.Iccid == iccid.ToString()) is { } sim
                ? new CarrierDeviceDetails(
                    sim.Iccid, sim.Msisdn, sim.Status, sim.RatePlan, sim.CommunicationPlan, sim.ActivatedAt, sim.ModifiedAt)
                : null;
        });

    public Task<CarrierPage<CarrierUsage>> ListUsageAsync(
        string ratePlan, int pageNumber, CancellationToken cancellationToken) => Answer($"usage/{ratePlan}/{pageNumber}", () =>
    {
        OnUsage(ratePlan, pageNumber);
        return Page(
            Sims.Where(sim => sim.IsInBulk && (sim.RatePlan == ratePlan || sim.Usage.ContainsKey(ratePlan)))
                .OrderBy(sim => sim.Iccid, StringComparer.Ordinal)
                .Select(sim => new CarrierUsage(sim.Iccid, sim.Usage.TryGetValue(ratePlan, out long? bytes) ? bytes : 0, 1)),
            pageNumber);
    });

    public Task<CarrierUsage?> FindUsageAsync(Iccid iccid, CancellationToken cancellationToken) =>
        Answer($"ctd/{iccid}", () =>
        {
            OnSingle(iccid.ToString());
            return Sims.Find(sim => sim.Iccid == iccid.ToString()) is { } sim
                ? new CarrierUsage(sim.Iccid, sim.Usage.Values.Any(bytes => bytes is null) ? null : sim.Usage.Values.Sum(), 7)
                : null;
        });

    public Task<CarrierPage<CarrierRatePlan>> ListRatePlansAsync(int pageNumber, CancellationToken cancellationToken) =>
        Answer($"rateplans/{pageNumber}", () =>
        {
            OnPlans();
            return Page(Plans, pageNumber);
        });

    public Task<bool> ChangeRatePlanAsync(
        Iccid iccid, string ratePlan, DateTimeOffset? effectiveAt, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Stages 1 and 2 change nothing.");

    public Task<CarrierPage<CarrierAuditRecord>> ListAuditTrailAsync(
        Iccid iccid, int daysOfHistory, int pageNumber, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Stages 1 and 2 read no history.");

    private CarrierPage<TRow> Page<TRow>(IEnumerable<TRow> rows, int pageNumber)
    {
        TRow[] all = [.. rows];
        int from = Math.Min(all.Length, (pageNumber - 1) * PageSize);
        int to = Math.Min(all.Length, from + PageSize);
        return new CarrierPage<TRow>(all[from..to], pageNumber, to == all.Length);
    }

    private Task<TAnswer> Answer<TAnswer>(string call, Func<TAnswer> answer)
    {
        lock (_gate)
        {
            _calls.Add(call);
            try
            {
                return Task.FromResult(answer());
            }
            catch (CarrierException failure)
            {
                return Task.FromException<TAnswer>(failure);
            }
        }
    }
}
