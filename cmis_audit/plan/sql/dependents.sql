-- What hangs on the members is written down, and made anew once others bear their names. Plain
-- views are replaced where they stand, so that what hangs on them, their owners and their grants
-- stay; materialized views and foreign keys cannot be.
-- Placeholders: @book@ the schema. Oldest server: 13.
CREATE FUNCTION @book@.member_oid(wanted bigint) RETURNS oid
LANGUAGE sql STABLE SET search_path = pg_catalog
AS $body$
    SELECT c.oid
    FROM @book@.members m
    JOIN pg_namespace n ON n.nspname = m.schema_name
    JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = m.table_name
    WHERE m.number = wanted
$body$;

-- Raise what a table cannot be whose name changes: subscribers find tables by name.
CREATE FUNCTION @book@.refuse_published() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $body$
DECLARE
    member record;
    found text;
BEGIN
    FOR member IN SELECT m.label, @book@.member_oid(m.number) AS oid FROM @book@.members m LOOP
        SELECT string_agg(DISTINCT p.pubname, ', ') INTO found
        FROM pg_publication_tables p
        JOIN pg_namespace n ON n.nspname = p.schemaname
        JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = p.tablename
        WHERE c.oid = member.oid
           OR c.oid IN (SELECT relid FROM pg_partition_tree(member.oid));
        IF found IS NOT NULL THEN
            RAISE EXCEPTION USING MESSAGE = member.label || ' is published by ' || found,
                HINT = 'subscribers find tables by name: take it out of the publication first';
        END IF;
    END LOOP;
END
$body$;

-- Raise what a plan cannot know of from the outside, or cannot carry.
CREATE FUNCTION @book@.refuse_unknown() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $body$
DECLARE
    member record;
    found text;
BEGIN
    FOR member IN SELECT m.label, @book@.member_oid(m.number) AS oid FROM @book@.members m LOOP
        IF member.oid IS NULL THEN
            RAISE EXCEPTION USING MESSAGE = member.label || ' is not there any more';
        END IF;
        SELECT string_agg(r.rulename, ', ') INTO found FROM pg_rewrite r
        WHERE r.ev_class = member.oid;
        IF found IS NOT NULL THEN
            RAISE EXCEPTION USING MESSAGE = member.label || ' has rewrite rules: ' || found;
        END IF;
        SELECT string_agg(DISTINCT r.ev_class::regclass::text, ', ') INTO found
        FROM pg_depend d
        JOIN pg_rewrite r ON r.oid = d.objid
        JOIN pg_class c ON c.oid = r.ev_class AND c.relkind NOT IN ('v', 'm')
        WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
          AND d.refobjid = member.oid;
        IF found IS NOT NULL THEN
            RAISE EXCEPTION USING MESSAGE = 'rewrite rules write to ' || member.label
                || ' from: ' || found;
        END IF;
        SELECT string_agg(DISTINCT r.ev_class::regclass::text, ', ') INTO found
        FROM pg_constraint k
        JOIN pg_depend d ON d.refclassid = 'pg_constraint'::regclass AND d.refobjid = k.oid
        JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
        WHERE k.conrelid = member.oid;
        IF found IS NOT NULL THEN
            RAISE EXCEPTION USING MESSAGE = 'views group by the primary key of ' || member.label
                || ' alone and need a table there: ' || found,
                HINT = 'name the other columns in their GROUP BY, and plan again';
        END IF;
    END LOOP;
    PERFORM @book@.refuse_published();
END
$body$;

CREATE FUNCTION @book@.save_dependents() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $body$
DECLARE
    frontier oid[];
    reached oid[];
    found record;
