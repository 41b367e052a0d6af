-- Comments on schemas, relations and their columns, types and functions.
-- Columns: catalog text (pg_namespace, pg_class, pg_type or pg_proc), oid, column int (0: the
--   object itself), comment text
-- Order: none. Oldest server: 13.
SELECT d.classoid::regclass::text, d.objoid, d.objsubid, d.description
FROM pg_description d
WHERE d.classoid IN ('pg_namespace'::regclass, 'pg_class'::regclass,
                     'pg_type'::regclass, 'pg_proc'::regclass)
  AND (d.objoid >= 16384 OR d.classoid = 'pg_namespace'::regclass)
