using CarrierOptimization.Simulator.Carrier;

namespace CarrierOptimization.Simulator.Amop;

/// <summary>Decides which calls go wrong; by key, attempt and seed, not by the order in which parallel calls arrive.</summary>
internal sealed class FaultDraw(AmopFaults faults)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _attempts = [];
    private int _harmed;

    public AmopFaults Faults => faults;

    public AmopFault Next(string key)
    {
        if (faults.Kinds.Count == 0)
        {
            return AmopFault.None;
        }

        lock (_gate)
        {
            int attempt = _attempts[key] = _attempts.GetValueOrDefault(key) + 1;
            ulong place = Scatter.OfText(key);
            if (_harmed >= (faults.CallsMax ?? int.MaxValue)
                || Scatter.Below(faults.Seed, place, (ulong)attempt, 1_000) >= faults.PerMille)
            {
                return AmopFault.None;
            }

            _harmed++;
            return faults.Kinds[(int)Scatter.Below(faults.Seed + 1, place, (ulong)attempt, faults.Kinds.Count)];
        }
    }
}
