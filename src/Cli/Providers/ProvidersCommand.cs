using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using CarrierOptimization.Adapters.Credentials;
using CarrierOptimization.Cli.Installations;
using CarrierOptimization.Cli.Sessions;
using CarrierOptimization.Pipeline.Providers;
using Spectre.Console;

namespace CarrierOptimization.Cli.Providers;

/// <summary><c>cco providers</c>: the carrier accounts of this installation and their settings.</summary>
internal static class ProvidersCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "As your people call the account." };

    private static readonly Argument<string[]> Settings = new("SETTING=VALUE")
    {
        Description = "Settings to change, for example CycleDay=19 TimeZone=America/New_York Recipients=a@example.com,b@example.com.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string?> Address = new("--address")
    {
        Description = "Base address of the carrier's calls, for example https://pod.example.com/rws/api/v1/.",
        HelpName = "URL",
    };

    private static readonly Option<string?> User = new("--user") { Description = "User at the carrier.", HelpName = "NAME" };

    private static readonly Option<string?> KeyFile = new("--key-file")
    {
        Description = "File that holds the API key; - reads it from standard input. It is stored encrypted and never shown.",
        HelpName = "FILE",
    };

    public static Command Create() => new Command("providers", "List carrier accounts; add one or change its settings.")
    {
        new Command("set", "Add a provider, or change its settings or credentials.") { Name, Settings, Address, User, KeyFile }
            .OnInstallation(SetAsync),
        new Command("show", "Show all settings of a provider.") { Name }.OnInstallation(ShowAsync),
    }.OnInstallation(ListAsync);

    private static async Task<int> ListAsync(InstallationContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<StoredProvider> providers = await context.Installation.Providers.ListAsync(
            context.Installation.TenantId, cancellationToken);
        if (context.PrintsJson)
        {
            await context.Output.WriteLineAsync(SessionJson.Of(providers.Select(provider => new { provider.Name, provider.Settings })));
            return ExitCode.Done;
        }

        if (providers.Count == 0)
        {
            await context.Output.WriteLineAsync(
                "No provider yet. Add one with \"cco providers set NAME --address ... --user ... --key-file ...\".");
            return ExitCode.Done;
        }

        IAnsiConsole console = Screen.ConsoleOf(context.Output);
        Grid table = Screen.Table(["provider", "period", "runs", "changes", "address"]);
        foreach (StoredProvider provider in providers)
        {
            ProviderSettings settings = provider.Settings;
            table.AddRow(
                new Markup(Markup.Escape(provider.Name)),
                new Markup(Markup.Escape($"from day {settings.CycleDay}, {settings.CycleHour:00}:00 {settings.TimeZone}")),
                new Markup($"last {settings.OptimizationWindowDays} days from {settings.OptimizationStartHour:00}:00"),
                new Markup(settings.ChangeMode.ToString()),
                new Markup(Markup.Escape(settings.BaseAddress)));
        }

        console.Write(table);
        return ExitCode.Done;
    }

    private static async Task<int> ShowAsync(InstallationContext context, CancellationToken cancellationToken)
    {
        StoredProvider provider = await context.Installation.ProviderAsync(context.Parsed.GetValue(Name), cancellationToken);
        if (context.PrintsJson)
        {
            await context.Output.WriteLineAsync(provider.Settings.ToJson());
            return ExitCode.Done;
        }

        IAnsiConsole console = Screen.ConsoleOf(context.Output);
        Grid grid = Screen.Facts();
        foreach ((string name, JsonNode? value) in JsonNode.Parse(provider.Settings.ToJson())!.AsObject())
        {
            Screen.Fact(grid, name, value?.ToString() ?? "");
        }

        Screen.Fact(grid, "Credentials", provider.Credentials is null ? "none" : "set, not shown");
        console.Write(grid);
        return ExitCode.Done;
    }

    private static async Task<int> SetAsync(InstallationContext context, CancellationToken cancellationToken)
    {
        string name = context.Parsed.GetRequiredValue(Name);
        Installation installation = context.Installation;
        StoredProvider? known = await installation.Providers.FindAsync(installation.TenantId, name, cancellationToken);
        string? address = context.Parsed.GetValue(Address);
        if (known is null && address is null)
        {
            throw new SettingException($"Provider \"{name}\" is new and needs --address, for example https://pod.example.com/rws/api/v1/.");
        }

        ProviderSettings settings = Changed(
            known?.Settings ?? new ProviderSettings { BaseAddress = address! }, context.Parsed.GetValue(Settings) ?? []);
        settings = address is null ? settings : settings with { BaseAddress = address };
        string? credentials = Credentials(context) is { } given ? installation.Vault.Seal(given) : null;
        try
        {
            await installation.Providers.SaveAsync(installation.TenantId, name, settings, credentials, cancellationToken);
        }
        catch (ProviderSettingsException mistakes)
        {
            throw new SettingException($"Provider \"{name}\" is not saved. {mistakes.Message}");
        }

        await context.Output.WriteLineAsync($"Provider \"{name}\" is {(known is null ? "added" : "changed")}.");
        return ExitCode.Done;
    }

    /// <summary>Settings are changed by the names they have in the code; a list is separated by commas.</summary>
    private static ProviderSettings Changed(ProviderSettings settings, IReadOnlyList<string> changes)
    {
        JsonObject json = JsonNode.Parse(settings.ToJson())!.AsObject();
        foreach (string change in changes)
        {
            int equals = change.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? change : change[..equals];
            string? known = json.Select(pair => pair.Key)
                .FirstOrDefault(key => key.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (equals < 0 || known is null)
            {
                throw new SettingException(
                    $"\"{change}\" is not understood; expected SETTING=VALUE with one of {string.Join(", ", json.Select(pair => pair.Key))}.");
            }

            json[known] = Value(known, change[(equals + 1)..]);
        }

        try
        {
            return ProviderSettings.FromJson(json.ToJsonString());
        }
        catch (JsonException mistake)
        {
            throw new SettingException($"A setting has a value that does not fit: {mistake.Message}");
        }
    }

    private static JsonNode? Value(string name, string text) => name == nameof(ProviderSettings.Recipients)
        ? new JsonArray([.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(address => (JsonNode)address)])
        : text.Length == 0 ? null
        : bool.TryParse(text, out bool flag) ? flag
        : decimal.TryParse(text, System.Globalization.NumberStyles.Number, System.Globalization.CultureInfo.InvariantCulture, out decimal number)
            && name is not (nameof(ProviderSettings.CustomerId) or nameof(ProviderSettings.SiteId))
            ? number
        : text;

    private static CarrierCredentials? Credentials(InstallationContext context)
    {
        string? user = context.Parsed.GetValue(User);
        string? keyFile = context.Parsed.GetValue(KeyFile);
        if (user is null && keyFile is null)
        {
            return null;
        }

        if (user is null || keyFile is null)
        {
            throw new SettingException("--user and --key-file belong together; give both.");
        }

        try
        {
            string key = (keyFile == "-" ? Console.In.ReadToEnd() : File.ReadAllText(keyFile)).Trim();
            return key.Length > 0
                ? new CarrierCredentials(user, key)
                : throw new SettingException("The API key is empty; expected a text of 36 characters.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"The API key can't be read: {failure.Message}");
        }
    }
}
