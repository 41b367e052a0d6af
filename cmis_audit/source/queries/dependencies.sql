-- The relations that views and functions name, as far as the server keeps account.
-- Columns: dependent oid, relation oid, by_key bool (a view groups by the relation's primary key
--   alone and takes other columns of it)
-- Order: none. Oldest server: 13.
SELECT r.ev_class, d.refobjid, false
FROM pg_rewrite r
JOIN pg_class c ON c.oid = r.ev_class
JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
WHERE c.relkind IN ('v', 'm')
  AND r.ev_class >= 16384
  AND d.refclassid = 'pg_class'::regclass
  AND d.refobjid <> r.ev_class
UNION
SELECT d.objid, d.refobjid, false
FROM pg_proc p
JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
WHERE p.oid >= 16384
  AND d.refclassid = 'pg_class'::regclass
UNION
SELECT r.ev_class, k.conrelid, true
FROM pg_rewrite r
JOIN pg_class c ON c.oid = r.ev_class
JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
JOIN pg_constraint k ON k.oid = d.refobjid
WHERE c.relkind IN ('v', 'm')
  AND r.ev_class >= 16384
  AND d.refclassid = 'pg_constraint'::regclass
