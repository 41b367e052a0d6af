-- Creative work: value contexts, briefs, contexts, outputs and the configurable fields.

CREATE TABLE cmis.value_contexts (
    context_id      uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id          uuid NOT NULL REFERENCES cmis.orgs (org_id),
    offering_id     uuid REFERENCES cmis.offerings (offering_id),
    campaign_id     uuid REFERENCES cmis.campaigns (campaign_id),
    locale          varchar(10) NOT NULL DEFAULT 'en-US',
    awareness_stage varchar(30) CHECK (awareness_stage IN ('unaware', 'problem', 'solution', 'product', 'most')),
    framework       varchar(30) CHECK (framework IN ('AIDA', 'PAS', 'FAB', 'StoryBrand')),
    tone            text,
    tags            text[],
    dataset_ref     text,
    created_at      timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE cmis.value_contexts IS 'For whom, at what stage and in which tone a value is told';

CREATE TABLE cmis.creative_contexts (
    context_id      uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id          uuid NOT NULL REFERENCES cmis.orgs (org_id),
    headline_angle  text NOT NULL,
    visual_style    jsonb,
    brand_palette   text[],
    forbidden_words text[],
    reference_urls  jsonb,
    valid_until     date
);
COMMENT ON TABLE cmis.creative_contexts IS 'Look and wording rules that briefs and plans can point at';

CREATE TABLE cmis.creative_briefs (
    brief_id     uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id       uuid NOT NULL REFERENCES cmis.orgs (org_id),
    campaign_id  uuid REFERENCES cmis.campaigns (campaign_id),
    title        text NOT NULL,
    problem      text,
    single_idea  text,
    due_on       date,
    requested_by uuid REFERENCES cmis.users (user_id),
    locked_at    timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE cmis.creative_briefs IS 'What is asked of the creative team';

CREATE TABLE cmis.brief_sections (
    brief_id    uuid NOT NULL REFERENCES cmis.creative_briefs (brief_id) ON DELETE CASCADE,
    position    smallint NOT NULL,
    heading     varchar(120) NOT NULL,
    body        text,
    is_required boolean NOT NULL DEFAULT false,
    PRIMARY KEY (brief_id, position)
);

CREATE TABLE cmis.brief_reviewers (
    brief_id    uuid NOT NULL REFERENCES cmis.creative_briefs (brief_id) ON DELETE CASCADE,
    user_id     uuid NOT NULL REFERENCES cmis.users (user_id),
    reviewed_at timestamptz,
    PRIMARY KEY (brief_id, user_id)
);

CREATE TABLE cmis.creative_outputs (
    output_id     uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id        uuid NOT NULL REFERENCES cmis.orgs (org_id),
    brief_id      uuid REFERENCES cmis.creative_briefs (brief_id),
    context_id    uuid REFERENCES cmis.creative_contexts (context_id),
    output_kind   varchar(30) NOT NULL CHECK (output_kind IN ('headline', 'body', 'banner', 'video_script', 'email')),
    draft_text    text,
    draft_layout  jsonb,
    revision_no   integer NOT NULL DEFAULT 1,
    approved_by   uuid REFERENCES cmis.users (user_id),
    approved_at   timestamptz,
    created_at    timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE cmis.creative_outputs IS 'A deliverable that answers a brief';
CREATE INDEX creative_outputs_layout_idx ON cmis.creative_outputs USING gin (draft_layout);

CREATE TABLE cmis.creative_output_revisions (
    output_id   uuid NOT NULL REFERENCES cmis.creative_outputs (output_id) ON DELETE CASCADE,
    revision_no integer NOT NULL,
    draft_text  text,
    edited_by   uuid REFERENCES cmis.users (user_id),
    edited_at   timestamptz NOT NULL DEFAULT now(),
    change_note text,
    PRIMARY KEY (output_id, revision_no)
);
COMMENT ON TABLE cmis.creative_output_revisions IS 'Earlier wordings of an output';

CREATE TABLE cmis.output_comments (
    comment_id        uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    output_id         uuid NOT NULL REFERENCES cmis.creative_outputs (output_id) ON DELETE CASCADE,
    parent_comment_id uuid REFERENCES cmis.output_comments (comment_id),
    user_id           uuid NOT NULL REFERENCES cmis.users (user_id),
    remark            text NOT NULL,
    anchor            int4range,
    resolved_at       timestamptz,
    created_at        timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN cmis.output_comments.anchor IS 'Character range of the draft that the remark is about';

CREATE TABLE cmis.field_definitions (
    field_id    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id      uuid REFERENCES cmis.orgs (org_id),
    slug        varchar(80) NOT NULL,
    label       text NOT NULL,
    data_type   varchar(20) NOT NULL CHECK (data_type IN ('text', 'number', 'date', 'choice', 'json')),
    choices     text[],
    is_list     boolean NOT NULL DEFAULT false,
    validations jsonb,
    UNIQUE NULLS NOT DISTINCT (org_id, slug)
);
COMMENT ON TABLE cmis.field_definitions IS 'Fields that a tenant may add to its value contexts';

CREATE TABLE cmis.field_values (
    context_id   uuid NOT NULL REFERENCES cmis.value_contexts (context_id) ON DELETE CASCADE,
    field_id     uuid NOT NULL REFERENCES cmis.field_definitions (field_id),
    entered      jsonb NOT NULL,
    source       varchar(20) NOT NULL DEFAULT 'manual' CHECK (source IN ('manual', 'import', 'suggested')),
    justification text,
    PRIMARY KEY (context_id, field_id)
);
COMMENT ON TABLE cmis.field_values IS 'What was filled in for a configurable field; no measurements live here';

CREATE TABLE cmis.field_aliases (
    field_id   uuid NOT NULL REFERENCES cmis.field_definitions (field_id) ON DELETE CASCADE,
    alias_slug varchar(80) PRIMARY KEY,
    retired_on date
);
