using System.Globalization;
using CarrierOptimization.Engine;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.GroupDevices;
using CarrierOptimization.Pipeline.OptimizerCleanup;
using CarrierOptimization.Pipeline.SimCardCostOptimizer;

namespace CarrierOptimization.Cli.Optimize;

/// <summary>From records to a result: candidates, solve, winner, report. No files, no screen.</summary>
internal static class OptimizeDecision
{
    /// <exception cref="ModelException">The fleet cannot be priced exactly, or the limits cannot be kept.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static OptimizeResult Decide(
        OptimizeSettings settings, OptimizeInput input, DeviceGrouping grouping, IProgress<SolveProgress> progress,
        CancellationToken cancellationToken)
    {
        Fleet fleet = grouping.Fleet;
        FleetValidation.Validate(fleet, input.Catalog);
        Candidate current = Strategies.Current(fleet, input.Catalog);
        Candidate baseAssignment = Strategies.BaseAssignment(fleet, input.Catalog);
        cancellationToken.ThrowIfCancellationRequested();
        var options = new SolveOptions { MaxChanges = settings.MaxChanges, TimeLimit = settings.TimeLimit, Progress = progress };
        Solution solution = Optimizer.Solve(fleet, input.Catalog, options, cancellationToken);
        Winner winner = WinnerDecision.Decide(
            fleet, current, grouping.CurrentIsComplete, [baseAssignment], solution, settings.MinimumSavings, settings.MaxChanges);
        PricedAssignment currentPriced = PricedAssignment.Of(fleet, input.Catalog, current.Assignment);
        PricedAssignment winnerPriced = winner.Candidate == current
            ? currentPriced
            : PricedAssignment.Of(fleet, input.Catalog, winner.Candidate.Assignment);
        cancellationToken.ThrowIfCancellationRequested();
        var reasons = new AssignmentReasons(input.Records, grouping, input.Catalog, currentPriced, winnerPriced);
        IReadOnlyList<string> notes = [.. input.Notes, .. NotesOf(settings, input, grouping, solution, winner)];
        OptimizationReport report = OptimizationReportBuilder.Build(new ReportInput
        {
            Header = HeaderOf(settings, input.Catalog.Currency),
            Fleet = fleet,
            Catalog = input.Catalog,
            Current = currentPriced,
            Optimal = winnerPriced,
            BaseCost = baseAssignment.Cost,
            LowerBound = solution.LowerBound,
            ProvenOptimal = winner.ProvenOptimal,
            Declined = DeclinedOf(settings, solution, winner),
            MaxChanges = settings.MaxChanges,
            Labels = device => new DeviceLabels(
                input.Records.Iccids[device],
                input.Records.Msisdn is { } phones ? PhoneNumber.Unpack(phones[device]) : null,
                input.Records.CommunicationPlanOf(device),
                reasons.Texts[reasons.Of(device)],
                input.Records.RatePlanOf(device)),
            CommGroupOf = grouping.CommGroupOf,
            CommGroupNames = [.. grouping.Groups.Select(group => group.Name)],
            DevicesRead = input.Records.Count,
            Items = [.. ExclusionItems.Of(input.Records, grouping, TextOf),
                .. notes.Select(note => new ReportItem(ReportItemKind.DataQuality, note, 0))],
            BytesPerMegabyte = settings.BytesPerMegabyte,
        });
        return new OptimizeResult
        {
            Input = input,
            Grouping = grouping,
            Solution = solution,
            Winner = winner,
            Current = currentPriced,
            Optimal = winnerPriced,
            Reasons = reasons,
            Report = report,
            Notes = notes,
        };
    }

    /// <summary>What is said about the SIMs left out; the pipeline says it in the words of a carrier.</summary>
    public static ExclusionText TextOf(Exclusion exclusion) => exclusion switch
    {
        Exclusion.Inactive => new("not active and no usage: not billed", "Nothing to do."),
        Exclusion.UnknownCurrentPlan => new(
            "current plan is not in the file of rate plans: its price is not known, not billed here",
            "Add the plan to the file of rate plans, or correct the current plan."),
        Exclusion.NoMapping => new(
            "communication plan has no mapping: keeps its plan, stays in the bill",
            "Add the communication plan, with the rate plans it allows, to the file of communication plans."),
        Exclusion.GroupTooSmall => new("comm group is too small: keeps its plan, stays in the bill", "Nothing to do."),
        _ => throw new InvalidOperationException($"Exclusion {exclusion} does not come from files."),
    };

    private static IEnumerable<string> NotesOf(
        OptimizeSettings settings, OptimizeInput input, DeviceGrouping grouping, Solution solution, Winner winner)
    {
        if (grouping.WithoutCurrentPlan > 0)
        {
            yield return Text($"{grouping.WithoutCurrentPlan:N0} SIMs have no current plan: they get one, and the current cost ")
                + "leaves them out.";
        }

        if (grouping.OnForbiddenPlan > 0)
        {
            yield return Text($"{grouping.OnForbiddenPlan:N0} SIMs are on a plan that their communication plan does not allow: ")
                + "they must move.";
        }

        if (input.CommunicationPlans is null && input.Records.CommunicationPlan is not null)
        {
            yield return "No file of communication plans was given: every rate plan is allowed for every SIM.";
        }

        if (DeclinedOf(settings, solution, winner) is { } declined)
        {
            yield return $"A saving of {(winner.Candidate.Cost - declined.Cost).ToDisplay(input.Catalog.Currency)} was found, but it is "
                + $"below the minimum of {declined.Minimum.ToDisplay(input.Catalog.Currency)}: no change is proposed.";
        }

        if (solution.StoppedBy == StopReason.TimeLimit)
        {
            yield return "The time limit ended the search: a longer --time-limit may narrow the gap.";
        }
    }

    private static DeclinedSaving? DeclinedOf(OptimizeSettings settings, Solution solution, Winner winner) =>
        winner.Candidate.Strategy == Strategy.Current && winner.Candidate.Cost > solution.Cost
            ? new DeclinedSaving(solution.Cost, solution.ProvenOptimal, settings.MinimumSavings)
            : null;

    private static ReportHeader HeaderOf(OptimizeSettings settings, string currency)
    {
        var facts = new List<HeaderFact>
        {
            new("File of devices", Path.GetFileName(settings.DevicesFile)),
            new("File of rate plans", Path.GetFileName(settings.PlansFile)),
            new("File of communication plans", settings.CommunicationPlansFile is { } file
                ? Path.GetFileName(file) : "none: every rate plan is allowed for every SIM"),
            new("Billing period", Text($"{settings.Rules.PeriodDays} days")),
            new("A pool reaches over", settings.Rules.PoolScope == PoolScope.Account ? "the whole account" : "one comm group"),
            new("One MB is", Text($"{settings.BytesPerMegabyte:N0} bytes")),
        };
        if (settings.MaxChanges is { } changes)
        {
            facts.Add(new HeaderFact("Most changes", Text($"{changes:N0}")));
        }

        if (settings.MinimumSavings > Money.Zero)
        {
            facts.Add(new HeaderFact("Minimum saving", settings.MinimumSavings.ToDisplay(currency)));
        }

        return new ReportHeader("Rate plan optimization", facts);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
