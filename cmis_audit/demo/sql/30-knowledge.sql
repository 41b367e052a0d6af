-- Documents and their embeddings, topics, glossary, and knowledge entries by kind.

CREATE TABLE cmis_knowledge.documents (
    document_id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id        uuid NOT NULL REFERENCES cmis.orgs (org_id),
    title         text NOT NULL,
    mime_type     varchar(100) NOT NULL,
    source_uri    text,
    checksum      char(64) NOT NULL,
    page_count    integer,
    language_code varchar(10),
    search_vector tsvector GENERATED ALWAYS AS (to_tsvector('simple', title)) STORED,
    created_at    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (org_id, checksum)
);
COMMENT ON TABLE cmis_knowledge.documents IS 'Uploaded and crawled documents';
CREATE INDEX documents_search_idx ON cmis_knowledge.documents USING gin (search_vector);

CREATE TABLE cmis_knowledge.document_chunks (
    document_id uuid NOT NULL REFERENCES cmis_knowledge.documents (document_id) ON DELETE CASCADE,
    chunk_no    integer NOT NULL,
    chunk_text  text NOT NULL,
    token_count integer,
    embedding   vector(768),
    PRIMARY KEY (document_id, chunk_no)
);
COMMENT ON TABLE cmis_knowledge.document_chunks IS 'Paragraph-sized pieces of a document with their embedding';
CREATE INDEX document_chunks_embedding_idx
    ON cmis_knowledge.document_chunks USING hnsw (embedding vector_cosine_ops);

CREATE TABLE cmis_knowledge.document_translations (
    document_id   uuid NOT NULL REFERENCES cmis_knowledge.documents (document_id) ON DELETE CASCADE,
    locale        varchar(10) NOT NULL,
    title         text NOT NULL,
    full_text     text,
    is_machine    boolean NOT NULL DEFAULT true,
    PRIMARY KEY (document_id, locale)
);

CREATE TABLE cmis_knowledge.document_revisions (
    document_id uuid NOT NULL REFERENCES cmis_knowledge.documents (document_id) ON DELETE CASCADE,
    revision_no integer NOT NULL,
    checksum    char(64) NOT NULL,
    diff        text,
    uploaded_by uuid REFERENCES cmis.users (user_id),
    uploaded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (document_id, revision_no)
);

CREATE TABLE cmis_knowledge.topics (
    topic_id        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic_name      text NOT NULL UNIQUE,
    parent_topic_id integer REFERENCES cmis_knowledge.topics (topic_id),
    centroid        vector(768),
    depth           smallint NOT NULL DEFAULT 0
);
CREATE INDEX topics_centroid_idx ON cmis_knowledge.topics USING hnsw (centroid vector_l2_ops);

CREATE TABLE cmis_knowledge.topic_documents (
    topic_id    integer NOT NULL REFERENCES cmis_knowledge.topics (topic_id) ON DELETE CASCADE,
    document_id uuid NOT NULL REFERENCES cmis_knowledge.documents (document_id) ON DELETE CASCADE,
    relevance   real,
    PRIMARY KEY (topic_id, document_id)
);

CREATE TABLE cmis_knowledge.topic_aliases (
    topic_id      integer NOT NULL REFERENCES cmis_knowledge.topics (topic_id) ON DELETE CASCADE,
    alias         text PRIMARY KEY,
    language_code varchar(10)
);

-- One parent, and one table per kind of entry.
CREATE TABLE cmis_knowledge.knowledge_items (
    item_id       uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id        uuid REFERENCES cmis.orgs (org_id),
    entry_kind    varchar(20) NOT NULL CHECK (entry_kind IN ('marketing', 'dev', 'research')),
    headword      text NOT NULL,
    tier          smallint NOT NULL DEFAULT 2 CHECK (tier BETWEEN 1 AND 3),
    verified_at   timestamptz,
    is_deprecated boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE cmis_knowledge.knowledge_items IS 'Head of every entry; the body is in the table of its kind';

CREATE TABLE cmis_knowledge.marketing_entries (
    item_id      uuid PRIMARY KEY REFERENCES cmis_knowledge.knowledge_items (item_id) ON DELETE CASCADE,
    insight      text NOT NULL,
    applies_to   text[],
    season       varchar(20)
);

CREATE TABLE cmis_knowledge.dev_entries (
    item_id        uuid PRIMARY KEY REFERENCES cmis_knowledge.knowledge_items (item_id) ON DELETE CASCADE,
    snippet        text NOT NULL,
    programming    varchar(30),
    repository_ref text
);

CREATE TABLE cmis_knowledge.research_entries (
    item_id        uuid PRIMARY KEY REFERENCES cmis_knowledge.knowledge_items (item_id) ON DELETE CASCADE,
    abstract       text NOT NULL,
    doi            varchar(120),
    published_year smallint,
    sample_size    integer
);

CREATE TABLE cmis_knowledge.glossary_terms (
    term_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id      uuid NOT NULL REFERENCES cmis.orgs (org_id),
    term        varchar(120) NOT NULL,
    definition  text NOT NULL,
    do_not_say  text[],
    see_also    bigint REFERENCES cmis_knowledge.glossary_terms (term_id)
);
COMMENT ON TABLE cmis_knowledge.glossary_terms IS 'House vocabulary of a tenant';
CREATE UNIQUE INDEX glossary_terms_term_key ON cmis_knowledge.glossary_terms (org_id, lower(term));

CREATE TABLE cmis_knowledge.search_log (
    searched_at   timestamptz NOT NULL DEFAULT now(),
    user_id       uuid,
    search_phrase text NOT NULL,
    hits          integer,
    took_ms       integer,
    chosen_chunk  jsonb
);

CREATE TABLE cmis_knowledge.embeddings_cache (
    text_hash     char(64) NOT NULL,
    model_name    varchar(80) NOT NULL,
    embedding     vector(768) NOT NULL,
    last_used_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (text_hash, model_name)
);
COMMENT ON TABLE cmis_knowledge.embeddings_cache IS 'Embeddings by hash of the text, so that nothing is computed twice';
