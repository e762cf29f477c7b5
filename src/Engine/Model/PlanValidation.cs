using System.Globalization;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Engine.Model;

/// <summary>The rules a rate plan must meet before anything is priced with it.</summary>
/// <remarks>Rule: docs/pricing-rules.md, "Validation of rate plans".</remarks>
public static class PlanValidation
{
    private static readonly DataVolume IncludedMax = new(Limits.IncludedBytesMax);

    /// <returns>Every mistake, in the order of the plans; empty when all is well.</returns>
    public static IReadOnlyList<ModelMistake> Validate(IReadOnlyList<RatePlan> plans, BillRules rules)
    {
        var mistakes = new List<ModelMistake>();
        if (rules.PeriodDays is < 1 or > Limits.PeriodDaysMax)
        {
            mistakes.Add(new ModelMistake(
                "period", $"Billing period: {rules.PeriodDays} days; it must be 1 to {Limits.PeriodDaysMax}. Correct the period."));
        }

        if (plans.Count > Limits.PlansMax)
        {
            mistakes.Add(new ModelMistake(
                "plans", $"Rate plans: {plans.Count} found; at most {Limits.PlansMax} are supported. Leave out unused plans."));
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var poolFirst = new Dictionary<string, RatePlan>(StringComparer.Ordinal);
        foreach (RatePlan plan in plans)
        {
            ValidateOne(plan, mistakes);
            if (!names.Add(plan.Name))
            {
                Add(mistakes, plan, nameof(plan.Name), "the name is there twice; names must be unique. Rename or remove one");
            }

            if (plan.Currency != plans[0].Currency)
            {
                Add(mistakes, plan, nameof(plan.Currency), $"currency is {plan.Currency} but \"{plans[0].Name}\" is in {plans[0].Currency}; "
                    + "one catalog has one currency. Optimize each currency apart");
            }

            ValidatePool(plan, poolFirst, mistakes);
        }

        return mistakes;
    }

    private static void ValidateOne(RatePlan plan, List<ModelMistake> mistakes)
    {
        if (string.IsNullOrWhiteSpace(plan.Name))
        {
            Add(mistakes, plan, nameof(plan.Name), "the name is empty; every plan needs one. Give it its name at the carrier");
        }

        CheckPrice(mistakes, plan, nameof(plan.MonthlyRate), "monthly rate", plan.MonthlyRate);
        CheckPrice(mistakes, plan, nameof(plan.SmsRate), "SMS rate", plan.SmsRate);
        if (plan.IncludedSms is < 0 or > Limits.SmsMax)
        {
            Add(mistakes, plan, nameof(plan.IncludedSms), string.Create(CultureInfo.InvariantCulture,
                $"included SMS is {plan.IncludedSms}; it must be 0 to {Limits.SmsMax:#,##0}. Correct the plan"));
        }

        if (plan.Currency.Length != 3 || !plan.Currency.All(char.IsAsciiLetterUpper))
        {
            Add(mistakes, plan, nameof(plan.Currency),
                $"currency is \"{plan.Currency}\"; it must be a code of three capitals such as USD. Correct it");
        }

        if (plan.IncludedData is not { } included)
        {
            return;
        }

        if (included.Bytes is < 0 or > Limits.IncludedBytesMax)
        {
            Add(mistakes, plan, nameof(plan.IncludedData),
                $"included data is {Shown(included)}; it must be 0 to {Shown(IncludedMax)}. Correct the plan");
        }

        CheckPrice(mistakes, plan, nameof(plan.OverageRate), "overage rate", plan.OverageRate);
        if (plan.OverageRate.MicroUnits == 0)
        {
            Add(mistakes, plan, nameof(plan.OverageRate),
                "overage rate is 0; it must be above 0. Correct the plan at the carrier or mark it unlimited");
        }

        if (plan.OverageBlock.Bytes <= 0 || plan.OverageBlock > IncludedMax)
        {
            string expected = plan.OverageBlock.Bytes <= 0 ? "above 0" : "at most " + Shown(IncludedMax);
            Add(mistakes, plan, nameof(plan.OverageBlock),
                $"overage block is {Shown(plan.OverageBlock)}; it must be {expected}. Correct the plan at the carrier or mark it unlimited");
        }
    }

    private static void ValidatePool(RatePlan plan, Dictionary<string, RatePlan> poolFirst, List<ModelMistake> mistakes)
    {
        if (plan.PoolName is null)
        {
            return;
        }

        if (!plan.IsPooled)
        {
            Add(mistakes, plan, nameof(plan.PoolName),
                $"it names the pool \"{plan.PoolName}\" but is not pooled. Mark it pooled or remove the pool");
        }
        else if (plan.IsUnlimited)
        {
            Add(mistakes, plan, nameof(plan.PoolName), $"it names the pool \"{plan.PoolName}\" but is unlimited, so it has nothing to share. "
                + "Remove the pool or give the plan an allowance");
        }
        else if (!poolFirst.TryAdd(plan.PoolName, plan))
        {
            RatePlan first = poolFirst[plan.PoolName];
            if (first.OverageRate != plan.OverageRate || first.OverageBlock != plan.OverageBlock)
            {
                Add(mistakes, plan, nameof(plan.PoolName), $"it shares the pool \"{plan.PoolName}\" with \"{first.Name}\", but its overage "
                    + $"is {Overage(plan)} and that of \"{first.Name}\" is {Overage(first)}; plans of one pool must agree. "
                    + "Correct one of them or part the pool");
            }
        }
    }

    private static void CheckPrice(List<ModelMistake> mistakes, RatePlan plan, string property, string what, Money price)
    {
        if (price.MicroUnits is < 0 or > Limits.PriceMicroUnitsMax)
        {
            Add(mistakes, plan, property,
                $"{what} is {Shown(price)}; it must be 0 to {Shown(new Money(Limits.PriceMicroUnitsMax))}. Correct the plan");
        }
    }

    private static void Add(List<ModelMistake> mistakes, RatePlan plan, string property, string what) =>
        mistakes.Add(new ModelMistake(plan.Name, $"Rate plan \"{plan.Name}\": {what}.") { Property = property });

    private static string Overage(RatePlan plan) => $"{Shown(plan.OverageRate)} per {Shown(plan.OverageBlock)}";

    private static string Shown(DataVolume data) => data.ToMegabytes().ToString("#,##0.######", CultureInfo.InvariantCulture) + " MB";

    private static string Shown(Money price) => price.ToDecimal().ToString("#,##0.######", CultureInfo.InvariantCulture);
}
