-- Templates, landing pages, forms, drip sequences, personas and generated concepts.

-- One store per kind of message: each kind has its own payload.
CREATE TABLE cmis_marketing.email_templates (
    template_id  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id       uuid NOT NULL REFERENCES cmis.orgs (org_id),
    template_key varchar(80) NOT NULL,
    subject_line varchar(200) NOT NULL,
    preheader    varchar(200),
    html_body    text NOT NULL,
    plain_body   text,
    reply_to     cmis.email_address,
    UNIQUE (org_id, template_key)
);

CREATE TABLE cmis_marketing.sms_templates (
    template_id  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id       uuid NOT NULL REFERENCES cmis.orgs (org_id),
    template_key varchar(80) NOT NULL,
    sender_id    varchar(11) NOT NULL,
    text_160     varchar(480) NOT NULL,
    is_unicode   boolean NOT NULL DEFAULT false,
    UNIQUE (org_id, template_key)
);

CREATE TABLE cmis_marketing.push_templates (
    template_id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id        uuid NOT NULL REFERENCES cmis.orgs (org_id),
    template_key  varchar(80) NOT NULL,
    icon_url      text,
    deep_link     text,
    badge_count   smallint,
    ttl_seconds   integer NOT NULL DEFAULT 86400,
    UNIQUE (org_id, template_key)
);

CREATE TABLE cmis_marketing.landing_pages (
    page_id        uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id         uuid NOT NULL REFERENCES cmis.orgs (org_id),
    campaign_id    uuid REFERENCES cmis.campaigns (campaign_id),
    path           varchar(200) NOT NULL,
    seo_title      varchar(70),
    seo_snippet    varchar(160),
    robots_noindex boolean NOT NULL DEFAULT false,
    live_since     timestamptz,
    UNIQUE (org_id, path)
);
COMMENT ON TABLE cmis_marketing.landing_pages IS 'Pages that visitors of a campaign arrive at';

CREATE TABLE cmis_marketing.landing_page_sections (
    page_id    uuid NOT NULL REFERENCES cmis_marketing.landing_pages (page_id) ON DELETE CASCADE,
    sort_order smallint NOT NULL,
    block_kind varchar(20) NOT NULL CHECK (block_kind IN ('hero', 'benefits', 'quotes', 'faq', 'form')),
    props      jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (page_id, sort_order)
);

CREATE TABLE cmis_marketing.landing_page_translations (
    page_id       uuid NOT NULL REFERENCES cmis_marketing.landing_pages (page_id) ON DELETE CASCADE,
    locale        varchar(10) NOT NULL,
    seo_title     varchar(70),
    seo_snippet   varchar(160),
    strings       jsonb NOT NULL,
    PRIMARY KEY (page_id, locale)
);

CREATE TABLE cmis_marketing.forms (
    form_id       uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id        uuid NOT NULL REFERENCES cmis.orgs (org_id),
    page_id       uuid REFERENCES cmis_marketing.landing_pages (page_id),
    form_title    text NOT NULL,
    thank_you_url text,
    double_opt_in boolean NOT NULL DEFAULT true,
    captcha_kind  varchar(20),
    closes_at     timestamptz
);
COMMENT ON TABLE cmis_marketing.forms IS 'Lead forms shown on landing pages';

CREATE TABLE cmis_marketing.form_fields (
    form_id     uuid NOT NULL REFERENCES cmis_marketing.forms (form_id) ON DELETE CASCADE,
    input_name  varchar(60) NOT NULL,
    widget      varchar(20) NOT NULL CHECK (widget IN ('text', 'email', 'select', 'checkbox', 'hidden')),
    caption     text,
    options     text[],
    is_required boolean NOT NULL DEFAULT false,
    PRIMARY KEY (form_id, input_name)
);

