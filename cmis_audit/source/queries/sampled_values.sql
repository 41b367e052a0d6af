-- How many different values the columns of two tables share, among the rows that are read. The
-- values are compared here and nothing but counts leaves the server. What takes more than 2 kB, as
-- stored, is left out, as are empty texts.
-- Placeholders: {left}, {right} tables; {left_values}, {right_values} each the columns as text, in
--   one order; {left_sample}, {right_sample} TABLESAMPLE or nothing; {rows} to read of each.
-- Columns: place int8 (of the columns, from 1; 0: the rows that were read), left_filled int8,
--   left_values int8, right_filled int8, right_values int8, shared int8
-- Order: none. Oldest server: 13.
WITH lefts AS MATERIALIZED (
    SELECT ARRAY[{left_values}] AS vals FROM {left} AS t {left_sample} LIMIT {rows}
), rights AS MATERIALIZED (
    SELECT ARRAY[{right_values}] AS vals FROM {right} AS t {right_sample} LIMIT {rows}
), l AS (
    SELECT u.place, btrim(lower(u.value)) COLLATE "C" AS value, count(*) AS n
    FROM lefts, unnest(lefts.vals) WITH ORDINALITY AS u (value, place)
    GROUP BY 1, 2
), r AS (
    SELECT u.place, btrim(lower(u.value)) COLLATE "C" AS value, count(*) AS n
    FROM rights, unnest(rights.vals) WITH ORDINALITY AS u (value, place)
    GROUP BY 1, 2
), paired AS (
    SELECT place, l.n AS ln, r.n AS rn
    FROM l
    FULL JOIN r USING (place, value)
    WHERE value <> ''
)
SELECT place, coalesce(sum(ln), 0)::int8, count(ln), coalesce(sum(rn), 0)::int8, count(rn),
       count(*) FILTER (WHERE ln IS NOT NULL AND rn IS NOT NULL)
FROM paired
GROUP BY place
UNION ALL
SELECT 0, (SELECT count(*) FROM lefts), 0, (SELECT count(*) FROM rights), 0, 0
