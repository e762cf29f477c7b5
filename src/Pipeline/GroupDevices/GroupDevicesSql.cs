using CarrierOptimization.Pipeline.Storage;

namespace CarrierOptimization.Pipeline.GroupDevices;

/// <summary>The statements of the stage.</summary>
internal static class GroupDevicesSql
{
    /// <summary>In the order of the ICCIDs, so that the same SIMs have the same places whenever they are read.</summary>
    public const string Devices =
        """
        SELECT iccid, status, rate_plan, communication_plan, msisdn, activated_at, usage_bytes, sms_count, usage_at
        FROM device WHERE provider_id = @ProviderId ORDER BY iccid
        """;

    public const string RatePlans =
        """
        SELECT r.*, o.pool_name
        FROM rate_plan r
        LEFT JOIN rate_plan_pool o ON o.provider_id = r.provider_id AND o.rate_plan = r.name
        WHERE r.provider_id = @ProviderId
        """;

    public const string Mappings =
        "SELECT communication_plan, rate_plan FROM communication_plan_rate_plan WHERE provider_id = @ProviderId";

    public const string FreezeInstance =
        "UPDATE optimization_instance SET catalog = @catalog, components = @components WHERE id = @InstanceId";

    public const string MarkErrors = "UPDATE optimization_session SET has_errors = 1 WHERE id = @SessionId";

    public const string AddCommGroup =
        """
        INSERT INTO comm_group (instance_id, number, tenant_id, name, rate_plans, devices, optimised_devices, component)
        VALUES (@InstanceId, @Number, @TenantId, @Name, @RatePlans, @Devices, @OptimisedDevices, @Component)
        """;

    public const string AddComponent =
        """
        INSERT INTO component (instance_id, number, tenant_id, status, devices, error, done_at)
        VALUES (@InstanceId, @Number, @TenantId, @Status, @Devices, @Error, @DoneAt)
        """;

    public static readonly BulkTable SnapshotDevice = new("snapshot_device",
    [
        new("instance_id", BulkType.Number64),
        new("position", BulkType.Number32),
        new("tenant_id", BulkType.Number64),
        new("component", BulkType.Number32),
        new("comm_group", BulkType.Number32),
        new("exclusion", BulkType.Number32),
        new("iccid", BulkType.Text),
        new("msisdn", BulkType.Text),
        new("status", BulkType.Text),
        new("communication_plan", BulkType.Text),
        new("rate_plan", BulkType.Text),
        new("raw_usage_bytes", BulkType.Number64),
        new("usage_bytes", BulkType.Number64),
        new("sms_count", BulkType.Number32),
        new("active_days", BulkType.Number32),
    ]);
}
