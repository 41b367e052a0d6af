-- Keys, uniques, foreign keys, checks and exclusions of tables, and checks of domains. What a
-- partition or a reference to one clones is left out; so are the NOT NULL constraints that
-- PostgreSQL 18 keeps here.
-- Columns: name text, relation oid (0 for a domain), domain oid, kind "char", columns text
--   (`{1,2}`, attnums), deferrable bool, validated bool, target oid, target_columns text,
--   on_update "char", on_delete "char", match "char", index oid, definition text (of checks and
--   exclusions),
--   target_names text[] (of a partition, whose columns columns.sql leaves out)
-- Order: none. Oldest server: 13.
SELECT k.conname,
       k.conrelid,
       k.contypid,
       k.contype,
       k.conkey::text,
       k.condeferrable,
       k.convalidated,
       k.confrelid,
       k.confkey::text,
       k.confupdtype,
       k.confdeltype,
       k.confmatchtype,
       k.conindid,
       CASE WHEN k.contype IN ('c', 'x') THEN pg_get_constraintdef(k.oid) END,
       CASE WHEN k.contype = 'f'
                 AND k.confrelid IN (SELECT c.oid FROM pg_class c WHERE c.relispartition)
            THEN ARRAY(SELECT a.attname::text
                       FROM unnest(k.confkey) WITH ORDINALITY AS u (attnum, position)
                       JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.attnum
                       ORDER BY u.position) END
FROM pg_constraint k
WHERE k.contype IN ('p', 'u', 'x', 'f', 'c')
  AND k.conparentid = 0
  AND k.oid >= 16384
  AND NOT EXISTS (SELECT FROM pg_class c
                  WHERE c.oid = k.conrelid AND (c.relpersistence = 't' OR c.relispartition))
