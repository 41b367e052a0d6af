-- What the planner knows of columns, as far as the role may read the columns: one row a table,
-- names packed as in columns.sql. A partitioned table has inherited statistics only.
-- Columns: schema text, table text, inherited bool, names text (0x1f- separated), facts text
--   (`;` separated, each `null fraction,distinct,width`)
-- Order: none. Oldest server: 13.
SELECT s.schemaname, s.tablename, s.inherited,
       string_agg(replace(s.attname, E'\x1f', E'\x1f+'), E'\x1f-'),
       string_agg(concat_ws(',', s.null_frac, s.n_distinct, s.avg_width), ';')
FROM pg_stats s
WHERE s.schemaname !~ '^pg_' AND s.schemaname <> 'information_schema'
GROUP BY s.schemaname, s.tablename, s.inherited
