using System.Data.Common;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Dapper;

namespace CarrierOptimization.Pipeline.Storage;

/// <summary>One step of the schema.</summary>
/// <param name="Number">1, 2, 3 ... without gaps.</param>
public sealed record Migration(int Number, string Name, string Sql)
{
    /// <summary>Of the text as it stands in the program, to notice a step that was changed after it ran.</summary>
    public string Checksum => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));
}

/// <summary>Brings the schema forward, never back. Steps are the files <c>Storage/Migrations/NNNN_name.sql</c>.</summary>
public static class Migrations
{
    private const string Folder = ".Storage.Migrations.";

    private const string CreateTable =
        """
        CREATE TABLE IF NOT EXISTS schema_migration (
            number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)
        """;

    public static IReadOnlyList<Migration> All { get; } = Load();

    /// <summary>Applies what is missing, all in one transaction; safe to call from many processes at once.</summary>
    /// <returns>The steps that were applied now.</returns>
    /// <exception cref="MigrationException">The database is newer than this program, or a step was changed after it ran.</exception>
    public static async Task<IReadOnlyList<Migration>> ApplyAsync(
        Database database, TimeProvider time, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        await using DbTransaction transaction = await database.Dialect.BeginAsync(connection, cancellationToken);
        await database.Dialect.LockMigrationsAsync(connection, transaction, cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(CreateTable, transaction: transaction, cancellationToken: cancellationToken));
        Dictionary<int, string> applied = await AppliedAsync(connection, transaction, cancellationToken);
        IReadOnlyList<Migration> missing = Missing(applied);
        foreach (Migration migration in missing)
        {
            string sql = migration.Sql.Replace("{identity}", database.Dialect.Identity, StringComparison.Ordinal);
            await connection.ExecuteAsync(new CommandDefinition(sql, transaction: transaction, cancellationToken: cancellationToken));
            await connection.ExecuteAsync(new CommandDefinition(
                "INSERT INTO schema_migration (number, name, checksum, applied_at) VALUES (@Number, @Name, @Checksum, @At)",
                new { migration.Number, migration.Name, migration.Checksum, At = time.GetUtcNow() },
                transaction,
                cancellationToken: cancellationToken));
        }

        await transaction.CommitAsync(cancellationToken);
        return missing;
    }

    /// <summary>The steps this database has not had yet, without applying them.</summary>
    /// <exception cref="MigrationException">The database is newer than this program, or a step was changed after it ran.</exception>
    public static async Task<IReadOnlyList<Migration>> MissingAsync(Database database, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(CreateTable, cancellationToken: cancellationToken));
        return Missing(await AppliedAsync(connection, null, cancellationToken));
    }

    private static async Task<Dictionary<int, string>> AppliedAsync(
        DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken) =>
        (await connection.QueryAsync<(long Number, string Checksum)>(new CommandDefinition(
            "SELECT CAST(number AS BIGINT) AS number, checksum FROM schema_migration",
            transaction: transaction, cancellationToken: cancellationToken)))
        .ToDictionary(row => (int)row.Number, row => row.Checksum);

    private static IReadOnlyList<Migration> Missing(Dictionary<int, string> applied)
    {
        if (applied.Keys.DefaultIfEmpty().Max() > All.Count)
        {
            throw new MigrationException(
                $"The database is at step {applied.Keys.Max()} of the schema; this program knows {All.Count}. Use a newer program.");
        }

        foreach (Migration migration in All)
        {
            if (applied.TryGetValue(migration.Number, out string? checksum) && checksum != migration.Checksum)
            {
                throw new MigrationException(
                    $"Step {migration.Number} ({migration.Name}) of the schema differs from the one that ran on this database. "
                    + "Use the program that made the database, or restore a backup.");
            }
        }

        return [.. All.Where(migration => !applied.ContainsKey(migration.Number))];
    }

    private static IReadOnlyList<Migration> Load()
    {
        Assembly assembly = typeof(Migrations).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.Contains(Folder, StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name =>
            {
                string file = name[(name.IndexOf(Folder, StringComparison.Ordinal) + Folder.Length)..^".sql".Length];
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return new Migration(
                    int.Parse(file[..4], System.Globalization.CultureInfo.InvariantCulture), file[5..], reader.ReadToEnd());
            })];
    }
}

/// <summary>The schema of the database doesn't fit this program.</summary>
public sealed class MigrationException(string message) : Exception(message);
