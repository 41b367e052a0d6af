-- Defaults and generation expressions. Only the latter name columns; without a relation pg_get_expr
-- is faster and takes no lock.
-- Columns: relation oid, column int, expression text
-- Order: none. Oldest server: 13.
SELECT d.adrelid, d.adnum,
       pg_get_expr(d.adbin, CASE WHEN a.attgenerated <> '' THEN d.adrelid ELSE 0::oid END)
FROM pg_attrdef d
JOIN pg_class c ON c.oid = d.adrelid
JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
WHERE c.relkind IN ('r', 'p', 'f', 'v')
  AND c.relpersistence <> 't'
  AND c.oid >= 16384
  AND NOT c.relispartition
