namespace CarrierOptimization.Cli.Optimize;

internal static class ResultScreen
{
    public static void Show(OptimizeResult result, IReadOnlyList<string> files, TextWriter output) =>
        output.WriteLine($"{result.Report.Costs.Current} -> {result.Report.Costs.Optimal} {files.Count}");
}
