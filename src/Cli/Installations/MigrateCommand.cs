using System.CommandLine;
using CarrierOptimization.Cli.Sessions;
using CarrierOptimization.Pipeline.Storage;

namespace CarrierOptimization.Cli.Installations;

/// <summary><c>cco migrate</c>: brings the schema of the database forward.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        Command command = new Command("migrate", "Create or update the schema of the database; it only ever goes forward.")
            .WithInstallation();
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        InstallationSettings settings = InstallationOptions.Settings(parsed);
        TextWriter output = parsed.InvocationConfiguration.Output;
        try
        {
            Directory.CreateDirectory(settings.Data);
            await using Database database = Database.Of(settings.ConnectionString);
            IReadOnlyList<Migration> applied = await Migrations.ApplyAsync(database, TimeProvider.System, cancellationToken);
            if (parsed.GetValue(InstallationOptions.Json))
            {
                await output.WriteLineAsync(SessionJson.Of(new
                {
                    Database = database.Dialect.Name,
                    Applied = applied.Select(step => step.Number),
                    At = Migrations.All.Count,
                }));
                return ExitCode.Done;
            }

            foreach (Migration step in applied)
            {
                await output.WriteLineAsync($"{step.Number:0000} {step.Name}");
            }

            await output.WriteLineAsync(
                $"{database.Dialect.Name} is at step {Migrations.All.Count}; {applied.Count} applied now.");
            return ExitCode.Done;
        }
        catch (Exception failure) when (failure is System.Data.Common.DbException or ArgumentException or MigrationException
            or IOException or UnauthorizedAccessException)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync("cco migrate: " + failure.Message);
            return ExitCode.BadInput;
        }
    }
}
