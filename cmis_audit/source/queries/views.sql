-- Definitions of views and materialized views. pg_get_viewdef locks (ACCESS SHARE) what a view
-- reads, so this runs within a savepoint that is rolled back.
-- Columns: oid, definition text
-- Order: none. Oldest server: 13.
SELECT c.oid, pg_get_viewdef(c.oid)
FROM pg_class c
WHERE c.relkind IN ('v', 'm')
  AND c.relpersistence <> 't'
  AND c.oid >= 16384
  AND c.oid NOT IN (SELECT d.objid
                    FROM pg_depend d
                    WHERE d.refclassid = 'pg_extension'::regclass
                      AND d.deptype = 'e'
                      AND d.classid = 'pg_class'::regclass)
