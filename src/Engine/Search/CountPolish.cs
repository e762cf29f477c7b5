using CarrierOptimization.Engine.Bounding;


namespace CarrierOptimization.Engine.Search;

/// <summary>Improves an assignment class by class: new counts per plan by <see cref="CountChain"/>, made whole by <see cref="PoolBalancer"/>.</summary>
internal sealed class CountPolish(SearchModel model, RowPrices prices, CancellationToken cancellationToken)
{
    private const int LabelsMax = 600;
    private const int WideDevicesMax = 300;
    private const int Reach = 8;
    private const int BalancesPerSearch = 6;

    public double LowerBound { get; private set; }
    public string Note { get; private set; } = "";

    /// <summary>Re-plans the SIMs of <paramref name="core"/>; the assignment and its state are changed only for the better.</summary>
    public void Run(int[] core, int skip, ushort[] assignment, PoolState state)
    {
        foreach (IGrouping<int, int> ofClass in core.GroupBy(model.ClassOf).OrderByDescending(group => group.Count()))
        {
            cancellationToken.ThrowIfCancellationRequested();
            int[] devices = [.. ofClass.Where(device => IsInChain(ofClass.Key, assignment[device]))];
            Array.Sort(Array.ConvertAll(devices, d => model.Fleet.UsageBytes[d]), devices);
            devices = devices[..Math.Max(0, devices.Length - skip)];
            if (devices.Length > 1)
            {
                Improve(ofClass.Key, devices, assignment, state);
            }
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
    private long[] CostOf(Alternative[] alternatives) => Array.ConvertAll(
        alternatives, a => a.Pool >= 0 || model.Catalog.Plans[a.Plan].IsUnlimited ? a.Cost : long.MaxValue);

    private bool IsInChain(int deviceClass, ushort plan)
    {
        Alternative alternative = Array.Find(model.Classes[deviceClass].Alternatives, a => a.Plan == plan);
        return alternative.Pool >= 0 || model.Catalog.Plans[plan].IsUnlimited;
    }

    private void Improve(int deviceClass, int[] devices, ushort[] assignment, PoolState state)
    {
        Alternative[] alternatives = model.Classes[deviceClass].Alternatives;
        long[] usage = Array.ConvertAll(devices, device => model.Fleet.UsageBytes[device]);
        Array.Sort(usage, devices);
        var others = (long[])state.Surplus.Clone();
        long cost = 0;
        int changes = 0;
        foreach (int device in devices)
        {
            Alternative alternative = Array.Find(alternatives, a => a.Plan == assignment[device]);
            cost += alternative.Cost;
            changes += alternative.Change;
            if (alternative.Pool >= 0)
            {
                others[alternative.Pool] -= model.Fleet.UsageBytes[device] - alternative.IncludedBytes;
            }
        }

        ChainClass[] classes = [new ChainClass(deviceClass, CostOf(alternatives), usage, devices)];
        var chain = new CountChain(
            model, classes, others, prices, model.MaxChanges - state.Changes + changes);
        foreach (int row in chain.Stages.Where(stage => stage.EndsRow).Select(stage => stage.Row))
        {
            cost += model.Rows[row].Overage(state.Surplus[row]);
        }

        int[] centers = devices.Length <= WideDevicesMax ? null! : Centers(chain, alternatives, devices, assignment);
        LowerBound = chain.LowerBound + (state.TotalCost(model) - cost);
        double widest = cost - chain.LowerBound;
        Note = "";
        for (double gap = Math.Max(1, widest / 256); ; gap = Math.Min(widest, gap * 2))
        {
            List<PlanCounts> found = chain.Search(Math.Min(chain.LowerBound + gap, cost - 1), LabelsMax, centers, Reach);
            Note += $" [{gap/1e6:F3}: {found.Count} {chain.Truncated}]";
            PoolBalancer? best = null;
            long bestCost = cost;
            foreach (PlanCounts counts in found.Take(BalancesPerSearch).TakeWhile(counts => counts.Cost < bestCost))
            {
                var balancer = new PoolBalancer(chain.Stages, counts, classes);
                long whole = counts.Cost + balancer.Run();
                Note += $" {(counts.Cost - cost)/1e6:F4}+{(whole-counts.Cost)/1e6:F4}";
                if (whole < bestCost)
                {
                    best = balancer;
                    bestCost = whole;
                }
            }

            if (best is not null)
            {
                Write(chain, best, deviceClass, devices, assignment, state);
                return;
            }

            if (gap >= widest || found.Count > 20)
            {
                return;
            }
        }
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
                state.Leave(from, from.Cost, model.Fleet.UsageBytes[device]);
                state.Join(to, to.Cost, model.Fleet.UsageBytes[device]);
                assignment[device] = to.Plan;
            }
        }
    }
}
