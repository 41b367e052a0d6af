-- Which server this is: one row. Whatever was copied with its files, a standby too, has the same.
-- Columns: system_identifier text
-- Order: none. Oldest server: 13.
SELECT system_identifier::text
FROM pg_control_system()
