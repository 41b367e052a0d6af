-- How much each table, materialized view and index was used since statistics were last reset; what
-- was not used at all has no row.
-- Columns: oid, scans int8, writes int8, last_use text (ISO 8601, UTC)
-- Order: none. Oldest server: 13.
SELECT x.oid, x.scans, x.writes,
       to_char(x.last_use AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
FROM (SELECT c.oid,
             pg_stat_get_numscans(c.oid) AS scans,
             CASE WHEN c.relkind = 'i' THEN 0
                  ELSE pg_stat_get_tuples_inserted(c.oid) + pg_stat_get_tuples_updated(c.oid)
                       + pg_stat_get_tuples_deleted(c.oid) END AS writes,
             pg_stat_get_lastscan(c.oid) AS last_use -- only >= 16
             NULL::timestamptz AS last_use -- only < 16
      FROM pg_class c
      WHERE c.relkind IN ('r', 'i')
        AND c.relpersistence <> 't'
        AND c.relnamespace <> 'pg_toast'::regnamespace
        AND c.oid >= 16384) x
WHERE x.scans > 0 OR x.writes > 0