CREATE TABLE cmis_marketing.form_submissions (
    submission_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    form_id       uuid NOT NULL REFERENCES cmis_marketing.forms (form_id),
    contact_id    uuid REFERENCES cmis.contacts (contact_id),
    answers       jsonb NOT NULL,
    client_ip     inet,
    user_agent    text,
    confirmed_at  timestamptz,
    submitted_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX form_submissions_open_idx ON cmis_marketing.form_submissions (form_id) WHERE confirmed_at IS NULL;

CREATE TABLE cmis_marketing.drip_sequences (
    sequence_id    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id         uuid NOT NULL REFERENCES cmis.orgs (org_id),
    sequence_name  text NOT NULL,
    trigger_event  varchar(60) NOT NULL,
    send_window    int4range NOT NULL DEFAULT '[8,20)',
    stop_on_reply  boolean NOT NULL DEFAULT true
);
COMMENT ON TABLE cmis_marketing.drip_sequences IS 'Series of mails sent after an event';
COMMENT ON COLUMN cmis_marketing.drip_sequences.send_window IS 'Hours of the day, local to the receiver';

CREATE TABLE cmis_marketing.drip_steps (
    sequence_id uuid NOT NULL REFERENCES cmis_marketing.drip_sequences (sequence_id) ON DELETE CASCADE,
    step_no     smallint NOT NULL,
    template_id uuid NOT NULL REFERENCES cmis_marketing.email_templates (template_id),
    wait_for    interval NOT NULL DEFAULT '1 day',
    PRIMARY KEY (sequence_id, step_no)
);

CREATE TABLE cmis_marketing.drip_enrollments (
    sequence_id  uuid NOT NULL REFERENCES cmis_marketing.drip_sequences (sequence_id),
    contact_id   uuid NOT NULL REFERENCES cmis.contacts (contact_id),
    current_step smallint NOT NULL DEFAULT 1,
    enrolled_at  timestamptz NOT NULL DEFAULT now(),
    stopped_at   timestamptz,
    stop_cause   varchar(20) CHECK (stop_cause IN ('finished', 'replied', 'opted_out', 'bounced')),
    PRIMARY KEY (sequence_id, contact_id)
);

CREATE TABLE cmis_marketing.personas (
    persona_id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id       uuid NOT NULL REFERENCES cmis.orgs (org_id),
    nickname     varchar(60) NOT NULL,
    biography    text,
    age_span     int4range,
    goals        text[],
    frustrations text[],
    portrait_url text
);
COMMENT ON TABLE cmis_marketing.personas IS 'Imagined typical customers';

CREATE TABLE cmis_marketing.persona_objections (
    persona_id uuid NOT NULL REFERENCES cmis_marketing.personas (persona_id) ON DELETE CASCADE,
    objection  varchar(200) NOT NULL,
    rebuttal   text,
    PRIMARY KEY (persona_id, objection)
);

-- What a generation task may produce: one table per kind of material.
CREATE TABLE cmis_marketing.visual_concepts (
    asset_id          uuid PRIMARY KEY REFERENCES cmis_marketing.assets (asset_id) ON DELETE CASCADE,
    visual_prompt     text NOT NULL,
    palette           text[],
    emotion           varchar(40),
    focus_keywords    text[]
);

CREATE TABLE cmis_marketing.video_scenarios (
    asset_id         uuid PRIMARY KEY REFERENCES cmis_marketing.assets (asset_id) ON DELETE CASCADE,
    duration_seconds smallint NOT NULL CHECK (duration_seconds > 0),
    scenes           jsonb NOT NULL,
    aspect_ratio     varchar(5) NOT NULL DEFAULT '9:16'
);

CREATE TABLE cmis_marketing.voice_scripts (
    asset_id        uuid PRIMARY KEY REFERENCES cmis_marketing.assets (asset_id) ON DELETE CASCADE,
    narration       text NOT NULL,
    narrator_gender varchar(10),
    accent          varchar(20),
    words_a_minute  smallint
);

CREATE TABLE cmis_marketing.storyboards (
    storyboard_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scenario_id   uuid NOT NULL REFERENCES cmis_marketing.video_scenarios (asset_id) ON DELETE CASCADE,
    frame_no      smallint NOT NULL,
    sketch_url    text,
    camera_move   varchar(30),
    UNIQUE (scenario_id, frame_no)
);
