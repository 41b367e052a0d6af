-- Foreign keys from and to the members, as they stand when the members are moved.
-- Placeholders: @book@ the schema. Oldest server: 13.
CREATE FUNCTION @book@.column_names(relation oid, numbers smallint[]) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog
AS $body$
    SELECT array_agg(a.attname::text ORDER BY u.position)
    FROM unnest(numbers) WITH ORDINALITY AS u (number, position)
    JOIN pg_attribute a ON a.attrelid = relation AND a.attnum = u.number
$body$;

CREATE FUNCTION @book@.column_list(names text[]) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog
AS $body$
    SELECT string_agg(quote_ident(u.name), ', ' ORDER BY u.position)
    FROM unnest(names) WITH ORDINALITY AS u (name, position)
$body$;

-- Write down the foreign keys of the members and those that point at them, and take them off.
CREATE FUNCTION @book@.detach_foreign_keys() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $body$
DECLARE
    saved @book@.saved_foreign_keys;
BEGIN
    DELETE FROM @book@.saved_foreign_keys;
    INSERT INTO @book@.saved_foreign_keys
        (child_number, child, constraint_name, child_columns, parent_number, parent,
         parent_columns, action, definition, validated)
    SELECT c.number, k.conrelid, k.conname, @book@.column_names(k.conrelid, k.conkey),
           p.number, k.confrelid, @book@.column_names(k.confrelid, k.confkey),
           substring(pg_get_constraintdef(k.oid)
                     FROM length('FOREIGN KEY (' || @book@.column_list(
                                     @book@.column_names(k.conrelid, k.conkey))
                                 || ') REFERENCES ' || k.confrelid::regclass::text
                                 || '(' || @book@.column_list(
                                     @book@.column_names(k.confrelid, k.confkey)) || ')') + 1),
           pg_get_constraintdef(k.oid), k.convalidated
    FROM pg_constraint k
    LEFT JOIN @book@.members c ON @book@.member_oid(c.number) = k.conrelid
    LEFT JOIN @book@.members p ON @book@.member_oid(p.number) = k.confrelid
    WHERE k.contype = 'f' AND k.conparentid = 0 AND (c.number IS NOT NULL OR p.number IS NOT NULL)
    ORDER BY k.conrelid::regclass::text COLLATE "C", k.conname COLLATE "C";
    FOR saved IN SELECT * FROM @book@.saved_foreign_keys ORDER BY position LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', saved.child::regclass,
                       saved.constraint_name);
    END LOOP;
END
$body$;

-- Let the foreign keys of other tables point at the target. Rows that a reject is the parent of
-- would lose it: that is for people to settle first.
CREATE FUNCTION @book@.repoint_foreign_keys() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $body$
DECLARE
    saved @book@.saved_foreign_keys;
    goal @book@.member_keys;
    rejects text;
    orphans bigint;
BEGIN
    FOR saved IN SELECT * FROM @book@.saved_foreign_keys
                 WHERE child_number IS NULL ORDER BY position LOOP
        SELECT k.* INTO goal FROM @book@.member_keys k
        WHERE k.number = saved.parent_number AND k.columns = saved.parent_columns;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING MESSAGE = format(
                'the foreign key %I of %s points at columns that are no key of the target',
                saved.constraint_name, saved.child::regclass);
        END IF;
        SELECT m.rejects INTO rejects FROM @book@.members m WHERE m.number = saved.parent_number;
        IF rejects IS NOT NULL THEN
            EXECUTE format(
                'SELECT count(*) FROM %s c WHERE (%s) IN (SELECT %s FROM %s)',
                saved.child::regclass, @book@.column_list(saved.child_columns),
                @book@.column_list(saved.parent_columns), rejects) INTO orphans;
            IF orphans > 0 THEN
                RAISE EXCEPTION USING MESSAGE = format(
                    '%s rows of %s point at rows that were rejected', orphans,
                    saved.child::regclass),
                    HINT = format('settle the rows in %s first', rejects);
            END IF;
        END IF;
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I FOREIGN KEY (%s) REFERENCES %s (%s)%s%s',
                       saved.child::regclass, saved.constraint_name,
                       @book@.column_list(saved.child_columns), goal.target,
                       @book@.column_list(goal.target_columns),
                       replace(saved.action, ' NOT VALID', ''),
                       CASE (SELECT c.relkind FROM pg_class c WHERE c.oid = saved.child)
                            WHEN 'p' THEN '' ELSE ' NOT VALID' END);
    END LOOP;
END
$body$;

-- Give the target the foreign key that a member has.
CREATE FUNCTION @book@.carry_foreign_key(
    number bigint, key_name text, target text, new_name text, columns text[], new_action text
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $body$
DECLARE
    saved @book@.saved_foreign_keys;
    goal record;
    partitioned boolean := (SELECT c.relkind = 'p' FROM pg_class c WHERE c.oid = target::regclass);
BEGIN
    SELECT * INTO STRICT saved FROM @book@.saved_foreign_keys k
    WHERE k.child_number = number AND k.constraint_name = key_name;
    IF saved.parent_number IS NULL THEN
        SELECT saved.parent::regclass::text AS target, saved.parent_columns AS target_columns
        INTO goal;
    ELSE
        SELECT k.target, k.target_columns INTO STRICT goal FROM @book@.member_keys k
        WHERE k.number = saved.parent_number AND k.columns = saved.parent_columns;
    END IF;
    -- A partitioned table takes only keys that are checked at once.
    EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I FOREIGN KEY (%s) REFERENCES %s (%s)%s%s',
                   target, new_name, @book@.column_list(columns), goal.target,
                   @book@.column_list(goal.target_columns),
                   coalesce(new_action, replace(saved.action, ' NOT VALID', '')),
                   CASE WHEN partitioned THEN '' ELSE ' NOT VALID' END);
EXCEPTION WHEN foreign_key_violation THEN
    INSERT INTO @book@.notes (note)
    VALUES (format('%I was not carried over to %s: %s', new_name, target, SQLERRM));
    RAISE WARNING '% was not carried over to %: %', new_name, target, SQLERRM;
END
$body$;

-- After the switch, without a lock that stops anybody: look at the rows that were there before.
CREATE FUNCTION @book@.validate_foreign_key(relation text, key_name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $body$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_constraint k
                   WHERE k.conrelid = relation::regclass AND k.conname = key_name
                     AND NOT k.convalidated) THEN
        RETURN;
    END IF;
    EXECUTE format('ALTER TABLE %s VALIDATE CONSTRAINT %I', relation, key_name);
EXCEPTION WHEN foreign_key_violation THEN
    INSERT INTO @book@.notes (note)
    VALUES (format('%I of %s holds for new rows only: %s', key_name, relation, SQLERRM));
    RAISE WARNING '% of % holds for new rows only: %', key_name, relation, SQLERRM;
END
$body$;

-- The foreign keys as they were.
CREATE FUNCTION @book@.return_foreign_keys() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $body$
DECLARE
    saved @book@.saved_foreign_keys;
BEGIN
    FOR saved IN SELECT * FROM @book@.saved_foreign_keys ORDER BY position LOOP
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', saved.child::regclass,
                       saved.constraint_name, saved.definition);
    END LOOP;
    DELETE FROM @book@.saved_foreign_keys;
END
$body$;
