-- Landing area of imports: text as it came, no keys, emptied after each load.

CREATE TABLE cmis_staging.load_files (
    load_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_id     uuid REFERENCES cmis_ops.import_batches (batch_id),
    storage_path text NOT NULL,
    delimiter    char(1) NOT NULL DEFAULT ',',
    encoding     varchar(20) NOT NULL DEFAULT 'UTF8',
    has_header   boolean NOT NULL DEFAULT true,
    md5          char(32)
);
COMMENT ON TABLE cmis_staging.load_files IS 'Files that were handed in for loading';

CREATE TABLE cmis_staging.load_rejects (
    load_id     bigint NOT NULL REFERENCES cmis_staging.load_files (load_id) ON DELETE CASCADE,
    source_line integer NOT NULL,
    line_text   text NOT NULL,
    sqlstate    char(5),
    PRIMARY KEY (load_id, source_line)
);

CREATE TABLE cmis_staging.column_mappings (
    org_id        uuid NOT NULL REFERENCES cmis.orgs (org_id),
    header_text   varchar(120) NOT NULL,
    target_column varchar(120) NOT NULL,
    transform     varchar(20) CHECK (transform IN ('trim', 'lower', 'date_eu', 'date_us', 'phone')),
    PRIMARY KEY (org_id, header_text)
);

CREATE TABLE cmis_staging.stg_contacts (
    load_id        bigint,
    source_line    integer,
    raw_full_name  text,
    raw_email      text,
    raw_phone      text,
    raw_newsletter text,
    parse_problem  text
);

CREATE TABLE cmis_staging.stg_companies (
    load_id           bigint,
    source_line       integer,
    raw_company       text,
    raw_vat           text,
    raw_size_band     text,
    matched_company   uuid,
    match_probability numeric(4, 3)
);

CREATE TABLE cmis_staging.stg_catalog (
    load_id          bigint,
    source_line      integer,
    supplier_item_no text,
    raw_title        text,
    raw_weight       text,
    raw_image_list   text,
    taxonomy_path    text
);

CREATE TABLE cmis_staging.stg_price_list (
    load_id         bigint,
    source_line     integer,
    raw_sku         text,
    raw_price       text,
    raw_currency    text,
    raw_valid_since text
);

-- Lead forms of the platforms: one landing table each, shaped like the platform's export.
CREATE TABLE cmis_staging.facebook_leads (
    received_at    timestamptz NOT NULL DEFAULT now(),
    leadgen_id     text,
    leadgen_form   text,
    page_id        text,
    field_data     jsonb,
    is_organic     boolean
);

CREATE TABLE cmis_staging.tiktok_leads (
    received_at    timestamptz NOT NULL DEFAULT now(),
    lead_no        bigint,
    advertiser_id  text,
    instant_page   text,
    question_one   text,
    question_two   text,
    question_three text
);

CREATE TABLE cmis_staging.linkedin_leads (
    received_at    timestamptz NOT NULL DEFAULT now(),
    lead_urn       text,
    member_profile text,
    seniority      text,
    form_response  jsonb,
    consents       jsonb
);

CREATE TABLE cmis_staging.google_audience_members (
    user_list_resource text,
    hashed_email       char(64),
    hashed_phone       char(64),
    gclid              text
);
COMMENT ON TABLE cmis_staging.google_audience_members IS 'Hashed members, waiting for upload to Google';

CREATE TABLE cmis_staging.meta_audience_members (
    audience_external_id text,
    schema_fields        text[],
    hashed_row           text[],
    upload_sequence      integer
);
COMMENT ON TABLE cmis_staging.meta_audience_members IS 'Hashed members, waiting for upload to Meta';
