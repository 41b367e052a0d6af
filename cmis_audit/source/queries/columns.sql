-- The columns of every relation but partitions: one row a relation, its columns by attnum packed
-- into one string, which travels and splits faster than one row a column. A dropped column keeps
-- its place with an empty text. In names, a separator (0x1f) that is part of a name is followed by
-- `+`, one that separates by `-`. Types name the distinct (type, modifier) once: see types.sql.
-- Table by table, because the index gives the columns of each in their order: nothing is sorted.
-- Columns: relation oid, columns text (0x1f- separated, each `facts name`; facts:
--   `type oid,modifier,collation oid,flags`; flags: n not null, a or d identity always or by
--   default, s or v generated stored or virtual; what most columns are is shorter: `type oid` or
--   `type oidn` without modifier and with the collation default or none)
-- Order: none. Oldest server: 13.
SELECT c.oid, x.columns
FROM pg_class c
CROSS JOIN LATERAL (
    SELECT string_agg(CASE WHEN a.attisdropped THEN ''
                           ELSE CASE WHEN a.atttypmod = -1 AND a.attcollation IN (0, 100)
                                          AND a.attidentity = '' AND a.attgenerated = ''
                                     THEN CASE WHEN a.attnotnull THEN a.atttypid || 'n '
                                               ELSE a.atttypid || ' ' END
                                     ELSE concat_ws(',', a.atttypid, a.atttypmod, a.attcollation,
                                                    CASE WHEN a.attnotnull THEN 'n' ELSE '' END
                                                    || a.attidentity::text
                                                    || a.attgenerated::text || ' ') END
                                || replace(a.attname, E'\x1f', E'\x1f+') END, E'\x1f-') AS columns
    FROM (SELECT a.*
          FROM pg_attribute a
          WHERE a.attrelid = c.oid AND a.attnum > 0
          ORDER BY a.attnum) a) x
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c')
  AND c.relpersistence <> 't'
  AND c.oid >= 16384
  AND NOT c.relispartition
  AND x.columns IS NOT NULL
