-- Who is reading what: one row.
-- Columns: database text, role text, server_version text, superuser bool, memberships text[],
--   block_size int, tracks_activity bool, database_comment text, reads_statistics bool (all of
--   pg_statistic is open to the role, and row security does not apply to it)
-- Order: none. Oldest server: 13.
SELECT current_database()::text,
       current_user::text,
       current_setting('server_version'),
       r.rolsuper,
       ARRAY(SELECT m.rolname::text
             FROM pg_roles m
             WHERE m.rolname IN ('pg_monitor', 'pg_read_all_data', 'pg_read_all_stats')
               AND pg_has_role(m.oid, 'USAGE')
             ORDER BY 1),
       current_setting('block_size')::int,
       current_setting('track_counts')::bool,
       (SELECT shobj_description(d.oid, 'pg_database')
        FROM pg_database d
        WHERE d.datname = current_database()),
       has_table_privilege('pg_statistic', 'SELECT') AND (r.rolsuper OR r.rolbypassrls)
FROM pg_roles r
WHERE r.rolname = current_user
