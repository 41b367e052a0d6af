-- Language models, prompts, generation runs and recommendations.

CREATE TABLE cmis_ai.providers (
    provider_code varchar(30) PRIMARY KEY,
    vendor_name   text NOT NULL,
    api_base      text NOT NULL,
    region        varchar(20),
    is_enabled    boolean NOT NULL DEFAULT true
);
COMMENT ON TABLE cmis_ai.providers IS 'Vendors of language and image models';

CREATE TABLE cmis_ai.models (
    model_code     varchar(80) PRIMARY KEY,
    provider_code  varchar(30) NOT NULL REFERENCES cmis_ai.providers (provider_code),
    modality       varchar(20) NOT NULL CHECK (modality IN ('text', 'image', 'audio', 'embedding')),
    context_tokens integer,
    retired_on     date
);

CREATE TABLE cmis_ai.model_prices (
    model_code         varchar(80) NOT NULL REFERENCES cmis_ai.models (model_code),
    valid_from         date NOT NULL,
    input_per_million  numeric(10, 4) NOT NULL,
    output_per_million numeric(10, 4) NOT NULL,
    PRIMARY KEY (model_code, valid_from)
);

CREATE TABLE cmis_ai.prompts (
    prompt_id    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id       uuid REFERENCES cmis.orgs (org_id),
    prompt_slug  varchar(80) NOT NULL,
    instructions text NOT NULL,
    temperature  numeric(3, 2) NOT NULL DEFAULT 0.70 CHECK (temperature BETWEEN 0 AND 2),
    max_tokens   integer,
    model_code   varchar(80) REFERENCES cmis_ai.models (model_code),
    created_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE NULLS NOT DISTINCT (org_id, prompt_slug)
);
COMMENT ON TABLE cmis_ai.prompts IS 'Instructions for the models; null org_id means shared by all tenants';

CREATE TABLE cmis_ai.prompt_variables (
    prompt_id     uuid NOT NULL REFERENCES cmis_ai.prompts (prompt_id) ON DELETE CASCADE,
    variable_name varchar(60) NOT NULL,
    fallback      text,
    is_mandatory  boolean NOT NULL DEFAULT true,
    PRIMARY KEY (prompt_id, variable_name)
);

CREATE TABLE cmis_ai.prompt_translations (
    prompt_id     uuid NOT NULL REFERENCES cmis_ai.prompts (prompt_id) ON DELETE CASCADE,
    locale        varchar(10) NOT NULL,
    instructions  text NOT NULL,
    PRIMARY KEY (prompt_id, locale)
);

CREATE TABLE cmis_ai.generation_runs (
    run_id        uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id        uuid NOT NULL REFERENCES cmis.orgs (org_id),
    prompt_id     uuid REFERENCES cmis_ai.prompts (prompt_id),
    model_code    varchar(80) NOT NULL REFERENCES cmis_ai.models (model_code),
    brief_id      uuid REFERENCES cmis.creative_briefs (brief_id),
    input_tokens  integer,
    output_tokens integer,
    finish_reason varchar(20),
    charged       numeric(10, 6),
    started_at    timestamptz NOT NULL DEFAULT now(),
    finished_at   timestamptz
);
COMMENT ON TABLE cmis_ai.generation_runs IS 'Every call that produced text or images for a tenant';

CREATE TABLE cmis_ai.generation_run_steps (
    run_id     uuid NOT NULL REFERENCES cmis_ai.generation_runs (run_id) ON DELETE CASCADE,
    step_no    smallint NOT NULL,
    tool_name  varchar(60),
    arguments  jsonb,
    response   jsonb,
    took_ms    integer,
    PRIMARY KEY (run_id, step_no)
);

CREATE TABLE cmis_ai.generation_feedback (
    run_id     uuid NOT NULL REFERENCES cmis_ai.generation_runs (run_id) ON DELETE CASCADE,
    user_id    uuid NOT NULL REFERENCES cmis.users (user_id),
    thumbs_up  boolean NOT NULL,
    complaint  varchar(40) CHECK (complaint IN ('wrong', 'off_brand', 'too_long', 'unsafe')),
    free_text  text,
    given_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (run_id, user_id)
);

CREATE TABLE cmis_ai.conversations (
    conversation_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id          uuid NOT NULL REFERENCES cmis.orgs (org_id),
    user_id         uuid NOT NULL REFERENCES cmis.users (user_id),
    topic_line      text,
    summary         text,
    is_starred      boolean NOT NULL DEFAULT false,
    last_turn_at    timestamptz
);

CREATE TABLE cmis_ai.conversation_turns (
    conversation_id uuid NOT NULL REFERENCES cmis_ai.conversations (conversation_id) ON DELETE CASCADE,
    turn_no         integer NOT NULL,
    spoken_by       cmis_ai.turn_role NOT NULL,
    utterance       text NOT NULL,
    run_id          uuid REFERENCES cmis_ai.generation_runs (run_id),
    said_at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (conversation_id, turn_no)
);

CREATE TABLE cmis_ai.token_quotas (
    org_id         uuid NOT NULL REFERENCES cmis.orgs (org_id),
    month          date NOT NULL CHECK (extract(day FROM month) = 1),
    granted_tokens bigint NOT NULL,
    used_tokens    bigint NOT NULL DEFAULT 0,
    hard_stop      boolean NOT NULL DEFAULT false,
    PRIMARY KEY (org_id, month)
);

CREATE TABLE cmis_ai.recommendations (
    recommendation_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id            uuid NOT NULL REFERENCES cmis.orgs (org_id),
    campaign_id       uuid REFERENCES cmis.campaigns (campaign_id),
    advice            text NOT NULL,
    rationale         text,
    urgency           smallint NOT NULL DEFAULT 3 CHECK (urgency BETWEEN 1 AND 5),
    dismissed_by      uuid REFERENCES cmis.users (user_id),
    dismissed_at      timestamptz
);
COMMENT ON TABLE cmis_ai.recommendations IS 'Advice shown to the campaign owner';
CREATE INDEX recommendations_open_idx ON cmis_ai.recommendations (org_id, urgency) WHERE dismissed_at IS NULL;
