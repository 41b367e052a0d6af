-- Installed extensions.
-- Columns: name text, version text, schema text
-- Order: none. Oldest server: 13.
SELECT e.extname, e.extversion, n.nspname
FROM pg_extension e
JOIN pg_namespace n ON n.oid = e.extnamespace
