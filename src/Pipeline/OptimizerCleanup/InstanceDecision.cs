using System.Globalization;
using System.Text;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.GroupDevices;
using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.Reports;
using CarrierOptimization.Pipeline.Running;
using CarrierOptimization.Pipeline.SimCardCostOptimizer;
using CarrierOptimization.Pipeline.Snapshots;

namespace CarrierOptimization.Pipeline.OptimizerCleanup;

/// <summary>The result of an instance: all components put together.</summary>
/// <param name="LowerBound">A component that failed has no bound and adds nothing.</param>
/// <param name="Failures">One sentence per component that failed.</param>
public sealed record InstanceResult(ReportContent Content, Money LowerBound, bool IsProven, IReadOnlyList<string> Failures)
{
    public ReportCosts Costs => Content.Report.Costs;

    public ReportCounts Counts => Content.Report.Counts;
}

/// <summary>Puts the winners together, prices the whole with the one bill function, and makes the report. Pure.</summary>
public static class InstanceDecision
{
    private const int InvalidPlansNamedMax = 5;

    /// <exception cref="InvalidOperationException">The components do not add up to the bill: a bug.</exception>
    public static InstanceResult Decide(InstanceFacts facts)
    {
        Snapshot snapshot = facts.Snapshot;
        ushort[] today = Engine.Strategies.Current(snapshot.Fleet, snapshot.Catalog).Assignment;
        var current = PricedAssignment.Of(snapshot.Fleet, snapshot.Catalog, today);
        var optimal = PricedAssignment.Of(snapshot.Fleet, snapshot.Catalog, facts.Winners);
        CheckComponents(facts, current, optimal);
        ComponentFacts[] failed = [.. facts.Components.Where(component => component.Status == CandidateStatus.Failed)];
        Money bound = Sum(facts.Components, component => component.LowerBound);
        bool isProven = failed.Length == 0 && facts.Components.All(component => component.IsProven == true);
        var reasons = new AssignmentReasons(snapshot.Records, snapshot.Grouping, snapshot.Catalog, current, optimal);
        IReadOnlyList<string> failures = [.. failed.Select(FailureOf)];
        IReadOnlyList<string> notes = [.. NotesOf(facts, failures)];
        IReadOnlyList<HeaderFact> about = AboutOf(facts.Session);
        OptimizationReport report = OptimizationReportBuilder.Build(new ReportInput
        {
            Header = new ReportHeader(facts.Session.ProviderName, [.. about, .. SettingsOf(facts.Session)]),
            Fleet = snapshot.Fleet,
            Catalog = snapshot.Catalog,
            Current = current,
            Optimal = optimal,
            BaseCost = failed.Length > 0 ? null : Sum(facts.Components, component => component.BaseCost),
            LowerBound = bound,
            ProvenOptimal = isProven,
            Declined = DeclinedOf(facts),
            Labels = device => new DeviceLabels(
                snapshot.Records.Iccids[device],
                snapshot.Records.Msisdn is { } phones ? PhoneNumber.Unpack(phones[device]) : null,
                snapshot.Records.CommunicationPlanOf(device),
                reasons.Texts[reasons.Of(device)],
                snapshot.Records.RatePlanOf(device)),
            CommGroupOf = snapshot.Grouping.CommGroupOf,
            CommGroupNames = [.. snapshot.Grouping.Groups.Select(group => group.Name)],
            RawUsageBytes = snapshot.Records.RawUsageBytes,
            DevicesRead = snapshot.Records.Count,
            Items = [.. ExclusionItems.Of(snapshot.Records, snapshot.Grouping, TextOf),
                .. notes.Select(note => new ReportItem(ReportItemKind.DataQuality, note, 0)), .. facts.Issues.Select(ItemOf)],
            BytesPerMegabyte = facts.Session.Settings.BytesPerMegabyte,
        });
        var content = new ReportContent
        {
            Report = report,
            Records = snapshot.Records,
            Grouping = snapshot.Grouping,
            Catalog = snapshot.Catalog,
            Current = current,
            Optimal = optimal,
            Reasons = reasons,
            Strategy = StrategyOf(facts.Components),
            StoppedBy = (facts.StoppedEarly > 0 ? Engine.StopReason.TimeLimit : Engine.StopReason.Finished).ToString(),
            Notes = notes,
            About = about,
        };
        return new InstanceResult(content, bound, isProven, failures);
    }

