-- Links to the advertising and social platforms, content plans, and stored material.

CREATE TABLE cmis.integrations (
    integration_id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id           uuid,
    platform         text,
    account_id       text,
    access_token     text,
    is_active        boolean DEFAULT true,
    created_at       timestamptz DEFAULT now(),
    business_id      text,
    username         text,
    created_by       uuid REFERENCES cmis.users (user_id),
    updated_by       uuid REFERENCES cmis.users (user_id),
    updated_at       timestamp DEFAULT now(),
    deleted_at       timestamptz,
    provider         text,
    sync_status      text,
    last_synced_at   timestamptz,
    sync_metadata    jsonb,
    name             text,
    credentials      jsonb,
    account_username varchar(255),
    account_name     varchar(255),
    refresh_token    text,
    token_expires_at timestamp,
    expires_at       timestamp,
    status           varchar(50) DEFAULT 'active',
    metadata         jsonb,
    scopes           jsonb,
    UNIQUE (org_id, platform, account_id)
);
COMMENT ON TABLE cmis.integrations IS 'A tenant''s link to one account of one platform, with its tokens and sync state';
COMMENT ON COLUMN cmis.integrations.account_id IS 'Account id on the platform';
CREATE INDEX integrations_token_expiry_idx ON cmis.integrations (token_expires_at) WHERE is_active;

CREATE TABLE cmis.platform_connections (
    connection_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id        uuid NOT NULL,
    platform      varchar(50),
    credentials   jsonb,
    is_active     boolean DEFAULT true,
    created_at    timestamptz DEFAULT now(),
    updated_at    timestamptz DEFAULT now()
);
COMMENT ON TABLE cmis.platform_connections IS 'Credentials per platform, used by the publishing screens';

CREATE TABLE cmis.analytics_integrations (
    integration_id    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id            uuid NOT NULL,
    campaign_id       uuid NOT NULL,
    platform          text NOT NULL,
    source_endpoint   text NOT NULL,
    mapping           jsonb NOT NULL DEFAULT '{}',
    refresh_frequency text,
    last_synced_at    timestamptz,
    created_at        timestamptz DEFAULT now(),
    updated_at        timestamptz DEFAULT now(),
    deleted_at        timestamptz,
    provider          text
);
COMMENT ON TABLE cmis.analytics_integrations IS 'Which endpoint feeds which campaign, and how its fields are mapped';

CREATE TABLE cmis.content_plans (
    plan_id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id              uuid NOT NULL REFERENCES cmis.orgs (org_id),
    campaign_id         uuid REFERENCES cmis.campaigns (campaign_id),
    name                text NOT NULL,
    timeframe_daterange daterange,
    strategy            jsonb,
    created_at          timestamptz DEFAULT now(),
    brief_id            uuid REFERENCES cmis.creative_briefs (brief_id),
    creative_context_id uuid REFERENCES cmis.creative_contexts (context_id),
    deleted_at          timestamptz,
    provider            text,
    updated_at          timestamptz DEFAULT now()
);
COMMENT ON TABLE cmis.content_plans IS 'What a campaign says when, tied to a brief';
CREATE INDEX content_plans_campaign_idx ON cmis.content_plans (campaign_id);

CREATE TABLE cmis.content_plans_v2 (
    plan_id     uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id      uuid NOT NULL,
    name        varchar(255),
    description text,
    start_date  date,
    end_date    date,
    created_at  timestamptz DEFAULT now(),
    updated_at  timestamptz DEFAULT now()
);
COMMENT ON TABLE cmis.content_plans_v2 IS 'Made in a hurry so that the planning screen''s statements stop failing';

CREATE TABLE cmis.assets (
    asset_id    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id      uuid NOT NULL,
    name        varchar(255),
    url         varchar(500),
    type        varchar(50),
    size        bigint,
    metadata    jsonb,
    created_at  timestamptz DEFAULT now(),
    updated_at  timestamptz DEFAULT now(),
    usage_count integer DEFAULT 0
);
COMMENT ON TABLE cmis.assets IS 'Uploaded files of a tenant';
COMMENT ON COLUMN cmis.assets.size IS 'Bytes';

CREATE TABLE cmis_marketing.assets (
    asset_id     uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    task_id      uuid REFERENCES cmis_dev.dev_tasks (task_id),
    platform     text,
    asset_type   text,
    content      jsonb,
    generated_by text,
    confidence   numeric(3, 2),
    created_at   timestamptz DEFAULT now()
);
COMMENT ON TABLE cmis_marketing.assets IS 'Material that a generation task produced, before anyone approved it';

CREATE TABLE cmis.creative_assets (
    asset_id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id              uuid NOT NULL REFERENCES cmis.orgs (org_id),
    campaign_id         uuid REFERENCES cmis.campaigns (campaign_id),
    strategy            jsonb,
    channel_id          integer NOT NULL,
    format_id           integer,
    variation_tag       text,
    copy_block          text,
    art_direction       jsonb,
    compliance_meta     jsonb,
    final_copy          jsonb,
    used_fields         jsonb,
    compliance_report   jsonb,
    status              text DEFAULT 'draft',
    created_at          timestamptz DEFAULT now(),
    context_id          uuid REFERENCES cmis.value_contexts (context_id),
    example_id          uuid REFERENCES lab.example_sets (example_id),
    brief_id            uuid REFERENCES cmis.creative_briefs (brief_id),
    creative_context_id uuid REFERENCES cmis.creative_contexts (context_id),
    deleted_at          timestamptz,
    provider            text,
    deleted_by          uuid,
    updated_at          timestamptz DEFAULT now()
);
COMMENT ON TABLE cmis.creative_assets IS 'Copy and art direction of one creative for one channel';
CREATE INDEX creative_assets_campaign_idx ON cmis.creative_assets (campaign_id, status);
