-- Triggers that users made.
-- Columns: relation oid, name text, function_schema text, function_name text, enabled bool,
--   definition text
-- Order: none. Oldest server: 13.
SELECT g.tgrelid, g.tgname, n.nspname, p.proname, g.tgenabled <> 'D', pg_get_triggerdef(g.oid)
FROM pg_trigger g
JOIN pg_class c ON c.oid = g.tgrelid
JOIN pg_proc p ON p.oid = g.tgfoid
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE NOT g.tgisinternal
  AND c.relpersistence <> 't'
  AND NOT c.relispartition
  AND c.oid >= 16384
