-- Functions, procedures and aggregates that users made.
-- Columns: oid, schema oid, name text, arguments text, kind "char", language text, returns text,
--   source text (None for what is compiled, or kept as a parsed body: see bodies.sql),
--   security_definer bool
-- Order: none. Oldest server: 13.
SELECT p.oid,
       p.pronamespace,
       p.proname,
       pg_get_function_identity_arguments(p.oid),
       p.prokind,
       l.lanname,
       pg_get_function_result(p.oid),
       CASE WHEN p.prokind <> 'a' AND l.lanname NOT IN ('c', 'internal')
            AND p.prosqlbody IS NULL -- only >= 14
            THEN p.prosrc END,
       p.prosecdef
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_language l ON l.oid = p.prolang
WHERE p.oid >= 16384
  AND n.nspname !~ '^pg_'
  AND p.oid NOT IN (SELECT d.objid
                    FROM pg_depend d
                    WHERE d.refclassid = 'pg_extension'::regclass
                      AND d.deptype = 'e'
                      AND d.classid = 'pg_proc'::regclass)
