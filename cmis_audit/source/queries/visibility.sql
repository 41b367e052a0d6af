-- What the role may see of each schema, pg_catalog against information_schema, which hides what a
-- role has no privilege on. A superuser is not asked about: all is visible.
-- Columns: schema text, usable bool, relations int8 (tables, views, foreign tables, partitions),
--   listed int8 (of these in information_schema), tables int8 (ordinary and partitioned, without
--   partitions), selectable int8 (of these), row_secured int8 (of these, hidden by row security)
-- Order: none. Oldest server: 13.
SELECT n.nspname,
       has_schema_privilege(n.oid, 'USAGE'),
       coalesce(c.relations, 0),
       CASE WHEN u.rolsuper THEN coalesce(c.relations, 0) ELSE coalesce(i.listed, 0) END,
       coalesce(c.tables, 0),
       coalesce(c.selectable, 0),
       coalesce(c.row_secured, 0)
FROM pg_namespace n
JOIN pg_roles u ON u.rolname = current_user
LEFT JOIN (SELECT c.relnamespace,
                  count(*) AS relations,
                  count(*) FILTER (WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition)
                      AS tables,
                  count(*) FILTER (WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
                                     AND (s.super OR has_table_privilege(c.oid, 'SELECT')))
                      AS selectable,
                  count(*) FILTER (WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
                                     AND c.relrowsecurity AND row_security_active(c.oid)
                                     AND has_table_privilege(c.oid, 'SELECT')) AS row_secured
           FROM pg_class c
           CROSS JOIN (SELECT r.rolsuper AS super FROM pg_roles r WHERE r.rolname = current_user) s
           WHERE c.relkind IN ('r', 'p', 'f', 'v') AND c.relpersistence <> 't' AND c.oid >= 16384
           GROUP BY c.relnamespace) c ON c.relnamespace = n.oid
LEFT JOIN (SELECT t.table_schema::text AS schema, count(*) AS listed
           FROM information_schema.tables t
           WHERE t.table_type <> 'LOCAL TEMPORARY'
             AND NOT (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = current_user)
           GROUP BY t.table_schema) i ON i.schema = n.nspname
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
