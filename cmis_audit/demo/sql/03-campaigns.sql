-- What a tenant sells (offerings) and the campaigns that sell it.

CREATE TABLE cmis.offerings (
    offering_id        uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id             uuid NOT NULL REFERENCES cmis.orgs (org_id),
    sku                varchar(60),
    name               text NOT NULL,
    kind               varchar(20) NOT NULL CHECK (kind IN ('product', 'service', 'bundle')),
    parent_offering_id uuid REFERENCES cmis.offerings (offering_id),
    list_price         cmis.money_amount,
    vat_rate           numeric(5, 4) NOT NULL DEFAULT 0,
    gross_price        numeric(16, 4) GENERATED ALWAYS AS (list_price * (1 + vat_rate)) STORED,
    launched_on        date,
    created_at         timestamptz NOT NULL DEFAULT now(),
    updated_at         timestamptz NOT NULL DEFAULT now(),
    deleted_at         timestamptz
);
COMMENT ON TABLE cmis.offerings IS 'Products, services and bundles of a tenant';
CREATE UNIQUE INDEX offerings_sku_key ON cmis.offerings (org_id, sku) WHERE deleted_at IS NULL;

CREATE TABLE cmis.offering_translations (
    offering_id   uuid NOT NULL REFERENCES cmis.offerings (offering_id) ON DELETE CASCADE,
    locale        varchar(10) NOT NULL,
    name          text NOT NULL,
    tagline       text,
    long_text     text,
    translated_by uuid REFERENCES cmis.users (user_id),
    PRIMARY KEY (offering_id, locale)
);

CREATE TABLE cmis.offering_prices (
    price_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    offering_id uuid NOT NULL REFERENCES cmis.offerings (offering_id),
    currency    char(3) NOT NULL,
    amount      cmis.money_amount NOT NULL,
    min_units   integer NOT NULL DEFAULT 1 CHECK (min_units > 0),
    valid_from  date NOT NULL,
    valid_to    date,
    CHECK (valid_to IS NULL OR valid_to > valid_from)
);
COMMENT ON TABLE cmis.offering_prices IS 'Graduated prices per currency and period';

CREATE TABLE cmis.bundle_offerings (
    bundle_id   uuid NOT NULL REFERENCES cmis.offerings (offering_id),
    offering_id uuid NOT NULL REFERENCES cmis.offerings (offering_id),
    units       smallint NOT NULL DEFAULT 1,
    PRIMARY KEY (bundle_id, offering_id),
    CHECK (bundle_id <> offering_id)
);

CREATE TABLE cmis.offering_status_history (
    offering_id uuid NOT NULL REFERENCES cmis.offerings (offering_id),
    old_status  varchar(30),
    new_status  varchar(30) NOT NULL,
    changed_by  uuid,
    changed_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX offering_status_history_idx ON cmis.offering_status_history (offering_id, changed_at DESC);

CREATE TABLE cmis.campaigns (
    campaign_id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id        uuid NOT NULL REFERENCES cmis.orgs (org_id),
    name          text NOT NULL,
    objective     text,
    state         cmis.campaign_state NOT NULL DEFAULT 'draft',
    budget        cmis.money_amount,
    currency      char(3),
    starts_on     date,
    ends_on       date,
    runs_during   daterange GENERATED ALWAYS AS (daterange(starts_on, ends_on, '[]')) STORED,
    owner_user_id uuid REFERENCES cmis.users (user_id),
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    deleted_at    timestamptz
);
COMMENT ON TABLE cmis.campaigns IS 'A marketing campaign of one tenant';
CREATE INDEX campaigns_live_idx ON cmis.campaigns (org_id, starts_on) INCLUDE (name, state) WHERE deleted_at IS NULL;
CREATE INDEX campaigns_runs_during_idx ON cmis.campaigns USING gist (runs_during);

CREATE TABLE cmis.campaign_offerings (
    campaign_id uuid NOT NULL REFERENCES cmis.campaigns (campaign_id) ON DELETE CASCADE,
    offering_id uuid NOT NULL REFERENCES cmis.offerings (offering_id),
    is_hero     boolean NOT NULL DEFAULT false,
    PRIMARY KEY (campaign_id, offering_id)
);

CREATE TABLE cmis.campaign_members (
    campaign_id uuid NOT NULL REFERENCES cmis.campaigns (campaign_id) ON DELETE CASCADE,
    user_id     uuid NOT NULL REFERENCES cmis.users (user_id),
    duty        varchar(40) NOT NULL CHECK (duty IN ('owner', 'editor', 'designer', 'viewer')),
    added_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (campaign_id, user_id)
);

CREATE TABLE cmis.campaign_notes (
    note_id     uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    campaign_id uuid NOT NULL REFERENCES cmis.campaigns (campaign_id) ON DELETE CASCADE,
    author_id   uuid NOT NULL REFERENCES cmis.users (user_id),
    body        text NOT NULL,
    is_pinned   boolean NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE cmis.campaign_status_history (
    campaign_id uuid NOT NULL REFERENCES cmis.campaigns (campaign_id),
    old_state   cmis.campaign_state,
    new_state   cmis.campaign_state NOT NULL,
    reason      text,
    changed_by  uuid,
    changed_at  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE cmis.campaign_status_history IS 'Every change of cmis.campaigns.state';

CREATE TABLE cmis.tags (
    tag_id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id   uuid NOT NULL REFERENCES cmis.orgs (org_id),
    label    varchar(60) NOT NULL,
    color    char(7) CHECK (color ~ '^#[0-9a-f]{6}$'),
    UNIQUE (org_id, label)
);

CREATE TABLE cmis.campaign_tags (
    campaign_id uuid NOT NULL REFERENCES cmis.campaigns (campaign_id) ON DELETE CASCADE,
    tag_id      uuid NOT NULL REFERENCES cmis.tags (tag_id) ON DELETE CASCADE,
    tagged_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (campaign_id, tag_id)
);

CREATE TABLE cmis.campaign_approvals (
    approval_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    campaign_id uuid NOT NULL REFERENCES cmis.campaigns (campaign_id),
    step_no     smallint NOT NULL,
    approver_id uuid NOT NULL REFERENCES cmis.users (user_id),
    decision    varchar(20) CHECK (decision IN ('approved', 'rejected', 'changes_requested')),
    remark      text,
    decided_at  timestamptz,
    UNIQUE (campaign_id, step_no)
);
COMMENT ON TABLE cmis.campaign_approvals IS 'Sign-off steps of a campaign';

CREATE TRIGGER campaigns_touch BEFORE UPDATE ON cmis.campaigns
    FOR EACH ROW EXECUTE FUNCTION cmis_ops.touch_updated_at();
