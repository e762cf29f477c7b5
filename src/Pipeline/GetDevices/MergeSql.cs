namespace CarrierOptimization.Pipeline.GetDevices;

/// <summary>Statements that make devices of what was staged. Parameters as in <see cref="GetDevicesSql"/>.</summary>
internal static class MergeSql
{
    /// <summary>
    /// Usage that can be relied on: of a SIM that was asked alone only its own answer, of the others the sum over the plans.
    /// </summary>
    private const string KnownUsage =
        """
        (SELECT u.iccid, SUM(u.data_bytes) AS data_bytes,
            CASE WHEN SUM(u.sms_count) > 1000000000 THEN 1000000000 ELSE SUM(u.sms_count) END AS sms_count
         FROM staging_usage u
         LEFT JOIN staging_single q ON q.instance_id = u.instance_id AND q.iccid = u.iccid AND q.wants_usage = 1
         WHERE u.instance_id = @instance
            AND ((q.iccid IS NULL AND u.rate_plan <> '') OR (q.state = 'Done' AND u.rate_plan = ''))
         GROUP BY u.iccid)
        """;

    private const string IsListed =
        "EXISTS (SELECT 1 FROM staging_device s WHERE s.instance_id = @instance AND s.iccid = d.iccid)";

    /// <summary>Known SIMs that there will be no more.</summary>
    private const string IsGone =
        $"""
        NOT {IsListed} AND (@isComplete = 1 OR EXISTS (
            SELECT 1 FROM staging_single g WHERE g.instance_id = @instance AND g.iccid = d.iccid AND g.state = 'Gone'))
        """;

    public const string Facts =
        $"""
        SELECT COUNT(*) AS devices,
            COALESCE(SUM(CASE WHEN f.status = 'ACTIVATED' THEN 1 ELSE 0 END), 0) AS active,
            COALESCE(SUM(CASE WHEN f.status = 'ACTIVATED' AND u.iccid IS NULL THEN 1 ELSE 0 END), 0) AS missing,
            (SELECT COUNT(*) FROM device d WHERE d.provider_id = @provider) AS known,
            (SELECT COUNT(*) FROM device d WHERE d.provider_id = @provider AND {IsGone}) AS vanished,
            (SELECT COUNT(*) FROM staging_single q WHERE q.instance_id = @instance AND q.state = 'OverLimit') AS over_limit
        FROM {GetDevicesSql.Fleet} f LEFT JOIN {KnownUsage} u ON u.iccid = f.iccid
        """;

    public const string NewCommunicationPlans =
        $"""
        SELECT DISTINCT f.communication_plan FROM {GetDevicesSql.Fleet} f
        WHERE f.communication_plan IS NOT NULL
            AND NOT EXISTS (
                SELECT 1 FROM communication_plan c WHERE c.provider_id = @provider AND c.name = f.communication_plan)
            AND NOT EXISTS (
                SELECT 1 FROM communication_plan_rate_plan m
                WHERE m.provider_id = @provider AND m.communication_plan = f.communication_plan)
        """;

    /// <summary>What a sync that is not merged leaves behind: its counts.</summary>
    public const string CountOnly =
        """
        UPDATE sync_run SET usage_missing = @missing, ended_at = @now,
            devices_received = (SELECT COUNT(*) FROM staging_device s WHERE s.instance_id = @instance),
            devices_rejected = (
                SELECT COUNT(*) FROM staging_device s WHERE s.instance_id = @instance AND EXISTS (
                    SELECT 1 FROM device_issue q
                    WHERE q.instance_id = s.instance_id AND q.iccid = s.iccid AND q.is_rejected = 1))
        WHERE instance_id = @instance
        """;

    /// <summary>The SIMs for which a sync is not whole, said by a sync that is not merged.</summary>
    public const string NoteMissing =
        $"""
        INSERT INTO device_issue (instance_id, tenant_id, iccid, kind, detail, is_rejected)
        SELECT @instance, @tenant, f.iccid, 'NoUsage', 'The carrier reported no usage of the active SIM.', 0
        FROM {GetDevicesSql.Fleet} f LEFT JOIN {KnownUsage} u ON u.iccid = f.iccid
        WHERE f.status = 'ACTIVATED' AND u.iccid IS NULL
        ON CONFLICT (instance_id, iccid, kind) DO NOTHING
        """;

