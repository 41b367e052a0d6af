-- Indexes of tables; those of partitions for their size alone. An index that a constraint carries
-- has no definition here. That of a plain index (columns alone, default operator classes, order,
-- collations and options) is empty: the client writes it from the columns, for pg_get_indexdef()
-- costs more than all else in this query.
-- Columns: oid, relation oid, name text, pages int, of_partition bool, method text,
--   columns text (`2 0 5`, attnums, 0 an expression), key_columns int, unique bool, valid bool,
--   nulls_not_distinct bool, definition text, keys text[] (where one is an expression),
--   predicate text
-- Order: none. Oldest server: 13.
SELECT i.indexrelid,
       i.indrelid,
       c.relname,
       c.relpages,
       t.relispartition,
       m.amname,
       i.indkey::text,
       i.indnkeyatts,
       i.indisunique,
       i.indisvalid,
       i.indnullsnotdistinct, -- only >= 15
       false, -- only < 15
       CASE WHEN k.conindid IS NOT NULL OR t.relispartition THEN NULL
            WHEN c.relkind = 'i' AND c.reloptions IS NULL
                 AND i.indexprs IS NULL AND i.indpred IS NULL
                 AND NOT i.indnullsnotdistinct -- only >= 15
                 AND i.indoption::text ~ '^[0 ]*$'
                 AND i.indclass::oid[] <@ d.classes
                 AND i.indcollation::oid[] <@ '{0,100}'
                 AND i.indrelid <> ALL (d.collating) THEN ''
            ELSE pg_get_indexdef(i.indexrelid) END,
       CASE WHEN k.conindid IS NULL AND NOT t.relispartition AND i.indexprs IS NOT NULL
            THEN ARRAY(SELECT pg_get_indexdef(i.indexrelid, n, false)
                       FROM generate_series(1, i.indnkeyatts) n
                       ORDER BY n) END,
       CASE WHEN k.conindid IS NULL AND NOT t.relispartition AND i.indpred IS NOT NULL
            THEN pg_get_expr(i.indpred, i.indrelid) END
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_am m ON m.oid = c.relam
CROSS JOIN (SELECT (SELECT array_agg(oid) FROM pg_opclass WHERE opcdefault) AS classes,
                   ARRAY(SELECT DISTINCT attrelid FROM pg_attribute
                         WHERE attcollation NOT IN (0, 100) AND attrelid >= 16384) AS collating
            OFFSET 0) d
LEFT JOIN (SELECT DISTINCT conindid FROM pg_constraint WHERE contype IN ('p', 'u', 'x')) k
       ON k.conindid = i.indexrelid
WHERE t.relkind IN ('r', 'p')
  AND t.relpersistence <> 't'
  AND t.oid >= 16384
