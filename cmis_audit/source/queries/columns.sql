-- The columns of every relation but partitions: one row a relation, its columns by attnum packed
-- into two strings, which travel and split faster than one row a column. A dropped column keeps
-- its place with an empty name. In names, a separator (0x1f) that is part of a name is followed by
-- `+`, one that separates by `-`. Types name the distinct (type, modifier) once: see types.sql.
-- Columns: relation oid, names text (0x1f- separated), facts text (`;` separated, each
--   `type oid,modifier,collation oid,flags`; flags: n not null, a or d identity always or by
--   default, s or v generated stored or virtual)
-- Order: none. Oldest server: 13.
SELECT x.attrelid, string_agg(x.name, E'\x1f-'), string_agg(x.facts, ';')
FROM (SELECT a.attrelid,
             CASE WHEN a.attisdropped THEN ''
                  ELSE replace(a.attname, E'\x1f', E'\x1f+') END AS name,
             concat_ws(',', a.atttypid, a.atttypmod, a.attcollation,
                       CASE WHEN a.attnotnull THEN 'n' ELSE '' END
                       || a.attidentity::text || a.attgenerated::text) AS facts
      FROM pg_attribute a
      JOIN pg_class c ON c.oid = a.attrelid
      WHERE a.attnum > 0
        AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c')
        AND c.relpersistence <> 't'
        AND c.oid >= 16384
        AND NOT c.relispartition
      ORDER BY a.attrelid, a.attnum) x
GROUP BY x.attrelid
