-- How many of some values of a column stand in the whole of another, found through its index. They
-- are the first by hash of those that are read, the same in every run; nothing but counts leaves
-- the server.
-- Placeholders: {table}, {column}, {sample} TABLESAMPLE or nothing, {rows} to read, {longest} bytes
--   of a value as stored, {most} values; {other}, {other_column}, which has the index.
-- Columns: taken int8, found int8 (one row)
-- Order: none. Oldest server: 13.
WITH part AS MATERIALIZED (
    SELECT t.{column} AS value FROM {table} AS t {sample} LIMIT {rows}
), taken AS MATERIALIZED (
    SELECT p.value
    FROM part p
    WHERE pg_column_size(p.value) <= {longest} AND concat(p.value) <> ''
    GROUP BY p.value
    ORDER BY hashtextextended(concat(p.value) COLLATE "C", 0), p.value
    LIMIT {most}
)
SELECT count(*), count(h.hit)
FROM taken
LEFT JOIN LATERAL (
    SELECT 1 AS hit FROM {other} AS o WHERE o.{other_column} = taken.value LIMIT 1
) h ON true
