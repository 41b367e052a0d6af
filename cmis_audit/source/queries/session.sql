-- Who is reading what: one row.
-- Columns: database text, role text, server_version text, version text, superuser bool,
--   bypasses_row_security bool, memberships text[], block_size int, tracks_activity bool,
--   database_comment text, in_recovery bool
-- Order: none. Oldest server: 13.
SELECT current_database()::text,
       current_user::text,
       current_setting('server_version'),
       version(),
       r.rolsuper,
       r.rolbypassrls,
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
       pg_is_in_recovery()
FROM pg_roles r
WHERE r.rolname = current_user
