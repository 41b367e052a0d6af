-- What the planner knows of columns, as far as the role may read the columns: one row a table,
-- names packed as in columns.sql. A table's own statistics or those inherited, as in
-- column_statistics.sql.
-- Columns: schema text, table text, names text (0x1f- separated), facts text (`;` separated, each
--   `null fraction,distinct,width`)
-- Order: none. Oldest server: 13.
SELECT s.schema, s.table,
       coalesce(string_agg(s.name, E'\x1f-') FILTER (WHERE NOT s.inherited),
                string_agg(s.name, E'\x1f-') FILTER (WHERE s.inherited)),
       coalesce(string_agg(s.facts, ';') FILTER (WHERE NOT s.inherited),
                string_agg(s.facts, ';') FILTER (WHERE s.inherited))
FROM (SELECT schemaname AS schema, tablename AS table, inherited,
             replace(attname, E'\x1f', E'\x1f+') AS name,
             concat_ws(',', null_frac, n_distinct, avg_width) AS facts
      FROM pg_stats
      WHERE schemaname !~ '^pg_' AND schemaname <> 'information_schema') s
GROUP BY s.schema, s.table
