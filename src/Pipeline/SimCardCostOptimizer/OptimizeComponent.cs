using CarrierOptimization.Pipeline.Running;

namespace CarrierOptimization.Pipeline.SimCardCostOptimizer;

/// <summary>"Find the winner of this component".</summary>
public sealed record OptimizeComponent : StageMessage
{
    /// <summary>Number of the component within the instance, from 0.</summary>
    public required int Component { get; init; }

    public override string Key => $"optimize/{SessionId}/{Component}";
}