    /// <summary>A SIM with usage that the carrier does not describe was received and is rejected.</summary>
    private const string StageUndescribed =
        """
        INSERT INTO staging_device (instance_id, iccid, tenant_id)
        SELECT @instance, q.iccid, @tenant FROM staging_single q
        WHERE q.instance_id = @instance AND q.why = 'UnknownSim' AND q.state <> 'Done'
        ON CONFLICT (instance_id, iccid) DO NOTHING
        """;

    private const string RejectUndescribed =
        """
        INSERT INTO device_issue (instance_id, tenant_id, iccid, kind, detail, is_rejected)
        SELECT @instance, @tenant, q.iccid, 'UnknownSim',
            'Usage was reported, but the carrier gave no details of the SIM (' || q.state || '). Look it up at the carrier.', 1
        FROM staging_single q
        WHERE q.instance_id = @instance AND q.why = 'UnknownSim' AND q.state <> 'Done'
        ON CONFLICT (instance_id, iccid, kind) DO NOTHING
        """;

    /// <summary>Rows that did not change are not written. Details are kept where this sync did not ask for them.</summary>
    private const string MergeDevices =
        """
        INSERT INTO device (provider_id, iccid, tenant_id, status, rate_plan, communication_plan, msisdn, activated_at, first_seen_at)
        SELECT @provider, s.iccid, @tenant, s.status, s.rate_plan, s.communication_plan, s.msisdn, s.activated_at, @now
        FROM staging_device s
        WHERE s.instance_id = @instance AND NOT EXISTS (
            SELECT 1 FROM device_issue q WHERE q.instance_id = s.instance_id AND q.iccid = s.iccid AND q.is_rejected = 1)
        ON CONFLICT (provider_id, iccid) DO UPDATE SET
            status = excluded.status, rate_plan = excluded.rate_plan, communication_plan = excluded.communication_plan,
            msisdn = COALESCE(excluded.msisdn, device.msisdn), activated_at = COALESCE(excluded.activated_at, device.activated_at)
        WHERE device.status IS DISTINCT FROM excluded.status
            OR device.rate_plan IS DISTINCT FROM excluded.rate_plan
            OR device.communication_plan IS DISTINCT FROM excluded.communication_plan
            OR device.msisdn IS DISTINCT FROM COALESCE(excluded.msisdn, device.msisdn)
            OR device.activated_at IS DISTINCT FROM COALESCE(excluded.activated_at, device.activated_at)
        """;

    private const string NoteGone =
        $"""
        INSERT INTO device_issue (instance_id, tenant_id, iccid, kind, detail, is_rejected)
        SELECT @instance, @tenant, d.iccid, 'GoneAtCarrier',
            'The SIM was ' || COALESCE(d.status, 'of no status') || ' at the last sync and is not at the carrier any more.', 0
        FROM device d WHERE d.provider_id = @provider AND {IsGone}
        ON CONFLICT (instance_id, iccid, kind) DO NOTHING
        """;

    private const string RemoveGone =
        """
        DELETE FROM device WHERE provider_id = @provider AND EXISTS (
            SELECT 1 FROM device_issue q
            WHERE q.instance_id = @instance AND q.iccid = device.iccid AND q.kind = 'GoneAtCarrier')
        """;

    private const string TakeUsage =
        $"""
        UPDATE device SET usage_bytes = u.data_bytes, sms_count = u.sms_count, usage_at = @usageAt
        FROM {KnownUsage} u WHERE device.provider_id = @provider AND device.iccid = u.iccid
        """;

    /// <summary>Usage of an earlier period says nothing about this one; older usage of this period is kept with its time.</summary>
    private const string ForgetOldUsage =
        """
        UPDATE device SET usage_bytes = NULL, sms_count = NULL, usage_at = NULL
        WHERE provider_id = @provider AND usage_at < @periodStart
        """;

    private const string RememberSingleUsage =
        """
        UPDATE device SET single_usage_until = @periodEnd
        WHERE provider_id = @provider AND (single_usage_until IS NULL OR single_usage_until <> @periodEnd) AND EXISTS (
            SELECT 1 FROM staging_single q
            WHERE q.instance_id = @instance AND q.iccid = device.iccid AND q.why = 'NotOffered')
        """;

    private const string AddCommunicationPlans =
        """
        INSERT INTO communication_plan (provider_id, tenant_id, name, first_seen_at)
        SELECT DISTINCT @provider, @tenant, d.communication_plan, @now FROM device d
        WHERE d.provider_id = @provider AND d.communication_plan IS NOT NULL
        ON CONFLICT (provider_id, name) DO NOTHING
        """;

