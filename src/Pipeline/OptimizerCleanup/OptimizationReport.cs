using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Pipeline.OptimizerCleanup;

/// <summary>A fact at the head of the report, as "Billing period: 1 to 31 May 2026".</summary>
public readonly record struct HeaderFact(string Name, string Value);

/// <summary>What the report is about: a session of a provider, or a run over files.</summary>
/// <param name="Title">The provider or the fleet, as its people call it.</param>
/// <param name="Facts">Session, period, files, settings; in the order to print. No clock times: same input, same report.</param>
public sealed record ReportHeader(string Title, IReadOnlyList<HeaderFact> Facts);

/// <summary>The headline amounts of one period, in one currency.</summary>
/// <param name="Current">Every SIM stays on its plan.</param>
/// <param name="Base">Each SIM alone on the plan whose allowance is nearest above its usage; <c>null</c> when not priced.</param>
/// <param name="Optimal">The bill of the winner.</param>
/// <param name="ChangeCosts">What the changes themselves cost; part of what was minimised, not of the bill.</param>
/// <param name="LowerBound">No assignment can cost less, change costs included. Certified.</param>
/// <param name="ProvenOptimal">No assignment can be cheaper than the winner.</param>
public sealed record ReportCosts(
    string Currency, Money Current, Money? Base, Money Optimal, Money ChangeCosts, Money LowerBound, bool ProvenOptimal)
{
    public Money Saving => Current - Optimal;

    /// <summary>Saving as a share of the current cost, for display; 0 when the current cost is 0.</summary>
    public decimal SavingShare => Share(Saving, Current);

    /// <summary>At most this much could still be gained.</summary>
    public Money GapAmount => Optimal + ChangeCosts - LowerBound;

    /// <summary>(cost - bound) / cost, for display; 0 when the cost is 0.</summary>
    public decimal Gap => Share(GapAmount, Optimal + ChangeCosts);

    private static decimal Share(Money part, Money whole) =>
        whole == Money.Zero ? 0 : (decimal)part.MicroUnits / whole.MicroUnits;
}

/// <summary>A saving that was found and is not proposed, because it is below the minimum asked for; every SIM stays on its plan.</summary>
/// <param name="Cost">Of the cheapest assignment found.</param>
/// <param name="ProvenOptimal">No assignment can be cheaper than that one.</param>
public sealed record DeclinedSaving(Money Cost, bool ProvenOptimal, Money Minimum);

/// <summary>The content of the optimization report: the same for xlsx, csv and json.</summary>
/// <remarks>
/// Made by <see cref="OptimizationReportBuilder"/>. Small tables are lists; rows per SIM are streams that can be read again and
/// hold nothing but the row at hand. Comm groups, and pools with individual plans, add up to the totals exactly.
/// </remarks>
public sealed record OptimizationReport
{
    public required ReportHeader Header { get; init; }

    public required ReportCounts Counts { get; init; }

    public required ReportCosts Costs { get; init; }

    /// <summary><c>null</c> when the winner is proposed, or nothing cheaper was found.</summary>
    public DeclinedSaving? Declined { get; init; }

    /// <summary>The optimal cost and the lower bound are those with at most so many changes; <c>null</c>: no limit.</summary>
    public int? MaxChanges { get; init; }

    /// <summary>Bytes of one MB wherever data is shown in MB.</summary>
    public required long BytesPerMegabyte { get; init; }

    /// <summary>True when raw and priced usage differ, so that both are worth a column.</summary>
    public required bool HasProjectedUsage { get; init; }

    /// <summary>True when any SIM pays for messages, before or after.</summary>
    public required bool HasSmsCharges { get; init; }

    /// <summary>Comm groups, largest saving first.</summary>
    public required IReadOnlyList<CommGroupRow> CommGroups { get; init; }

    /// <summary>Pools, each followed by its plans, then individual plans; by group, then order of the catalog.</summary>
    public required IReadOnlyList<PoolRow> Pools { get; init; }

    /// <summary>Plans with a SIM before or after, in the catalog's order.</summary>
    public required IReadOnlyList<PlanDistributionRow> Plans { get; init; }

    /// <summary>Exclusions first, then data quality; largest count first.</summary>
    public required IReadOnlyList<ReportItem> Items { get; init; }

    /// <summary>Every SIM of the fleet, in its order.</summary>
    public required IEnumerable<AssignmentRow> Assignments { get; init; }

    /// <summary>The SIMs to move, largest saving first, then in the order of the fleet.</summary>
    public required IEnumerable<AssignmentRow> RatePlanChanges { get; init; }
}
