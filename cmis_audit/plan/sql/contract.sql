-- What stands in the way of dropping.
-- Placeholders: @book@ the schema. Oldest server: 13.
CREATE FUNCTION @book@.moved_oid(wanted bigint) RETURNS oid
LANGUAGE sql STABLE SET search_path = pg_catalog
AS $body$
    SELECT m.moved_to::regclass::oid FROM @book@.members m WHERE m.number = wanted
$body$;

-- Raise if anything still hangs on the tables that were moved away.
CREATE FUNCTION @book@.refuse_dependents() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $body$
DECLARE
    found text;
BEGIN
    SELECT string_agg(DISTINCT pg_describe_object(d.classid, d.objid, d.objsubid), '; ')
    INTO found
    FROM @book@.members m
    CROSS JOIN LATERAL (
        SELECT t.oid AS object, 'pg_class'::regclass AS class
        FROM pg_class t WHERE t.oid = @book@.moved_oid(m.number)
        UNION ALL
        SELECT t.reltype, 'pg_type'::regclass
        FROM pg_class t WHERE t.oid = @book@.moved_oid(m.number)
        UNION ALL
        SELECT t.typarray, 'pg_type'::regclass
        FROM pg_class c JOIN pg_type t ON t.oid = c.reltype
        WHERE c.oid = @book@.moved_oid(m.number)
    ) o
    JOIN pg_depend d ON d.refclassid = o.class AND d.refobjid = o.object
    LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
    LEFT JOIN pg_class v ON v.oid = r.ev_class
    LEFT JOIN pg_policy p ON d.classid = 'pg_policy'::regclass AND p.oid = d.objid
    LEFT JOIN pg_constraint k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
    WHERE d.deptype = 'n'
      AND (r.oid IS NOT NULL
           OR d.classid = 'pg_proc'::regclass
           OR p.polrelid <> o.object
           OR (k.contype = 'f' AND k.conrelid <> o.object)
           OR (d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_type'::regclass))
      AND (v.relnamespace IS NULL OR v.relnamespace <> '@book@'::regnamespace);
    IF found IS NOT NULL THEN
        RAISE EXCEPTION USING MESSAGE = 'still hanging on the old tables: ' || found;
    END IF;
END
$body$;

-- Sequences that fill a column go over to the target; that of an identity column is made anew.
CREATE FUNCTION @book@.keep_sequences(target text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $body$
DECLARE
    owned record;
    used record;
    successor text;
    last_number bigint;
    called boolean;
    home text;
    turn int;
    room int;
BEGIN
    SELECT quote_ident(n.nspname) INTO home
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = target::regclass;
    FOR owned IN
        SELECT s.oid, s.oid::regclass::text AS name, s.relname, d.deptype, r.rolname AS owner
        FROM @book@.members m
        JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass
                        AND d.refobjid = @book@.moved_oid(m.number) AND d.refobjsubid > 0
                        AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
        JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
        JOIN pg_roles r ON r.oid = s.relowner
        ORDER BY 2
    LOOP
        IF owned.deptype = 'a' THEN
            EXECUTE format('ALTER SEQUENCE %s OWNED BY NONE', owned.name);
            CONTINUE;
        END IF;
        EXECUTE format('SELECT last_value, is_called FROM %s', owned.name)
        INTO last_number, called;
        -- In characters, what leaves five bytes for an ending.
        room := 58 - octet_length(owned.relname) + length(owned.relname);
        EXECUTE format('ALTER SEQUENCE %s RENAME TO %I', owned.name,
                       left(owned.relname, room) || '_gone');
        -- Tables of two schemas may have had sequences of one name.
        turn := 1;
        successor := format('%s.%I', home, owned.relname);
        WHILE to_regclass(successor) IS NOT NULL LOOP
            turn := turn + 1;
            successor := format('%s.%I', home, left(owned.relname, room) || '_' || turn);
        END LOOP;
        EXECUTE format('CREATE SEQUENCE %s', successor);
        EXECUTE format('ALTER SEQUENCE %s OWNER TO %I', successor, owned.owner);
        PERFORM setval(successor::regclass, last_number, called);
        FOR used IN
            SELECT d.adrelid::regclass::text AS relation, a.attname, c.relkind
            FROM pg_depend p
            JOIN pg_attrdef d ON p.classid = 'pg_attrdef'::regclass AND d.oid = p.objid
            JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
            JOIN pg_class c ON c.oid = d.adrelid
            WHERE p.refclassid = 'pg_class'::regclass AND p.refobjid = owned.oid
        LOOP
            EXECUTE format('ALTER %s %s ALTER COLUMN %I SET DEFAULT nextval(%L::regclass)',
                           CASE used.relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END,
                           used.relation, used.attname, successor);
        END LOOP;
    END LOOP;
END
$body$;

-- The materialized views that were moved away with the old tables.
CREATE FUNCTION @book@.drop_moved_views() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $body$
DECLARE
    saved @book@.saved_dependents;
BEGIN
    FOR saved IN SELECT * FROM @book@.saved_dependents
                 WHERE kind = 'materialized view' ORDER BY position DESC LOOP
        EXECUTE format('DROP MATERIALIZED VIEW %s', saved.object::regclass);
    END LOOP;
END
$body$;

-- Whether a text names a relation: after its schema, after one that is put in later (`%I.`, `'.`),
-- or by itself. Better too often than once too seldom, so case is not looked at.
CREATE FUNCTION @book@.names_relation(said text, schema_name text, relation_name text)
RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog
AS $body$
    SELECT said ~* ('(^|[^\w$."]|[^\w$"]\.|%[\w$]+\.)"?' || w.relation || '(?![\w$])')
        OR said ~* ('(^|[^\w$])"?' || w.home || '"?\s*\.\s*"?' || w.relation || '(?![\w$])')
    FROM (SELECT regexp_replace(relation_name, '([^\w\s])', '\\\1', 'g') AS relation,
                 regexp_replace(schema_name, '([^\w\s])', '\\\1', 'g') AS home) w
$body$;

-- Raise if anything names the views that stand for the old tables.
CREATE FUNCTION @book@.refuse_users_of_names() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $body$
DECLARE
    found text;
BEGIN
    SELECT string_agg(DISTINCT said, '; ') INTO found FROM (
        SELECT pg_describe_object('pg_class'::regclass, r.ev_class, 0) AS said
        FROM @book@.members m
        JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass
                        AND d.refobjid = @book@.member_oid(m.number)
        JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
        WHERE r.ev_class <> d.refobjid
        UNION ALL
        SELECT pg_describe_object('pg_proc'::regclass, p.oid, 0)
        FROM @book@.members m
        JOIN pg_proc p ON @book@.names_relation(p.prosrc, m.schema_name, m.table_name)
        JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname !~ '^(pg_|information_schema|cmis_audit_)'
    ) s;
    IF found IS NOT NULL THEN
        RAISE EXCEPTION USING MESSAGE = 'the old names are still in use: ' || found,
            HINT = 'a function counts whose text has the name with its schema, or without any';
    END IF;
END
$body$;
