namespace CarrierOptimization.Cli;

/// <summary>What <c>cco</c> tells the shell. Documented in docs/csv.md.</summary>
public static class ExitCode
{
    public const int Done = 0;

    /// <summary>A bug: the message says so and the details follow.</summary>
    public const int InternalError = 1;

    /// <summary>The input or the options are wrong; nothing was written.</summary>
    public const int BadInput = 2;

    /// <summary>The input is well but no SIM can be optimised; nothing was written.</summary>
    public const int NothingToOptimise = 3;

    /// <summary>The session ended with errors or was cancelled; it says why.</summary>
    public const int EndedWithErrors = 4;

    /// <summary>Stopped by Ctrl-C; nothing was written.</summary>
    public const int Cancelled = 130;
}
