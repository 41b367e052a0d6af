-- Comments on schemas, relations and their columns, types and functions.
-- Columns: catalog text (pg_namespace, pg_class, pg_type or pg_proc), oid, column int (0: the
--   object itself), comment text
-- Order: none. Oldest server: 13.
SELECT CASE d.classoid WHEN 'pg_class'::regclass THEN 'pg_class'
                       WHEN 'pg_proc'::regclass THEN 'pg_proc'
                       WHEN 'pg_type'::regclass THEN 'pg_type'
                       ELSE 'pg_namespace' END,
       d.objoid, d.objsubid, d.description
FROM pg_description d
WHERE d.classoid IN ('pg_namespace'::regclass, 'pg_class'::regclass,
                     'pg_type'::regclass, 'pg_proc'::regclass)
  AND (d.objoid >= 16384 OR d.classoid = 'pg_namespace'::regclass)
