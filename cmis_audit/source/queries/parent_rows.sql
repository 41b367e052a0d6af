-- The rows that others point at, as they lie there; for a scratch clone, like those.
-- Placeholders: {columns}; {table}; {key} the columns of the key; {values} its values; {small} the
--   condition that a row is no larger than is wanted.
-- Columns: those asked for, text
-- Order: none. Oldest server: 13.
COPY (SELECT {columns} FROM {table} AS t WHERE ({key}) IN (VALUES {values}) AND {small}) TO STDOUT
