-- Customers: contacts, companies, deals, their satellites, and segments.

CREATE TABLE cmis.companies (
    company_id     uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id         uuid NOT NULL REFERENCES cmis.orgs (org_id),
    legal_name     text NOT NULL,
    vat_number     varchar(30),
    employee_count int4range,
    industry_code  varchar(20),
    web_domain     varchar(255),
    created_at     timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE cmis.companies IS 'Organisations that contacts work for';
CREATE UNIQUE INDEX companies_domain_key ON cmis.companies (org_id, lower(web_domain)) WHERE web_domain IS NOT NULL;

CREATE TABLE cmis.contacts (
    contact_id     uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id         uuid NOT NULL REFERENCES cmis.orgs (org_id),
    company_id     uuid REFERENCES cmis.companies (company_id),
    given_name     text,
    family_name    text,
    display_label  text GENERATED ALWAYS AS (coalesce(given_name, '') || ' ' || coalesce(family_name, '')) STORED,
    email          cmis.email_address,
    phone          varchar(30),
    birthday       date,
    opted_in_at    timestamptz,
    opted_out_at   timestamptz,
    referred_by    uuid REFERENCES cmis.contacts (contact_id),
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE cmis.contacts IS 'People that a tenant may write to';
CREATE INDEX contacts_reachable_idx ON cmis.contacts (org_id, email) WHERE opted_out_at IS NULL;

CREATE TABLE cmis.contact_addresses (
    contact_id uuid NOT NULL REFERENCES cmis.contacts (contact_id) ON DELETE CASCADE,
    purpose    varchar(20) NOT NULL CHECK (purpose IN ('billing', 'delivery', 'visit')),
    address    cmis.postal_address NOT NULL,
    valid_from date,
    PRIMARY KEY (contact_id, purpose)
);

CREATE TABLE cmis.company_addresses (
    company_id uuid NOT NULL REFERENCES cmis.companies (company_id) ON DELETE CASCADE,
    purpose    varchar(20) NOT NULL CHECK (purpose IN ('billing', 'delivery', 'visit')),
    address    cmis.postal_address NOT NULL,
    valid_from date,
    PRIMARY KEY (company_id, purpose)
);

CREATE TABLE cmis.pipelines (
    pipeline_id  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id       uuid NOT NULL REFERENCES cmis.orgs (org_id),
    pipeline_key varchar(40) NOT NULL,
    is_default   boolean NOT NULL DEFAULT false,
    UNIQUE (org_id, pipeline_key)
);
COMMENT ON TABLE cmis.pipelines IS 'Sales processes of a tenant';
CREATE UNIQUE INDEX pipelines_one_default_key ON cmis.pipelines (org_id) WHERE is_default;

CREATE TABLE cmis.pipeline_stages (
    stage_id        uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    pipeline_id     uuid NOT NULL REFERENCES cmis.pipelines (pipeline_id) ON DELETE CASCADE,
    stage_no        smallint NOT NULL,
    stage_name      varchar(60) NOT NULL,
    win_probability numeric(4, 3) CHECK (win_probability BETWEEN 0 AND 1),
    UNIQUE (pipeline_id, stage_no)
);

CREATE TABLE cmis.deals (
    deal_id        uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id         uuid NOT NULL REFERENCES cmis.orgs (org_id),
    company_id     uuid REFERENCES cmis.companies (company_id),
    contact_id     uuid REFERENCES cmis.contacts (contact_id),
    stage_id       uuid NOT NULL REFERENCES cmis.pipeline_stages (stage_id),
    subject        text NOT NULL,
    worth          cmis.money_amount,
    expected_close date,
    lost_reason    varchar(40),
    closed_at      timestamptz,
    created_at     timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE cmis.deals IS 'Sales opportunities';

CREATE TABLE cmis.deal_items (
    deal_id     uuid NOT NULL REFERENCES cmis.deals (deal_id) ON DELETE CASCADE,
    line_no     smallint NOT NULL,
    offering_id uuid REFERENCES cmis.offerings (offering_id),
    units       numeric(10, 2) NOT NULL DEFAULT 1,
    unit_price  cmis.money_amount NOT NULL,
    discount    numeric(5, 4) NOT NULL DEFAULT 0,
    PRIMARY KEY (deal_id, line_no)
);

-- Notes and tags: one satellite for each parent, as with the campaigns.
CREATE TABLE cmis.contact_notes (
    note_id    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    contact_id uuid NOT NULL REFERENCES cmis.contacts (contact_id) ON DELETE CASCADE,
    author_id  uuid NOT NULL REFERENCES cmis.users (user_id),
    body       text NOT NULL,
    is_pinned  boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE cmis.company_notes (
    note_id    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    company_id uuid NOT NULL REFERENCES cmis.companies (company_id) ON DELETE CASCADE,
    author_id  uuid NOT NULL REFERENCES cmis.users (user_id),
    body       text NOT NULL,
    is_pinned  boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE cmis.deal_notes (
    note_id    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    deal_id    uuid NOT NULL REFERENCES cmis.deals (deal_id) ON DELETE CASCADE,
    author_id  uuid NOT NULL REFERENCES cmis.users (user_id),
    body       text NOT NULL,
    is_pinned  boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE cmis.contact_tags (
    contact_id uuid NOT NULL REFERENCES cmis.contacts (contact_id) ON DELETE CASCADE,
    tag_id     uuid NOT NULL REFERENCES cmis.tags (tag_id) ON DELETE CASCADE,
    tagged_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (contact_id, tag_id)
);

CREATE TABLE cmis.company_tags (
    company_id uuid NOT NULL REFERENCES cmis.companies (company_id) ON DELETE CASCADE,
    tag_id     uuid NOT NULL REFERENCES cmis.tags (tag_id) ON DELETE CASCADE,
    tagged_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, tag_id)
);

CREATE TABLE cmis.deal_tags (
    deal_id   uuid NOT NULL REFERENCES cmis.deals (deal_id) ON DELETE CASCADE,
    tag_id    uuid NOT NULL REFERENCES cmis.tags (tag_id) ON DELETE CASCADE,
    tagged_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (deal_id, tag_id)
);

CREATE TABLE cmis.segments (
    segment_id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id       uuid NOT NULL REFERENCES cmis.orgs (org_id),
    segment_name text NOT NULL,
    match_mode   varchar(5) NOT NULL DEFAULT 'all' CHECK (match_mode IN ('all', 'any')),
    is_dynamic   boolean NOT NULL DEFAULT true,
    refreshed_at timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE cmis.segments IS 'Saved selections of contacts';

CREATE TABLE cmis.segment_rules (
    segment_id uuid NOT NULL REFERENCES cmis.segments (segment_id) ON DELETE CASCADE,
    rule_no    smallint NOT NULL,
    attribute  varchar(80) NOT NULL,
    operator   varchar(12) NOT NULL CHECK (operator IN ('eq', 'ne', 'lt', 'gt', 'contains', 'in')),
    operand    jsonb,
    PRIMARY KEY (segment_id, rule_no)
);

CREATE TABLE cmis.segment_contacts (
    segment_id uuid NOT NULL REFERENCES cmis.segments (segment_id) ON DELETE CASCADE,
    contact_id uuid NOT NULL REFERENCES cmis.contacts (contact_id) ON DELETE CASCADE,
    matched_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (segment_id, contact_id)
);
COMMENT ON TABLE cmis.segment_contacts IS 'Who matched a segment at its last refresh';

CREATE TRIGGER contacts_touch BEFORE UPDATE ON cmis.contacts
    FOR EACH ROW EXECUTE FUNCTION cmis_ops.touch_updated_at();
