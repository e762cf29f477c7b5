using System.CommandLine;
using CarrierOptimization.Cli.Sessions;
using Spectre.Console;

namespace CarrierOptimization.Cli.Installations;

/// <summary><c>cco config</c>: the effective settings, secrets masked, and where each came from.</summary>
internal static class ConfigCommand
{
    public static Command Create()
    {
        Command command = new Command("config", "Show the effective settings and where each came from; secrets are not shown.")
            .WithInstallation();
        command.SetAction(async (parsed, _) => await RunAsync(parsed));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        InstallationSettings settings = InstallationOptions.Settings(parsed);
        TextWriter output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(InstallationOptions.Json))
        {
            await output.WriteLineAsync(SessionJson.Of(settings.Effective.Select(setting => new
            {
                setting.Name,
                Value = setting.Shown,
                setting.Source,
            })));
            return ExitCode.Done;
        }

        Dictionary<string, string> meanings = InstallationSettings.Meanings.ToDictionary(pair => pair.Name, pair => pair.Meaning);
        IAnsiConsole console = Screen.ConsoleOf(output);
        Grid table = Screen.Table(["setting", "value", "from"]);
        foreach (EffectiveSetting setting in settings.Effective)
        {
            table.AddRow(
                new Markup(setting.Name),
                new Markup(setting.Shown.Length == 0
                    ? $"[grey]not set: {Markup.Escape(meanings[setting.Name])}[/]"
                    : Markup.Escape(setting.Shown)),
                new Markup(Screen.Styled(setting.Source, "grey")));
        }

        console.Write(table);
        return ExitCode.Done;
    }
}
