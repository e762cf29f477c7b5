using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;

namespace CarrierOptimization.Pipeline.Storage;

/// <summary>SQLite with a write-ahead log: the embedded default.</summary>
public sealed class SqliteDialect : Dialect, IAsyncDisposable
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int IoError = 10;
    private const int CantOpen = 14;
    private const int UniqueConstraint = 2067;
    private const int PrimaryKeyConstraint = 1555;
    private const int BusyTimeoutSeconds = 30;

    private readonly string _connectionString;
    private readonly SqliteConnection? _keptOpen;

    /// <param name="connectionString">As Microsoft.Data.Sqlite reads it, for example <c>Data Source=cco.db</c>.</param>
    public SqliteDialect(string connectionString)
    {
        var builder = new SqliteConnectionStringBuilder(connectionString)
        {
            ForeignKeys = true,
            DefaultTimeout = BusyTimeoutSeconds,
        };
        bool isInMemory = builder.Mode == SqliteOpenMode.Memory || builder.DataSource is ":memory:" or "";
        if (isInMemory)
        {
            builder.DataSource = builder.DataSource is ":memory:" or "" ? "cco-" + Guid.NewGuid().ToString("N") : builder.DataSource;
            builder.Mode = SqliteOpenMode.Memory;
            builder.Cache = SqliteCacheMode.Shared;
        }

        _connectionString = builder.ToString();
        if (isInMemory)
        {
            // A database in memory lives as long as a connection to it.
            _keptOpen = new SqliteConnection(_connectionString);
            _keptOpen.Open();
        }
    }

    public override string Name => "SQLite";

    public override string Identity => "INTEGER PRIMARY KEY AUTOINCREMENT";

    public override string SkipLocked => "";

    public override async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(_connectionString);
        await connection.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(_keptOpen is null
            ? "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536;"
            : "PRAGMA read_uncommitted = 1;");
        return connection;
    }

    public override async Task<DbTransaction> BeginAsync(DbConnection connection, CancellationToken cancellationToken) =>
        // Immediate: waits for the other writer now instead of failing at the first write.
        await ((SqliteConnection)connection).BeginTransactionAsync(System.Data.IsolationLevel.Serializable, cancellationToken);

    public override Task LockMigrationsAsync(
        DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken) => Task.CompletedTask;

    public override async Task<long> BulkInsertAsync(
        DbConnection connection,
        DbTransaction transaction,
        BulkTable table,
        IEnumerable<object?[]> rows,
        CancellationToken cancellationToken)
    {
        await using var insert = new SqliteCommand(
            $"INSERT INTO {table.Name} ({table.ColumnList}) VALUES ({Names(table)})",
            (SqliteConnection)connection,
            (SqliteTransaction)transaction);
        SqliteParameter[] parameters = [.. table.Columns.Select((column, index) => insert.Parameters.Add(
            "@p" + index.ToString(System.Globalization.CultureInfo.InvariantCulture),
            column.Type == BulkType.Text ? SqliteType.Text : SqliteType.Integer))];
        insert.Prepare();
        long written = 0;
        foreach (object?[] row in rows)
        {
            for (int column = 0; column < parameters.Length; column++)
            {
                parameters[column].Value = row[column] ?? DBNull.Value;
            }

            insert.ExecuteNonQuery();
            if ((++written & 0xFFFF) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        return written;
    }

    public override bool IsUniqueViolation(DbException failure) =>
        failure is SqliteException { SqliteExtendedErrorCode: UniqueConstraint or PrimaryKeyConstraint };

    public override bool IsTransient(DbException failure) =>
        failure is SqliteException { SqliteErrorCode: Busy or Locked or IoError or CantOpen };

    public override async Task AnalyzeAsync(DbConnection connection, string table, CancellationToken cancellationToken) =>
        await connection.ExecuteAsync(new CommandDefinition($"ANALYZE {table}", cancellationToken: cancellationToken));

    public ValueTask DisposeAsync() => _keptOpen?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static string Names(BulkTable table) => string.Join(", ", table.Columns.Select((_, index) => "@p" + index));
}
