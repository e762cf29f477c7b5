using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Pipeline.GroupDevices;

/// <summary>
/// Numbers the components: comm groups tied by pools they share, directly or through others. Bills of two components never touch.
/// </summary>
/// <remarks>
/// First the components with an optimised SIM, by their first comm group. A fixed SIM belongs to the component whose pool it is in;
/// those in no such pool form one more component, which is billed and stays as it is. Last, per comm group without a valid plan
/// whose SIMs have no priced plan either, a component that has failed from the start.
/// </remarks>
public sealed class ComponentTable
{
    /// <summary>Of a SIM that is not billed.</summary>
    public const int None = -1;

    private readonly DeviceGrouping _grouping;
    private readonly PlanCatalog _catalog;
    private readonly int[] _ofGroup;
    private readonly int[] _ofPool;
    private readonly int _rest;

    private ComponentTable(DeviceGrouping grouping, PlanCatalog catalog, int[] parent)
    {
        _grouping = grouping;
        _catalog = catalog;
        int groups = grouping.Groups.Count;
        var numberOfRoot = new Dictionary<int, int>();
        _ofGroup = new int[groups];
        for (int group = 0; group < groups; group++)
        {
            bool isUsed = grouping.Groups[group].OptimisedDevices > 0;
            int root = Root(parent, group);
            if (isUsed && !numberOfRoot.ContainsKey(root))
            {
                numberOfRoot.Add(root, numberOfRoot.Count);
            }

            _ofGroup[group] = isUsed ? numberOfRoot[root] : None;
        }

        _ofPool = [.. Enumerable.Range(groups, parent.Length - groups)
            .Select(node => numberOfRoot.GetValueOrDefault(Root(parent, node), None))];
        Optimised = numberOfRoot.Count;
        _rest = Optimised;
        HasRest = Enumerable.Range(0, grouping.Fleet.Count).Any(device => OfBilled(device) == _rest);
        Count = Optimised + (HasRest ? 1 : 0);
        NumberGroupsWithoutPlan();
    }

    /// <summary>Components with an optimised SIM: the first numbers.</summary>
    public int Optimised { get; }

    /// <summary>True when fixed SIMs form a component of their own: number <see cref="Optimised"/>.</summary>
    public bool HasRest { get; }

    /// <summary>All components, the failed ones included.</summary>
    public int Count { get; private set; }

    /// <summary>Components that have failed from the start: from this number on.</summary>
    public int FirstFailed => Optimised + (HasRest ? 1 : 0);

    /// <summary>Component of a comm group with an optimised SIM or of a failed one; else <see cref="None"/>.</summary>
    public int OfGroup(int group) => _ofGroup[group];

    /// <summary>Component of a SIM, or <see cref="None"/> when it is not billed.</summary>
    public int Of(int device)
    {
        int billed = OfBilled(device);
        return billed == None && _grouping.ExclusionOf[device] == Exclusion.NoPlanLeft
            ? _ofGroup[_grouping.CommGroupOf[device]]
            : billed;
    }

    public static ComponentTable Form(DeviceGrouping grouping, PlanCatalog catalog)
    {
        int groups = grouping.Groups.Count;

        // Pools that reach over the account tie groups; pools billed per comm group tie none.
        bool ties = catalog.Rules.PoolScope == PoolScope.Account;
        int[] parent = [.. Enumerable.Range(0, groups + (ties ? catalog.Pools.Count : 0))];
        if (ties)
        {
            TieByAllowedPlans(grouping, catalog, parent);
            TieByCurrentPlans(grouping, catalog, parent);
        }

        return new ComponentTable(grouping, catalog, parent);
    }

    private static void TieByAllowedPlans(DeviceGrouping grouping, PlanCatalog catalog, int[] parent)
    {
        for (int group = 0; group < grouping.Groups.Count; group++)
        {
            if (grouping.Groups[group].OptimisedDevices > 0)
            {
                foreach (ushort plan in grouping.Groups[group].AllowedPlans.Plans)
                {
                    Tie(parent, group, catalog.PoolOfPlan[plan], grouping.Groups.Count);
                }
            }
        }
    }

    /// <summary>A SIM on a plan that its group doesn't allow is in that plan's pool today.</summary>
    private static void TieByCurrentPlans(DeviceGrouping grouping, PlanCatalog catalog, int[] parent)
    {
        ushort[] current = grouping.Fleet.CurrentPlan!;
        var isTied = new bool[grouping.Groups.Count][];
        for (int device = 0; device < current.Length; device++)
        {
            int group = grouping.CommGroupOf[device];
            int plan = current[device];
            if (grouping.ExclusionOf[device] == Exclusion.None && plan != Fleet.NoPlan
                && !(isTied[group] ??= new bool[catalog.Plans.Count])[plan])
            {
                isTied[group][plan] = true;
                Tie(parent, group, catalog.PoolOfPlan[plan], grouping.Groups.Count);
            }
        }
    }

    private static void Tie(int[] parent, int group, int pool, int groups)
    {
        if (pool >= 0)
        {
            parent[Root(parent, group)] = Root(parent, groups + pool);
        }
    }

    private static int Root(int[] parent, int node)
    {
        while (parent[node] != node)
        {
            parent[node] = parent[parent[node]];
            node = parent[node];
        }

        return node;
    }

    private int OfBilled(int device)
    {
        if (_grouping.ExclusionOf[device] == Exclusion.None)
        {
            return _ofGroup[_grouping.CommGroupOf[device]];
        }

        int plan = _grouping.Fleet.CurrentPlan![device];
        if (plan == Fleet.NoPlan)
        {
            return None;
        }

        int pool = _catalog.PoolOfPlan[plan];
        return pool >= 0 && _ofPool.Length > 0 && _ofPool[pool] != None ? _ofPool[pool] : _rest;
    }

    /// <summary>A SIM on an invalid plan with no other left fails its group.</summary>
    private void NumberGroupsWithoutPlan()
    {
        for (int device = 0; device < _grouping.Fleet.Count; device++)
        {
            int group = _grouping.CommGroupOf[device];
            if (_grouping.ExclusionOf[device] == Exclusion.NoPlanLeft && _ofGroup[group] == None && OfBilled(device) == None)
            {
                _ofGroup[group] = Count;
                Count++;
            }
        }
    }
}
