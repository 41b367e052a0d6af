-- Rewrite rules of tables, and the relations that they name.
-- Columns: relation oid, name text, named oid (none where a rule names no other)
-- Order: none. Oldest server: 13.
SELECT DISTINCT r.ev_class, r.rulename::text, d.refobjid
FROM pg_rewrite r
JOIN pg_class c ON c.oid = r.ev_class
LEFT JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass
                     AND d.objid = r.oid
                     AND d.refclassid = 'pg_class'::regclass
                     AND d.refobjid <> r.ev_class
WHERE c.relkind IN ('r', 'p', 'f')
  AND c.relpersistence <> 't'
  AND c.oid >= 16384
