using System.Diagnostics;
using CarrierOptimization.Engine;
using CarrierOptimization.Engine.Units;
using Google.OrTools.LinearSolver;

namespace CarrierOptimization.Benchmarks.Solvers;

/// <summary>HiGHS and SCIP (integer) and GLOP (the relaxation) through OR-Tools, on one thread.</summary>
internal static class LinearSolvers
{
    private const double MicroUnitsPerUnit = 1e6;

    /// <param name="solver">HIGHS or SCIP.</param>
    public static SolverAnswer Solve(string solver, MipModel model, SolveOptions options, TimeSpan timeLimit)
    {
        var watch = Stopwatch.StartNew();
        using Solver made = Create(solver);
        Variable[][] counts = AddModel(made, model, integer: true);
        made.SetTimeLimit((long)timeLimit.TotalMilliseconds);
        _ = made.SetNumThreads(1);
        using var parameters = new MPSolverParameters();
        parameters.SetDoubleParam(MPSolverParameters.DoubleParam.RELATIVE_MIP_GAP, 0);
        Solver.ResultStatus status = made.Solve(parameters);
        watch.Stop();
        if (status is not (Solver.ResultStatus.OPTIMAL or Solver.ResultStatus.FEASIBLE))
        {
            return new SolverAnswer(solver, null, null, SafeBound(made), false, watch.Elapsed);
        }

        ushort[] assignment = model.Assignment((kind, choice) => (long)Math.Round(counts[kind][choice].SolutionValue()));
        Money cost = Repricing.Cost(model.Fleet, model.Catalog, options, assignment);
        return new SolverAnswer(
            solver, cost, assignment, SafeBound(made), status == Solver.ResultStatus.OPTIMAL, watch.Elapsed);
    }

    /// <summary>The relaxation: fractions of SIMs and of blocks. Its value bounds every assignment, within GLOP's tolerances.</summary>
    public static SolverAnswer Relaxation(MipModel model, TimeSpan timeLimit)
    {
        var watch = Stopwatch.StartNew();
        using Solver made = Create("GLOP");
        _ = AddModel(made, model, integer: false);
        made.SetTimeLimit((long)timeLimit.TotalMilliseconds);
        Solver.ResultStatus status = made.Solve();
        watch.Stop();
        bool isSolved = status == Solver.ResultStatus.OPTIMAL;
        return new SolverAnswer("GLOP", null, null, isSolved ? made.Objective().Value() : double.NaN, isSolved, watch.Elapsed);
    }

    private static Solver Create(string name) =>
        Solver.CreateSolver(name) ?? throw new InvalidOperationException($"OR-Tools on this machine has no solver {name}.");

    private static Variable[][] AddModel(Solver solver, MipModel model, bool integer)
    {
        Objective objective = solver.Objective();
        objective.SetMinimization();
        var rows = new Constraint[model.Blocks.Count];
        for (int block = 0; block < rows.Length; block++)
        {
            // In blocks: excess of the SIMs - started blocks <= 0. Solvers like numbers near 1.
            rows[block] = solver.MakeConstraint(double.NegativeInfinity, 0);
            Variable started = solver.MakeVar(0, double.PositiveInfinity, integer, string.Empty);
            rows[block].SetCoefficient(started, -1);
            objective.SetCoefficient(started, model.Blocks[block].RateMicroUnits / MicroUnitsPerUnit);
        }

        Constraint? budget = model.MaxChanges is { } most ? solver.MakeConstraint(double.NegativeInfinity, most) : null;
        var counts = new Variable[model.Kinds.Count][];
        for (int kind = 0; kind < counts.Length; kind++)
        {
            int devices = model.Kinds[kind].Devices.Count;
            Constraint placed = solver.MakeConstraint(devices, devices);
            counts[kind] = new Variable[model.Kinds[kind].Choices.Count];
            for (int choice = 0; choice < counts[kind].Length; choice++)
            {
                PlanChoice plan = model.Kinds[kind].Choices[choice];
                Variable count = solver.MakeVar(0, devices, integer, string.Empty);
                counts[kind][choice] = count;
                placed.SetCoefficient(count, 1);
                objective.SetCoefficient(count, plan.CostMicroUnits / MicroUnitsPerUnit);
                if (plan.Block >= 0)
                {
                    rows[plan.Block].SetCoefficient(count, (double)plan.ExcessBytes / model.Blocks[plan.Block].BlockBytes);
                }

                if (plan.IsChange)
                {
                    budget?.SetCoefficient(count, 1);
                }
            }
        }

        return counts;
    }

    private static double SafeBound(Solver solver)
    {
        double bound = solver.Objective().BestBound();
        return double.IsFinite(bound) ? bound : double.NaN;
    }
}
