-- The publishing desk, compliance rules, and paid ads.

CREATE TABLE cmis.hashtag_sets (
    hashtag_set_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id         uuid NOT NULL REFERENCES cmis.orgs (org_id),
    set_name       varchar(80) NOT NULL,
    hashtags       text[] NOT NULL CHECK (cardinality(hashtags) <= 30),
    language_code  varchar(10),
    UNIQUE (org_id, set_name)
);
COMMENT ON TABLE cmis.hashtag_sets IS 'Named groups of hashtags, ready to paste';

CREATE TABLE cmis.social_comments (
    social_comment_id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    social_post_id      uuid NOT NULL REFERENCES cmis.social_posts (id) ON DELETE CASCADE,
    comment_external_id text NOT NULL,
    in_reply_to         uuid REFERENCES cmis.social_comments (social_comment_id),
    author_handle       text,
    comment_text        text,
    sentiment           varchar(10) CHECK (sentiment IN ('positive', 'neutral', 'negative')),
    is_hidden           boolean NOT NULL DEFAULT false,
    commented_at        timestamptz,
    UNIQUE (social_post_id, comment_external_id)
);
COMMENT ON TABLE cmis.social_comments IS 'What readers wrote under a fetched post';

CREATE TABLE cmis.publishing_slots (
    slot_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plan_id      uuid REFERENCES cmis.content_plans_v2 (plan_id),
    weekday      smallint NOT NULL CHECK (weekday BETWEEN 0 AND 6),
    local_time   time NOT NULL,
    max_per_slot smallint NOT NULL DEFAULT 1,
    quiet_dates  date[]
);
COMMENT ON TABLE cmis.publishing_slots IS 'Weekly times at which a plan may publish';

CREATE TABLE cmis.publish_queue (
    job_id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    state             cmis_ops.work_state NOT NULL DEFAULT 'waiting',
    attempts          smallint NOT NULL DEFAULT 0,
    available_at      timestamptz NOT NULL DEFAULT now(),
    reserved_at       timestamptz,
    worker            varchar(80),
    last_error        text,
    scheduled_post_id uuid NOT NULL REFERENCES cmis.scheduled_social_posts (id),
    target_platform   varchar(30) NOT NULL
);
CREATE INDEX publish_queue_due_idx ON cmis.publish_queue (available_at) WHERE state = 'waiting';

CREATE TABLE cmis.comment_reply_queue (
    job_id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    state             cmis_ops.work_state NOT NULL DEFAULT 'waiting',
    attempts          smallint NOT NULL DEFAULT 0,
    available_at      timestamptz NOT NULL DEFAULT now(),
    reserved_at       timestamptz,
    worker            varchar(80),
    last_error        text,
    social_comment_id uuid NOT NULL REFERENCES cmis.social_comments (social_comment_id),
    reply_text        text NOT NULL
);

CREATE TABLE cmis.compliance_rules (
    rule_id     uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    rule_code   varchar(40) NOT NULL UNIQUE,
    description text NOT NULL,
    severity    varchar(10) NOT NULL CHECK (severity IN ('info', 'warning', 'blocking')),
    pattern     text,
    params      jsonb
);
COMMENT ON TABLE cmis.compliance_rules IS 'What copy must and must not say';

CREATE TABLE cmis.compliance_rule_channels (
    rule_id       uuid NOT NULL REFERENCES cmis.compliance_rules (rule_id) ON DELETE CASCADE,
    channel_id    integer NOT NULL,
    enforced_from date
);
CREATE INDEX compliance_rule_channels_idx ON cmis.compliance_rule_channels (rule_id, channel_id);

CREATE TABLE cmis.compliance_findings (
    finding_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    asset_id   uuid NOT NULL REFERENCES cmis.creative_assets (asset_id),
    rule_id    uuid NOT NULL REFERENCES cmis.compliance_rules (rule_id),
    excerpt    text,
    waived_by  uuid REFERENCES cmis.users (user_id),
    waived_why text,
    found_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE cmis.ad_sets (
    ad_set_id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id             uuid NOT NULL REFERENCES cmis.orgs (org_id),
    campaign_id        uuid NOT NULL REFERENCES cmis.campaigns (campaign_id),
    integration_id     uuid NOT NULL REFERENCES cmis.integrations (integration_id),
    ad_set_external_id text,
    bid_strategy       varchar(40),
    daily_budget       cmis.money_amount,
    optimization_goal  varchar(60),
    delivery           tstzrange,
    paused_at          timestamptz
);
COMMENT ON TABLE cmis.ad_sets IS 'Budget and delivery of a group of ads on one platform';

CREATE TABLE cmis.ads (
    ad_id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    ad_set_id      uuid NOT NULL REFERENCES cmis.ad_sets (ad_set_id) ON DELETE CASCADE,
    ad_external_id text,
    asset_id       uuid REFERENCES cmis.creative_assets (asset_id),
    headline       varchar(120) NOT NULL,
    call_to_action varchar(30),
    landing_url    text,
    review_status  varchar(20) NOT NULL DEFAULT 'in_review'
);
COMMENT ON TABLE cmis.ads IS 'One advertisement inside an ad set';

CREATE TABLE cmis.ad_audiences (
    audience_id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id        uuid NOT NULL REFERENCES cmis.orgs (org_id),
    audience_name text NOT NULL,
    source_kind   varchar(20) NOT NULL CHECK (source_kind IN ('upload', 'lookalike', 'pixel', 'interest')),
    age_range     int4range,
    interests     text[],
    geo           jsonb,
    size_estimate bigint
);

CREATE TABLE cmis.ad_set_audiences (
    ad_set_id   uuid NOT NULL REFERENCES cmis.ad_sets (ad_set_id) ON DELETE CASCADE,
    audience_id uuid NOT NULL REFERENCES cmis.ad_audiences (audience_id),
    is_excluded boolean NOT NULL DEFAULT false,
    PRIMARY KEY (ad_set_id, audience_id)
);

-- Options that only one platform knows: same design, another payload each.
CREATE TABLE cmis.facebook_ad_options (
    ad_id            uuid PRIMARY KEY REFERENCES cmis.ads (ad_id) ON DELETE CASCADE,
    page_id          text NOT NULL,
    instagram_actor  text,
    placements       text[],
    special_category varchar(30)
);

CREATE TABLE cmis.tiktok_ad_options (
    ad_id         uuid PRIMARY KEY REFERENCES cmis.ads (ad_id) ON DELETE CASCADE,
    identity_type varchar(20) NOT NULL,
    spark_code    text,
    music_id      text,
    allow_duet    boolean NOT NULL DEFAULT true
);

CREATE TABLE cmis.google_ad_options (
    ad_id             uuid PRIMARY KEY REFERENCES cmis.ads (ad_id) ON DELETE CASCADE,
    network           varchar(20) NOT NULL CHECK (network IN ('search', 'display', 'video', 'shopping')),
    final_url_suffix  text,
    path_one          varchar(15),
    path_two          varchar(15),
    negative_keywords text[]
);

CREATE TABLE cmis.linkedin_ad_options (
    ad_id             uuid PRIMARY KEY REFERENCES cmis.ads (ad_id) ON DELETE CASCADE,
    sponsor_urn       text NOT NULL,
    job_seniorities   text[],
    lead_form_urn     text,
    expand_audience   boolean NOT NULL DEFAULT false
);
