using CarrierOptimization.Engine.Billing;
using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Pipeline.OptimizerCleanup;

/// <summary>What the fleet's arrays do not hold about a SIM.</summary>
/// <param name="Reason">Why it is on its assigned plan, or why it was left alone.</param>
/// <param name="UnpricedPlan">Its current plan, where the fleet knows none because the plan has no price.</param>
public readonly record struct DeviceLabels(
    Iccid Iccid, string? Msisdn, string? CommunicationPlan, string Reason, string? UnpricedPlan = null);

/// <summary>The labels of the SIM at a position of the fleet. Called once per row written, never kept.</summary>
public delegate DeviceLabels DeviceLabelsOf(int device);

/// <summary>An assignment with its exact bill and the bill's break-down to SIMs.</summary>
/// <param name="Assignment">Per SIM a plan, or <see cref="Fleet.NoPlan"/>.</param>
public sealed record PricedAssignment(ushort[] Assignment, Bill Bill, DeviceCharges Charges)
{
    /// <summary>Prices <paramref name="assignment"/> with the one bill function.</summary>
    public static PricedAssignment Of(Fleet fleet, PlanCatalog catalog, ushort[] assignment)
    {
        Bill bill = BillCalculator.Bill(fleet, catalog, assignment);
        return new PricedAssignment(assignment, bill, BillCalculator.DeviceCharges(fleet, catalog, assignment, bill));
    }
}

/// <summary>What the report is made of.</summary>
public sealed record ReportInput
{
    public required ReportHeader Header { get; init; }

    public required Fleet Fleet { get; init; }

    public required PlanCatalog Catalog { get; init; }

    /// <summary>Every SIM on the plan it has today.</summary>
    public required PricedAssignment Current { get; init; }

    /// <summary>The winner.</summary>
    public required PricedAssignment Optimal { get; init; }

    /// <summary>Cost of the base assignment; <c>null</c> when it was not priced.</summary>
    public Money? BaseCost { get; init; }

    /// <summary>What the changes themselves cost, if the solve was told so.</summary>
    public Money ChangeCosts { get; init; }

    /// <summary>Certified: no assignment costs less, change costs included.</summary>
    public required Money LowerBound { get; init; }

    public required bool ProvenOptimal { get; init; }

    /// <summary>What was found when it is not proposed.</summary>
    public DeclinedSaving? Declined { get; init; }

    /// <summary>The limit of changes the winner and the bound keep; <c>null</c>: none.</summary>
    public int? MaxChanges { get; init; }

    public required DeviceLabelsOf Labels { get; init; }

    /// <summary>Per SIM its comm group, a position in <see cref="CommGroupNames"/>.</summary>
    public required ushort[] CommGroupOf { get; init; }

    public required IReadOnlyList<string> CommGroupNames { get; init; }

    /// <summary>Usage as measured; <c>null</c> when it is the usage that was priced.</summary>
    public long[]? RawUsageBytes { get; init; }

    /// <summary>SIMs read, also those that did not make it into the fleet.</summary>
    public required int DevicesRead { get; init; }

    /// <summary>Exclusions (their counts add up to the SIMs not optimised) and data-quality items.</summary>
    public IReadOnlyList<ReportItem> Items { get; init; } = [];

    public long BytesPerMegabyte { get; init; } = DataVolume.DefaultBytesPerMegabyte;
}
