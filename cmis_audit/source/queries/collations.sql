-- The collations that columns.sql named.
-- Parameters: collations int8[].
-- Columns: oid, schema text, name text
-- Order: none. Oldest server: 13.
SELECT o.oid, n.nspname, o.collname
FROM pg_collation o
JOIN pg_namespace n ON n.oid = o.collnamespace
WHERE o.oid = ANY (%(collations)s::int8[]::oid[])
