using CarrierOptimization.Benchmarks.Instances;

string folder = args[1];
for (ulong seed = 1; seed <= 5; seed++)
{
    Instance instance = FleetFamily.Pooled(100, 7, seed);
    using var writer = new StreamWriter(Path.Combine(folder, instance.Name + ".txt"));
    InstanceText.Write(instance, writer);
}
