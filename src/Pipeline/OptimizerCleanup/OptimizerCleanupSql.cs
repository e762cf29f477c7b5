namespace CarrierOptimization.Pipeline.OptimizerCleanup;

/// <summary>The statements of the stage.</summary>
internal static class OptimizerCleanupSql
{
    public const string Components =
        """
        SELECT c.number, c.status, c.devices, c.current_cost, c.base_cost, c.winner_cost, c.lower_bound, c.is_proven, c.winner,
            c.error, o.cost AS optimal_cost
        FROM component c
        LEFT JOIN candidate o ON o.instance_id = c.instance_id AND o.component = c.number AND o.strategy = 'Optimal'
        WHERE c.instance_id = @InstanceId ORDER BY c.number
        """;

    public const string Assignments = "SELECT position, rate_plan FROM assignment WHERE instance_id = @InstanceId";

    public const string StoppedEarly =
        """
        SELECT COUNT(*) FROM candidate
        WHERE instance_id = @InstanceId AND strategy = 'Optimal' AND detail LIKE '%"stoppedBy":"TimeLimit"%'
        """;

    /// <summary>What the sync found odd, by kind, with the first SIM as an example.</summary>
    public const string Issues =
        """
        SELECT kind, is_rejected, COUNT(*) AS devices, MIN(iccid) AS example, MIN(detail) AS detail
        FROM device_issue WHERE instance_id = @InstanceId GROUP BY kind, is_rejected
        """;

    public const string SaveTotals =
        """
        UPDATE optimization_instance SET current_cost = @Current, base_cost = @Base, optimal_cost = @Optimal,
            lower_bound = @LowerBound, is_proven = @IsProven, changes = @Changes
        WHERE id = @InstanceId
        """;

    public const string AddReportFile =
        """
        INSERT INTO report_file (instance_id, name, tenant_id, path, bytes, sha256)
        VALUES (@InstanceId, @Name, @TenantId, @Path, @Bytes, @Sha256)
        """;

    public static readonly Storage.BulkTable RatePlanChange = new("rate_plan_change",
    [
        new("instance_id", Storage.BulkType.Number64),
        new("tenant_id", Storage.BulkType.Number64),
        new("provider_id", Storage.BulkType.Number64),
        new("iccid", Storage.BulkType.Text),
        new("from_plan", Storage.BulkType.Text),
        new("to_plan", Storage.BulkType.Text),
        new("saving", Storage.BulkType.Number64),
        new("state", Storage.BulkType.Text),
        new("why", Storage.BulkType.Text),
        new("proposed_at", Storage.BulkType.Number64),
    ]);
}
