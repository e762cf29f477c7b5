using CarrierOptimization.Adapters.Credentials;
using CarrierOptimization.Pipeline.Providers;
using CarrierOptimization.Pipeline.Sessions;
using CarrierOptimization.Pipeline.Storage;

namespace CarrierOptimization.Cli.Installations;

/// <summary>The database of an installation and what commands ask it, opened for one command.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private Installation(InstallationSettings settings, Database database, TimeProvider time)
    {
        Settings = settings;
        Database = database;
        Time = time;
        Sessions = new SessionQueries(database);
        Providers = new ProviderStore(database, time);
    }

    public InstallationSettings Settings { get; }

    public Database Database { get; }

    public TimeProvider Time { get; }

    public SessionQueries Sessions { get; }

    public ProviderStore Providers { get; }

    /// <summary>Whose sessions and providers the commands see.</summary>
    public long TenantId { get; private set; }

    public CredentialVault Vault => new(Settings.Data);

    /// <summary>Opens the database. The embedded one is brought forward; another one must be at the schema of this program.</summary>
    /// <exception cref="SettingException">The database can't be used; says why and what to do.</exception>
    public static async Task<Installation> OpenAsync(
        InstallationSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        Database? database = null;
        try
        {
            Directory.CreateDirectory(settings.Data);
            database = Database.Of(settings.ConnectionString);
            var installation = new Installation(settings, database, time);
            if (settings.IsEmbedded)
            {
                await Migrations.ApplyAsync(database, time, cancellationToken);
            }
            else if (await Migrations.MissingAsync(database, cancellationToken) is { Count: > 0 } missing)
            {
                throw new SettingException(
                    $"The database lacks {missing.Count} of {Migrations.All.Count} steps of the schema. Run \"cco migrate\" first.");
            }

            installation.TenantId = await installation.Providers.TenantAsync(
                settings.Value(InstallationSettings.Tenant), cancellationToken);
            return installation;
        }
        catch (Exception failure) when (failure is System.Data.Common.DbException or ArgumentException or MigrationException
            or IOException or UnauthorizedAccessException or SettingException)
        {
            if (database is not null)
            {
                await database.DisposeAsync();
            }

            throw failure as SettingException ?? new SettingException($"The database can't be used: {failure.Message}");
        }
    }

    /// <summary>The provider a command means: the one of that name, or the only one.</summary>
    /// <exception cref="SettingException">There is none of that name, or several and none was named.</exception>
    public async Task<StoredProvider> ProviderAsync(string? name, CancellationToken cancellationToken)
    {
        IReadOnlyList<StoredProvider> providers = await Providers.ListAsync(TenantId, cancellationToken);
        StoredProvider? found = name is null && providers.Count == 1
            ? providers[0]
            : providers.FirstOrDefault(provider => provider.Name == name);
        return found ?? throw new SettingException(providers.Count == 0
            ? "There is no provider yet. Add one with \"cco providers set NAME --address ... --user ... --key-file ...\"."
            : (name is null ? "There are several providers; name one: " : $"There is no provider \"{name}\"; there are: ")
                + string.Join(", ", providers.Select(provider => provider.Name)) + ".");
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
