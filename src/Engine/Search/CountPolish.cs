using CarrierOptimization.Engine.Bounding;

namespace CarrierOptimization.Engine.Search;

/// <summary>
/// Improves an assignment class by class: new counts per plan by <see cref="CountChain"/>, made whole by <see
/// cref="PoolBalancer"/>.
/// </summary>
internal sealed class CountPolish(SearchModel model, RowPrices prices, SolveLimits limits)
{
    private const int HugeFleetMin = 200_000;
    private const long WorkPerSearch = 300_000;
    private const int WideDevicesMax = 300;
    private const int GiantsLeft = 8;
    private const int ClassesMax = 4;
    private const int BalancesPerSearch = 6;

    /// <summary>A huge fleet has SIMs for every gap; there speed counts more than the last cent.</summary>
    private readonly int _labelsMax = model.Fleet.Count >= HugeFleetMin ? 300 : 1_000;
    private readonly int _reach = model.Fleet.Count >= HugeFleetMin ? 5 : 10;

    /// <summary>
    /// Re-plans the SIMs of <paramref name="core"/>; the assignment and its state are changed only for the better.
    /// </summary>
    public void Run(int[] core, ushort[] assignment, PoolState state)
    {
        var classes = core.GroupBy(device => (Class: model.ClassOf(device), Sms: model.HasSms ? model.Fleet.SmsCount![device] : 0))
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key).Take(ClassesMax);
        foreach (var ofClass in classes)
        {
            int[] devices = [.. ofClass.Where(device => IsInChain(ofClass.Key.Class, assignment[device]))];
            Array.Sort(Array.ConvertAll(devices, device => model.Fleet.UsageBytes[device]), devices);

            // Whole giants fit badly into counts: a second try leaves the largest SIMs where they are.
            Improve(ofClass.Key.Class, devices, assignment, state);
            Improve(ofClass.Key.Class, devices[..Math.Max(0, devices.Length - GiantsLeft)], assignment, state);
        }
    }

    /// <summary>Per stage how many SIMs are placed after it in the present assignment.</summary>
    private static int[] Centers(CountChain chain, Alternative[] alternatives, int[] devices, ushort[] assignment)
    {
        var centers = new int[chain.Stages.Length];
        for (int stage = 0; stage < centers.Length; stage++)
        {
            ushort plan = alternatives[chain.Stages[stage].Alternative].Plan;
            centers[stage] = (stage == 0 ? 0 : centers[stage - 1]) + devices.Count(device => assignment[device] == plan);
        }

        return centers;
    }

    /// <summary>Alternatives whose cost differs from SIM to SIM stay out of the chain.</summary>
    private long[] CostOf(int device, Alternative[] alternatives) => Array.ConvertAll(
        alternatives, a => a.Pool >= 0 || model.Catalog.Plans[a.Plan].IsUnlimited ? model.OwnCost(device, a) : long.MaxValue);

    private bool IsInChain(int deviceClass, ushort plan)
    {
        Alternative alternative = Array.Find(model.Classes[deviceClass].Alternatives, a => a.Plan == plan);
        return alternative.Pool >= 0 || model.Catalog.Plans[plan].IsUnlimited;
    }

    private void Improve(int deviceClass, int[] devices, ushort[] assignment, PoolState state)
    {
        if (devices.Length < 2 || limits.IsOver)
        {
            return;
        }

        Alternative[] alternatives = model.Classes[deviceClass].Alternatives;
        long[] usage = Array.ConvertAll(devices, device => model.Fleet.UsageBytes[device]);
        long[] ownCost = CostOf(devices[0], alternatives);
        var others = (long[])state.Surplus.Clone();
        long cost = 0;
        int changes = 0;
        foreach (int device in devices)
        {
            int at = Array.FindIndex(alternatives, a => a.Plan == assignment[device]);
            Alternative alternative = alternatives[at];
            cost += ownCost[at];
            changes += alternative.Change;
            if (alternative.Pool >= 0)
            {
                others[alternative.Pool] -= model.Fleet.UsageBytes[device] - alternative.IncludedBytes;
            }
        }

        ChainClass[] classes = [new ChainClass(deviceClass, ownCost, usage, devices)];
        var chain = new CountChain(model, classes, others, prices, model.MaxChanges - state.Changes + changes);
        foreach (int row in chain.Stages.Where(stage => stage.EndsRow).Select(stage => stage.Row))
        {
            cost += model.Rows[row].Overage(state.Surplus[row]);
        }

        int[]? centers = devices.Length <= WideDevicesMax ? null : Centers(chain, alternatives, devices, assignment);
        double widest = cost - chain.LowerBound;
        for (double gap = Math.Max(1, widest / 64); ; gap = Math.Min(widest, gap * 4))
        {
            List<PlanCounts> found = chain.Search(Math.Min(chain.LowerBound + gap, cost - 1), _labelsMax, WorkPerSearch, centers, _reach);
            if (Balanced(chain, found, classes, cost) is { } best)
            {
                Write(chain, best, deviceClass, devices, assignment, state);
                return;
            }

            if (gap >= widest || limits.IsOver)
            {
                return;
            }
        }
    }

    /// <summary>
    /// The counts that cost least once whole SIMs are found for them, if that beats <paramref name="cost"/>.
    /// </summary>
    private static PoolBalancer? Balanced(CountChain chain, List<PlanCounts> found, ChainClass[] classes, long cost)
    {
        PoolBalancer? best = null;
        long bestCost = cost;
        foreach (PlanCounts counts in found.Take(BalancesPerSearch))
        {
            if (counts.Cost >= bestCost)
            {
                break;
            }

            var balancer = new PoolBalancer(chain.Stages, counts, classes);
            long whole = counts.Cost + balancer.Run();
            if (whole < bestCost)
            {
                best = balancer;
                bestCost = whole;
            }
        }

        return best;
    }

    private void Write(
        CountChain chain, PoolBalancer balancer, int deviceClass, int[] devices, ushort[] assignment, PoolState state)
    {
        Alternative[] alternatives = model.Classes[deviceClass].Alternatives;
        for (int stage = 0; stage < chain.Stages.Length; stage++)
        {
            Alternative to = alternatives[chain.Stages[stage].Alternative];
            foreach (int place in balancer.Members[stage])
            {
                int device = devices[place];
                Alternative from = Array.Find(alternatives, a => a.Plan == assignment[device]);
                state.Leave(from, model.OwnCost(device, from), model.Fleet.UsageBytes[device]);
                state.Join(to, model.OwnCost(device, to), model.Fleet.UsageBytes[device]);
                assignment[device] = to.Plan;
            }
        }
    }
}