    /// <summary>The parts of the bill that belong to a component are what the component was said to cost.</summary>
    private static void CheckComponents(InstanceFacts facts, PricedAssignment current, PricedAssignment optimal)
    {
        var before = new long[facts.Components.Count];
        var after = new long[facts.Components.Count];
        for (int device = 0; device < facts.Snapshot.Records.Count; device++)
        {
            int component = facts.Snapshot.ComponentOf[device];
            if (component != ComponentTable.None)
            {
                before[component] += current.Charges.Total(device).MicroUnits;
                after[component] += optimal.Charges.Total(device).MicroUnits;
            }
        }

        foreach (ComponentFacts component in facts.Components.Where(component => component.Status == CandidateStatus.Complete))
        {
            if (component.CurrentCost?.MicroUnits != before[component.Number]
                || component.WinnerCost?.MicroUnits != after[component.Number])
            {
                throw new InvalidOperationException(
                    $"Component {component.Number} was said to cost {component.CurrentCost} before and {component.WinnerCost} after; "
                    + $"its part of the bill is {new Money(before[component.Number])} and {new Money(after[component.Number])}.");
            }
        }
    }

    private static Money Sum(IEnumerable<ComponentFacts> components, Func<ComponentFacts, Money?> amount) =>
        components.Aggregate(Money.Zero, (sum, component) => sum + (amount(component) ?? Money.Zero));

    private static string FailureOf(ComponentFacts component) => string.Create(
        CultureInfo.InvariantCulture,
        $"Component {component.Number} with {component.Devices:N0} SIMs is missing, they keep their plans: {component.Error}");

    /// <summary>Only where nothing else is proposed: then every SIM stays on its plan.</summary>
    private static DeclinedSaving? DeclinedOf(InstanceFacts facts) =>
        facts.Components.Any(component => component.IsDeclined)
            && facts.Components.All(component => component.Winner == nameof(Engine.Strategy.Current))
            ? new DeclinedSaving(
                Sum(facts.Components, component => component.OptimalCost),
                facts.Components.All(component => component.OptimalCost is { } cost && cost == component.LowerBound),
                facts.Session.Settings.MinimumSavings)
            : null;

    private static string StrategyOf(IEnumerable<ComponentFacts> components)
    {
        // A component without optimised SIMs always stays as it is; it says nothing where others changed.
        string[] winners = [.. components.Select(component => component.Winner).OfType<string>().Distinct()];
        string[] moving = [.. winners.Where(winner => winner != nameof(Engine.Strategy.Current))];
        return moving.Length == 1 ? moving[0] : moving.Length > 1 ? "Mixed" : nameof(Engine.Strategy.Current);
    }

    private static IEnumerable<string> NotesOf(InstanceFacts facts, IReadOnlyList<string> failures)
    {
        DeviceGrouping grouping = facts.Snapshot.Grouping;
        foreach (string failure in failures)
        {
            yield return failure;
        }

        foreach (InvalidPlan plan in facts.Snapshot.Plans.Invalid.Take(InvalidPlansNamedMax))
        {
            yield return plan.Why;
        }

        if (facts.Snapshot.Plans.Invalid.Count > InvalidPlansNamedMax)
        {
            yield return $"{facts.Snapshot.Plans.Invalid.Count - InvalidPlansNamedMax} more rate plans are invalid.";
        }

        foreach (string note in facts.Snapshot.Plans.Notes)
        {
            yield return note;
        }

        if (grouping.OnInvalidPlan > 0)
        {
            yield return Text($"{grouping.OnInvalidPlan:N0} SIMs are on an invalid rate plan: what they cost today is not known, the ")
                + "current cost leaves them out, and they get a valid plan.";
        }

        if (grouping.WithoutCurrentPlan > grouping.OnInvalidPlan)
        {
            yield return Text($"{grouping.WithoutCurrentPlan - grouping.OnInvalidPlan:N0} SIMs have no current plan: they get one, and ")
                + "the current cost leaves them out.";
        }

        if (grouping.OnForbiddenPlan > 0)
        {
            yield return Text($"{grouping.OnForbiddenPlan:N0} SIMs are on a plan that their communication plan does not allow: ")
                + "they must move.";
        }

        if (facts.Session.Settings.ExpectedDevices is { } expected && expected != facts.Snapshot.Records.Count)
        {
            yield return Text($"{facts.Snapshot.Records.Count:N0} SIMs were read and {expected:N0} are expected.");
        }

        if (facts.Components.Where(component => component.IsDeclined).ToArray() is { Length: > 0 } declined)
        {
            Money saving = Sum(declined, component => component.WinnerCost - component.OptimalCost);
            string currency = facts.Session.Settings.Currency;
            yield return Text($"In {declined.Length:N0} components savings of {saving.ToDisplay(currency)} were found, each below the ")
                + $"minimum of {facts.Session.Settings.MinimumSavings.ToDisplay(currency)}: no change is proposed there.";
        }

        if (facts.StoppedEarly > 0)
        {
            yield return Text($"The time limit ended the search of {facts.StoppedEarly:N0} components: more seconds may narrow the gap.");
        }
    }

