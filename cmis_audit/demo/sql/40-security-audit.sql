-- Who may do what, and who did what.

CREATE TABLE cmis_security.roles (
    role_id     uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id      uuid REFERENCES cmis.orgs (org_id),
    role_code   varchar(60) NOT NULL,
    explanation text,
    is_builtin  boolean NOT NULL DEFAULT false,
    UNIQUE NULLS NOT DISTINCT (org_id, role_code)
);
COMMENT ON TABLE cmis_security.roles IS 'Roles of a tenant and the built-in ones';
COMMENT ON COLUMN cmis_security.roles.org_id IS 'Null for the roles that every tenant has';

CREATE TABLE cmis_security.permissions (
    permission_code varchar(80) PRIMARY KEY,
    resource        varchar(60) NOT NULL,
    verb            varchar(20) NOT NULL CHECK (verb IN ('view', 'create', 'edit', 'delete', 'publish')),
    is_dangerous    boolean NOT NULL DEFAULT false,
    UNIQUE (resource, verb)
);

CREATE TABLE cmis_security.role_permissions (
    role_id         uuid NOT NULL REFERENCES cmis_security.roles (role_id) ON DELETE CASCADE,
    permission_code varchar(80) NOT NULL REFERENCES cmis_security.permissions (permission_code),
    granted_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (role_id, permission_code)
);

CREATE TABLE cmis_security.user_roles (
    user_id    uuid NOT NULL REFERENCES cmis.users (user_id),
    role_id    uuid NOT NULL REFERENCES cmis_security.roles (role_id),
    expires_on date,
    PRIMARY KEY (user_id, role_id)
);

