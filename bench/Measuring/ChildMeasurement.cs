using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CarrierOptimization.Benchmarks.Instances;
using CarrierOptimization.Benchmarks.Solvers;
using CarrierOptimization.Engine;

namespace CarrierOptimization.Benchmarks.Measuring;

/// <summary>What a child process is asked to measure.</summary>
/// <param name="Solver">Ours, or the name of another solver.</param>
/// <param name="LimitSeconds">For another solver.</param>
internal sealed record MeasurementOrder(
    InstanceChoice Choice, Effort Effort, int Repetitions, string Solver = MeasurementOrder.Ours, double LimitSeconds = 0)
{
    public const string Ours = "ours";
}

/// <summary>Another solver's answer as a child process reports it.</summary>
internal sealed record SolverMeasurement(
    string Solver, long? CostMicroUnits, double BoundUsd, bool IsProven, double Seconds, string? Failure = null);

/// <summary>
/// Measures in a process of its own: peak memory is that process's alone, other solvers can be ended when they ignore their
/// limit, and what they print does not mix with ours.
/// </summary>
internal static class ChildMeasurement
{
    /// <summary>The verb of this program that a child runs.</summary>
    public const string Verb = "measure";

    private const string Mark = "MEASURED ";
    private const double OverrunFactor = 2;
    private static readonly TimeSpan StartAllowance = TimeSpan.FromSeconds(60);

    // Bounds that a solver never found are not numbers.
    private static readonly JsonSerializerOptions Json = new()
    {
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static SolveMeasurement Solve(InstanceChoice choice, Effort effort, int repetitions)
    {
        string answer = Run(new MeasurementOrder(choice, effort, repetitions), TimeSpan.FromMinutes(20), out string error)
            ?? throw new InvalidOperationException($"Measuring {choice} in a process of its own failed: {error}");
        return JsonSerializer.Deserialize<SolveMeasurement>(answer, Json)!;
    }

    public static SolverMeasurement Solver(InstanceChoice choice, string solver, TimeSpan limit)
    {
        var order = new MeasurementOrder(choice, Effort.Standard, 1, solver, limit.TotalSeconds);
        string? answer = Run(order, (limit * OverrunFactor) + StartAllowance, out string error);
        return answer is null
            ? new SolverMeasurement(solver, null, double.NaN, false, limit.TotalSeconds, error)
            : JsonSerializer.Deserialize<SolverMeasurement>(answer, Json)!;
    }

    /// <summary>The child's side: measures what <paramref name="orderJson"/> says and prints one marked line.</summary>
    public static int Answer(string orderJson)
    {
        MeasurementOrder order = JsonSerializer.Deserialize<MeasurementOrder>(orderJson, Json)!;
        string answer = order.Solver == MeasurementOrder.Ours
            ? JsonSerializer.Serialize(Ours(order), Json)
            : JsonSerializer.Serialize(Other(order), Json);
        Console.Out.WriteLine();
        Console.Out.WriteLine(Mark + answer);
        return 0;
    }

    private static SolveMeasurement Ours(MeasurementOrder order)
    {
        SolveMeasurement.WarmUp(order.Choice, order.Effort);
        return SolveMeasurement.WithMemoryAndSort(order.Choice.Make(), order.Effort, order.Repetitions);
    }

    private static SolverMeasurement Other(MeasurementOrder order)
    {
        _ = Solve((order.Choice with { Devices = 5 }).Make(), order);
        SolverAnswer answer = Solve(order.Choice.Make(), order);
        return new SolverMeasurement(
            order.Solver, answer.Cost?.MicroUnits, answer.BoundUsd, answer.IsProven, answer.Elapsed.TotalSeconds);
    }

    private static SolverAnswer Solve(Instance instance, MeasurementOrder order) =>
        AnySolver.Solve(order.Solver, instance, TimeSpan.FromSeconds(order.LimitSeconds));

    private static string? Run(MeasurementOrder order, TimeSpan most, out string error)
    {
        string program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(typeof(ChildMeasurement).Assembly.Location);
        }

        start.ArgumentList.Add(Verb);
        start.ArgumentList.Add(JsonSerializer.Serialize(order, Json));
        using Process child = Process.Start(start)!;
        string? answer = null;
        child.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.StartsWith(Mark, StringComparison.Ordinal) == true)
            {
                answer = line.Data[Mark.Length..];
            }
        };
        child.BeginOutputReadLine();
        if (!child.WaitForExit(most))
        {
            child.Kill(entireProcessTree: true);
            error = string.Create(CultureInfo.InvariantCulture, $"ended after {most.TotalSeconds:0} s, it kept no limit");
            return null;
        }

        child.WaitForExit();
        error = answer is null ? string.Create(CultureInfo.InvariantCulture, $"ended with code {child.ExitCode}") : string.Empty;
        return answer;
    }
}
