-- Tables, partitions, foreign tables, views and standalone composite types; no temporary ones.
-- OIDs from 16384 on are the users' own (FirstNormalObjectId).
-- Sizes are the planner's page counts: reading the files instead would lock each relation.
-- Columns: oid, schema oid, name text, kind "char", is_partition bool, row_type oid, owner oid,
--   unlogged bool, row_security bool, force_row_security bool, rows float4 (-1: never analysed),
--   pages int, toast_pages int, acl text, options text (views), partition_key text,
--   foreign_server text
-- Order: none. Oldest server: 13.
SELECT c.oid,
       c.relnamespace,
       c.relname,
       c.relkind,
       c.relispartition,
       c.reltype,
       c.relowner,
       c.relpersistence = 'u',
       c.relrowsecurity,
       c.relforcerowsecurity,
       c.reltuples,
       c.relpages,
       t.relpages,
       c.relacl::text,
       CASE WHEN c.relkind = 'v' THEN array_to_string(c.reloptions, ',') END,
       CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
       CASE WHEN c.relkind = 'f'
            THEN (SELECT s.srvname
                  FROM pg_foreign_table f
                  JOIN pg_foreign_server s ON s.oid = f.ftserver
                  WHERE f.ftrelid = c.oid) END
FROM pg_class c
LEFT JOIN pg_class t ON t.oid = c.reltoastrelid AND t.relkind = 't'
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c')
  AND c.relpersistence <> 't'
  AND c.oid >= 16384
