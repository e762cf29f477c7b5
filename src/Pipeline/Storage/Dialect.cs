using System.Data.Common;

namespace CarrierOptimization.Pipeline.Storage;

/// <summary>What PostgreSQL and SQLite do differently; everything else is one SQL text for both.</summary>
public abstract class Dialect
{
    /// <summary>As people read it: "PostgreSQL" or "SQLite".</summary>
    public abstract string Name { get; }

    /// <summary>Column definition of a key that the database counts up.</summary>
    public abstract string Identity { get; }

    /// <summary>Added to the inner SELECT of a claim so that workers pass over each other's rows.</summary>
    public abstract string SkipLocked { get; }

    /// <summary>Opens a connection that is ready for use.</summary>
    public abstract Task<DbConnection> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Begins a transaction that can write.</summary>
    public abstract Task<DbTransaction> BeginAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>Keeps other processes from migrating until the transaction ends.</summary>
    public abstract Task LockMigrationsAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken);

    /// <summary>Writes many rows at the speed the database offers.</summary>
    /// <param name="rows">Per row a value for each column: text, whole numbers or <c>null</c>. Read once.</param>
    /// <returns>The rows written.</returns>
    public abstract Task<long> BulkInsertAsync(
        DbConnection connection,
        DbTransaction transaction,
        BulkTable table,
        IEnumerable<object?[]> rows,
        CancellationToken cancellationToken);

    /// <summary>True when a unique constraint or index refused the statement.</summary>
    public abstract bool IsUniqueViolation(DbException failure);

    /// <summary>True when the same work may succeed later: connection lost, serialisation, lock or busy.</summary>
    public abstract bool IsTransient(DbException failure);

    /// <summary>Refreshes what the planner knows about a table after a large import.</summary>
    public abstract Task AnalyzeAsync(DbConnection connection, string table, CancellationToken cancellationToken);
}

/// <summary>The target of a bulk import.</summary>
/// <param name="Columns">In the order of the values.</param>
public sealed record BulkTable(string Name, IReadOnlyList<BulkColumn> Columns)
{
    public string ColumnList => string.Join(", ", Columns.Select(column => column.Name));
}

/// <summary>Kind of a column, as far as a bulk import must know it.</summary>
public enum BulkType
{
    Text,
    Number64,
    Number32,
}

/// <summary>A column of a bulk import.</summary>
public readonly record struct BulkColumn(string Name, BulkType Type);
