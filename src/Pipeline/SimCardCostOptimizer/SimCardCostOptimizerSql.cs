using CarrierOptimization.Pipeline.Storage;

namespace CarrierOptimization.Pipeline.SimCardCostOptimizer;

/// <summary>The statements of the stage.</summary>
internal static class SimCardCostOptimizerSql
{
    public const string Component =
        "SELECT number, status, devices FROM component WHERE instance_id = @InstanceId AND number = @component";

    /// <summary>Takes the session's row, so that components that finish together are counted one after the other.</summary>
    public const string LockSession = "UPDATE optimization_session SET moved_at = moved_at WHERE id = @SessionId";

    public const string MarkErrors = "UPDATE optimization_session SET has_errors = 1 WHERE id = @SessionId";

    public const string CompleteComponent =
        """
        UPDATE component SET status = @status, current_cost = @currentCost, base_cost = @baseCost, winner_cost = @winnerCost,
            lower_bound = @lowerBound, is_proven = @isProven, changes = @changes, winner = @winner, done_at = @now
        WHERE instance_id = @InstanceId AND number = @component AND status NOT IN ('Complete', 'Failed')
        """;

    public const string FailComponent =
        """
        UPDATE component SET status = @status, error = @error, done_at = @now
        WHERE instance_id = @InstanceId AND number = @component AND status NOT IN ('Complete', 'Failed')
        """;

    public const string CountComponents =
        """
        SELECT COUNT(*) AS components, SUM(CASE WHEN status IN ('Complete', 'Failed') THEN 1 ELSE 0 END) AS finished
        FROM component WHERE instance_id = @InstanceId
        """;

    public const string AddCandidate =
        """
        INSERT INTO candidate (instance_id, component, strategy, tenant_id, status, cost, lower_bound, changes, elapsed_ms, is_winner,
            detail)
        VALUES (@InstanceId, @component, @strategy, @TenantId, @status, @cost, @lowerBound, @changes, @elapsedMs, @isWinner, @detail)
        """;

    public static readonly BulkTable Assignment = new("assignment",
    [
        new("instance_id", BulkType.Number64),
        new("position", BulkType.Number32),
        new("tenant_id", BulkType.Number64),
        new("rate_plan", BulkType.Text),
    ]);
}
