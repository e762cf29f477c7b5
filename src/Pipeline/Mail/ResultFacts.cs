using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Pipeline.Mail;

/// <summary>What the mail about a result says. Amounts are of one period, in <see cref="Currency"/>.</summary>
public sealed record ResultFacts
{
    public required MailAbout About { get; init; }

    public required string Currency { get; init; }

    /// <summary>Every SIM stays on its plan.</summary>
    public required Money Current { get; init; }

    public required Money Optimal { get; init; }

    /// <summary>No assignment can cost less, change costs included.</summary>
    public required Money LowerBound { get; init; }

    /// <summary>At most this could still be saved.</summary>
    public required Money Gap { get; init; }

    public required bool ProvenOptimal { get; init; }

    public required int Devices { get; init; }

    public required int Optimised { get; init; }

    public required int Excluded { get; init; }

    /// <summary>SIMs that leave their plan.</summary>
    public required int Changed { get; init; }

    /// <summary>What happens with the changes: one sentence.</summary>
    public required string WhatNext { get; init; }

    /// <summary>Parts that are missing, as sentences; empty when all is there.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>Largest saving first.</summary>
    public IReadOnlyList<ResultGroup> CommGroups { get; init; } = [];

    /// <summary>In the order of the report.</summary>
    public IReadOnlyList<ResultPool> Pools { get; init; } = [];

    /// <summary>The first few, largest saving first.</summary>
    public IReadOnlyList<ResultChange> TopChanges { get; init; } = [];

    /// <summary>Name of the attached report; <c>null</c> when none is attached.</summary>
    public string? AttachmentName { get; init; }

    /// <summary>Where the report lies, as people can reach it; <c>null</c> when only the page shows it.</summary>
    public string? ReportPlace { get; init; }

    internal Money Saving => Current - Optimal;
}

/// <summary>A comm group, before and after.</summary>
/// <param name="Changed">SIMs that leave their plan.</param>
public sealed record ResultGroup(string Name, int Devices, int Changed, Money Current, Money Optimal);

/// <summary>A rate pool or an individual plan, before and after.</summary>
/// <param name="Utilisation">Usage as a share of the allowance, before; <c>null</c> without an allowance.</param>
/// <param name="UtilisationAfter">The same, after.</param>
public sealed record ResultPool(
    string Name, int Devices, int DevicesAfter, decimal? Utilisation, decimal? UtilisationAfter, Money Cost, Money CostAfter);

/// <summary>One SIM that is to move.</summary>
/// <param name="From"><c>null</c> when it has no plan today.</param>
public sealed record ResultChange(string Iccid, string? From, string To, Money Saving);
