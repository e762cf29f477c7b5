using CarrierOptimization.Benchmarks.Measuring;
using CarrierOptimization.Benchmarks.Solvers;

namespace CarrierOptimization.Benchmarks.Goals;

/// <summary>HiGHS, SCIP and CP-SAT on the same instances.</summary>
internal static class OtherSolvers
{
    private const double TimesFasterAtTenThousand = 1_000;

    public static IEnumerable<GoalRow> Rows(GoalOptions options)
    {
        foreach (int devices in new[] { 200, 1_000, 10_000 })
        {
            foreach (int plans in new[] { 7, 15 })
            {
                var choice = new InstanceChoice(devices, plans);
                SolveMeasurement.WarmUp(choice, options.Effort);
                SolveMeasurement ours = SolveMeasurement.Of(choice.Make(), options.Effort, 3);
                foreach (string solver in AnySolver.Names)
                {
                    yield return Compare(ours, ChildMeasurement.Solver(choice, solver, options.SolverLimit), devices);
                }
            }
        }
    }

    public static string Describe(SolverMeasurement other) =>
        $"{other.Solver} {(other.CostMicroUnits is { } cost ? Figures.Money(cost) : "found nothing")}"
        + $"{(other.IsProven ? " proven" : string.Empty)} in {Figures.Time(other.Seconds)}"
        + (other.Failure is null ? string.Empty : $" ({other.Failure})");

    private static GoalRow Compare(SolveMeasurement ours, SolverMeasurement other, int devices)
    {
        double timesFaster = other.Seconds / ours.Seconds;
        bool mustBeFaster = devices == 10_000;
        string goal = mustBeFaster ? "never dearer, and at least 1,000 x faster" : "never dearer";
        string subject = $"{other.Solver}, {ours.Instance}";
        string measured = $"ours {Figures.Money(ours.CostMicroUnits)} {(ours.IsProven ? "proven" : "gap " + Figures.Gap(ours.Gap))} "
            + $"in {Figures.Time(ours.Seconds)}; {Describe(other)}; {Figures.Format($"{timesFaster:#,##0}")} x";

        // A solver that found nothing proves nothing about us.
        return other.CostMicroUnits is { } cost
            ? GoalRow.Of(
                goal, subject, measured, ours.CostMicroUnits <= cost && (!mustBeFaster || timesFaster >= TimesFasterAtTenThousand))
            : GoalRow.Figure(goal + ": nothing to compare", subject, measured);
    }
}
