using CarrierOptimization.Pipeline.Running;

namespace CarrierOptimization.Pipeline.GroupDevices;

/// <summary>"The devices of this session are in: freeze and group them".</summary>
public sealed record FormGroups : StageMessage
{
    public override string Key => $"group/{SessionId}";
}
