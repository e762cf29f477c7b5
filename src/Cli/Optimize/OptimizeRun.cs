namespace CarrierOptimization.Cli.Optimize;

/// <summary>One run of <c>cco optimize</c>: read, decide, solve, choose, write, show.</summary>
internal static class OptimizeRun
{
    public static async Task<int> RunAsync(
        OptimizeSettings settings, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        _ = (output, cancellationToken);
        await error.WriteLineAsync($"cco optimize: reading {settings.DevicesFile} is not built yet.");
        return ExitCode.InternalError;
    }
}
