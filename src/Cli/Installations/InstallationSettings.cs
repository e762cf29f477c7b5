using System.Data.Common;
using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace CarrierOptimization.Cli.Installations;

/// <summary>One effective setting: value, and where it came from.</summary>
/// <param name="IsSecret">Never shown.</param>
internal sealed record EffectiveSetting(string Name, string? Value, string Source, bool IsSecret)
{
    /// <summary>As it may be shown.</summary>
    public string Shown => Value switch
    {
        null or "" => "",
        _ when IsSecret => "(set, not shown)",
        _ when Name == InstallationSettings.Database => WithoutPassword(Value),
        _ => Value,
    };

    private static string WithoutPassword(string connectionString)
    {
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = connectionString };
            foreach (string key in parts.Keys.Cast<string>().ToList())
            {
                if (key.Contains("pass", StringComparison.OrdinalIgnoreCase) || key.Equals("pwd", StringComparison.OrdinalIgnoreCase))
                {
                    parts[key] = "***";
                }
            }

            return parts.ConnectionString;
        }
        catch (ArgumentException)
        {
            return "(cannot be read)";
        }
    }
}

/// <summary>
/// What an installation is told: <c>appsettings.json</c> of the working folder, then that of the data folder, then the
/// environment, then the command line; later ones win.
/// See docs/configuration.md.
/// </summary>
internal sealed class InstallationSettings
{
    private const string FileName = "appsettings.json";

    public const string Database = "DATABASE_CONNECTION_STRING";
    public const string AmopEndpoint = "AMOP_API_ENDPOINT";
    public const string AmopKey = "AMOP_API_KEY";
    public const string AmopTokenEndpoint = "AMOP_TOKEN_ENDPOINT";
    public const string AmopClientId = "AMOP_CLIENT_ID";
    public const string AmopClientSecret = "AMOP_CLIENT_SECRET";
    public const string AmopScope = "AMOP_SCOPE";
    public const string DataFolder = "CCO_DATA";
    public const string Tenant = "CCO_TENANT";
    public const string Workers = "CCO_WORKERS";
    public const string SmtpHost = "SMTP_HOST";
    public const string SmtpPort = "SMTP_PORT";
    public const string SmtpUser = "SMTP_USER";
    public const string SmtpPassword = "SMTP_PASSWORD";
    public const string SmtpSecurity = "SMTP_SECURITY";
    public const string SmtpCaFile = "SMTP_CA_FILE";
    public const string MailFrom = "MAIL_FROM";

    private static readonly (string Name, string Default, bool IsSecret, string Meaning)[] Known =
    [
        (DataFolder, "cco-data", false, "folder of the embedded database, keys, mails and reports"),
        (Database, "", false, "PostgreSQL (Host=...) or SQLite (Data Source=...); empty: cco.db in the data folder"),
        (Tenant, "default", false, "tenant that the commands work for"),
        (Workers, "2", false, "messages worked on at the same time, 1 to 64"),
        (AmopEndpoint, "", false, "address of AMOP 2.0; empty: triggers are written to the data folder"),
        (AmopKey, "", true, "bearer token for AMOP 2.0"),
        (AmopTokenEndpoint, "", false, "where OAuth tokens for AMOP 2.0 are fetched, in place of the bearer token"),
        (AmopClientId, "", false, "OAuth client"),
        (AmopClientSecret, "", true, "secret of the OAuth client"),
        (AmopScope, "", false, "OAuth scope; empty: none is asked for"),
        (SmtpHost, "", false, "mail server; empty: mails are written to the data folder"),
        (SmtpPort, "587", false, "port of the mail server"),
        (SmtpSecurity, "StartTls", false, "StartTls, Tls, or None (loopback only)"),
        (SmtpUser, "", false, "user at the mail server; empty: no sign-in"),
        (SmtpPassword, "", true, "password at the mail server"),
        (SmtpCaFile, "", false, "PEM file of the authority of the mail server's certificate; empty: those of the machine"),
        (MailFrom, "carrier-optimizer@localhost", false, "sender of mails"),
    ];

