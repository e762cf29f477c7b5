using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.GroupDevices;
using CarrierOptimization.Pipeline.Snapshots;

namespace CarrierOptimization.Pipeline.SimCardCostOptimizer;

/// <summary>What a winner claims.</summary>
/// <param name="Devices">SIMs that the component was formed of.</param>
/// <param name="Assignment">Per SIM of the snapshot a plan.</param>
public sealed record AssignmentClaim(int Devices, ushort[] Assignment, Money Cost, int Changes);

/// <summary>A winner breaks a rule: an error of this program, never of the input.</summary>
public sealed class AssignmentException(IReadOnlyList<string> violations)
    : Exception("The winner breaks a rule and was not kept: " + string.Join(' ', violations))
{
    public IReadOnlyList<string> Violations { get; } = violations;
}

/// <summary>
/// Looks at a winner once more before it is kept: every SIM of the component, on a plan it may be on, at the cost that is claimed.
/// </summary>
/// <remarks>
/// Independent on purpose: it asks the mapping by the names of the snapshot and adds up the bill by itself; it shares nothing with
/// the fleet, the search or the bill function but the model's types. Rules: docs/pricing-rules.md.
/// </remarks>
public static class AssignmentVerifier
{
    private const int ViolationsMax = 20;

    /// <exception cref="AssignmentException">With the first violations.</exception>
    public static void Check(Snapshot snapshot, AssignmentClaim claim)
    {
        IReadOnlyList<string> violations = Violations(snapshot, claim);
        if (violations.Count > 0)
        {
            throw new AssignmentException(violations);
        }
    }

    /// <returns>What is wrong, at most the first 20; empty when all is well.</returns>
    public static IReadOnlyList<string> Violations(Snapshot snapshot, AssignmentClaim claim)
    {
        int count = snapshot.Records.Count;
        if (claim.Assignment.Length != count || claim.Devices != count)
        {
            return [$"The component was formed of {claim.Devices} SIMs, its snapshot has {count} and the assignment "
                + $"{claim.Assignment.Length}; expected the same number."];
        }

        var violations = new List<string>();
        var bill = new PlainBill(snapshot);
        Dictionary<string, HashSet<string>> mapping = snapshot.Plans.CommunicationPlans.ToDictionary(
            plan => plan.Name,
            plan => plan.AllowedPlans.Plans.ToArray().Select(allowed => snapshot.Catalog.Plans[allowed].Name).ToHashSet());
        int changes = 0;
        for (int device = 0; device < count && violations.Count < ViolationsMax; device++)
        {
            if (claim.Assignment[device] == Fleet.NoPlan && IsUnbilled(snapshot, device))
            {
                continue;
            }

            if (Plan(snapshot, claim.Assignment[device]) is not { } plan)
            {
                violations.Add($"SIM at {snapshot.Positions[device]}: plan {claim.Assignment[device]} is not in the catalog.");
                continue;
            }

            if (WhyNot(snapshot, mapping, device, plan) is { } why)
            {
                violations.Add($"SIM at {snapshot.Positions[device]}: {why}");
            }

            changes += plan.Name == snapshot.Records.RatePlanOf(device) ? 0 : 1;
            bill.Add(device, plan);
        }

        return violations.Count > 0 ? violations : WrongSums(claim, bill.Total(), changes);
    }

    /// <summary>Left out, and either nobody bills it or nobody knows its price.</summary>
    private static bool IsUnbilled(Snapshot snapshot, int device) => snapshot.Grouping.ExclusionOf[device] switch
    {
        Exclusion.None => false,
        Exclusion.Inactive or Exclusion.UnknownCurrentPlan => true,
        _ => snapshot.Records.RatePlanOf(device) is not { } current || snapshot.Catalog.IndexOf(current) < 0,
    };

    private static RatePlan? Plan(Snapshot snapshot, ushort plan) =>
        plan < snapshot.Catalog.Plans.Count ? snapshot.Catalog.Plans[plan] : null;

