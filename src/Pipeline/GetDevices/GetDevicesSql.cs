using CarrierOptimization.Pipeline.Storage;

namespace CarrierOptimization.Pipeline.GetDevices;

/// <summary>
/// Statements of the steps up to the merge. Parameters: <c>@instance</c>, <c>@provider</c>, <c>@tenant</c>, <c>@isComplete</c>.
/// </summary>
internal static class GetDevicesSql
{
    public static readonly BulkTable StagingDevice = new("staging_device",
    [
        new("instance_id", BulkType.Number64), new("iccid", BulkType.Text), new("tenant_id", BulkType.Number64),
        new("status", BulkType.Text), new("rate_plan", BulkType.Text), new("communication_plan", BulkType.Text),
        new("msisdn", BulkType.Text), new("activated_at", BulkType.Number64), new("is_recent", BulkType.Number32),
    ]);

    public static readonly BulkTable StagingUsage = new("staging_usage",
    [
        new("instance_id", BulkType.Number64), new("iccid", BulkType.Text), new("rate_plan", BulkType.Text),
        new("tenant_id", BulkType.Number64), new("data_bytes", BulkType.Number64), new("sms_count", BulkType.Number64),
    ]);

    public static readonly BulkTable StagingSingle = new("staging_single",
    [
        new("instance_id", BulkType.Number64), new("iccid", BulkType.Text), new("tenant_id", BulkType.Number64),
        new("why", BulkType.Text), new("wants_usage", BulkType.Number32), new("wants_details", BulkType.Number32),
        new("position", BulkType.Number32), new("state", BulkType.Text),
    ]);

    public static readonly BulkTable Issue = new("device_issue",
    [
        new("instance_id", BulkType.Number64), new("tenant_id", BulkType.Number64), new("iccid", BulkType.Text),
        new("kind", BulkType.Text), new("detail", BulkType.Text), new("is_rejected", BulkType.Number32),
    ]);

    /// <summary>
    /// Staging is empty between syncs and the planner may believe that it still is; then it joins whole tables row by row. Said
    /// once when the list of SIMs is complete, once for usage, once for the SIMs to ask.
    /// </summary>
    public const string AnalyzeDevices = "ANALYZE staging_device";

    public const string AnalyzeUsage = "ANALYZE staging_usage";

    public const string AnalyzeSingles = "ANALYZE staging_single";

    public const string IssueConflict = "(instance_id, iccid, kind) DO NOTHING";

    /// <summary>Within one reading backwards, the first row of a SIM is the one that stands last in the list.</summary>
    public const string KeepFirst = "(instance_id, iccid) DO NOTHING";

    public const string TakeListed =
        """
        (instance_id, iccid) DO UPDATE SET status = excluded.status, rate_plan = excluded.rate_plan,
            communication_plan = excluded.communication_plan
        """;

    public const string MarkRecent = "(instance_id, iccid) DO UPDATE SET is_recent = 1";

    public const string TakeDetails =
        """
        (instance_id, iccid) DO UPDATE SET status = excluded.status, rate_plan = excluded.rate_plan,
            communication_plan = excluded.communication_plan, msisdn = excluded.msisdn, activated_at = excluded.activated_at
        """;

    public const string TakeUsage =
        "(instance_id, iccid, rate_plan) DO UPDATE SET data_bytes = excluded.data_bytes, sms_count = excluded.sms_count";

    public const string WantUsage = "(instance_id, iccid) DO UPDATE SET wants_usage = 1";

    public const string TakeState = "(instance_id, iccid) DO UPDATE SET state = excluded.state";

    public const string TakePlan =
        """
        (provider_id, name) DO UPDATE SET version = excluded.version, is_pooled = excluded.is_pooled, currency = excluded.currency,
            monthly_rate = excluded.monthly_rate, included_bytes = excluded.included_bytes, overage_rate = excluded.overage_rate,
            overage_block_bytes = excluded.overage_block_bytes, included_sms = excluded.included_sms, sms_rate = excluded.sms_rate,
            is_retired = excluded.is_retired, why_invalid = excluded.why_invalid, read_at = excluded.read_at
        """;

    public const string RetireUnlistedPlans =
        "UPDATE rate_plan SET is_retired = 1 WHERE provider_id = @provider AND read_at <> @now AND is_retired = 0";

    public const string State = "SELECT last_full_at, high_water_at FROM sync_state WHERE provider_id = @provider";

    public const string KnownPlans = "SELECT COUNT(*) FROM rate_plan WHERE provider_id = @provider";

