-- Dashboards, attribution, experiments, funnels and tracked links.
-- Definitions and events only: measured values live with the campaigns.

CREATE TABLE cmis_analytics.dashboards (
    dashboard_id    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id          uuid NOT NULL REFERENCES cmis.orgs (org_id),
    owner_id        uuid REFERENCES cmis.users (user_id),
    heading         text NOT NULL,
    grid_columns    smallint NOT NULL DEFAULT 12,
    auto_refresh    interval,
    default_filters jsonb
);

CREATE TABLE cmis_analytics.dashboard_widgets (
    widget_id    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    dashboard_id uuid NOT NULL REFERENCES cmis_analytics.dashboards (dashboard_id) ON DELETE CASCADE,
    chart_kind   varchar(20) NOT NULL CHECK (chart_kind IN ('line', 'bar', 'pie', 'table', 'number')),
    grid_x       smallint NOT NULL,
    grid_y       smallint NOT NULL,
    grid_w       smallint NOT NULL DEFAULT 4,
    grid_h       smallint NOT NULL DEFAULT 3,
    query        jsonb NOT NULL
);

CREATE TABLE cmis_analytics.dashboard_shares (
    dashboard_id uuid NOT NULL REFERENCES cmis_analytics.dashboards (dashboard_id) ON DELETE CASCADE,
    team_id      uuid NOT NULL REFERENCES cmis.teams (team_id),
    may_edit     boolean NOT NULL DEFAULT false,
    PRIMARY KEY (dashboard_id, team_id)
);

CREATE TABLE cmis_analytics.attribution_models (
    attribution_model_id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    formula              varchar(20) NOT NULL CHECK (formula IN ('first', 'last', 'linear', 'decay', 'position')),
    half_life            interval,
    lookback_window      interval NOT NULL DEFAULT '30 days',
    weights              numeric(4, 3)[]
);

CREATE TABLE cmis_analytics.touchpoints (
    touchpoint_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id        uuid NOT NULL REFERENCES cmis.orgs (org_id),
    contact_id    uuid REFERENCES cmis.contacts (contact_id),
    campaign_id   uuid REFERENCES cmis.campaigns (campaign_id),
    visitor_key   varchar(64) NOT NULL,
    medium        varchar(40),
    landing_path  text,
    touched_at    timestamptz NOT NULL
);
COMMENT ON TABLE cmis_analytics.touchpoints IS 'Contacts of a visitor with a campaign, in order of time';
CREATE INDEX touchpoints_brin_idx ON cmis_analytics.touchpoints USING brin (touched_at);

CREATE TABLE cmis_analytics.conversion_goals (
    goal_id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id           uuid NOT NULL REFERENCES cmis.orgs (org_id),
    goal_label       text NOT NULL,
    match_expression jsonb NOT NULL,
    count_mode       varchar(10) NOT NULL DEFAULT 'once' CHECK (count_mode IN ('once', 'every')),
    assumed_revenue  cmis.money_amount
);
COMMENT ON TABLE cmis_analytics.conversion_goals IS 'What counts as a conversion';

CREATE TABLE cmis_analytics.experiments (
    experiment_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id        uuid NOT NULL REFERENCES cmis.orgs (org_id),
    goal_id       uuid REFERENCES cmis_analytics.conversion_goals (goal_id),
    hypothesis    text NOT NULL,
    alpha         numeric(4, 3) NOT NULL DEFAULT 0.05,
    power         numeric(4, 3) NOT NULL DEFAULT 0.80,
    running       tstzrange,
    conclusion    text
);
COMMENT ON TABLE cmis_analytics.experiments IS 'A/B tests of pages, mails and ads';

CREATE TABLE cmis_analytics.experiment_variants (
    experiment_id uuid NOT NULL REFERENCES cmis_analytics.experiments (experiment_id) ON DELETE CASCADE,
    variant_key   varchar(20) NOT NULL,
    traffic_share numeric(4, 3) NOT NULL CHECK (traffic_share > 0 AND traffic_share <= 1),
    is_control    boolean NOT NULL DEFAULT false,
    overrides     jsonb,
    PRIMARY KEY (experiment_id, variant_key)
);
CREATE UNIQUE INDEX experiment_variants_one_control_key
    ON cmis_analytics.experiment_variants (experiment_id) WHERE is_control;

CREATE TABLE cmis_analytics.experiment_assignments (
    experiment_id uuid NOT NULL,
    visitor_key   varchar(64) NOT NULL,
    variant_key   varchar(20) NOT NULL,
    assigned_at   timestamptz NOT NULL DEFAULT now(),
    converted_at  timestamptz,
    PRIMARY KEY (experiment_id, visitor_key),
    FOREIGN KEY (experiment_id, variant_key)
        REFERENCES cmis_analytics.experiment_variants (experiment_id, variant_key)
);

CREATE TABLE cmis_analytics.funnels (
    funnel_id      uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id         uuid NOT NULL REFERENCES cmis.orgs (org_id),
    funnel_name    text NOT NULL,
    time_limit     interval,
    strict_order   boolean NOT NULL DEFAULT true
);

CREATE TABLE cmis_analytics.funnel_steps (
    funnel_id  uuid NOT NULL REFERENCES cmis_analytics.funnels (funnel_id) ON DELETE CASCADE,
    ordinal    smallint NOT NULL,
    goal_id    uuid NOT NULL REFERENCES cmis_analytics.conversion_goals (goal_id),
    may_skip   boolean NOT NULL DEFAULT false,
    PRIMARY KEY (funnel_id, ordinal)
);

CREATE TABLE cmis_analytics.tracked_links (
    short_code   varchar(12) PRIMARY KEY,
    org_id       uuid NOT NULL REFERENCES cmis.orgs (org_id),
    campaign_id  uuid REFERENCES cmis.campaigns (campaign_id),
    target_url   text NOT NULL,
    utm_source   varchar(60),
    utm_medium   varchar(60),
    utm_term     varchar(60),
    retired_at   timestamptz
);
COMMENT ON TABLE cmis_analytics.tracked_links IS 'Short links with campaign parameters';

CREATE TABLE cmis_analytics.link_clicks (
    short_code varchar(12) NOT NULL REFERENCES cmis_analytics.tracked_links (short_code),
    clicked_at timestamptz NOT NULL DEFAULT now(),
    client_ip  inet,
    referrer   text,
    device     varchar(20)
);
COMMENT ON TABLE cmis_analytics.link_clicks IS 'One row per click; trimmed by the retention job';
CREATE INDEX link_clicks_code_idx ON cmis_analytics.link_clicks (short_code, clicked_at);
