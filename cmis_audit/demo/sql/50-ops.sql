-- Background work: queues of the worker framework, outbox, webhooks, imports, schedules, switches.

-- The queues share the columns that the worker needs; each adds what its job is about.
CREATE TABLE cmis_ops.sync_queue (
    job_id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    state          cmis_ops.work_state NOT NULL DEFAULT 'waiting',
    attempts       smallint NOT NULL DEFAULT 0,
    available_at   timestamptz NOT NULL DEFAULT now(),
    reserved_at    timestamptz,
    worker         varchar(80),
    last_error     text,
    integration_id uuid NOT NULL REFERENCES cmis.integrations (integration_id),
    sync_scope     varchar(30) NOT NULL CHECK (sync_scope IN ('profile', 'posts', 'comments', 'ads'))
);

CREATE TABLE cmis_ops.email_queue (
    job_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    state        cmis_ops.work_state NOT NULL DEFAULT 'waiting',
    attempts     smallint NOT NULL DEFAULT 0,
    available_at timestamptz NOT NULL DEFAULT now(),
    reserved_at  timestamptz,
    worker       varchar(80),
    last_error   text,
    contact_id   uuid NOT NULL REFERENCES cmis.contacts (contact_id),
    template_id  uuid NOT NULL REFERENCES cmis_marketing.email_templates (template_id),
    merge_fields jsonb
);

CREATE TABLE cmis_ops.embedding_queue (
    job_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    state        cmis_ops.work_state NOT NULL DEFAULT 'waiting',
    attempts     smallint NOT NULL DEFAULT 0,
    available_at timestamptz NOT NULL DEFAULT now(),
    reserved_at  timestamptz,
    worker       varchar(80),
    last_error   text,
    document_id  uuid NOT NULL REFERENCES cmis_knowledge.documents (document_id),
    chunk_size   integer NOT NULL DEFAULT 800
);

CREATE TABLE cmis_ops.thumbnail_queue (
    job_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    state        cmis_ops.work_state NOT NULL DEFAULT 'waiting',
    attempts     smallint NOT NULL DEFAULT 0,
    available_at timestamptz NOT NULL DEFAULT now(),
    reserved_at  timestamptz,
    worker       varchar(80),
    last_error   text,
    asset_id     uuid NOT NULL REFERENCES cmis.assets (asset_id),
    width_px     integer NOT NULL,
    height_px    integer NOT NULL
);

CREATE TABLE cmis_ops.outbox_messages (
    message_id     uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    aggregate_type varchar(60) NOT NULL,
    aggregate_id   uuid NOT NULL,
    event_name     varchar(80) NOT NULL,
    payload        jsonb NOT NULL,
    occurred_at    timestamptz NOT NULL DEFAULT now(),
    relayed_at     timestamptz
);
COMMENT ON TABLE cmis_ops.outbox_messages IS 'Events written in the transaction of the change, relayed afterwards';
CREATE INDEX outbox_messages_unsent_idx ON cmis_ops.outbox_messages (occurred_at) WHERE relayed_at IS NULL;

CREATE TABLE cmis_ops.webhook_endpoints (
    endpoint_id    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id         uuid NOT NULL REFERENCES cmis.orgs (org_id),
    callback_url   text NOT NULL CHECK (callback_url LIKE 'https://%'),
    signing_secret text NOT NULL,
    event_names    text[] NOT NULL,
    muted_until    timestamptz
);

CREATE TABLE cmis_ops.webhook_deliveries (
    delivery_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    endpoint_id   uuid NOT NULL REFERENCES cmis_ops.webhook_endpoints (endpoint_id) ON DELETE CASCADE,
    message_id    uuid NOT NULL REFERENCES cmis_ops.outbox_messages (message_id),
    http_status   smallint,
    response_body text,
    round_trip    interval,
    delivered_at  timestamptz,
    UNIQUE (endpoint_id, message_id)
);

CREATE TABLE cmis_ops.import_batches (
    batch_id     uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id       uuid NOT NULL REFERENCES cmis.orgs (org_id),
    target_table varchar(120) NOT NULL,
    file_name    text NOT NULL,
    rows_seen    integer NOT NULL DEFAULT 0,
    rows_kept    integer NOT NULL DEFAULT 0,
    opened_by    uuid REFERENCES cmis.users (user_id),
    opened_at    timestamptz NOT NULL DEFAULT now(),
    closed_at    timestamptz,
    CHECK (rows_kept <= rows_seen)
);
COMMENT ON TABLE cmis_ops.import_batches IS 'One upload of a file by a user';

CREATE TABLE cmis_ops.import_batch_errors (
    batch_id    uuid NOT NULL REFERENCES cmis_ops.import_batches (batch_id) ON DELETE CASCADE,
    row_no      integer NOT NULL,
    column_name text NOT NULL,
    complaint   text NOT NULL,
    raw_text    text,
    PRIMARY KEY (batch_id, row_no, column_name)
);

CREATE TABLE cmis_ops.scheduled_tasks (
    scheduled_task_id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    command           varchar(160) NOT NULL UNIQUE,
    cron_expression   varchar(60) NOT NULL,
    time_zone         varchar(64) NOT NULL DEFAULT 'UTC',
    without_overlap   boolean NOT NULL DEFAULT true,
    is_switched_on    boolean NOT NULL DEFAULT true
);

CREATE TABLE cmis_ops.task_runs (
    task_run_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scheduled_task_id smallint NOT NULL REFERENCES cmis_ops.scheduled_tasks (scheduled_task_id),
    began_at          timestamptz NOT NULL DEFAULT now(),
    ended_at          timestamptz,
    exit_code         smallint,
    console_output    text
);

CREATE TABLE cmis_ops.feature_flags (
    flag_key    varchar(80) PRIMARY KEY,
    description text,
    default_on  boolean NOT NULL DEFAULT false,
    rollout     numeric(5, 2) CHECK (rollout BETWEEN 0 AND 100),
    owner_team  varchar(60)
);
COMMENT ON TABLE cmis_ops.feature_flags IS 'Switches for features under construction';

CREATE TABLE cmis_ops.feature_flag_overrides (
    flag_key varchar(80) NOT NULL REFERENCES cmis_ops.feature_flags (flag_key) ON DELETE CASCADE,
    org_id   uuid NOT NULL REFERENCES cmis.orgs (org_id),
    is_on    boolean NOT NULL,
    until    timestamptz,
    PRIMARY KEY (flag_key, org_id)
);

CREATE TABLE cmis_ops.sync_cursors (
    integration_id uuid NOT NULL REFERENCES cmis.integrations (integration_id),
    stream_name    varchar(60) NOT NULL,
    cursor_token   text,
    moved_at       timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE cmis_ops.sync_cursors IS 'Where the next page of a platform''s stream begins';
