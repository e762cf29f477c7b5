using System.CommandLine;

namespace CarrierOptimization.Cli.Installations;

/// <summary>The options that say which installation a command works on; the same for all of them.</summary>
internal static class InstallationOptions
{
    public static readonly Option<string?> Data = new("--data")
    {
        Description = "Folder of the embedded database, keys, mails and reports (CCO_DATA).",
        HelpName = "DIR",
    };

    public static readonly Option<string?> Database = new("--database")
    {
        Description = "\"Host=...\" (PostgreSQL) or \"Data Source=...\" (SQLite); DATABASE_CONNECTION_STRING does the same.",
        HelpName = "CONNECTION",
    };

    public static readonly Option<bool> Json = new("--json") { Description = "Print JSON and nothing else." };

    /// <summary>Gives a command the options, and <c>--json</c>.</summary>
    public static Command WithInstallation(this Command command)
    {
        command.Add(Data);
        command.Add(Database);
        command.Add(Json);
        return command;
    }

    public static InstallationSettings Settings(ParseResult parsed) => InstallationSettings.Read(new Dictionary<string, string?>
    {
        [InstallationSettings.DataFolder] = parsed.GetValue(Data),
        [InstallationSettings.Database] = parsed.GetValue(Database),
    });
}
