using CarrierOptimization.Benchmarks.Instances;

namespace CarrierOptimization.Benchmarks.Solvers;

/// <summary>The solvers to compare with, by name.</summary>
internal static class AnySolver
{
    public static IReadOnlyList<string> Names { get; } = ["SCIP", "HIGHS", ConstraintSolver.Name];

    /// <summary>SCIP and HiGHS on one thread, CP-SAT with one worker per processor: its parts need each other.</summary>
    public static SolverAnswer Solve(string solver, Instance instance, TimeSpan limit)
    {
        MipModel model = MipModel.Build(instance.Fleet, instance.Catalog, instance.Options);
        return solver == ConstraintSolver.Name
            ? ConstraintSolver.Solve(model, instance.Options, limit, Environment.ProcessorCount)
            : LinearSolvers.Solve(solver, model, instance.Options, limit);
    }
}
