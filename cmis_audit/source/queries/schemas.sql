-- Every schema but the system's and temporary ones (names beginning with pg_ are reserved).
-- Columns: oid, name text, owner oid, usable bool
-- Order: none. Oldest server: 13.
SELECT n.oid, n.nspname, n.nspowner, has_schema_privilege(n.oid, 'USAGE')
FROM pg_namespace n
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
