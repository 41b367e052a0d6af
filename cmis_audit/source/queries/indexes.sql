-- Indexes of tables and materialized views. One that a constraint carries has no definition here,
-- one of a partition perhaps none: it is read for its size. That of a plain index (columns alone,
-- default operator classes, order, collations and options) is empty: the client writes it from the
-- columns, for pg_get_indexdef() costs more than all else in this query. Only the client knows
-- which column has a collation of its own.
-- Columns: oid, relation oid, name text, pages int, method text,
--   columns text (`2 0 5`, attnums, 0 an expression), key_columns int, unique bool, valid bool,
--   nulls_not_distinct bool, definition text, keys text[] (where one is an expression),
--   predicate text
-- Order: none. Oldest server: 13.
SELECT i.indexrelid,
       i.indrelid,
       c.relname,
       c.relpages,
       m.amname,
       i.indkey::text,
       i.indnkeyatts,
       i.indisunique,
       i.indisvalid,
       i.indnullsnotdistinct, -- only >= 15
       false, -- only < 15
       CASE WHEN i.indisprimary OR i.indisexclusion
                 OR i.indisunique
                    AND i.indexrelid IN (SELECT k.conindid
                                         FROM pg_constraint k
                                         WHERE k.contype = 'u') THEN NULL
            WHEN c.relkind = 'i' AND c.reloptions IS NULL
                 AND i.indexprs IS NULL AND i.indpred IS NULL
                 AND NOT i.indnullsnotdistinct -- only >= 15
                 AND 0 = ALL (i.indoption::int2[])
                 AND i.indclass[0] IN (SELECT o.oid FROM pg_opclass o WHERE o.opcdefault)
                 AND (i.indnkeyatts = 1
                      OR i.indclass::oid[] <@ ARRAY(SELECT o.oid FROM pg_opclass o
                                                    WHERE o.opcdefault))
                 AND i.indcollation::oid[] <@ '{0,100}' THEN ''
            WHEN i.indrelid NOT IN (SELECT p.oid FROM pg_class p WHERE p.relispartition)
            THEN pg_get_indexdef(i.indexrelid) END,
       CASE WHEN i.indexprs IS NOT NULL AND NOT i.indisexclusion
                 AND i.indrelid NOT IN (SELECT p.oid FROM pg_class p WHERE p.relispartition)
            THEN ARRAY(SELECT pg_get_indexdef(i.indexrelid, n, false)
                       FROM generate_series(1, i.indnkeyatts) n
                       ORDER BY n) END,
       CASE WHEN i.indpred IS NOT NULL AND NOT i.indisexclusion
                 AND i.indrelid NOT IN (SELECT p.oid FROM pg_class p WHERE p.relispartition)
            THEN pg_get_expr(i.indpred, i.indrelid) END
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_am m ON m.oid = c.relam
WHERE i.indrelid >= 16384
  AND c.relnamespace <> 'pg_toast'::regnamespace
  AND c.relpersistence <> 't'
