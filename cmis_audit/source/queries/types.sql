-- The types that columns.sql named, each written once: format_type per column is the dearest part
-- of a naive query.
-- Parameters: types int8[], modifiers int4[], of equal length.
-- Columns: type oid, modifier int, name text, collation oid (the type's own)
-- Order: none. Oldest server: 13.
SELECT u.type, u.modifier, format_type(u.type::oid, u.modifier), t.typcollation
FROM unnest(%(types)s::int8[], %(modifiers)s::int4[]) AS u (type, modifier)
LEFT JOIN pg_type t ON t.oid = u.type::oid
