using CarrierOptimization.Pipeline.Running;

namespace CarrierOptimization.Pipeline.OptimizerCleanup;

/// <summary>"Perhaps all components are in: if so, report and end the session".</summary>
public sealed record CleanUp : StageMessage
{
    public override string Key => $"cleanup/{SessionId}";
}
