namespace CarrierOptimization.Simulator.Carrier.Http;

/// <summary>What happens to one call.</summary>
internal enum Fault
{
    None,
    TooManyRequests,
    HiddenLimit,
    ServerError,
    Unavailable,
    Slow,
    TimeoutAfterApply,
    TornJson,
    MovingRows,
}

/// <summary>
/// Decides which calls go wrong. The decision depends on the seed, the call and how often that call was made: not on the
/// order in which parallel calls arrive.
/// </summary>
internal sealed class FaultInjector(FaultProfile profile, ulong seed)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, (int Attempt, int FailedInRow)> _attempts = [];

    /// <param name="call">Method, path and parameters.</param>
    /// <param name="isChange">True for a PUT.</param>
    /// <param name="isList">True for a page of the list of SIMs.</param>
    public Fault Decide(string call, bool isChange, bool isList)
    {
        if (!profile.HarmsCalls)
        {
            return Fault.None;
        }

        ulong key = Scatter.OfText(call);
        lock (_gate)
        {
            (int attempt, int failedInRow) = _attempts.GetValueOrDefault(key);
            Fault fault = failedInRow < profile.RepeatsMax
                ? Pick(Scatter.Below(seed, key, (ulong)attempt, 1_000), isChange, isList)
                : Fault.None;
            _attempts[key] = (attempt + 1, fault is Fault.None or Fault.Slow or Fault.MovingRows ? 0 : failedInRow + 1);
            return fault;
        }
    }

    /// <summary>Whether torn JSON comes with a broken connection.</summary>
    public bool BreaksConnection(string call) => Scatter.Below(seed, Scatter.OfText(call), 77, 2) == 0;

    private Fault Pick(long drawn, bool isChange, bool isList)
    {
        ReadOnlySpan<(Fault Fault, int PerMille)> faults =
        [
            (Fault.TooManyRequests, profile.TooManyRequestsPerMille),
            (Fault.HiddenLimit, profile.HiddenLimitPerMille),
            (Fault.ServerError, profile.ServerErrorPerMille),
            (Fault.Unavailable, profile.UnavailablePerMille),
            (Fault.TornJson, profile.TornJsonPerMille),
            (Fault.Slow, profile.SlowPerMille),
            (Fault.TimeoutAfterApply, isChange ? profile.TimeoutAfterApplyPerMille : 0),
            (Fault.MovingRows, isList ? profile.MovingRowsPerMille : 0),
        ];
        foreach ((Fault fault, int perMille) in faults)
        {
            if (drawn < perMille)
            {
                return fault;
            }

            drawn -= perMille;
        }

        return Fault.None;
    }
}
