-- Times are milliseconds since 1970 UTC, money is micro-units, data is bytes, flags are 0 or 1. See docs/database.md.
CREATE TABLE tenant (
    id {identity},
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE service_provider (
    id {identity},
    tenant_id BIGINT NOT NULL REFERENCES tenant (id),
    name TEXT NOT NULL,
    settings TEXT NOT NULL,
    credentials TEXT,
    created_at BIGINT NOT NULL,
    UNIQUE (tenant_id, name)
);

-- Written by people (dashboard, cco plans): which plans share a pool, which plans a communication plan allows.
CREATE TABLE rate_plan_pool (
    provider_id BIGINT NOT NULL REFERENCES service_provider (id),
    tenant_id BIGINT NOT NULL,
    rate_plan TEXT NOT NULL,
    pool_name TEXT NOT NULL,
    PRIMARY KEY (provider_id, rate_plan)
);

CREATE TABLE communication_plan_rate_plan (
    provider_id BIGINT NOT NULL REFERENCES service_provider (id),
    tenant_id BIGINT NOT NULL,
    communication_plan TEXT NOT NULL,
    rate_plan TEXT NOT NULL,
    PRIMARY KEY (provider_id, communication_plan, rate_plan)
);

CREATE TABLE billing_period (
    id {identity},
    tenant_id BIGINT NOT NULL,
    provider_id BIGINT NOT NULL REFERENCES service_provider (id),
    start_at BIGINT NOT NULL,
    end_at BIGINT NOT NULL,
    UNIQUE (provider_id, start_at)
);

CREATE TABLE optimization_session (
    id {identity},
    guid TEXT NOT NULL UNIQUE,
    tenant_id BIGINT NOT NULL REFERENCES tenant (id),
    status TEXT NOT NULL,
    progress INTEGER NOT NULL DEFAULT -1,
    trigger_sequence INTEGER NOT NULL DEFAULT 0,
    device_count INTEGER NOT NULL DEFAULT 0,
    started_by TEXT NOT NULL,
    is_override INTEGER NOT NULL,
    has_errors INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    created_at BIGINT NOT NULL,
    moved_at BIGINT NOT NULL,
    ended_at BIGINT
);

CREATE INDEX optimization_session_open ON optimization_session (moved_at) WHERE ended_at IS NULL;

CREATE TABLE optimization_instance (
    id {identity},
    session_id BIGINT NOT NULL REFERENCES optimization_session (id),
    tenant_id BIGINT NOT NULL,
    provider_id BIGINT NOT NULL REFERENCES service_provider (id),
    billing_period_id BIGINT NOT NULL REFERENCES billing_period (id),
    status TEXT NOT NULL,
    settings TEXT NOT NULL,
    stage_deadline_at BIGINT NOT NULL,
    catalog TEXT,
    components INTEGER NOT NULL DEFAULT 0,
    current_cost BIGINT,
    base_cost BIGINT,
    optimal_cost BIGINT,
    lower_bound BIGINT,
    is_proven INTEGER,
    changes INTEGER,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);

CREATE UNIQUE INDEX one_running_instance_per_provider ON optimization_instance (provider_id) WHERE ended_at IS NULL;
CREATE INDEX optimization_instance_session ON optimization_instance (session_id);

-- Starts that were asked for and not made, so that whoever asked finds the reason.
CREATE TABLE start_refusal (
    session_guid TEXT PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    provider_id BIGINT NOT NULL,
    why TEXT NOT NULL,
    refused_at BIGINT NOT NULL
);

-- Written by GetDevices.
CREATE TABLE rate_plan (
    provider_id BIGINT NOT NULL REFERENCES service_provider (id),
    tenant_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    is_pooled INTEGER NOT NULL,
    currency TEXT NOT NULL,
    monthly_rate BIGINT NOT NULL,
    included_bytes BIGINT,
    overage_rate BIGINT NOT NULL,
    overage_block_bytes BIGINT NOT NULL,
    included_sms INTEGER NOT NULL,
    sms_rate BIGINT NOT NULL,
    is_retired INTEGER NOT NULL,
    why_invalid TEXT,
    read_at BIGINT NOT NULL,
    PRIMARY KEY (provider_id, name)
);

CREATE TABLE communication_plan (
    provider_id BIGINT NOT NULL REFERENCES service_provider (id),
    tenant_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    first_seen_at BIGINT NOT NULL,
    PRIMARY KEY (provider_id, name)
);

CREATE TABLE sync_run (
    instance_id BIGINT PRIMARY KEY REFERENCES optimization_instance (id),
    tenant_id BIGINT NOT NULL,
    provider_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    why TEXT NOT NULL,
    modified_since BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    plan_pages INTEGER NOT NULL DEFAULT 0,
    device_pages INTEGER NOT NULL DEFAULT 0,
    usage_pages INTEGER NOT NULL DEFAULT 0,
    single_calls INTEGER NOT NULL DEFAULT 0,
    devices_received INTEGER NOT NULL DEFAULT 0,
    devices_rejected INTEGER NOT NULL DEFAULT 0,
    usage_missing INTEGER NOT NULL DEFAULT 0,
    usage_plans TEXT,
    ended_at BIGINT
);

CREATE TABLE sync_state (
    provider_id BIGINT PRIMARY KEY REFERENCES service_provider (id),
    tenant_id BIGINT NOT NULL,
    last_full_at BIGINT,
    high_water_at BIGINT NOT NULL
);

CREATE TABLE staging_device (
    instance_id BIGINT NOT NULL,
    iccid TEXT NOT NULL,
    tenant_id BIGINT NOT NULL,
    status TEXT,
    rate_plan TEXT,
    communication_plan TEXT,
    msisdn TEXT,
    activated_at BIGINT,
    is_recent INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (instance_id, iccid)
);

CREATE TABLE staging_single (
    instance_id BIGINT NOT NULL,
    iccid TEXT NOT NULL,
    tenant_id BIGINT NOT NULL,
    why TEXT NOT NULL,
    wants_usage INTEGER NOT NULL,
    wants_details INTEGER NOT NULL,
    position INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'Waiting',
    PRIMARY KEY (instance_id, iccid)
);

CREATE INDEX staging_single_position ON staging_single (instance_id, position);

CREATE TABLE staging_usage (
    instance_id BIGINT NOT NULL,
    iccid TEXT NOT NULL,
    rate_plan TEXT NOT NULL,
    tenant_id BIGINT NOT NULL,
    data_bytes BIGINT NOT NULL,
    sms_count BIGINT NOT NULL,
    PRIMARY KEY (instance_id, iccid, rate_plan)
);

CREATE TABLE device (
    provider_id BIGINT NOT NULL REFERENCES service_provider (id),
    iccid TEXT NOT NULL,
    tenant_id BIGINT NOT NULL,
    status TEXT,
    rate_plan TEXT,
    communication_plan TEXT,
    msisdn TEXT,
    activated_at BIGINT,
    usage_bytes BIGINT,
    sms_count INTEGER,
    usage_at BIGINT,
    single_usage_until BIGINT,
    first_seen_at BIGINT NOT NULL,
    PRIMARY KEY (provider_id, iccid)
);

CREATE TABLE device_issue (
    instance_id BIGINT NOT NULL,
    tenant_id BIGINT NOT NULL,
    iccid TEXT NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    is_rejected INTEGER NOT NULL,
    PRIMARY KEY (instance_id, iccid, kind)
);

-- Written by GroupDevices.
CREATE TABLE comm_group (
    instance_id BIGINT NOT NULL,
    number INTEGER NOT NULL,
    tenant_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    rate_plans TEXT NOT NULL,
    devices INTEGER NOT NULL,
    optimised_devices INTEGER NOT NULL,
    component INTEGER NOT NULL,
    PRIMARY KEY (instance_id, number)
);

CREATE TABLE snapshot_device (
    instance_id BIGINT NOT NULL,
    position INTEGER NOT NULL,
    tenant_id BIGINT NOT NULL,
    component INTEGER NOT NULL,
    comm_group INTEGER NOT NULL,
    exclusion INTEGER NOT NULL,
    iccid TEXT NOT NULL,
    msisdn TEXT,
    status TEXT,
    communication_plan TEXT,
    rate_plan TEXT,
    raw_usage_bytes BIGINT NOT NULL,
    usage_bytes BIGINT NOT NULL,
    sms_count INTEGER NOT NULL,
    active_days INTEGER NOT NULL,
    PRIMARY KEY (instance_id, position)
);

CREATE INDEX snapshot_device_component ON snapshot_device (instance_id, component, position);

-- Created by GroupDevices, then written by SimCardCostOptimizer only.
CREATE TABLE component (
    instance_id BIGINT NOT NULL,
    number INTEGER NOT NULL,
    tenant_id BIGINT NOT NULL,
    status TEXT NOT NULL,
    devices INTEGER NOT NULL,
    current_cost BIGINT,
    base_cost BIGINT,
    winner_cost BIGINT,
    lower_bound BIGINT,
    is_proven INTEGER,
    changes INTEGER,
    winner TEXT,
    error TEXT,
    done_at BIGINT,
    PRIMARY KEY (instance_id, number)
);

CREATE TABLE candidate (
    instance_id BIGINT NOT NULL,
    component INTEGER NOT NULL,
    strategy TEXT NOT NULL,
    tenant_id BIGINT NOT NULL,
    status TEXT NOT NULL,
    cost BIGINT,
    lower_bound BIGINT,
    changes INTEGER,
    elapsed_ms BIGINT,
    is_winner INTEGER NOT NULL,
    detail TEXT,
    PRIMARY KEY (instance_id, component, strategy)
);

CREATE TABLE assignment (
    instance_id BIGINT NOT NULL,
    position INTEGER NOT NULL,
    tenant_id BIGINT NOT NULL,
    rate_plan TEXT,
    PRIMARY KEY (instance_id, position)
);

-- Written by OptimizerCleanup, then by RatePlanChanges.
CREATE TABLE rate_plan_change (
    id {identity},
    instance_id BIGINT NOT NULL,
    tenant_id BIGINT NOT NULL,
    provider_id BIGINT NOT NULL,
    iccid TEXT NOT NULL,
    from_plan TEXT,
    to_plan TEXT NOT NULL,
    saving BIGINT NOT NULL,
    state TEXT NOT NULL,
    why TEXT,
    proposed_at BIGINT NOT NULL,
    UNIQUE (instance_id, iccid)
);

CREATE TABLE report_file (
    instance_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    tenant_id BIGINT NOT NULL,
    path TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (instance_id, name)
);

-- Written by the runner for all stages.
CREATE TABLE message (
    id {identity},
    tenant_id BIGINT NOT NULL,
    session_id BIGINT,
    source TEXT NOT NULL,
    key TEXT NOT NULL,
    type TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    visible_at BIGINT NOT NULL,
    lease_owner TEXT,
    lease_until BIGINT,
    attempts INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    last_error TEXT,
    trace_parent TEXT,
    created_at BIGINT NOT NULL,
    done_at BIGINT,
    UNIQUE (source, key)
);

CREATE INDEX message_waiting ON message (visible_at, id) WHERE state = 'Waiting';
CREATE INDEX message_session ON message (session_id);

CREATE TABLE ledger (
    key TEXT PRIMARY KEY,
    session_id BIGINT,
    done_at BIGINT NOT NULL
);

CREATE TABLE amop_trigger (
    id {identity},
    tenant_id BIGINT NOT NULL,
    session_id BIGINT NOT NULL REFERENCES optimization_session (id),
    sequence INTEGER NOT NULL,
    key TEXT NOT NULL,
    type TEXT NOT NULL,
    progress INTEGER NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at BIGINT NOT NULL,
    lease_until BIGINT,
    last_error TEXT,
    trace_parent TEXT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    UNIQUE (session_id, sequence),
    UNIQUE (session_id, key)
);

CREATE INDEX amop_trigger_waiting ON amop_trigger (session_id, sequence) WHERE state = 'Waiting';

CREATE TABLE mail (
    id {identity},
    tenant_id BIGINT NOT NULL,
    session_id BIGINT,
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    recipients TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    html TEXT NOT NULL,
    attachments TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at BIGINT NOT NULL,
    lease_until BIGINT,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);

CREATE INDEX mail_waiting ON mail (next_at, id) WHERE state = 'Waiting';
