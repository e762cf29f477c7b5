using System.CommandLine;
using CarrierOptimization.Adapters.Files.Csv;

namespace CarrierOptimization.Cli.Installations;

/// <summary>What a command on an installation works with.</summary>
internal sealed record InstallationContext(
    Installation Installation, ParseResult Parsed, TextWriter Output, TextWriter Error)
{
    /// <summary>True when a machine reads the answer.</summary>
    public bool PrintsJson => Parsed.GetValue(InstallationOptions.Json);
}

/// <summary>Runs a command on an installation: opens it, says what is wrong with settings in one sentence, closes it.</summary>
internal static class InstallationCommand
{
    /// <summary>Lets <paramref name="command"/> do <paramref name="workAsync"/> and gives it the options of an installation.</summary>
    public static Command OnInstallation(
        this Command command, Func<InstallationContext, CancellationToken, Task<int>> workAsync)
    {
        command.WithInstallation().SetAction((parsed, cancellationToken) => RunAsync(
            parsed,
            async (context, token) => await workAsync(context, token),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        ParseResult parsed, Func<InstallationContext, CancellationToken, Task<int>> workAsync, CancellationToken cancellationToken)
    {
        TextWriter error = parsed.InvocationConfiguration.Error;
        try
        {
            await using Installation installation = await Installation.OpenAsync(
                InstallationOptions.Settings(parsed), TimeProvider.System, cancellationToken);
            return await workAsync(
                new InstallationContext(installation, parsed, parsed.InvocationConfiguration.Output, error), cancellationToken);
        }
        catch (SettingException mistake)
        {
            await error.WriteLineAsync("cco: " + mistake.Message);
            return ExitCode.BadInput;
        }
        catch (InputException mistake)
        {
            foreach (string line in mistake.Lines)
            {
                await error.WriteLineAsync(line);
            }

            return ExitCode.BadInput;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await error.WriteLineAsync("cco: stopped.");
            return ExitCode.Cancelled;
        }
    }
}