    private readonly IConfigurationRoot _configuration;

    private InstallationSettings(IConfigurationRoot configuration) => _configuration = configuration;

    /// <summary>What each setting means, for the help of <c>cco config</c>.</summary>
    public static IEnumerable<(string Name, string Meaning)> Meanings => Known.Select(setting => (setting.Name, setting.Meaning));

    /// <summary>All settings with their effective values, in the order of the documentation.</summary>
    public IEnumerable<EffectiveSetting> Effective => Known.Select(setting => EffectiveOf(setting.Name, setting.Default, setting.IsSecret));

    public string Data => Path.GetFullPath(Value(DataFolder));

    public string ConnectionString =>
        Value(Database) is { Length: > 0 } given ? given : $"Data Source={Path.Combine(Data, "cco.db")}";

    /// <summary>True for the embedded database, whose schema is brought forward without asking.</summary>
    public bool IsEmbedded => Value(Database).Length == 0;

    /// <summary>The same with one or more settings given, stronger than every source.</summary>
    /// <param name="pairs">Name and value in turn.</param>
    public InstallationSettings With(params string[] pairs) => new(
        new ConfigurationBuilder()
            .AddConfiguration(_configuration)
            .AddInMemoryCollection(pairs.Chunk(2).Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1])))
            .Build());

    /// <summary>Reads the sources.</summary>
    /// <param name="commandLine">Settings given as options; the strongest.</param>
    /// <exception cref="SettingException">A file of settings can't be read.</exception>
    public static InstallationSettings Read(IReadOnlyDictionary<string, string?> commandLine)
    {
        InstallationSettings first = Read(commandLine, null);
        return Read(commandLine, first.Data);
    }

    /// <param name="data">The data folder, whose own <c>appsettings.json</c> counts more than that of the working folder.</param>
    private static InstallationSettings Read(IReadOnlyDictionary<string, string?> commandLine, string? data)
    {
        try
        {
            IConfigurationBuilder builder = new ConfigurationBuilder()
                .AddJsonFile(Path.Combine(Directory.GetCurrentDirectory(), FileName), optional: true);
            builder = data is null ? builder : builder.AddJsonFile(Path.Combine(data, FileName), optional: true);
            return new InstallationSettings(builder
                .AddEnvironmentVariables()
                .AddInMemoryCollection(commandLine.Where(setting => setting.Value is not null))
                .Build());
        }
        catch (Exception failure) when (failure is InvalidDataException or FormatException)
        {
            throw new SettingException($"{FileName} can't be read: {failure.InnerException?.Message ?? failure.Message}");
        }
    }

    public string Value(string name)
    {
        (string _, string standard, bool isSecret, string _) = Known.Single(setting => setting.Name == name);
        return EffectiveOf(name, standard, isSecret).Value ?? "";
    }

    /// <summary>A whole number between two limits.</summary>
    /// <exception cref="SettingException">It is not.</exception>
    public int Number(string name, int min, int max) =>
        int.TryParse(Value(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= min && number <= max
            ? number
            : throw new SettingException($"{name} is \"{Value(name)}\"; expected a whole number from {min} to {max}.");

    private EffectiveSetting EffectiveOf(string name, string standard, bool isSecret)
    {
        foreach (IConfigurationProvider source in _configuration.Providers.Reverse())
        {
            if (source.TryGet(name, out string? value) && !string.IsNullOrEmpty(value))
            {
                return new EffectiveSetting(name, value, SourceOf(source), isSecret);
            }
        }

        return new EffectiveSetting(name, standard, "default", isSecret);
    }

    private static string SourceOf(IConfigurationProvider source) => source switch
    {
        Microsoft.Extensions.Configuration.Json.JsonConfigurationProvider => FileName,
        Microsoft.Extensions.Configuration.EnvironmentVariables.EnvironmentVariablesConfigurationProvider => "environment",
        _ => "command line",
    };
}

/// <summary>A setting that can't be used: what was found, what was expected.</summary>
internal sealed class SettingException(string message) : Exception(message);