BEGIN
    DELETE FROM @book@.saved_dependents;
    SELECT array_agg(@book@.member_oid(number)) INTO frontier FROM @book@.members;
    -- Materialized views get new oids, so what reads them has to be made anew after them.
    WHILE frontier IS NOT NULL LOOP
        reached := NULL;
        FOR found IN
            SELECT c.oid, c.relkind, c.relname, c.relispopulated, c.reloptions
            FROM pg_class c
            WHERE c.relkind IN ('v', 'm') AND c.oid IN (
                SELECT r.ev_class
                FROM pg_depend d
                JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
                WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = ANY (frontier)
                  AND r.ev_class <> d.refobjid)
              AND NOT EXISTS (SELECT FROM pg_namespace n
                              WHERE n.oid = c.relnamespace AND n.nspname ~ '^cmis_audit_')
            ORDER BY c.oid::regclass::text COLLATE "C"
        LOOP
            DELETE FROM @book@.saved_dependents WHERE object = found.oid;
            INSERT INTO @book@.saved_dependents
                (kind, object, name, definition, options, indexes, populated, bare_name)
            SELECT CASE found.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END,
                   found.oid, found.oid::regclass::text,
                   rtrim(pg_get_viewdef(found.oid), ';'),
                   coalesce('WITH (' || array_to_string(found.reloptions, ', ') || ')', ''),
                   ARRAY(SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i
                         WHERE i.indrelid = found.oid ORDER BY 1),
                   found.relispopulated, found.relname;
            IF found.relkind = 'm' THEN
                reached := reached || found.oid;
            END IF;
        END LOOP;
        -- Functions whose body the server keeps parsed, and policies of other tables.
        INSERT INTO @book@.saved_dependents (kind, object, name, definition)
        SELECT DISTINCT 'function', p.oid, p.oid::regprocedure::text, pg_get_functiondef(p.oid)
        FROM pg_depend d
        JOIN pg_proc p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
        WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = ANY (frontier)
          AND NOT EXISTS (SELECT FROM @book@.saved_dependents s
                          WHERE s.kind = 'function' AND s.object = p.oid);
        INSERT INTO @book@.saved_dependents (kind, object, name, definition)
        SELECT DISTINCT 'policy', p.oid, format('%I on %s', p.polname, p.polrelid::regclass),
               format('ALTER POLICY %I ON %s', p.polname, p.polrelid::regclass)
               || coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
               || coalesce(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')
        FROM pg_depend d
        JOIN pg_policy p ON d.classid = 'pg_policy'::regclass AND p.oid = d.objid
        WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = ANY (frontier)
          AND p.polrelid <> d.refobjid
          AND p.polrelid NOT IN (SELECT @book@.member_oid(number) FROM @book@.members)
          AND NOT EXISTS (SELECT FROM @book@.saved_dependents s
                          WHERE s.kind = 'policy' AND s.object = p.oid);
        frontier := reached;
    END LOOP;
END
$body$;

-- Take what default privileges gave on a new relation.
CREATE FUNCTION @book@.keep_to_owner(relation oid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $body$
DECLARE
    grantee text;
BEGIN
    FOR grantee IN
        SELECT DISTINCT coalesce(quote_ident(r.rolname), 'PUBLIC')
        FROM pg_class c
        CROSS JOIN LATERAL aclexplode(c.relacl) a
        LEFT JOIN pg_roles r ON r.oid = a.grantee
        WHERE c.oid = relation AND a.grantee <> c.relowner
    LOOP
        EXECUTE format('REVOKE ALL ON TABLE %s FROM %s', relation::regclass, grantee);
    END LOOP;
END
$body$;

-- Give the rights on one relation to another, and no more.
CREATE FUNCTION @book@.copy_rights(origin oid, copy oid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $body$
DECLARE
    given record;
BEGIN
    PERFORM @book@.keep_to_owner(copy);
    FOR given IN
        SELECT a.privilege_type, a.is_grantable, '' AS columns,
               coalesce(quote_ident(r.rolname), 'PUBLIC') AS grantee
        FROM pg_class c
        CROSS JOIN LATERAL aclexplode(c.relacl) a
        LEFT JOIN pg_roles r ON r.oid = a.grantee
        WHERE c.oid = origin
        UNION ALL
        SELECT a.privilege_type, a.is_grantable, format(' (%I)', t.attname),
               coalesce(quote_ident(r.rolname), 'PUBLIC')
        FROM pg_attribute t
        CROSS JOIN LATERAL aclexplode(t.attacl) a
        LEFT JOIN pg_roles r ON r.oid = a.grantee
        WHERE t.attrelid = origin AND NOT t.attisdropped
          AND EXISTS (SELECT FROM pg_attribute o
                      WHERE o.attrelid = copy AND o.attname = t.attname AND NOT o.attisdropped)
    LOOP
        EXECUTE format('GRANT %s%s ON TABLE %s TO %s%s', given.privilege_type, given.columns,
                       copy::regclass, given.grantee,
                       CASE WHEN given.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END);
    END LOOP;
END
$body$;

-- Let views, functions and policies read what bears the members' names now.
CREATE FUNCTION @book@.repoint_dependents() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $body$
DECLARE
    saved @book@.saved_dependents;
    definition text;
    old_owner text;
BEGIN
    FOR saved IN SELECT * FROM @book@.saved_dependents
                 WHERE kind = 'materialized view' ORDER BY position LOOP
        EXECUTE format('ALTER MATERIALIZED VIEW %s RENAME TO %I', saved.name,
                       'moved_' || saved.position);
        EXECUTE format('ALTER MATERIALIZED VIEW %s SET SCHEMA @book@', saved.object::regclass);
        EXECUTE format('CREATE MATERIALIZED VIEW %s %s AS %s WITH NO DATA', saved.name,
                       saved.options, saved.definition);
        FOREACH definition IN ARRAY saved.indexes LOOP
            EXECUTE definition;
        END LOOP;
        PERFORM @book@.copy_rights(saved.object, saved.name::regclass);
        SELECT quote_ident(r.rolname) INTO old_owner
        FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE c.oid = saved.object;
        EXECUTE format('ALTER MATERIALIZED VIEW %s OWNER TO %s', saved.name, old_owner);
        EXECUTE format('COMMENT ON MATERIALIZED VIEW %s IS %L', saved.name,
                       obj_description(saved.object, 'pg_class'));
    END LOOP;
    PERFORM @book@.replace_dependents();
    FOR saved IN SELECT * FROM @book@.saved_dependents
                 WHERE kind = 'materialized view' AND populated ORDER BY position LOOP
        EXECUTE format('REFRESH MATERIALIZED VIEW %s', saved.name);
    END LOOP;
END
$body$;

CREATE FUNCTION @book@.replace_dependents() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $body$
DECLARE
    saved @book@.saved_dependents;
BEGIN
    FOR saved IN SELECT * FROM @book@.saved_dependents ORDER BY position LOOP
        IF saved.kind = 'view' THEN
            EXECUTE format('CREATE OR REPLACE VIEW %s %s AS %s', saved.name, saved.options,
                           saved.definition);
        ELSIF saved.kind IN ('function', 'policy') THEN
            EXECUTE saved.definition;
        END IF;
    END LOOP;
END
$body$;

-- Free the names of a relation's indexes.
CREATE FUNCTION @book@.rename_indexes(relation text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $body$
DECLARE
    found oid;
BEGIN
    FOR found IN SELECT i.indexrelid FROM pg_index i WHERE i.indrelid = relation::regclass LOOP
        EXECUTE format('ALTER INDEX %s RENAME TO %I', found::regclass, 'stand_in_' || found);
    END LOOP;
END
$body$;

-- The same back again: the materialized views that were moved away come back as they were.
CREATE FUNCTION @book@.return_dependents() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $body$
DECLARE
    saved @book@.saved_dependents;
    home text;
BEGIN
    FOR saved IN SELECT * FROM @book@.saved_dependents
                 WHERE kind = 'materialized view' ORDER BY position LOOP
        SELECT quote_ident(n.nspname) INTO home
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.oid = saved.name::regclass;
        EXECUTE format('ALTER MATERIALIZED VIEW %s RENAME TO %I', saved.name,
                       'stand_in_' || saved.position);
        PERFORM @book@.rename_indexes(format('%s.%I', home, 'stand_in_' || saved.position));
        EXECUTE format('ALTER MATERIALIZED VIEW %s.%I SET SCHEMA @book@', home,
                       'stand_in_' || saved.position);
        EXECUTE format('ALTER MATERIALIZED VIEW @book@.%I SET SCHEMA %s',
                       'moved_' || saved.position, home);
        EXECUTE format('ALTER MATERIALIZED VIEW %s RENAME TO %I', saved.object::regclass,
                       saved.bare_name);
    END LOOP;
    PERFORM @book@.replace_dependents();
    FOR saved IN SELECT * FROM @book@.saved_dependents
                 WHERE kind = 'materialized view' ORDER BY position DESC LOOP
        EXECUTE format('DROP MATERIALIZED VIEW @book@.%I', 'stand_in_' || saved.position);
    END LOOP;
    DELETE FROM @book@.saved_dependents;
END
$body$;
