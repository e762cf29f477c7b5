using System.Data.Common;
using CarrierOptimization.Engine.Units;
using CarrierOptimization.Pipeline.Storage;
using Xunit;

namespace CarrierOptimization.Pipeline.Tests.Databases;

/// <summary>What both databases must do alike.</summary>
public sealed class StorageTests
{
    private static readonly BulkTable Usage = new("staging_usage",
    [
        new("instance_id", BulkType.Number64), new("iccid", BulkType.Text), new("rate_plan", BulkType.Text),
        new("tenant_id", BulkType.Number64), new("data_bytes", BulkType.Number64), new("sms_count", BulkType.Number64),
    ]);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Migrating_again_applies_nothing(DatabaseKind kind)
    {
        await using TestDatabase test = await TestDatabase.CreateAsync(kind);

        Assert.Empty(await Migrations.ApplyAsync(test.Database, TimeProvider.System, Token));
        Assert.Empty(await Migrations.MissingAsync(test.Database, Token));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task A_step_that_was_changed_after_it_ran_is_refused(DatabaseKind kind)
    {
        await using TestDatabase test = await TestDatabase.CreateAsync(kind);
        await test.Database.WriteAsync(
            (transaction, token) => transaction.ExecuteAsync("UPDATE schema_migration SET checksum = 'other'", null, token), Token);

        MigrationException refused = await Assert.ThrowsAsync<MigrationException>(
            () => Migrations.ApplyAsync(test.Database, TimeProvider.System, Token));

        Assert.Contains("differs from the one that ran", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task A_database_of_a_newer_program_is_refused(DatabaseKind kind)
    {
        await using TestDatabase test = await TestDatabase.CreateAsync(kind);
        await test.Database.WriteAsync(
            (transaction, token) => transaction.ExecuteAsync(
                "INSERT INTO schema_migration (number, name, checksum, applied_at) VALUES (999, 'future', '', 0)", null, token),
            Token);

        await Assert.ThrowsAsync<MigrationException>(() => Migrations.MissingAsync(test.Database, Token));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Rows_written_in_bulk_are_read_back_as_they_were(DatabaseKind kind)
    {
        await using TestDatabase test = await TestDatabase.CreateAsync(kind);
        object?[][] rows = [.. Enumerable.Range(0, 10_000).Select(number => new object?[]
        {
            1L, $"8901{number:D15}", "Plan \"é\" 'x'", 1L, long.MaxValue - number, (long)number,
        })];

        long written = await test.Database.WriteAsync(
            (transaction, token) => transaction.BulkInsertAsync(Usage, rows, token), Token);

        Assert.Equal(10_000, written);
        IReadOnlyList<(string Iccid, string Plan, long Bytes)> read = await test.Database.QueryAsync<(string, string, long)>(
            "SELECT iccid, rate_plan, data_bytes FROM staging_usage ORDER BY iccid", null, Token);
        Assert.Equal(rows.Select(row => ((string)row[1]!, (string)row[2]!, (long)row[4]!)), read);
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task A_failed_transaction_leaves_nothing(DatabaseKind kind)
    {
        await using TestDatabase test = await TestDatabase.CreateAsync(kind);

        await Assert.ThrowsAsync<InvalidOperationException>(() => test.Database.WriteAsync(
            async (transaction, token) =>
            {
                await transaction.ExecuteAsync("INSERT INTO tenant (name) VALUES ('gone')", null, token);
                throw new InvalidOperationException("on purpose");
            },
            Token));
        Assert.False(await test.Database.TryWriteAsync(
            async (transaction, token) =>
            {
                await transaction.ExecuteAsync("INSERT INTO tenant (name) VALUES ('gone')", null, token);
                return false;
            },
            Token));

        Assert.Equal(0, await test.Database.FirstOrDefaultAsync<long>("SELECT COUNT(*) FROM tenant", null, Token));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task A_second_row_with_the_same_key_is_a_unique_violation(DatabaseKind kind)
    {
        await using TestDatabase test = await TestDatabase.CreateAsync(kind);
        Task Insert() => test.Database.WriteAsync(
            (transaction, token) => transaction.ExecuteAsync("INSERT INTO tenant (name) VALUES ('one')", null, token), Token);
        await Insert();

        DbException refused = await Assert.ThrowsAnyAsync<DbException>(Insert);

        Assert.True(test.Database.Dialect.IsUniqueViolation(refused));
        Assert.False(test.Database.Dialect.IsTransient(refused));
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Kinds), MemberType = typeof(TestDatabase))]
    public async Task Times_money_and_ids_come_back_as_they_went_in(DatabaseKind kind)
    {
        await using TestDatabase test = await TestDatabase.CreateAsync(kind);
        var at = new DateTimeOffset(2026, 3, 29, 1, 30, 0, 123, TimeSpan.Zero);
        var guid = Guid.NewGuid();
        await test.Database.WriteAsync(
            async (transaction, token) =>
            {
                await transaction.ExecuteAsync("INSERT INTO tenant (id, name) VALUES (1, 't')", null, token);
                await transaction.ExecuteAsync(
                    """
                    INSERT INTO optimization_session (guid, tenant_id, status, started_by, is_override, created_at, moved_at, ended_at)
                    VALUES (@guid, 1, 'Queued', 'x', 1, @at, @at, NULL)
                    """,
                    new { guid, at },
                    token);
            },
            Token);

        Row row = (await test.Database.FirstOrDefaultAsync<Row>(
            "SELECT guid, created_at, ended_at, is_override, 12345678 AS amount FROM optimization_session", null, Token))!;

        Assert.Equal(new Row { Guid = guid, CreatedAt = at, EndedAt = null, IsOverride = true, Amount = new Money(12_345_678) }, row);
    }

    private sealed record Row
    {
        public Guid Guid { get; init; }

        public DateTimeOffset CreatedAt { get; init; }

        public DateTimeOffset? EndedAt { get; init; }

        public bool IsOverride { get; init; }

        public Money Amount { get; init; }
    }
}
