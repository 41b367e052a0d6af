-- Enum types, one row a label (one row without a label for an enum that has none).
-- Columns: oid, schema oid, name text, position float4, label text
-- Order: none. Oldest server: 13.
SELECT t.oid, t.typnamespace, t.typname, e.enumsortorder, e.enumlabel
FROM pg_type t
LEFT JOIN pg_enum e ON e.enumtypid = t.oid
WHERE t.typtype = 'e' AND t.oid >= 16384