    public const string KnownDevices = "SELECT COUNT(*) FROM device WHERE provider_id = @provider";

    public const string Run = "SELECT kind, why, modified_since, started_at, usage_plans FROM sync_run WHERE instance_id = @instance";

    public const string SetUsagePlans = "UPDATE sync_run SET usage_plans = @plans WHERE instance_id = @instance";

    public const string AddRun =
        """
        INSERT INTO sync_run (instance_id, tenant_id, provider_id, kind, why, modified_since, started_at, plan_pages)
        VALUES (@instance, @tenant, @provider, @kind, @why, @modifiedSince, @now, @planPages)
        ON CONFLICT (instance_id) DO NOTHING
        """;

    public const string ChangeRun =
        "UPDATE sync_run SET kind = @kind, why = @why, modified_since = @modifiedSince WHERE instance_id = @instance";

    public const string CountCalls =
        """
        UPDATE sync_run SET device_pages = device_pages + @devicePages, usage_pages = usage_pages + @usagePages,
            single_calls = single_calls + @singleCalls
        WHERE instance_id = @instance
        """;

    /// <summary>Staging of earlier sessions of the provider that ended before their merge.</summary>
    public static readonly IReadOnlyList<string> RemoveLeftovers =
    [
        .. new[] { "staging_device", "staging_usage", "staging_single" }.Select(table =>
            $"""
            DELETE FROM {table} WHERE instance_id IN (
                SELECT id FROM optimization_instance WHERE provider_id = @provider AND ended_at IS NOT NULL)
            """),
    ];

    /// <param name="numbers">As many parameters <c>@iccid0</c>, <c>@iccid1</c> ... as this.</param>
    public static string Staged(int numbers) =>
        $"""
        SELECT iccid, status, rate_plan, communication_plan FROM staging_device
        WHERE instance_id = @instance AND iccid IN ({string.Join(", ", Enumerable.Range(0, numbers).Select(number => $"@iccid{number}"))})
        """;

    private const string NotRejected =
        """
        NOT EXISTS (SELECT 1 FROM device_issue q WHERE q.instance_id = s.instance_id AND q.iccid = s.iccid AND q.is_rejected = 1)
        """;

    private const string ListedAndKnown =
        $"""
        SELECT s.iccid, s.status, s.rate_plan, s.communication_plan, s.is_recent
         FROM staging_device s WHERE s.instance_id = @instance AND {NotRejected}
         UNION ALL
         SELECT d.iccid, d.status, d.rate_plan, d.communication_plan, 0
         FROM device d WHERE d.provider_id = @provider AND @isComplete = 0
            AND NOT EXISTS (SELECT 1 FROM staging_device s WHERE s.instance_id = @instance AND s.iccid = d.iccid)
        """;

    /// <summary>
    /// The SIMs before any was asked alone. Statements that fill <c>staging_single</c> must not read it: PostgreSQL would scan
    /// what they write again and again.
    /// </summary>
    private const string FleetUnasked = $"({ListedAndKnown})";

    /// <summary>
    /// The SIMs there will be after the merge: what was listed, and what was known and is not said to be gone. A SIM that the
    /// carrier lists stays even if it has no answer about it alone.
    /// </summary>
    public const string Fleet =
        $"""
        ({ListedAndKnown}
            AND NOT EXISTS (
                SELECT 1 FROM staging_single g WHERE g.instance_id = @instance AND g.iccid = d.iccid AND g.state = 'Gone'))
        """;

    /// <summary>
    /// Every plan on which a SIM can have used something: plans of SIMs now and as they were known, and those that can still be
    /// taken, because SIMs may have left them within the period.
    /// </summary>
    public const string PlansInUse =
        $"""
        SELECT f.rate_plan FROM {FleetUnasked} f WHERE f.rate_plan IS NOT NULL
        UNION SELECT d.rate_plan FROM device d WHERE d.provider_id = @provider AND d.rate_plan IS NOT NULL
        UNION SELECT r.name FROM rate_plan r WHERE r.provider_id = @provider AND r.is_retired = 0
        """;

    /// <summary>SIMs of a plan that has no usage in bulk; those that were never in service have none.</summary>
    public const string AskPlanSingly =
        $"""
        INSERT INTO staging_single (instance_id, iccid, tenant_id, why, wants_usage, wants_details)
        SELECT @instance, f.iccid, @tenant, 'NotOffered', 1, 0 FROM {FleetUnasked} f
        WHERE f.rate_plan = @plan AND (f.status IS NULL OR f.status NOT IN ('INVENTORY', 'ACTIVATION_READY', 'PURGED'))
        ON CONFLICT (instance_id, iccid) DO UPDATE SET wants_usage = 1, why = 'NotOffered'
        """;

