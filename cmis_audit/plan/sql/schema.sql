-- A schema that repeated another goes, once it is empty, and what it was is noted for the way back.
-- Placeholders: @book@ the schema of the books. Oldest server: 13.
CREATE SCHEMA @book@;

CREATE TABLE @book@.repeating (
    only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    schema_name text NOT NULL
);

CREATE TABLE @book@.dropped_schema (
    position  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    statement text NOT NULL
);

-- Raise unless the plans of its tables have gone all the way.
CREATE FUNCTION @book@.refuse_unfinished(VARIADIC books text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $body$
DECLARE
    each text;
    reached text;
BEGIN
    FOREACH each IN ARRAY books LOOP
        IF to_regclass(format('%I.state', each)) IS NOT NULL THEN
            EXECUTE format('SELECT phase FROM %I.state', each) INTO reached;
        END IF;
        IF reached IS DISTINCT FROM 'contract' THEN
            RAISE EXCEPTION 'the plan with the books % has not gone through its contract files', each
                USING HINT = 'run 05-contract.sql here first, then 05-contract_names.sql if there is one';
        END IF;
        reached := NULL;
    END LOOP;
END
$body$;

-- Sequences outlive the tables that they were made for; of those named, drop what nothing uses.
CREATE FUNCTION @book@.drop_unused_sequences(VARIADIC names text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $body$
DECLARE
    found oid;
BEGIN
    FOR found IN SELECT c.oid FROM unnest(names) n JOIN pg_class c ON c.oid = to_regclass(n)
                 WHERE c.relkind = 'S' LOOP
        -- Before PostgreSQL 14 a sequence has a row type, which hangs on it.
        IF NOT EXISTS (SELECT FROM pg_depend d
                       WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = found
                         AND d.deptype <> 'i')
           AND NOT EXISTS (SELECT FROM pg_depend d
                           WHERE d.classid = 'pg_class'::regclass AND d.objid = found
                             AND d.deptype IN ('a', 'i')) THEN
            EXECUTE format('DROP SEQUENCE %s', found::regclass);
        END IF;
    END LOOP;
END
$body$;

-- Raise if anything is left there, whatever it is.
CREATE FUNCTION @book@.refuse_remaining() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $body$
DECLARE
    name text := (SELECT schema_name FROM @book@.repeating);
    home oid := (SELECT n.oid FROM pg_namespace n JOIN @book@.repeating r ON r.schema_name = n.nspname);
    found text;
BEGIN
    IF home IS NULL THEN
        RAISE EXCEPTION 'there is no schema % any more', name;
    END IF;
    SELECT string_agg(said, '; ' ORDER BY said COLLATE "C") INTO found FROM (
        SELECT DISTINCT pg_describe_object(d.classid, d.objid, 0) AS said
        FROM pg_depend d
        WHERE d.refclassid = 'pg_namespace'::regclass AND d.deptype = 'n' AND d.refobjid = home
    ) s;
    IF found IS NOT NULL THEN
        RAISE EXCEPTION USING MESSAGE = 'still in the schema ' || name || ': ' || found,
            HINT = 'ALTER ... SET SCHEMA moves what is to be kept; the schema stays until then';
    END IF;
END
$body$;

-- Note the statements that make it again: owner, comment, rights, default rights.
CREATE FUNCTION @book@.note_schema() RETURNS void
LANGUAGE sql SET search_path = pg_catalog
AS $body$
    INSERT INTO @book@.dropped_schema (statement)
    SELECT s.statement
    FROM @book@.repeating w
    JOIN pg_namespace n ON n.nspname = w.schema_name
    JOIN pg_roles o ON o.oid = n.nspowner
    CROSS JOIN LATERAL (
        SELECT 1 AS turn, format('CREATE SCHEMA %I AUTHORIZATION %I', n.nspname, o.rolname)
               AS statement
        UNION ALL
        SELECT 2, format('COMMENT ON SCHEMA %I IS %L', n.nspname,
                         obj_description(n.oid, 'pg_namespace'))
        WHERE obj_description(n.oid, 'pg_namespace') IS NOT NULL
        UNION ALL
        SELECT 3, format('REVOKE ALL ON SCHEMA %I FROM %I', n.nspname, o.rolname)
        WHERE n.nspacl IS NOT NULL
        UNION ALL
        SELECT 4, format('GRANT %s ON SCHEMA %I TO %s%s', a.privilege_type, n.nspname,
                         coalesce(quote_ident(r.rolname), 'PUBLIC'),
                         CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
        FROM aclexplode(n.nspacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
        UNION ALL
        SELECT 5, format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT %s ON %s TO %s%s',
                         f.rolname, n.nspname, a.privilege_type,
                         CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES'
                                              WHEN 'f' THEN 'FUNCTIONS' ELSE 'TYPES' END,
                         coalesce(quote_ident(r.rolname), 'PUBLIC'),
                         CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
        FROM pg_default_acl d
        JOIN pg_roles f ON f.oid = d.defaclrole
        CROSS JOIN LATERAL aclexplode(d.defaclacl) a
        LEFT JOIN pg_roles r ON r.oid = a.grantee
        WHERE d.defaclnamespace = n.oid
    ) s
    ORDER BY s.turn, s.statement COLLATE "C"
$body$;

CREATE FUNCTION @book@.return_schema() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $body$
DECLARE
    noted text;
BEGIN
    FOR noted IN SELECT d.statement FROM @book@.dropped_schema d ORDER BY d.position LOOP
        EXECUTE noted;
    END LOOP;
END
$body$;
