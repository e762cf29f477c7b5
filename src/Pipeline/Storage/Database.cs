using System.Data.Common;
using Dapper;

namespace CarrierOptimization.Pipeline.Storage;

/// <summary>The database of this installation. Stages read through it; only the runner writes.</summary>
public sealed class Database : IAsyncDisposable
{
    static Database() => ColumnTypes.Register();

    private Database(Dialect dialect) => Dialect = dialect;

    public Dialect Dialect { get; }

    /// <summary>Chooses the dialect by the connection string: <c>Data Source=...</c> is SQLite, everything else PostgreSQL.</summary>
    /// <exception cref="ArgumentException">The text is no connection string; the message never holds the password.</exception>
    public static Database Of(string connectionString)
    {
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = connectionString };
            return new Database(parts.ContainsKey("Data Source") && !parts.ContainsKey("Host")
                ? new SqliteDialect(connectionString)
                : new PostgresDialect(connectionString));
        }
        catch (ArgumentException)
        {
            throw new ArgumentException(
                "The database's connection string can't be read; expected for example \"Host=db;Database=cco;Username=cco\" "
                + "(PostgreSQL) or \"Data Source=cco.db\" (SQLite). Correct DATABASE_CONNECTION_STRING.",
                nameof(connectionString));
        }
    }

    public Task<DbConnection> OpenAsync(CancellationToken cancellationToken) => Dialect.OpenAsync(cancellationToken);

    /// <summary>Runs one query that changes nothing.</summary>
    public async Task<IReadOnlyList<TRow>> QueryAsync<TRow>(string sql, object? values, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await OpenAsync(cancellationToken);
        return [.. await connection.QueryAsync<TRow>(new CommandDefinition(sql, values, cancellationToken: cancellationToken))];
    }

    /// <summary>The first row, or the default when there is none.</summary>
    public async Task<TRow?> FirstOrDefaultAsync<TRow>(string sql, object? values, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await OpenAsync(cancellationToken);
        return await connection.QueryFirstOrDefaultAsync<TRow>(
            new CommandDefinition(sql, values, cancellationToken: cancellationToken));
    }

    /// <summary>Rows one by one, for reads too large to hold; the connection is closed at the end of the loop.</summary>
    /// <param name="read">Called per row with the reader standing on it.</param>
    public async Task StreamAsync(string sql, object? values, Action<DbDataReader> read, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await OpenAsync(cancellationToken);
        await using var reader = (DbDataReader)await connection.ExecuteReaderAsync(
            new CommandDefinition(sql, values, cancellationToken: cancellationToken));
        while (await reader.ReadAsync(cancellationToken))
        {
            read(reader);
        }
    }

    /// <summary>Does <paramref name="work"/> in one transaction: all of it or nothing.</summary>
    public async Task<TValue> WriteAsync<TValue>(
        Func<StageTransaction, CancellationToken, Task<TValue>> work, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await OpenAsync(cancellationToken);
        await using DbTransaction transaction = await Dialect.BeginAsync(connection, cancellationToken);
        TValue value = await work(new StageTransaction(Dialect, connection, transaction), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return value;
    }

    /// <summary>Does <paramref name="work"/> in one transaction and undoes all of it when the work answers false.</summary>
    /// <returns>What the work answered.</returns>
    public async Task<bool> TryWriteAsync(
        Func<StageTransaction, CancellationToken, Task<bool>> work, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await OpenAsync(cancellationToken);
        await using DbTransaction transaction = await Dialect.BeginAsync(connection, cancellationToken);
        bool isWanted = await work(new StageTransaction(Dialect, connection, transaction), cancellationToken);
        await (isWanted ? transaction.CommitAsync(cancellationToken) : transaction.RollbackAsync(cancellationToken));
        return isWanted;
    }

    /// <summary>The same without a value.</summary>
    public Task WriteAsync(Func<StageTransaction, CancellationToken, Task> work, CancellationToken cancellationToken) =>
        WriteAsync(
            async (transaction, token) =>
            {
                await work(transaction, token);
                return true;
            },
            cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Dialect is IAsyncDisposable pool)
        {
            await pool.DisposeAsync();
        }
    }
}