    /// <summary>
    /// SIMs that no bulk list had: active ones, and others of which usage of this period is known. And SIMs that were on a plan
    /// without bulk usage earlier in the period: the lists lack that part.
    /// </summary>
    public const string AskMissingSingly =
        $"""
        INSERT INTO staging_single (instance_id, iccid, tenant_id, why, wants_usage, wants_details)
        SELECT @instance, f.iccid, @tenant, CASE WHEN d.single_usage_until > @now THEN 'NotOffered' ELSE 'NotListed' END, 1, 0
        FROM {FleetUnasked} f LEFT JOIN device d ON d.provider_id = @provider AND d.iccid = f.iccid
        WHERE d.single_usage_until > @now
            OR ((f.status = 'ACTIVATED' OR (d.usage_bytes > 0 AND d.usage_at >= @periodStart)) AND NOT EXISTS (
                SELECT 1 FROM staging_usage u WHERE u.instance_id = @instance AND u.iccid = f.iccid))
        ON CONFLICT (instance_id, iccid) DO UPDATE SET wants_usage = 1
        """;

    /// <summary>SIMs that have usage but are in no list: older than what the carrier lists.</summary>
    public const string AskUnknownSingly =
        """
        INSERT INTO staging_single (instance_id, iccid, tenant_id, why, wants_usage, wants_details)
        SELECT DISTINCT @instance, u.iccid, @tenant, 'UnknownSim', 0, 1 FROM staging_usage u
        WHERE u.instance_id = @instance
            AND NOT EXISTS (SELECT 1 FROM staging_device s WHERE s.instance_id = @instance AND s.iccid = u.iccid)
            AND (@isComplete = 1 OR NOT EXISTS (SELECT 1 FROM device d WHERE d.provider_id = @provider AND d.iccid = u.iccid))
        ON CONFLICT (instance_id, iccid) DO UPDATE SET wants_details = 1, why = 'UnknownSim'
        """;

    /// <summary>
    /// SIMs changed within the period whose activation is not known, or may be another one by now: active ones where the
    /// carrier prorates, and always those out of service again, since one that was activated within the period is billed.
    /// Statuses before the first activation are left out.
    /// </summary>
    public const string AskActivationSingly =
        $"""
        INSERT INTO staging_single (instance_id, iccid, tenant_id, why, wants_usage, wants_details)
        SELECT @instance, f.iccid, @tenant, 'Activation', 0, 1
        FROM {FleetUnasked} f LEFT JOIN device d ON d.provider_id = @provider AND d.iccid = f.iccid
        WHERE f.is_recent = 1 AND f.status NOT IN ('INVENTORY', 'TEST_READY', 'ACTIVATION_READY')
            AND (@usesProration = 1 OR (f.status <> 'ACTIVATED' AND NOT EXISTS (
                SELECT 1 FROM staging_usage u WHERE u.instance_id = @instance AND u.iccid = f.iccid AND u.data_bytes > 0)))
            AND (d.activated_at IS NULL OR d.status IS DISTINCT FROM f.status)
        ON CONFLICT (instance_id, iccid) DO UPDATE SET wants_details = 1
        """;

    /// <summary>Active SIMs first, so that the limit meets the others.</summary>
    public const string NumberSingles =
        """
        UPDATE staging_single SET position = n.place, state = CASE WHEN n.place > @singlesMax THEN 'OverLimit' ELSE 'Waiting' END
        FROM (
            SELECT q.iccid, ROW_NUMBER() OVER (
                ORDER BY CASE WHEN COALESCE(
                    (SELECT s.status FROM staging_device s WHERE s.instance_id = @instance AND s.iccid = q.iccid),
                    (SELECT d.status FROM device d WHERE d.provider_id = @provider AND d.iccid = q.iccid)) = 'ACTIVATED'
                    THEN 0 ELSE 1 END, q.iccid) AS place
            FROM staging_single q WHERE q.instance_id = @instance) n
        WHERE staging_single.instance_id = @instance AND staging_single.iccid = n.iccid
        """;

    public const string Singles =
        """
        SELECT iccid, why, wants_usage, wants_details, position FROM staging_single
        WHERE instance_id = @instance AND position BETWEEN @first AND @last AND state <> 'OverLimit' ORDER BY position
        """;
}