    private static IReadOnlyList<HeaderFact> AboutOf(SessionHeader session) =>
    [
        new("Session", session.SessionId.ToString(CultureInfo.InvariantCulture)),
        new("Provider", session.ProviderName),
        new("Billing period", Text($"{session.PeriodStart:yyyy-MM-dd HH:mm} to {session.PeriodEnd:yyyy-MM-dd HH:mm} UTC")),
    ];

    private static IEnumerable<HeaderFact> SettingsOf(SessionHeader session)
    {
        ProviderSettings settings = session.Settings;
        yield return new HeaderFact("Usage", settings.Projection == UsageProjection.None
            ? "as measured"
            : Text($"projected to the end of the period, {settings.ProjectionSafetyPercent:0.####} % safety"));
        yield return new HeaderFact(
            "A pool reaches over", settings.PoolScope == PoolScope.Account ? "the whole account" : "one comm group");
        yield return new HeaderFact("Proration", settings.UsesProration ? "yes" : "no");
        yield return new HeaderFact("One MB is", Text($"{settings.BytesPerMegabyte:N0} bytes"));
        if (settings.MinimumSavings > Money.Zero)
        {
            yield return new HeaderFact("Minimum saving", settings.MinimumSavings.ToDisplay(settings.Currency));
        }
    }

    private static ReportItem ItemOf(IssueFacts issue) => new(
        ReportItemKind.DataQuality,
        $"{Words(issue.Kind)}{(issue.IsRejected ? ", not in the fleet" : "")}: {issue.Detail}",
        (int)issue.Devices,
        "",
        [issue.Example]);

    /// <summary><c>NoUsage</c> as people read it: "No usage".</summary>
    private static string Words(string name)
    {
        var words = new StringBuilder();
        foreach (char letter in name)
        {
            words.Append(char.IsUpper(letter) && words.Length > 0 ? " " + char.ToLowerInvariant(letter) : letter.ToString());
        }

        return words.ToString();
    }

    private static ExclusionText TextOf(Exclusion exclusion) => exclusion switch
    {
        Exclusion.Inactive => new("not active and no usage: not billed", "Nothing to do."),
        Exclusion.UnknownCurrentPlan => new(
            "the price of the current plan is not known: not billed here", "Correct the rate plan at the carrier."),
        Exclusion.NoMapping => new(
            "communication plan has no mapping: keeps its plan, stays in the bill",
            "Say which rate plans the communication plan allows."),
        Exclusion.GroupTooSmall => new("comm group is too small: keeps its plan, stays in the bill", "Nothing to do."),
        Exclusion.NoPlanLeft => new(
            "every rate plan of the communication plan is invalid or retired: keeps its plan",
            "Correct the rate plans at the carrier, or allow another one."),
        Exclusion.ComponentFailed => new(
            "the optimization of its component failed: keeps its plan, stays in the bill", "Run the optimization again."),
        _ => throw new InvalidOperationException($"Exclusion {exclusion} has no text."),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
