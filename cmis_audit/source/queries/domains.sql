-- Domains; their checks stand in constraints.sql.
-- Columns: oid, schema oid, name text, base_type text, not_null bool, default text
-- Order: none. Oldest server: 13.
SELECT t.oid, t.typnamespace, t.typname, format_type(t.typbasetype, t.typtypmod), t.typnotnull,
       t.typdefault
FROM pg_type t
WHERE t.typtype = 'd' AND t.oid >= 16384
