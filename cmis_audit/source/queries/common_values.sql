-- How alike the most common values of columns are, as far as the role may read the columns. The
-- values are compared here and nothing but counts leaves the server.
-- Parameters: numbers, left and right schemas, tables and columns (arrays of one length); tables
--   and columns once more, all of them, so that the view need not be read as a whole.
-- Columns: number int, left_values int8, right_values int8, shared int8, agreement text (0 to 1)
-- Order: none. Oldest server: 13.
WITH known AS MATERIALIZED (
    SELECT DISTINCT ON (s.schemaname, s.tablename, s.attname)
           s.schemaname, s.tablename, s.attname,
           s.most_common_vals::text::text[] AS vals, s.most_common_freqs AS freqs
    FROM pg_stats s
    WHERE s.tablename = ANY (%(tables)s::name[]) AND s.attname = ANY (%(columns)s::name[])
    ORDER BY s.schemaname, s.tablename, s.attname, s.inherited
), listed AS MATERIALIZED (
    SELECT k.schemaname, k.tablename, k.attname, v.value, sum(v.freq::numeric) AS freq
    FROM known k,
         LATERAL (SELECT btrim(lower(u.value)) COLLATE "C" AS value, u.freq
                  FROM unnest(k.vals[1:100], k.freqs[1:100]) AS u (value, freq)) v
    WHERE v.value <> ''
    GROUP BY k.schemaname, k.tablename, k.attname, v.value
), asked AS (
    SELECT *
    FROM unnest(%(numbers)s::int[],
                %(left_schemas)s::name[], %(left_tables)s::name[], %(left_columns)s::name[],
                %(right_schemas)s::name[], %(right_tables)s::name[], %(right_columns)s::name[])
         AS a (number, lschema, ltable, lcolumn, rschema, rtable, rcolumn)
), lefts AS (
    SELECT a.number, l.value, l.freq
    FROM asked a
    JOIN listed l ON (l.schemaname, l.tablename, l.attname) = (a.lschema, a.ltable, a.lcolumn)
), rights AS (
    SELECT a.number, l.value, l.freq
    FROM asked a
    JOIN listed l ON (l.schemaname, l.tablename, l.attname) = (a.rschema, a.rtable, a.rcolumn)
)
SELECT number,
       count(l.value),
       count(r.value),
       count(*) FILTER (WHERE l.value IS NOT NULL AND r.value IS NOT NULL),
       round(coalesce(sum(least(l.freq, r.freq)) FILTER (WHERE l.value IS NOT NULL
                                                           AND r.value IS NOT NULL), 0)
             / greatest(sum(l.freq), sum(r.freq)), 2)::text
FROM lefts l
FULL JOIN rights r USING (number, value)
GROUP BY number
