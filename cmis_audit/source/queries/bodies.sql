-- Function bodies that PostgreSQL keeps parsed (SQL-standard bodies, from 14 on).
-- Columns: oid, body text
-- Order: none. Oldest server: 13.
SELECT p.oid, pg_get_function_sqlbody(p.oid) -- only >= 14
FROM pg_proc p -- only >= 14
WHERE p.prosqlbody IS NOT NULL AND p.oid >= 16384 -- only >= 14
SELECT p.oid, NULL::text FROM pg_proc p WHERE false -- only < 14
