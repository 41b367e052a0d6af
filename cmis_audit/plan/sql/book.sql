-- The books of one plan: which table, how far it has come, what it was made from.
-- Placeholders: @book@ the schema. Oldest server: 13.
CREATE SCHEMA @book@;

CREATE TABLE @book@.state (
    only_row  boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    phase     text NOT NULL CHECK (phase IN ('expand', 'backfill', 'verify', 'switch', 'contract')),
    expected  text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE @book@.members (
    number      bigint PRIMARY KEY,
    label       text NOT NULL UNIQUE,
    schema_name text NOT NULL,
    table_name  text NOT NULL,
    moved_to    text NOT NULL,
    rejects     text
);

-- What a foreign key that points at a member points at in the target.
CREATE TABLE @book@.member_keys (
    number         bigint NOT NULL REFERENCES @book@.members,
    columns        text[] NOT NULL,
    target         text NOT NULL,
    target_columns text[] NOT NULL,
    PRIMARY KEY (number, columns)
);

CREATE TABLE @book@.ledger (
    member      text PRIMARY KEY,
    rows_in     bigint NOT NULL,
    inserted    bigint NOT NULL,
    merged      bigint NOT NULL,
    rejected    bigint NOT NULL,
    hash_in     numeric NOT NULL,
    hash_out    numeric NOT NULL,
    cells_in    bigint,
    cells_out   bigint,
    verified_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE @book@.saved_foreign_keys (
    position       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    child_number   bigint,
    child          oid NOT NULL,
    constraint_name text NOT NULL,
    child_columns  text[] NOT NULL,
    parent_number  bigint,
    parent         oid NOT NULL,
    parent_columns text[] NOT NULL,
    action         text NOT NULL,
    definition     text NOT NULL,
    validated      boolean NOT NULL
);

CREATE TABLE @book@.saved_dependents (
    position   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind       text NOT NULL,
    object     oid NOT NULL,
    name       text NOT NULL,
    definition text NOT NULL,
    options    text NOT NULL DEFAULT '',
    indexes    text[] NOT NULL DEFAULT '{}',
    populated  boolean NOT NULL DEFAULT false,
    bare_name  text NOT NULL DEFAULT ''
);

CREATE TABLE @book@.notes (
    noted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    note     text NOT NULL
);

-- What the members are made of, as one number: a plan is for one structure only. The triggers that
-- the plan itself adds are left out.
CREATE FUNCTION @book@.catalog_md5() RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog
AS $body$
    WITH member AS (
        SELECT c.oid, c.relkind, c.relrowsecurity, c.relforcerowsecurity,
               m.schema_name || '.' || m.table_name AS name
        FROM @book@.members m
        JOIN pg_namespace n ON n.nspname = m.schema_name
        JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = m.table_name
        WHERE c.relkind IN ('r', 'p')
    ),
    line (text) AS (
        SELECT concat_ws('|', 'table', name, relkind, relrowsecurity, relforcerowsecurity)
        FROM member
        UNION ALL
        SELECT concat_ws('|', 'column', m.name, a.attname, format_type(a.atttypid, a.atttypmod),
                         a.attnotnull, a.attidentity::text, a.attgenerated <> '',
                         coalesce(pg_get_expr(d.adbin, CASE WHEN a.attgenerated <> ''
                                                            THEN a.attrelid ELSE 0::oid END), ''))
        FROM member m
        JOIN pg_attribute a ON a.attrelid = m.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        UNION ALL
        SELECT concat_ws('|', 'constraint', m.name, k.conname, k.contype,
                         CASE WHEN k.contype IN ('c', 'x') THEN pg_get_constraintdef(k.oid)
                              ELSE '' END)
        FROM member m
        JOIN pg_constraint k ON k.conrelid = m.oid AND k.conparentid = 0
        WHERE k.contype IN ('p', 'u', 'f', 'c', 'x')
        UNION ALL
        SELECT concat_ws('|', 'index', m.name, c.relname)
        FROM member m
        JOIN pg_index i ON i.indrelid = m.oid
        JOIN pg_class c ON c.oid = i.indexrelid
        WHERE NOT EXISTS (SELECT FROM pg_constraint k
                          WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
        UNION ALL
        SELECT concat_ws('|', 'trigger', m.name, g.tgname, g.tgenabled <> 'D',
                         pg_get_triggerdef(g.oid))
        FROM member m
        JOIN pg_trigger g ON g.tgrelid = m.oid
        WHERE NOT g.tgisinternal AND g.tgname !~ '^cmis_audit_log_'
        UNION ALL
        SELECT concat_ws('|', 'policy', m.name, p.polname, p.polcmd::text, p.polpermissive,
                         coalesce(pg_get_expr(p.polqual, p.polrelid), ''),
                         coalesce(pg_get_expr(p.polwithcheck, p.polrelid), ''))
        FROM member m
        JOIN pg_policy p ON p.polrelid = m.oid
    )
    SELECT md5(convert_to(coalesce(string_agg(text, E'\n' ORDER BY text COLLATE "C"), ''), 'UTF8'))
    FROM line
$body$;

-- Refuse to go on unless the phase before is done.
CREATE FUNCTION @book@.after_phase(VARIADIC wanted text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $body$
DECLARE
    now_at @book@.state;
BEGIN
    SELECT * INTO STRICT now_at FROM @book@.state FOR UPDATE;
    IF now_at.phase <> ALL (wanted) THEN
        RAISE EXCEPTION 'the plan stands after phase %; this file goes after %',
            now_at.phase, array_to_string(wanted, ' or ')
            USING HINT = 'run the files in their order';
    END IF;
END
$body$;

-- Refuse to go on if the tables are no longer those that the plan was made for.
CREATE FUNCTION @book@.same_structure() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $body$
BEGIN
    IF @book@.catalog_md5() <> (SELECT expected FROM @book@.state) THEN
        RAISE EXCEPTION 'the tables have changed since the plan was made'
            USING HINT = 'undo what was done with the rollback files, and plan again';
    END IF;
END
$body$;

CREATE FUNCTION @book@.end_phase(reached text) RETURNS void
LANGUAGE sql SET search_path = pg_catalog
AS $body$
    UPDATE @book@.state SET phase = reached, changed_at = clock_timestamp();
$body$;