    private static readonly string KnownStatuses = string.Join(", ", StagedDevices.KnownStatuses.Select(status => $"'{status}'"));

    private static readonly string NoteUnknownStatus =
        $"""
        INSERT INTO device_issue (instance_id, tenant_id, iccid, kind, detail, is_rejected)
        SELECT @instance, @tenant, d.iccid, 'UnknownStatus',
            'Status "' || COALESCE(d.status, '') || '" is not known; the SIM counts as not in service.', 0
        FROM device d
        WHERE d.provider_id = @provider AND (d.status IS NULL OR d.status NOT IN ({KnownStatuses}))
        ON CONFLICT (instance_id, iccid, kind) DO NOTHING
        """;

    private const string NoteUnknownPlan =
        """
        INSERT INTO device_issue (instance_id, tenant_id, iccid, kind, detail, is_rejected)
        SELECT @instance, @tenant, d.iccid, 'UnknownPlan',
            CASE WHEN d.rate_plan IS NULL THEN 'The active SIM has no rate plan.'
                ELSE 'Rate plan "' || d.rate_plan || '" is not in the price list.' END, 0
        FROM device d
        WHERE d.provider_id = @provider AND (d.rate_plan IS NOT NULL OR d.status = 'ACTIVATED') AND NOT EXISTS (
            SELECT 1 FROM rate_plan r WHERE r.provider_id = d.provider_id AND r.name = d.rate_plan)
        ON CONFLICT (instance_id, iccid, kind) DO NOTHING
        """;

    private const string NoteNoMapping =
        """
        INSERT INTO device_issue (instance_id, tenant_id, iccid, kind, detail, is_rejected)
        SELECT @instance, @tenant, d.iccid, 'NoCommPlanMapping',
            'Communication plan "' || COALESCE(d.communication_plan, '') || '" is not mapped to rate plans.', 0
        FROM device d
        WHERE d.provider_id = @provider AND NOT EXISTS (
            SELECT 1 FROM communication_plan_rate_plan m
            WHERE m.provider_id = d.provider_id AND m.communication_plan = d.communication_plan)
        ON CONFLICT (instance_id, iccid, kind) DO NOTHING
        """;

    private const string NoteNoUsage =
        """
        INSERT INTO device_issue (instance_id, tenant_id, iccid, kind, detail, is_rejected)
        SELECT @instance, @tenant, d.iccid, 'NoUsage',
            CASE WHEN d.usage_at IS NULL THEN 'The carrier reported no usage of the active SIM.'
                ELSE 'The carrier reported no usage of the active SIM now; an earlier number of the period is used.' END, 0
        FROM device d
        WHERE d.provider_id = @provider AND d.status = 'ACTIVATED' AND (d.usage_at IS NULL OR d.usage_at <> @usageAt)
        ON CONFLICT (instance_id, iccid, kind) DO NOTHING
        """;

    private const string SetState =
        """
        INSERT INTO sync_state (provider_id, tenant_id, last_full_at, high_water_at) VALUES (@provider, @tenant, @fullAt, @usageAt)
        ON CONFLICT (provider_id) DO UPDATE SET last_full_at = COALESCE(excluded.last_full_at, sync_state.last_full_at),
            high_water_at = excluded.high_water_at
        """;

    /// <summary>In this order. The rows of the carrier first, then what follows from the devices as they are now.</summary>
    public static readonly IReadOnlyList<string> Merge =
    [
        StageUndescribed, RejectUndescribed, NoteGone, MergeDevices, RemoveGone, ForgetOldUsage, TakeUsage, RememberSingleUsage,
        AddCommunicationPlans, NoteUnknownStatus, NoteUnknownPlan, NoteNoMapping, NoteNoUsage, CountOnly, SetState,
    ];

    /// <summary>The law "received = rejected + kept", and the number of devices that was foretold.</summary>
    public const string Law =
        $"""
        SELECT r.devices_received AS received, r.devices_rejected AS rejected,
            (SELECT COUNT(*) FROM device d WHERE d.provider_id = @provider) AS devices,
            (SELECT COUNT(*) FROM device d WHERE d.provider_id = @provider AND {IsListed}) AS kept
        FROM sync_run r WHERE r.instance_id = @instance
        """;

    public static readonly IReadOnlyList<string> RemoveStaging =
    [
        "DELETE FROM staging_device WHERE instance_id = @instance",
        "DELETE FROM staging_usage WHERE instance_id = @instance",
        "DELETE FROM staging_single WHERE instance_id = @instance",
    ];
}
