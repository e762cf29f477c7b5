using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Simulator.Fleets;

/// <summary>The plans of a generated fleet: what SIMs may use, and what its owners put them on.</summary>
public sealed class FleetPlans
{
    private FleetPlans(FleetShape shape, PlanCatalog catalog, IReadOnlyList<CommunicationPlan> communicationPlans)
    {
        Shape = shape;
        Catalog = catalog;
        CommunicationPlans = communicationPlans;
    }

    public FleetShape Shape { get; }

    public PlanCatalog Catalog { get; }

    public IReadOnlyList<CommunicationPlan> CommunicationPlans { get; }

    /// <exception cref="ArgumentException">The shape has mistakes; the message lists them.</exception>
    public static FleetPlans Make(FleetShape shape)
    {
        IReadOnlyList<string> mistakes = shape.Mistakes();
        if (mistakes.Count > 0)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, mistakes), nameof(shape));
        }

        IReadOnlyList<RatePlan> plans = PlanLadder.Make(shape, new SeededRandom(shape.Seed));
        PlanCatalog catalog = PlanCatalog.Create(plans, new BillRules { PeriodDays = shape.PeriodDays });
        return new FleetPlans(shape, catalog, MakeCommunicationPlans(shape, catalog));
    }

    /// <summary>Overlapping windows of the price list, from small uses to large ones.</summary>
    private static List<CommunicationPlan> MakeCommunicationPlans(FleetShape shape, PlanCatalog catalog)
    {
        string[] uses =
        [
            "Metering LTE-M", "Tracking LTE", "Gateway LTE", "Alarm NB-IoT",
            "Vending LTE", "Camera 5G", "Signage LTE", "Router 5G",
        ];
        int plans = catalog.Plans.Count;
        int window = shape.CommunicationPlans == 1 ? plans : Math.Min(plans - 1, Math.Max(2, ((plans * 3) + 4) / 5));
        int starts = Math.Min(shape.CommunicationPlans, plans - window + 1);
        var made = new List<CommunicationPlan>();
        for (int position = 0; position < shape.CommunicationPlans; position++)
        {
            int first = starts == 1 ? 0 : (plans - window) * (position % starts) / (starts - 1);
            int round = position / starts;
            IEnumerable<int> allowed = Enumerable.Range(first, window);
            if (round > 0 && window > 3)
            {
                // Later ones miss one plan of the middle, so that sets differ; when those run out, sets repeat.
                allowed = allowed.Where(plan => plan != first + 1 + ((round - 1) % (window - 2)));
            }

            string name = uses[position % uses.Length] + (position < uses.Length ? "" : $" {(position / uses.Length) + 1}");
            made.Add(new CommunicationPlan(name, new PlanSet(allowed)));
        }

        return made;
    }
}

/// <summary>One allowed plan of a communication plan, as a person sees it who has to choose.</summary>
internal readonly record struct PlanChoice(ushort Plan, long IncludedBytes);

/// <summary>The habits by which people put SIMs on plans. They leave some 15 to 35 % of the bill to be saved.</summary>
internal sealed class PlanHabits
{
    private readonly PlanChoice[] _choices;
    private readonly int _usual;
    private readonly int _smallerPercent;

    public PlanHabits(FleetShape shape, PlanCatalog catalog, CommunicationPlan communicationPlan)
    {
        // The more the others help out, or the less overage hurts, the more people count on it.
        _smallerPercent = shape switch
        {
            { Pooling: Pooling.Individual } => 6,
            { Overage: OveragePrice.Cheap } or { Pooling: Pooling.SharedPool } => 60,
            _ => 35,
        };
        var choices = new List<PlanChoice>();
        foreach (ushort plan in communicationPlan.AllowedPlans.Plans)
        {
            choices.Add(new PlanChoice(plan, catalog.Plans[plan].IncludedData?.Bytes ?? long.MaxValue));
        }

        _choices = [.. choices.OrderBy(choice => choice.IncludedBytes)];
        PlanChoice[] withAllowance = [.. _choices.Where(choice => choice.IncludedBytes is > 0 and < long.MaxValue)];
        PlanChoice middle = withAllowance[(withAllowance.Length - 1) * 2 / 5];
        _usual = Array.IndexOf(_choices, middle);
        TypicalUsageBytes = middle.IncludedBytes / 2;
    }

    /// <summary>What a SIM of this communication plan that is in use needs in a whole period: the median.</summary>
    public long TypicalUsageBytes { get; }

    /// <summary>The plan a SIM was put on, given what it used in an earlier period.</summary>
    public ushort Choose(double earlierUsageBytes, SeededRandom random)
    {
        int fitting = Array.FindIndex(_choices, choice => choice.IncludedBytes >= earlierUsageBytes);
        fitting = fitting < 0 ? _choices.Length - 1 : fitting;
        int chosen = fitting - 1;
        if (random.Below(100) >= _smallerPercent)
        {
            chosen = random.Below(100) switch
            {
                < 55 => fitting,
                < 80 => Math.Max(fitting, _usual),
                _ => fitting + 1,
            };
        }

        return _choices[Math.Clamp(chosen, 0, _choices.Length - 1)].Plan;
    }
}
