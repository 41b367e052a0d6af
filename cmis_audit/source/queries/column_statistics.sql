-- What the planner knows of columns that the role may read: one row a table, packed as in
-- columns.sql. A partitioned table has inherited statistics only.
-- Columns: schema text, table text, inherited bool, names text (0x1f- separated), null_fractions
--   text, distincts text, widths text (`,` separated)
-- Order: none. Oldest server: 13.
SELECT s.schemaname, s.tablename, s.inherited,
       string_agg(replace(s.attname, E'\x1f', E'\x1f+'), E'\x1f-'),
       string_agg(s.null_frac::text, ','),
       string_agg(s.n_distinct::text, ','),
       string_agg(s.avg_width::text, ',')
FROM pg_stats s
WHERE s.schemaname !~ '^pg_' AND s.schemaname <> 'information_schema'
GROUP BY s.schemaname, s.tablename, s.inherited
