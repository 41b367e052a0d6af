-- Tenants and the people who work for them.

CREATE TABLE cmis.orgs (
    org_id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name           text NOT NULL,
    slug           varchar(80) NOT NULL UNIQUE,
    default_locale varchar(10) NOT NULL DEFAULT 'en-US',
    currency       char(3) NOT NULL DEFAULT 'USD',
    parent_org_id  uuid REFERENCES cmis.orgs (org_id),
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now(),
    deleted_at     timestamptz
);
COMMENT ON TABLE cmis.orgs IS 'One row per tenant; an agency may own its clients through parent_org_id';

CREATE TABLE cmis.users (
    user_id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email             cmis.email_address NOT NULL,
    full_name         text,
    password          varchar(255) NOT NULL,
    remember_token    varchar(100),
    email_verified_at timestamptz,
    is_suspended      boolean NOT NULL DEFAULT false,
    last_seen_at      timestamptz,
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE cmis.users IS 'People who sign in; membership of a tenant is in cmis.org_users';
CREATE UNIQUE INDEX users_email_lower_key ON cmis.users (lower(email));

CREATE TABLE cmis.org_users (
    org_id     uuid NOT NULL REFERENCES cmis.orgs (org_id),
    user_id    uuid NOT NULL REFERENCES cmis.users (user_id),
    job_title  text,
    is_owner   boolean NOT NULL DEFAULT false,
    joined_at  timestamptz NOT NULL DEFAULT now(),
    left_at    timestamptz,
    PRIMARY KEY (org_id, user_id)
);
CREATE UNIQUE INDEX org_users_one_owner_key ON cmis.org_users (org_id) WHERE is_owner;

CREATE TABLE cmis.org_settings (
    org_id      uuid NOT NULL REFERENCES cmis.orgs (org_id),
    setting_key varchar(120) NOT NULL,
    setting     jsonb NOT NULL DEFAULT '{}',
    changed_by  uuid REFERENCES cmis.users (user_id),
    changed_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, setting_key)
);

CREATE TABLE cmis.org_invitations (
    invitation_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id        uuid NOT NULL REFERENCES cmis.orgs (org_id),
    email         cmis.email_address NOT NULL,
    invited_by    uuid NOT NULL REFERENCES cmis.users (user_id),
    token_hash    char(64) NOT NULL UNIQUE,
    accepted_at   timestamptz,
    expires_at    timestamptz NOT NULL
);
COMMENT ON TABLE cmis.org_invitations IS 'Invitations that wait for an answer; only the hash of the token is kept';
CREATE INDEX org_invitations_open_idx ON cmis.org_invitations (org_id, email) WHERE accepted_at IS NULL;

CREATE TABLE cmis.org_markets (
    market_id      uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id         uuid NOT NULL REFERENCES cmis.orgs (org_id),
    market_name    text NOT NULL,
    country_code   char(2) NOT NULL,
    languages      text[] NOT NULL DEFAULT '{}',
    priority_level smallint NOT NULL DEFAULT 3 CHECK (priority_level BETWEEN 1 AND 5),
    entry_date     date,
    UNIQUE (org_id, country_code)
);
COMMENT ON TABLE cmis.org_markets IS 'Countries in which a tenant sells';
COMMENT ON COLUMN cmis.org_markets.priority_level IS '1 is the home market, 5 is opportunistic';

CREATE TABLE cmis.user_preferences (
    user_id          uuid PRIMARY KEY REFERENCES cmis.users (user_id),
    theme            varchar(20) NOT NULL DEFAULT 'light' CHECK (theme IN ('light', 'dark', 'system')),
    time_zone        varchar(64) NOT NULL DEFAULT 'UTC',
    week_starts_on   smallint NOT NULL DEFAULT 1,
    email_digest     varchar(10) NOT NULL DEFAULT 'weekly' CHECK (email_digest IN ('never', 'daily', 'weekly')),
    pinned_menu      jsonb
);

CREATE TABLE cmis.teams (
    team_id        uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id         uuid NOT NULL REFERENCES cmis.orgs (org_id),
    team_name      text NOT NULL,
    parent_team_id uuid REFERENCES cmis.teams (team_id),
    cost_center    varchar(30),
    created_at     timestamptz NOT NULL DEFAULT now(),
    UNIQUE (org_id, team_name)
);
COMMENT ON TABLE cmis.teams IS 'Teams of a tenant, nested';

CREATE TABLE cmis.team_members (
    team_id          uuid NOT NULL REFERENCES cmis.teams (team_id) ON DELETE CASCADE,
    user_id          uuid NOT NULL REFERENCES cmis.users (user_id),
    is_lead          boolean NOT NULL DEFAULT false,
    capacity_percent smallint NOT NULL DEFAULT 100 CHECK (capacity_percent BETWEEN 0 AND 100),
    PRIMARY KEY (team_id, user_id)
);

CREATE TRIGGER orgs_touch BEFORE UPDATE ON cmis.orgs
    FOR EACH ROW EXECUTE FUNCTION cmis_ops.touch_updated_at();
CREATE TRIGGER users_touch BEFORE UPDATE ON cmis.users
    FOR EACH ROW EXECUTE FUNCTION cmis_ops.touch_updated_at();
