namespace CarrierOptimization.Pipeline.OptimizerCleanup;

/// <summary>How results are told.</summary>
public sealed record OptimizerCleanupOptions
{
    /// <summary>A larger report is linked in the mail in place of attached, in MB of 1,000,000 bytes, 0 to 100.</summary>
    public int MaxAttachmentMb { get; init; } = 10;

    /// <summary>Address under which people see sessions, for links; <c>null</c>: the place of the file is told.</summary>
    public string? WebAddress { get; init; }
}
