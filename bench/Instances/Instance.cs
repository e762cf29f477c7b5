using CarrierOptimization.Engine;
using CarrierOptimization.Engine.Model;

namespace CarrierOptimization.Benchmarks.Instances;

/// <summary>One thing to solve: SIMs, plans, and what the search must respect.</summary>
/// <param name="Name">Unique among the instances of one run; says size, plans and seed.</param>
internal sealed record Instance(string Name, Fleet Fleet, PlanCatalog Catalog, SolveOptions Options);
