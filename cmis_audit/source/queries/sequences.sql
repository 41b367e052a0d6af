-- Sequences, and the column that owns each. The last value is not read: that would lock each one.
-- Columns: oid, schema oid, name text, type text, increment int8, maximum int8,
--   owner_relation oid, owner_column text
-- Order: none. Oldest server: 13.
SELECT c.oid, c.relnamespace, c.relname, format_type(s.seqtypid, NULL), s.seqincrement, s.seqmax,
       d.refobjid, a.attname
FROM pg_sequence s
JOIN pg_class c ON c.oid = s.seqrelid
LEFT JOIN pg_depend d
       ON d.classid = 'pg_class'::regclass
      AND d.objid = c.oid
      AND d.objsubid = 0
      AND d.refclassid = 'pg_class'::regclass
      AND d.refobjsubid > 0
      AND d.deptype IN ('a', 'i')
LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE c.relpersistence <> 't' AND c.oid >= 16384
