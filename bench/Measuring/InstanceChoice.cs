using CarrierOptimization.Benchmarks.Instances;

namespace CarrierOptimization.Benchmarks.Measuring;

/// <summary>Names an instance so that a child process can make the same one.</summary>
/// <param name="Family">pooled, shared, prorated or general.</param>
internal sealed record InstanceChoice(
    int Devices, int Plans, ulong Seed = 1, string Family = "pooled", GeneralCase Cases = GeneralCase.None)
{
    public Instance Make() => Family switch
    {
        "pooled" => FleetFamily.Pooled(Devices, Plans, Seed),
        "shared" => FleetFamily.SharedPool(Devices, Plans, Seed),
        "prorated" => FleetFamily.Prorated(Devices, Plans, Seed),
        "general" => FleetFamily.General(Devices, Plans, Seed, Cases),
        _ => throw new ArgumentException($"Family \"{Family}\" is unknown; expected pooled, shared, prorated or general."),
    };
}
