-- Names of roles, for owners, grants and policies.
-- Columns: oid, name text
-- Order: none. Oldest server: 13.
SELECT r.oid, r.rolname FROM pg_roles r
