using CarrierOptimization.Pipeline.Storage;
using Microsoft.Data.Sqlite;
using Xunit;

namespace CarrierOptimization.Pipeline.Tests.Databases;

/// <summary>The databases of the product. Every slice runs on each.</summary>
public enum DatabaseKind
{
    Sqlite,
    Postgres,
}

/// <summary>A fresh database with the schema of the product, gone after the test.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private readonly DirectoryInfo? _folder;

    private TestDatabase(Database database, string connectionString, DirectoryInfo? folder)
    {
        Database = database;
        ConnectionString = connectionString;
        _folder = folder;
    }

    /// <summary>For <c>[MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]</c>.</summary>
    public static TheoryData<DatabaseKind> Kinds { get; } = [DatabaseKind.Sqlite, DatabaseKind.Postgres];

    public Database Database { get; }

    public string ConnectionString { get; }

    public static async Task<TestDatabase> CreateAsync(DatabaseKind kind)
    {
        if (kind == DatabaseKind.Postgres)
        {
            string postgres = await PostgresServer.NewDatabaseAsync();
            return new TestDatabase(Database.Of(postgres), postgres, null);
        }

        DirectoryInfo folder = Directory.CreateTempSubdirectory("cco-sqlite-");
        string sqlite = $"Data Source={Path.Combine(folder.FullName, "test.db")}";
        Database database = Database.Of(sqlite);
        await Migrations.ApplyAsync(database, TimeProvider.System, CancellationToken.None);
        return new TestDatabase(database, sqlite, folder);
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        if (_folder is null)
        {
            await PostgresServer.DropAsync(ConnectionString);
        }
        else
        {
            SqliteConnection.ClearAllPools();
            _folder.Delete(recursive: true);
        }
    }
}
