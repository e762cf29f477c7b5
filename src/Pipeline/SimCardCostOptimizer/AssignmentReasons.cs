using CarrierOptimization.Engine.Model;
using CarrierOptimization.Pipeline.GroupDevices;
using CarrierOptimization.Pipeline.OptimizerCleanup;

namespace CarrierOptimization.Pipeline.SimCardCostOptimizer;

/// <summary>Says in a few words why each SIM is on the plan it gets. All texts are made once; a SIM names one by position.</summary>
public sealed class AssignmentReasons
{
    private const int Keeps = 0;
    private const int FirstPlan = 1;
    private const int CheaperPlan = 2;
    private const int PartOfMix = 3;
    private const int TooSmall = 4;
    private const int NoCommunicationPlan = 5;
    private const int NoPlanLeft = 6;
    private const int ComponentFailed = 7;

    private readonly DeviceRecords _records;
    private readonly DeviceGrouping _grouping;
    private readonly PlanCatalog _catalog;
    private readonly PricedAssignment _current;
    private readonly PricedAssignment _winner;
    private readonly List<string> _texts;
    private readonly int _fills;
    private readonly int _relieves;
    private readonly int _notAllowed;
    private readonly int _inactive;
    private readonly int _unknownPlan;
    private readonly int _noMapping;
    private readonly int _invalidPlan;

    public AssignmentReasons(
        DeviceRecords records, DeviceGrouping grouping, PlanCatalog catalog, PricedAssignment current, PricedAssignment winner)
    {
        _records = records;
        _grouping = grouping;
        _catalog = catalog;
        _current = current;
        _winner = winner;
        _texts =
        [
            "keeps its plan", "gets its first plan", "cheaper plan", "part of the cheapest mix",
            "excluded: its comm group is too small", "excluded: it has no communication plan",
            "excluded: every rate plan of its communication plan is invalid or retired",
            "keeps its plan: its component could not be optimised",
        ];
        _fills = AddAll(catalog.Pools.Select(pool => $"fills the pool of {pool.Name}"));
        _relieves = AddAll(catalog.Pools.Select(pool => $"relieves the pool of {pool.Name}"));
        _notAllowed = AddAll(catalog.Plans.Select(plan => $"must leave {plan.Name}: its communication plan does not allow it"));
        _inactive = AddAll(records.StatusNames.Select(status => $"excluded: status {status} and no usage"));
        _unknownPlan = AddAll(records.RatePlanNames.Select(plan => $"excluded: current plan {plan} is not in plans"));
        _noMapping = AddAll(records.CommunicationPlanNames.Select(plan => $"excluded: communication plan {plan} has no mapping"));
        _invalidPlan = AddAll(records.RatePlanNames.Select(plan => $"must leave {plan}: the plan is invalid"));
    }

    public IReadOnlyList<string> Texts => _texts;

    /// <returns>The position in <see cref="Texts"/> of the reason of a SIM.</returns>
    public int Of(int device) => _grouping.ExclusionOf[device] switch
    {
        Exclusion.None => OfOptimised(device),
        Exclusion.Inactive => _inactive + _records.Status![device],
        Exclusion.UnknownCurrentPlan => _unknownPlan + _records.RatePlan[device],
        Exclusion.GroupTooSmall => TooSmall,
        Exclusion.NoPlanLeft => NoPlanLeft,
        Exclusion.ComponentFailed => ComponentFailed,
        _ => _records.CommunicationPlan is { } plans && plans[device] != DeviceRecords.NoName
            ? _noMapping + plans[device]
            : NoCommunicationPlan,
    };

    private int OfOptimised(int device)
    {
        ushort from = _current.Assignment[device];
        ushort to = _winner.Assignment[device];
        if (from == to)
        {
            return Keeps;
        }

        if (from == Fleet.NoPlan)
        {
            ushort name = _records.RatePlan[device];
            return name == DeviceRecords.NoName ? FirstPlan : _invalidPlan + name;
        }

        if (!_grouping.Fleet.PlanSets[_grouping.Fleet.PlanSetOf[device]].Contains(from))
        {
            return _notAllowed + from;
        }

        if (_winner.Charges.Total(device) < _current.Charges.Total(device))
        {
            return CheaperPlan;
        }

        // Dearer for this SIM alone: it moves for what it brings to, or no longer takes from, a pool.
        int pool = _catalog.PoolOfPlan[to];
        int poolLeft = _catalog.PoolOfPlan[from];
        return pool >= 0 ? _fills + pool : poolLeft >= 0 ? _relieves + poolLeft : PartOfMix;
    }

    private int AddAll(IEnumerable<string> texts)
    {
        int first = _texts.Count;
        _texts.AddRange(texts);
        return first;
    }
}
