-- What the planner knows of columns, from the table that only some roles may read (superusers):
-- seven times faster than the view, which asks for the privilege on each column.
-- Table by table, because the index finds those of each: nothing is summed up in memory or on disk
-- before the first row. A table's own statistics or, where it has none, as a partitioned one, those
-- inherited.
-- Columns: relation oid, columns text (`1;2`, attnums), facts text (`;` separated, each
--   `null fraction,distinct,width`)
-- Order: none. Oldest server: 13.
SELECT c.oid, x.columns, x.facts
FROM pg_class c
CROSS JOIN LATERAL (
    SELECT coalesce(string_agg(s.number, ';') FILTER (WHERE NOT s.stainherit),
                    string_agg(s.number, ';') FILTER (WHERE s.stainherit)) AS columns,
           coalesce(string_agg(s.facts, ';') FILTER (WHERE NOT s.stainherit),
                    string_agg(s.facts, ';') FILTER (WHERE s.stainherit)) AS facts
    FROM (SELECT stainherit, staattnum::text AS number,
                 concat_ws(',', stanullfrac, stadistinct, stawidth) AS facts
          FROM pg_statistic
          WHERE starelid = c.oid) s) x
WHERE c.relkind IN ('r', 'p', 'f')
  AND c.relpersistence <> 't'
  AND c.oid >= 16384
  AND NOT c.relispartition
  AND x.columns IS NOT NULL
