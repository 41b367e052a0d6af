-- What belongs to an extension and is left out.
-- Columns: catalog text (pg_class, pg_type, pg_proc or pg_namespace), oid
-- Order: none. Oldest server: 13.
SELECT d.classid::regclass::text, d.objid
FROM pg_depend d
WHERE d.refclassid = 'pg_extension'::regclass
  AND d.deptype = 'e'
  AND d.classid IN ('pg_class'::regclass, 'pg_type'::regclass,
                    'pg_proc'::regclass, 'pg_namespace'::regclass)
