-- How many columns each schema has, and how many of them information_schema lists for the role.
-- Columns: schema text, columns int8, listed int8
-- Order: none. Oldest server: 13.
SELECT c.schema, c.columns, coalesce(i.listed, 0)
FROM (SELECT n.nspname::text AS schema, count(*) AS columns
      FROM pg_attribute a
      JOIN pg_class c ON c.oid = a.attrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE a.attnum > 0
        AND NOT a.attisdropped
        AND c.relkind IN ('r', 'p', 'f', 'v')
        AND c.relpersistence <> 't'
        AND c.oid >= 16384
        AND n.nspname !~ '^pg_'
      GROUP BY n.nspname) c
LEFT JOIN (SELECT i.table_schema::text AS schema, count(*) AS listed
           FROM information_schema.columns i
           GROUP BY i.table_schema) i ON i.schema = c.schema
