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

    private CommandDefinition Command(string sql, object? values, CancellationToken cancellationToken) =>
        new(sql, values, transaction, commandTimeout: 0, cancellationToken: cancellationToken);
}
