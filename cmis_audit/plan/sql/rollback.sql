-- Going back.
-- Placeholders: @book@ the schema. Oldest server: 13.
CREATE TABLE @book@.silenced (
    relation oid NOT NULL,
    trigger_name text NOT NULL,
    state text NOT NULL
);

-- No trigger is to act upon rows that only come home.
CREATE FUNCTION @book@.silence(relation oid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $body$
DECLARE
    found record;
BEGIN
    FOR found IN SELECT g.tgname, g.tgenabled FROM pg_trigger g
                 WHERE g.tgrelid = relation AND NOT g.tgisinternal AND g.tgenabled <> 'D' LOOP
        INSERT INTO @book@.silenced VALUES (relation, found.tgname, found.tgenabled);
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER %I', relation::regclass, found.tgname);
    END LOOP;
END
$body$;

CREATE FUNCTION @book@.speak(wanted oid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $body$
DECLARE
    found record;
BEGIN
    FOR found IN DELETE FROM @book@.silenced s WHERE s.relation = wanted RETURNING s.* LOOP
        EXECUTE format('ALTER TABLE %s ENABLE %s TRIGGER %I', wanted::regclass,
                       CASE found.state WHEN 'A' THEN 'ALWAYS' WHEN 'R' THEN 'REPLICA' ELSE '' END,
                       found.trigger_name);
    END LOOP;
END
$body$;

-- Take the foreign keys of other tables off the target.
CREATE FUNCTION @book@.release_foreign_keys() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $body$
DECLARE
    saved @book@.saved_foreign_keys;
BEGIN
    FOR saved IN SELECT * FROM @book@.saved_foreign_keys
                 WHERE child_number IS NULL ORDER BY position LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', saved.child::regclass,
                       saved.constraint_name);
    END LOOP;
END
$body$;
