using CarrierOptimization.Engine.Model;
using CarrierOptimization.Engine.Units;

namespace CarrierOptimization.Cli.Optimize;

/// <summary>What the user asked <c>cco optimize</c> for.</summary>
internal sealed record OptimizeSettings
{
    public required string PlansFile { get; init; }

    public required string DevicesFile { get; init; }

    /// <summary><c>null</c>: every plan is allowed for every SIM.</summary>
    public string? CommunicationPlansFile { get; init; }

    public long BytesPerMegabyte { get; init; } = DataVolume.DefaultBytesPerMegabyte;

    public BillRules Rules { get; init; } = new();

    /// <summary><c>null</c>: no limit.</summary>
    public int? MaxChanges { get; init; }

    /// <summary>Below this saving the SIMs stay as they are.</summary>
    public Money MinimumSavings { get; init; }

    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(10);

    public required string OutputFolder { get; init; }

    public bool WritesReport { get; init; } = true;

    public bool PrintsJson { get; init; }

    public bool IsQuiet { get; init; }

    /// <summary>Columns of the result screen; <c>null</c>: those of the terminal, 80 when there is none.</summary>
    public int? ScreenWidth { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
