-- What each distinct access list says; relations.sql names the list it has.
-- Columns: acl text, grantee oid (0 for public), privilege text, grantable bool, grantor oid
-- Order: none. Oldest server: 13.
SELECT d.relacl::text, x.grantee, x.privilege_type, x.is_grantable, x.grantor
FROM (SELECT c.relacl
      FROM pg_class c
      WHERE c.relacl IS NOT NULL
        AND c.oid >= 16384
        AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
      GROUP BY c.relacl) d
CROSS JOIN LATERAL aclexplode(d.relacl) x
