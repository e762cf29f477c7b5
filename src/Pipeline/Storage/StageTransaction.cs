using System.Data.Common;
using Dapper;

namespace CarrierOptimization.Pipeline.Storage;

/// <summary>One open transaction, as stages see it when they save: they neither begin nor end it.</summary>
public sealed class StageTransaction(Dialect dialect, DbConnection connection, DbTransaction transaction)
{
    public Dialect Dialect { get; } = dialect;

    /// <returns>The rows changed.</returns>
    public Task<int> ExecuteAsync(string sql, object? values, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(Command(sql, values, cancellationToken));

    public async Task<IReadOnlyList<TRow>> QueryAsync<TRow>(string sql, object? values, CancellationToken cancellationToken) =>
        [.. await connection.QueryAsync<TRow>(Command(sql, values, cancellationToken))];

    /// <summary>The first row, or the default when there is none.</summary>
    public Task<TRow?> FirstOrDefaultAsync<TRow>(string sql, object? values, CancellationToken cancellationToken) =>
        connection.QueryFirstOrDefaultAsync<TRow>(Command(sql, values, cancellationToken));

    /// <summary>Writes many rows at the speed the database offers.</summary>
    public Task<long> BulkInsertAsync(BulkTable table, IEnumerable<object?[]> rows, CancellationToken cancellationToken) =>
        Dialect.BulkInsertAsync(connection, transaction, table, rows, cancellationToken);

    /// <summary>Writes many rows over what is there: bulk into a table of this transaction, then one statement.</summary>
    /// <param name="onConflict">What comes after <c>ON CONFLICT</c>; the row that came is called <c>excluded</c>.</param>
    /// <param name="rows">No two with the same key.</param>
    public async Task BulkUpsertAsync(
        BulkTable table, string onConflict, IEnumerable<object?[]> rows, CancellationToken cancellationToken)
    {
        string incoming = "incoming_" + table.Name;
        await ExecuteAsync(
            $"CREATE TEMPORARY TABLE {incoming} AS SELECT {table.ColumnList} FROM {table.Name} WHERE 1 = 0", null, cancellationToken);
        await BulkInsertAsync(table with { Name = incoming }, rows, cancellationToken);
        await ExecuteAsync(
            $"INSERT INTO {table.Name} ({table.ColumnList}) SELECT {table.ColumnList} FROM {incoming} WHERE 1 = 1 ON CONFLICT {onConflict}",
            null,
            cancellationToken);
        await ExecuteAsync($"DROP TABLE {incoming}", null, cancellationToken);
    }

    private CommandDefinition Command(string sql, object? values, CancellationToken cancellationToken) =>
        new(sql, values, transaction, commandTimeout: 0, cancellationToken: cancellationToken);
}
