using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Engine.Model;

/// <summary>
/// The plans whose SIMs share one data allowance. A pool is billed once per account, or once per comm group.
/// </summary>
/// <param name="Index">Position in <see cref="PlanCatalog.Pools"/>.</param>
/// <param name="PlanIndexes">Its plans, ascending positions in <see cref="PlanCatalog.Plans"/>.</param>
public sealed record RatePool(
    int Index, string Name, IReadOnlyList<int> PlanIndexes, Money OverageRate, DataVolume OverageBlock);

/// <summary>The valid rate plans of one provider and the pools they form. Validated once, trusted ever after.</summary>
public sealed class PlanCatalog
{
    private readonly Dictionary<string, int> _indexByName;

    private PlanCatalog(IReadOnlyList<RatePlan> plans, BillRules rules)
    {
        Plans = plans;
        Rules = rules;
        Currency = plans.Count > 0 ? plans[0].Currency : "USD";
        _indexByName = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int plan = 0; plan < plans.Count; plan++)
        {
            _indexByName.Add(plans[plan].Name, plan);
        }

        (Pools, PoolOfPlan) = FormPools(plans);
    }

    public IReadOnlyList<RatePlan> Plans { get; }

    public BillRules Rules { get; }

    public string Currency { get; }

    public IReadOnlyList<RatePool> Pools { get; }

    /// <summary>Per plan the index of its pool, or -1 for a plan that is individual or unlimited.</summary>
    public IReadOnlyList<int> PoolOfPlan { get; }

    /// <summary>Checks everything and builds the catalog.</summary>
    /// <exception cref="ModelException">With every mistake of <see cref="PlanValidation.Validate"/>.</exception>
    public static PlanCatalog Create(IReadOnlyList<RatePlan> plans, BillRules? rules = null)
    {
        rules ??= new BillRules();
        IReadOnlyList<ModelMistake> mistakes = PlanValidation.Validate(plans, rules);
        return mistakes.Count == 0 ? new PlanCatalog([.. plans], rules) : throw new ModelException(mistakes);
    }

    /// <returns>The position of the plan, or -1 when the catalog has no plan of that name.</returns>
    public int IndexOf(string planName) => _indexByName.GetValueOrDefault(planName, -1);

    private static (IReadOnlyList<RatePool> Pools, int[] PoolOfPlan) FormPools(IReadOnlyList<RatePlan> plans)
    {
        var pools = new List<RatePool>();
        var members = new List<List<int>>();
        var poolByName = new Dictionary<string, int>(StringComparer.Ordinal);
        var poolOfPlan = new int[plans.Count];
        for (int plan = 0; plan < plans.Count; plan++)
        {
            RatePlan ratePlan = plans[plan];
            poolOfPlan[plan] = -1;
            if (!ratePlan.IsPooled || ratePlan.IsUnlimited)
            {
                continue;
            }

            int pool = pools.Count;
            if (ratePlan.PoolName is null || poolByName.TryAdd(ratePlan.PoolName, pool))
            {
                members.Add([]);
                pools.Add(new RatePool(
                    pool, ratePlan.PoolName ?? ratePlan.Name, members[pool], ratePlan.OverageRate, ratePlan.OverageBlock));
            }
            else
            {
                pool = poolByName[ratePlan.PoolName];
            }

            members[pool].Add(plan);
            poolOfPlan[plan] = pool;
        }

        return (pools, poolOfPlan);
    }
}