    private static List<string> WrongSums(AssignmentClaim claim, Int128 total, int changes)
    {
        var violations = new List<string>();
        if (total != claim.Cost.MicroUnits)
        {
            violations.Add($"The cost is said to be {claim.Cost.MicroUnits} micro-units; the SIMs add up to {total}.");
        }

        if (changes != claim.Changes)
        {
            violations.Add($"{claim.Changes} changes are claimed; {changes} SIMs leave their plan.");
        }

        return violations;
    }

    /// <returns>Why the SIM may not be on the plan, or <c>null</c> when it may.</returns>
    private static string? WhyNot(Snapshot snapshot, Dictionary<string, HashSet<string>> mapping, int device, RatePlan plan)
    {
        string? current = snapshot.Records.RatePlanOf(device);
        Exclusion exclusion = snapshot.Grouping.ExclusionOf[device];
        if (exclusion != Exclusion.None)
        {
            return plan.Name == current ? null : $"it is excluded ({exclusion}) and may not leave \"{current}\" for \"{plan.Name}\".";
        }

        if (plan.Name == current && snapshot.Plans.Retired.Contains(current))
        {
            return null;
        }

        string? communicationPlan = snapshot.Records.CommunicationPlanOf(device);
        return communicationPlan is not null && mapping.TryGetValue(communicationPlan, out HashSet<string>? allowed)
            && allowed.Contains(plan.Name)
            ? null
            : $"communication plan \"{communicationPlan}\" does not allow rate plan \"{plan.Name}\".";
    }

    /// <summary>The bill rule once more, SIM by SIM.</summary>
    private sealed class PlainBill(Snapshot snapshot)
    {
        private readonly Dictionary<(string Pool, int Group), PoolSum> _pools = [];
        private readonly BillRules _rules = snapshot.Catalog.Rules;
        private Int128 _own;

        public void Add(int device, RatePlan plan)
        {
            int days = snapshot.Records.ActiveDays?[device] ?? _rules.PeriodDays;
            if (_rules.ChargeType != ChargeType.OverageOnly)
            {
                // Half a micro-unit rounds up.
                Int128 twice = ((Int128)2 * plan.MonthlyRate.MicroUnits * days) + _rules.PeriodDays;
                _own += twice / (2 * _rules.PeriodDays);
            }

            if (_rules.ChargeType == ChargeType.RateChargeOnly)
            {
                return;
            }

            int sms = snapshot.Records.SmsCount?[device] ?? 0;
            _own += sms > plan.IncludedSms ? (Int128)(sms - plan.IncludedSms) * plan.SmsRate.MicroUnits : 0;
            if (plan.IncludedData is not { } included)
            {
                return;
            }

            Int128 excess = snapshot.Records.UsageBytes[device] - ((Int128)included.Bytes * days / _rules.PeriodDays);
            if (!plan.IsPooled)
            {
                _own += Overage(excess, plan);
                return;
            }

            int group = _rules.PoolScope == PoolScope.CommGroup ? snapshot.Grouping.CommGroupOf[device] : 0;

            // A pool that has a name and a plan that is its own pool never share: a line feed is in no name.
            (string, int) pool = (plan.PoolName is null ? "\n" + plan.Name : plan.PoolName, group);
            if (!_pools.TryGetValue(pool, out PoolSum? sum))
            {
                _pools.Add(pool, sum = new PoolSum(plan));
            }

            sum.Excess += excess;
        }

        public Int128 Total()
        {
            Int128 total = _own;
            foreach (PoolSum pool in _pools.Values)
            {
                total += Overage(pool.Excess, pool.Plan);
            }

            return total;
        }

        private static Int128 Overage(Int128 excess, RatePlan plan) =>
            excess <= 0 ? 0 : (excess + plan.OverageBlock.Bytes - 1) / plan.OverageBlock.Bytes * plan.OverageRate.MicroUnits;
    }

    private sealed class PoolSum(RatePlan plan)
    {
        public RatePlan Plan { get; } = plan;

        public Int128 Excess { get; set; }
    }
}
