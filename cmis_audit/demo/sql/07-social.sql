-- Social accounts and the five tables that hold posts in one form or another.

CREATE TABLE cmis.social_accounts (
    id                  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id              uuid NOT NULL REFERENCES cmis.orgs (org_id),
    integration_id      uuid NOT NULL UNIQUE REFERENCES cmis.integrations (integration_id),
    account_external_id text NOT NULL,
    username            text,
    display_name        text,
    profile_picture_url text,
    biography           text,
    followers_count     bigint,
    follows_count       bigint,
    media_count         bigint,
    website             text,
    category            text,
    fetched_at          timestamp,
    updated_at          timestamp DEFAULT now(),
    deleted_at          timestamptz,
    provider            text,
    created_at          timestamptz DEFAULT now()
);
COMMENT ON TABLE cmis.social_accounts IS 'Public profile of a linked account, fetched from the platform';
COMMENT ON COLUMN cmis.social_accounts.follows_count IS 'How many accounts this one follows';

CREATE TABLE cmis.social_accounts_v2 (
    account_id  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id      uuid NOT NULL,
    platform    varchar(50),
    username    varchar(255),
    is_active   boolean DEFAULT true,
    credentials jsonb,
    created_at  timestamptz DEFAULT now(),
    updated_at  timestamptz DEFAULT now()
);
COMMENT ON TABLE cmis.social_accounts_v2 IS 'Quick addition to get past statements that failed on missing columns';

CREATE TABLE cmis.social_posts (
    id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id           uuid NOT NULL REFERENCES cmis.orgs (org_id),
    integration_id   uuid NOT NULL REFERENCES cmis.integrations (integration_id),
    post_external_id text NOT NULL,
    caption          text,
    media_url        text,
    permalink        text,
    media_type       text,
    posted_at        timestamp,
    metrics          jsonb,
    fetched_at       timestamp,
    created_at       timestamp DEFAULT now(),
    video_url        text,
    thumbnail_url    text,
    children_media   jsonb,
    deleted_at       timestamptz,
    provider         text,
    updated_at       timestamptz DEFAULT now(),
    UNIQUE (integration_id, post_external_id)
);
COMMENT ON TABLE cmis.social_posts IS 'Posts as fetched from the platforms';
COMMENT ON COLUMN cmis.social_posts.post_external_id IS 'Post id on the platform';
COMMENT ON COLUMN cmis.social_posts.posted_at IS 'Publication time as the platform reports it';
CREATE INDEX social_posts_timeline_idx ON cmis.social_posts (org_id, posted_at DESC);
CREATE INDEX social_posts_live_idx ON cmis.social_posts (integration_id) WHERE deleted_at IS NULL;

CREATE TABLE cmis.social_posts_v2 (
    social_post_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id         uuid NOT NULL,
    content        text,
    platform       varchar(50),
    status         varchar(50) DEFAULT 'draft',
    published_at   timestamptz,
    post_id        uuid,
    created_at     timestamptz DEFAULT now(),
    updated_at     timestamptz DEFAULT now()
);
COMMENT ON TABLE cmis.social_posts_v2 IS 'Quick addition to get past statements that failed on missing columns';
CREATE INDEX social_posts_v2_org_idx ON cmis.social_posts_v2 (org_id);

CREATE TABLE cmis.posts (
    post_id      uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id       uuid NOT NULL,
    title        varchar(255),
    content      text,
    status       varchar(50) DEFAULT 'draft',
    published_at timestamptz,
    created_at   timestamptz DEFAULT now(),
    updated_at   timestamptz DEFAULT now(),
    platform     varchar(50)
);

CREATE TABLE cmis.scheduled_social_posts (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id          uuid NOT NULL REFERENCES cmis.orgs (org_id),
    user_id         uuid REFERENCES cmis.users (user_id),
    campaign_id     uuid REFERENCES cmis.campaigns (campaign_id),
    platforms       jsonb NOT NULL DEFAULT '[]',
    content         text NOT NULL,
    media           jsonb,
    scheduled_at    timestamp(0),
    status          varchar(50) NOT NULL DEFAULT 'draft',
    published_at    timestamp(0),
    published_ids   jsonb,
    error_message   text,
    created_at      timestamp(0),
    updated_at      timestamp(0),
    deleted_at      timestamptz,
    integration_ids jsonb,
    media_urls      jsonb,
    publish_results jsonb,
    post_id         uuid
);
COMMENT ON TABLE cmis.scheduled_social_posts IS 'Posts waiting for their time; one row may go to many platforms';
COMMENT ON COLUMN cmis.scheduled_social_posts.integration_ids IS 'Array of cmis.integrations.integration_id';
CREATE INDEX scheduled_social_posts_due_idx ON cmis.scheduled_social_posts (scheduled_at) WHERE status = 'scheduled';

CREATE TABLE cmis.scheduled_social_posts_v2 (
    scheduled_post_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    social_post_id    uuid NOT NULL,
    org_id            uuid NOT NULL,
    scheduled_at      timestamptz,
    status            varchar(50) DEFAULT 'pending',
    post_id           uuid,
    created_at        timestamptz DEFAULT now(),
    updated_at        timestamptz DEFAULT now()
);
COMMENT ON TABLE cmis.scheduled_social_posts_v2 IS 'Quick addition to get past statements that failed on missing columns';