CREATE TABLE cmis_security.permissions_cache (
    user_id     uuid NOT NULL,
    org_id      uuid NOT NULL,
    allowed     text[] NOT NULL,
    computed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX permissions_cache_user_idx ON cmis_security.permissions_cache (user_id, org_id);

CREATE TABLE cmis_security.api_keys (
    key_id       uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id       uuid NOT NULL REFERENCES cmis.orgs (org_id),
    key_prefix   char(8) NOT NULL UNIQUE,
    secret_hash  char(64) NOT NULL,
    rate_limit   integer NOT NULL DEFAULT 60 CHECK (rate_limit > 0),
    issued_to    text,
    revoked_at   timestamptz
);
COMMENT ON TABLE cmis_security.api_keys IS 'Keys for the public interface; the secret is stored as a hash';

CREATE TABLE cmis_security.ip_allowlist (
    org_id  uuid NOT NULL REFERENCES cmis.orgs (org_id),
    network cidr NOT NULL,
    purpose text
);

CREATE TABLE cmis_security.mfa_methods (
    user_id          uuid NOT NULL REFERENCES cmis.users (user_id) ON DELETE CASCADE,
    method           varchar(12) NOT NULL CHECK (method IN ('totp', 'webauthn', 'recovery')),
    secret_encrypted bytea NOT NULL,
    confirmed_at     timestamptz,
    PRIMARY KEY (user_id, method)
);

CREATE TABLE cmis_security.trusted_devices (
    device_id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id            uuid NOT NULL REFERENCES cmis.users (user_id) ON DELETE CASCADE,
    device_fingerprint char(64) NOT NULL,
    browser            varchar(60),
    trusted_until      timestamptz NOT NULL
);

CREATE TABLE cmis_security.tenant_context_checks (
    check_no      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    backend_pid   integer NOT NULL,
    expected_org  uuid,
    actual_org    uuid,
    mismatch      boolean GENERATED ALWAYS AS (expected_org IS DISTINCT FROM actual_org) STORED,
    checked_at    timestamptz NOT NULL DEFAULT now()
);

-- One partition a month; older ones are detached by the retention job.
CREATE TABLE cmis_audit.activity_log (
    activity_id bigint GENERATED ALWAYS AS IDENTITY,
    org_id      uuid NOT NULL,
    actor_id    uuid,
    verb        varchar(30) NOT NULL,
    object_type varchar(60) NOT NULL,
    object_id   uuid,
    properties  jsonb,
    client_ip   inet,
    happened_at timestamptz NOT NULL DEFAULT now()
) PARTITION BY RANGE (happened_at);
COMMENT ON TABLE cmis_audit.activity_log IS 'What users did, partitioned by month';

CREATE TABLE cmis_audit.activity_log_2025_09 PARTITION OF cmis_audit.activity_log
    FOR VALUES FROM ('2025-09-01 00:00+00') TO ('2025-10-01 00:00+00');
CREATE TABLE cmis_audit.activity_log_2025_10 PARTITION OF cmis_audit.activity_log
    FOR VALUES FROM ('2025-10-01 00:00+00') TO ('2025-11-01 00:00+00');
CREATE TABLE cmis_audit.activity_log_2025_11 PARTITION OF cmis_audit.activity_log
    FOR VALUES FROM ('2025-11-01 00:00+00') TO ('2025-12-01 00:00+00');
CREATE TABLE cmis_audit.activity_log_2025_12 PARTITION OF cmis_audit.activity_log
    FOR VALUES FROM ('2025-12-01 00:00+00') TO ('2026-01-01 00:00+00');

CREATE INDEX activity_log_object_idx ON cmis_audit.activity_log (object_type, object_id);

CREATE TABLE cmis_audit.login_attempts (
    attempted_at timestamptz NOT NULL DEFAULT now(),
    email        text NOT NULL,
    client_ip    inet,
    succeeded    boolean NOT NULL,
    failure_code varchar(30)
);
COMMENT ON TABLE cmis_audit.login_attempts IS 'Successful and failed sign-ins';

CREATE TABLE cmis_audit.export_log (
    exported_at timestamptz NOT NULL DEFAULT now(),
    user_id     uuid,
    file_format varchar(10) NOT NULL,
    row_total   integer,
    filter_used jsonb
);

CREATE TABLE cmis_audit.permission_change_log (
    changed_at      timestamptz NOT NULL DEFAULT now(),
    changed_by      uuid,
    role_id         uuid NOT NULL,
    permission_code varchar(80) NOT NULL,
    was_granted     boolean NOT NULL
);

CREATE TABLE cmis_audit.data_access_log (
    accessed_at   timestamptz NOT NULL DEFAULT now(),
    user_id       uuid,
    contact_id    uuid NOT NULL,
    legal_basis   varchar(30),
    columns_shown text[]
);
COMMENT ON TABLE cmis_audit.data_access_log IS 'Who looked at which person''s data';

-- Row images written by triggers: one such table for each watched table.
CREATE TABLE cmis_audit.users_audit (
    operation  char(1) NOT NULL CHECK (operation IN ('I', 'U', 'D')),
    user_id    uuid NOT NULL,
    old_row    jsonb,
    new_row    jsonb,
    db_user    text NOT NULL DEFAULT current_user,
    audited_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE cmis_audit.deals_audit (
    operation  char(1) NOT NULL CHECK (operation IN ('I', 'U', 'D')),
    deal_id    uuid NOT NULL,
    old_row    jsonb,
    new_row    jsonb,
    db_user    text NOT NULL DEFAULT current_user,
    audited_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE cmis_audit.offerings_audit (
    operation   char(1) NOT NULL CHECK (operation IN ('I', 'U', 'D')),
    offering_id uuid NOT NULL,
    old_row     jsonb,
    new_row     jsonb,
    db_user     text NOT NULL DEFAULT current_user,
    audited_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE cmis_audit.watched_tables (
    schema_name  name NOT NULL,
    table_name   name NOT NULL,
    watch_insert boolean NOT NULL DEFAULT true,
    watch_delete boolean NOT NULL DEFAULT true,
    skip_columns text[],
    PRIMARY KEY (schema_name, table_name)
);

CREATE TABLE cmis_audit.access_reviews (
    review_no      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    quarter        char(6) NOT NULL UNIQUE,
    reviewer_id    uuid REFERENCES cmis.users (user_id),
    users_reviewed integer,
    signed_off_at  timestamptz
);
COMMENT ON TABLE cmis_audit.access_reviews IS 'Quarterly reviews of who still needs access';
