namespace CarrierOptimization.Pipeline.Snapshots;

/// <summary>Where a candidate, or a component as a whole, stands. Complete and Failed never change again.</summary>
public enum CandidateStatus
{
    NotStarted,
    Running,
    Complete,
    Failed,
}
