using System.Diagnostics;
using System.Globalization;
using CarrierOptimization.Engine;
using Google.OrTools.Sat;

namespace CarrierOptimization.Benchmarks.Solvers;

/// <summary>CP-SAT through OR-Tools: whole bytes and micro-units, so its answers are exact.</summary>
internal static class ConstraintSolver
{
    public const string Name = "CP-SAT";

    public static SolverAnswer Solve(MipModel model, SolveOptions options, TimeSpan timeLimit, int workers)
    {
        var watch = Stopwatch.StartNew();
        var made = new CpModel();
        IntVar[][] counts = AddModel(made, model);
        using var solver = new CpSolver();
        solver.StringParameters = string.Create(
            CultureInfo.InvariantCulture,
            $"max_time_in_seconds:{timeLimit.TotalSeconds},num_workers:{workers},relative_gap_limit:0,absolute_gap_limit:0");
        CpSolverStatus status = solver.Solve(made);
        watch.Stop();
        double bound = solver.BestObjectiveBound / 1e6;
        if (status is not (CpSolverStatus.Optimal or CpSolverStatus.Feasible))
        {
            return new SolverAnswer(Name, null, null, bound, false, watch.Elapsed);
        }

        ushort[] assignment = model.Assignment((kind, choice) => solver.Value(counts[kind][choice]));
        return new SolverAnswer(
            Name, Repricing.Cost(model.Fleet, model.Catalog, options, assignment), assignment, bound,
            status == CpSolverStatus.Optimal, watch.Elapsed);
    }

    private static IntVar[][] AddModel(CpModel made, MipModel model)
    {
        var costs = LinearExpr.NewBuilder();
        var changes = LinearExpr.NewBuilder();
        var excess = new LinearExprBuilder[model.Blocks.Count];
        for (int block = 0; block < excess.Length; block++)
        {
            excess[block] = LinearExpr.NewBuilder();
        }

        var counts = new IntVar[model.Kinds.Count][];
        for (int kind = 0; kind < counts.Length; kind++)
        {
            int devices = model.Kinds[kind].Devices.Count;
            counts[kind] = new IntVar[model.Kinds[kind].Choices.Count];
            for (int choice = 0; choice < counts[kind].Length; choice++)
            {
                PlanChoice plan = model.Kinds[kind].Choices[choice];
                IntVar count = made.NewIntVar(0, devices, string.Empty);
                counts[kind][choice] = count;
                costs.AddTerm(count, plan.CostMicroUnits);
                if (plan.Block >= 0)
                {
                    excess[plan.Block].AddTerm(count, plan.ExcessBytes);
                }

                if (plan.IsChange)
                {
                    changes.AddTerm(count, 1);
                }
            }

            made.Add(LinearExpr.Sum(counts[kind]) == devices);
        }

        AddBlocks(made, model, excess, costs);
        if (model.MaxChanges is { } most)
        {
            made.Add(changes <= most);
        }

        made.Minimize(costs);
        return counts;
    }

    private static void AddBlocks(CpModel made, MipModel model, LinearExprBuilder[] excess, LinearExprBuilder costs)
    {
        for (int block = 0; block < excess.Length; block++)
        {
            long size = model.Blocks[block].BlockBytes;
            long most = model.Kinds.Sum(kind =>
                kind.Devices.Count * kind.Choices.Where(choice => choice.Block == block).Select(choice => Math.Max(0, choice.ExcessBytes))
                    .DefaultIfEmpty(0).Max());
            IntVar started = made.NewIntVar(0, (most / size) + 1, string.Empty);
            excess[block].AddTerm(started, -size);
            made.Add(excess[block] <= 0);
            costs.AddTerm(started, model.Blocks[block].RateMicroUnits);
        }
    }
}
