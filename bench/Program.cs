using System.Globalization;
using CarrierOptimization.Benchmarks.Instances;
using CarrierOptimization.Benchmarks.Solvers;

double limit = double.Parse(args[1], CultureInfo.InvariantCulture);
int[] sizes = args[2].Split(',').Select(int.Parse).ToArray();
int seeds = int.Parse(args[3], CultureInfo.InvariantCulture);
string[] solvers = args[4].Split(',');
foreach (int devices in sizes)
{
    foreach (int plans in new[] { 7, 15 })
    {
        for (int seed = 1; seed <= seeds; seed++)
        {
            Instance i = FleetFamily.Pooled(devices, plans, (ulong)seed);
            MipModel model = MipModel.Build(i.Fleet, i.Catalog, i.Options);
            SolverAnswer lp = LinearSolvers.Relaxation(model, TimeSpan.FromSeconds(limit));
            Console.Write(string.Create(CultureInfo.InvariantCulture, $"| {i.Name} | {lp.BoundUsd:0.000000} |"));
            foreach (string solver in solvers)
            {
                SolverAnswer a = solver == "SAT" ? ConstraintSolver.Solve(model, i.Options, TimeSpan.FromSeconds(limit), 1) : LinearSolvers.Solve(solver, model, i.Options, TimeSpan.FromSeconds(limit));
                Console.Write(string.Create(CultureInfo.InvariantCulture, $" {a.Cost?.ToString() ?? "none"} | {a.BoundUsd:0.000000} | {(a.IsProven ? "yes" : "no")} | {a.Elapsed.TotalSeconds:0.00} |"));
            }
            Console.WriteLine();
            Console.Out.Flush();
        }
    }
}
