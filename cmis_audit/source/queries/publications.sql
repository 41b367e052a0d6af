-- Publications that tables are in: named there, by their schema, or with all others.
-- Columns: relation oid, name text
-- Order: none. Oldest server: 13.
SELECT r.prrelid, p.pubname::text
FROM pg_publication_rel r
JOIN pg_publication p ON p.oid = r.prpubid
UNION
SELECT c.oid, p.pubname::text
FROM pg_publication p
JOIN pg_class c ON p.puballtables
               AND c.relkind IN ('r', 'p')
               AND c.relpersistence = 'p'
               AND c.oid >= 16384
UNION -- only >= 15
SELECT c.oid, p.pubname::text -- only >= 15
FROM pg_publication_namespace s -- only >= 15
JOIN pg_publication p ON p.oid = s.pnpubid -- only >= 15
JOIN pg_class c ON c.relnamespace = s.pnnspid AND c.relkind IN ('r', 'p') -- only >= 15
