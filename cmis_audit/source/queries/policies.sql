-- Row security policies.
-- Columns: relation oid, name text, command "char" (* for all), permissive bool,
--   roles text (`{0}` is public), using text, check text
-- Order: none. Oldest server: 13.
SELECT p.polrelid, p.polname, p.polcmd, p.polpermissive, p.polroles::text,
       pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
FROM pg_policy p
JOIN pg_class c ON c.oid = p.polrelid
WHERE NOT c.relispartition AND c.relpersistence <> 't'
